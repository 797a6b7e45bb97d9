"""Figures for the admins."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from storage.database import Database
from storage.records import Statistics

# A ledger may have millions of rows: what is counted over all of them is counted along an index that holds it.
_FIGURES = """
    SELECT *,
        (SELECT count(*) FROM questions) - (SELECT count(*) FROM questions WHERE explains IS NOT NULL) AS total,
        (SELECT count(DISTINCT chat_id) FROM questions) AS chats,
        (SELECT count(DISTINCT sha256) FROM photos) AS photos
    FROM (SELECT count(*) AS last_day, coalesce(sum(created_at >= :hour), 0) AS last_hour,
        avg(seconds) AS mean_seconds, avg(confidence) AS mean_confidence,
        coalesce(sum(answer IS NOT NULL AND json_extract(evidence, '$.known_picture') IS NULL
            AND NOT (each_picture AND EXISTS (SELECT 1 FROM question_pictures AS line WHERE question_id = questions.id
                AND json_extract(line.evidence, '$.known_picture') IS NOT NULL))), 0) AS unmeasured
        FROM questions WHERE explains IS NULL AND created_at >= :day)
"""
_USE = """
    WITH RECURSIVE day(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM day WHERE number + 1 < :days),
    explaining AS MATERIALIZED (SELECT CAST((created_at - :since) / 86400 AS INTEGER) AS number, count(*) AS rows
        FROM questions WHERE explains > 0 AND +created_at >= :since GROUP BY 1)
    SELECT (SELECT count(*) FROM questions
        WHERE created_at >= :since + 86400 * day.number AND created_at < :since + 86400 * (day.number + 1))
        - coalesce((SELECT rows FROM explaining WHERE explaining.number = day.number), 0) AS asked
    FROM day ORDER BY day.number
"""


async def statistics(database: Database, now: float | None = None) -> Statistics:
    """How much is asked, how fast and how surely it is answered, how much is kept."""
    moment = time.time() if now is None else now
    row = await database.fetch_one(_FIGURES, {"hour": moment - 3600, "day": moment - 86_400})
    assert row is not None
    return Statistics(**{key: row[key] for key in row.keys()})  # noqa: SIM118 - a Row iterates over values


async def use_per_day(database: Database, days: int, now: float | None = None) -> list[tuple[date, int]]:
    """How many questions were asked on each of the last days (UTC), today last. What is deleted does not count."""
    today = datetime.fromtimestamp(time.time() if now is None else now, UTC).date()
    first = today - timedelta(days=days - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()
    rows = await database.fetch_all(_USE, {"since": since, "days": days})
    return [(first + timedelta(days=number), row["asked"]) for number, row in enumerate(rows)]
