"""What is known of a picture's content: that it can be read, or why it cannot."""

from __future__ import annotations

import time
from dataclasses import dataclass

from storage.database import Database

REFUSALS_KEPT = 86_400.0
"""Seconds after which a picture that was refused may be tried again."""
MOST_REFUSALS = 10_000


@dataclass(frozen=True, slots=True)
class PictureCheck:
    """The outcome of reading a picture."""

    refusal: str | None
    """Why it cannot be read, as the text of an error (older rows: a sentence); None: it can."""
    media_type: str | None = None
    """`image/...`; None where it was not looked at."""


class PictureChecks:
    """By content hash, for all chats: a check says nothing of who sent what."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def get(self, sha256: str, now: float | None = None) -> PictureCheck | None:
        """What is known of a content; None: nothing, or a refusal that is old."""
        row = await self._db.fetch_one(
            "SELECT refusal, media_type FROM picture_checks WHERE sha256 = ? AND (refusal IS NULL OR checked_at > ?)",
            (sha256, (time.time() if now is None else now) - REFUSALS_KEPT),
        )
        return None if row is None else PictureCheck(row["refusal"], row["media_type"])

    async def put(self, sha256: str, check: PictureCheck) -> None:
        """Remember a check; a content that could be read once stays readable."""
        await self._db.execute(
            "INSERT INTO picture_checks (sha256, media_type, refusal, checked_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (sha256) DO UPDATE SET media_type = excluded.media_type, refusal = excluded.refusal,"
            " checked_at = excluded.checked_at WHERE excluded.refusal IS NULL OR picture_checks.refusal IS NOT NULL",
            (sha256, check.media_type, check.refusal, time.time()),
        )

    async def prune(self, now: float | None = None) -> None:
        """Forget refusals that are old, and the oldest where there are too many."""
        await self._db.execute(
            "DELETE FROM picture_checks WHERE refusal IS NOT NULL AND (checked_at <= ? OR sha256 IN ("
            "SELECT sha256 FROM picture_checks WHERE refusal IS NOT NULL ORDER BY checked_at DESC LIMIT -1 OFFSET ?))",
            ((time.time() if now is None else now) - REFUSALS_KEPT, MOST_REFUSALS),
        )
