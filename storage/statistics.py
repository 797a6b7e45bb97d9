"""Figures for the admins."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from storage.database import Database
from storage.records import Statistics


async def statistics(database: Database, now: float | None = None) -> Statistics:
    """How much is asked, how fast and how surely it is answered, how much is kept."""
    moment = time.time() if now is None else now
    row = await database.fetch_one(
        "SELECT (SELECT count(*) FROM questions WHERE explains IS NULL AND created_at >= :hour) AS last_hour,"
        " (SELECT count(*) FROM questions WHERE explains IS NULL AND created_at >= :day) AS last_day,"
        " (SELECT count(*) FROM questions WHERE explains IS NULL) AS total,"
        " (SELECT count(DISTINCT chat_id) FROM questions) AS chats,"
        " (SELECT avg(seconds) FROM questions WHERE explains IS NULL AND created_at >= :day) AS mean_seconds,"
        " (SELECT avg(confidence) FROM questions WHERE explains IS NULL AND created_at >= :day) AS mean_confidence,"
        " (SELECT count(*) FROM questions WHERE explains IS NULL AND created_at >= :day AND answer IS NOT NULL"
        " AND json_extract(evidence, '$.known_picture') IS NULL) AS unmeasured,"
        " (SELECT count(DISTINCT sha256) FROM photos) AS photos",
        {"hour": moment - 3600, "day": moment - 86_400},
    )
    assert row is not None
    return Statistics(**{key: row[key] for key in row.keys()})  # noqa: SIM118 - a Row iterates over values


async def use_per_day(database: Database, days: int, now: float | None = None) -> list[tuple[date, int]]:
    """How many questions were asked on each of the last days (UTC), today last. What is deleted does not count."""
    today = datetime.fromtimestamp(time.time() if now is None else now, UTC).date()
    first = today - timedelta(days=days - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()
    rows = await database.fetch_all(
        "SELECT CAST((created_at - :since) / 86400 AS INTEGER) AS day, count(*) AS number FROM questions"
        " WHERE created_at >= :since GROUP BY day",
        {"since": since},
    )
    counts = {row["day"]: row["number"] for row in rows}
    return [(first + timedelta(days=number), counts.get(number, 0)) for number in range(days)]
