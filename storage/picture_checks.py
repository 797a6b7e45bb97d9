"""What is known of a picture's content: that it can be read, or why it cannot."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Database

REFUSALS_KEPT = 86_400.0
"""Seconds after which a picture that was refused may be tried again."""
MOST_REFUSALS = 10_000
_BATCH = 500


@dataclass(frozen=True, slots=True)
class PictureCheck:
    """The outcome of reading a picture."""

    refusal: str | None
    """Why it cannot be read, as the text of an error (older rows: a sentence); None: it can."""
    media_type: str | None = None
    """`image/...`; this and the size are None where they were not looked at."""
    width: int | None = None
    """Pixels, as stored in the file."""
    height: int | None = None


class PictureChecks:
    """By content hash, for all chats: a check says nothing of who sent what."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, sha256: str, now: float | None = None) -> PictureCheck | None:
        """What is known of a content; None: nothing, or a refusal that is old."""
        row = await self._db.fetch_one(
            "SELECT refusal, media_type, width, height FROM picture_checks"
            " WHERE sha256 = ? AND (refusal IS NULL OR checked_at > ?)",
            (sha256, (time.time() if now is None else now) - REFUSALS_KEPT),
        )
        return None if row is None else PictureCheck(row["refusal"], row["media_type"], row["width"], row["height"])

    async def put(self, sha256: str, check: PictureCheck) -> None:
        """Remember a check; a content that could be read once stays readable."""
        await self._db.execute(
            "INSERT INTO picture_checks (sha256, media_type, width, height, refusal, checked_at)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET media_type = excluded.media_type,"
            " width = excluded.width, height = excluded.height, refusal = excluded.refusal,"
            " checked_at = excluded.checked_at WHERE excluded.refusal IS NULL OR picture_checks.refusal IS NOT NULL",
            (sha256, check.media_type, check.width, check.height, check.refusal, time.time()),
        )

    async def readable(self, hashes: Iterable[str]) -> set[str]:
        """Which of these contents can be read."""
        wanted, found = list(set(hashes)), set[str]()
        for start in range(0, len(wanted), _BATCH):
            part = wanted[start : start + _BATCH]
            marks = ", ".join("?" * len(part))
            rows = await self._db.fetch_all(
                f"SELECT sha256 FROM picture_checks WHERE refusal IS NULL AND sha256 IN ({marks})",  # noqa: S608
                part,
            )
            found.update(row["sha256"] for row in rows)
        return found

    async def prune(self, now: float | None = None) -> None:
        """Forget refusals that are old, and the oldest where there are too many."""
        await self._db.execute(
            "DELETE FROM picture_checks WHERE refusal IS NOT NULL AND (checked_at <= ? OR sha256 IN ("
            "SELECT sha256 FROM picture_checks WHERE refusal IS NOT NULL ORDER BY checked_at DESC LIMIT -1 OFFSET ?))",
            ((time.time() if now is None else now) - REFUSALS_KEPT, MOST_REFUSALS),
        )
