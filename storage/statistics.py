"""Figures for the admins."""

from __future__ import annotations

import time

from storage.database import Database
from storage.records import Statistics


async def statistics(database: Database, now: float | None = None) -> Statistics:
    """How much is asked, how fast and how surely it is answered, how much is kept."""
    moment = time.time() if now is None else now
    row = await database.fetch_one(
        "SELECT (SELECT count(*) FROM questions WHERE created_at >= :hour) AS last_hour,"
        " (SELECT count(*) FROM questions WHERE created_at >= :day) AS last_day,"
        " (SELECT count(*) FROM questions) AS total,"
        " (SELECT count(DISTINCT chat_id) FROM questions) AS chats,"
        " (SELECT avg(seconds) FROM questions WHERE created_at >= :day) AS mean_seconds,"
        " (SELECT avg(confidence) FROM questions WHERE created_at >= :day) AS mean_confidence,"
        " (SELECT count(*) FROM questions WHERE created_at >= :day AND answer IS NOT NULL"
        " AND json_extract(evidence, '$.known_picture') IS NULL) AS unmeasured,"
        " (SELECT count(DISTINCT sha256) FROM photos) AS photos",
        {"hour": moment - 3600, "day": moment - 86_400},
    )
    assert row is not None
    return Statistics(**{key: row[key] for key in row.keys()})  # noqa: SIM118 - a Row iterates over values
