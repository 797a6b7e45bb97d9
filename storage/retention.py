"""Questions and pictures go when they are older than they are kept: for all chats, and sooner where a chat chose so."""

from __future__ import annotations

import time

from storage.database import Database
from storage.photos import Photos

DAY = 86_400.0
EACH = 500
"""Rows that go in one transaction: others write in between."""
# What is not delivered yet stays; so does a picture that such a question is about. A picture's age counts from the last
# talk about it; its file stays as long as a question of this or another chat needs it.
_QUESTIONS = "SELECT id, photo_sha256 FROM questions WHERE {chat} created_at < :before AND delivered = 1 LIMIT :each"
_PHOTOS = """
    SELECT chat_id, message_id, sha256 FROM photos
    WHERE {chat} (talked_at < :before OR (talked_at IS NULL AND created_at < :before))
        AND NOT EXISTS (SELECT 1 FROM asked_pictures AS asked
            WHERE asked.sha256 = photos.sha256 AND asked.chat_id = photos.chat_id AND asked.delivered = 0)
    LIMIT :each
"""


class Retention:
    """Deletes what is older than it is kept."""

    def __init__(self, database: Database, photos: Photos) -> None:
        self._db, self._photos = database, photos

    async def expire(self, keep_days: int, now: float | None = None) -> list[str]:
        """Delete what is older than `keep_days` (0: nothing is), or than what its chat chose where that is less.

        Returns:
            The content hashes of the pictures that may have gone.
        """
        moment, gone = time.time() if now is None else now, list[str]()
        rows = await self._db.fetch_all(
            "SELECT chat_id, keep_days FROM chats WHERE keep_days IS NOT NULL AND (:all = 0 OR keep_days < :all)",
            {"all": keep_days},
        )
        limits = [(row["chat_id"], row["keep_days"]) for row in rows] + ([(None, keep_days)] if keep_days else [])
        for chat_id, days in limits:
            gone += await self._expire(chat_id, moment - days * DAY)
        if gone:
            await self._photos.remove_unowned(dict.fromkeys(gone))
            self._photos.quota.measure_again()
            await self._db.checkpoint()
        return gone

    async def _expire(self, chat_id: int | None, before: float) -> list[str]:
        chat = "" if chat_id is None else "chat_id = :chat AND"
        parameters = {"chat": chat_id, "before": before, "each": EACH}
        gone: list[str] = []
        while rows := await self._db.fetch_all(_QUESTIONS.format(chat=chat), parameters):
            numbers = ", ".join(str(row["id"]) for row in rows)
            gone += [row["photo_sha256"] for row in rows]
            async with self._db.transaction() as tx:
                # What was asked to explain them goes with them.
                more = await tx.fetch_all(f"SELECT id FROM questions WHERE explains IN ({numbers})")  # noqa: S608
                numbers = ", ".join([numbers, *(str(row["id"]) for row in more)])
                pictures = await tx.fetch_all(
                    f"SELECT sha256 FROM question_pictures WHERE question_id IN ({numbers})"  # noqa: S608 - numbers
                )
                gone += [row["sha256"] for row in pictures]
                await tx.execute(f"DELETE FROM question_pictures WHERE question_id IN ({numbers})")  # noqa: S608
                await tx.execute(f"DELETE FROM feedback WHERE question_id IN ({numbers})")  # noqa: S608
                await tx.execute(f"DELETE FROM questions WHERE id IN ({numbers})")  # noqa: S608
        while rows := await self._db.fetch_all(_PHOTOS.format(chat=chat), parameters):
            gone += [row["sha256"] for row in rows]
            async with self._db.transaction() as tx:
                await tx.execute_many(
                    "DELETE FROM photos WHERE chat_id = ? AND message_id = ?",
                    [(row["chat_id"], row["message_id"]) for row in rows],
                )
        return gone
