"""What the bot itself sent: the messages of each chat that are its own, and the pictures that they are about.

The messages that show questions are known by the ledger alone: it must not lose one that is known elsewhere already.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from storage.coalescing import Coalesced
from storage.database import Database

KEEP_SECONDS = 3 * 86_400
"""A message is remembered this long; Telegram lets bots delete their own for two days."""

# A lost message's number is looked for after its question's, so that those are kept which the search may meet; so are
# those about a picture that is still here.
_PRUNE = """
    DELETE FROM sent_messages WHERE (chat_id, message_id) IN (
        WITH unfinished AS MATERIALIZED (
            SELECT chat_id, message_id FROM questions WHERE state = 'queued'
            UNION ALL SELECT chat_id, message_id FROM questions WHERE state = 'running'
            UNION ALL SELECT chat_id, message_id FROM questions
                WHERE delivered = 0 AND state IN ('answered', 'failed', 'cancelled')
        )
        SELECT chat_id, message_id FROM sent_messages AS sent WHERE sent_at < ?
            AND NOT EXISTS (SELECT 1 FROM unfinished WHERE chat_id = sent.chat_id AND message_id < sent.message_id)
            AND NOT EXISTS (SELECT 1 FROM photos WHERE chat_id = sent.chat_id AND message_id = sent.photo_message_id)
    )
"""


class SentMessages:
    """The bot's own messages; each question goes through a chat's number."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._record = Coalesced(self._record_all)

    async def record(self, chat_id: int, message_ids: Sequence[int], *, photo_message_id: int | None = None) -> None:
        """Remember messages that were sent, and the message whose picture they are about.

        Recording again changes nothing but adds the picture. It does not wait for the disk.
        """
        if message_ids:
            await self._record([(chat_id, number, photo_message_id, time.time()) for number in message_ids])

    async def _record_all(self, groups: Sequence[Sequence[tuple[int, int, int | None, float]]]) -> None:
        await self._db.execute_many(
            "INSERT INTO sent_messages (chat_id, message_id, photo_message_id, sent_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (chat_id, message_id) DO UPDATE"
            " SET photo_message_id = coalesce(excluded.photo_message_id, photo_message_id)",
            [row for rows in groups for row in rows],
            durable=False,
        )

    async def photo_of(self, chat_id: int, message_id: int) -> int | None:
        """The message whose picture a message of the bot's is about; None when it is about none, or not the bot's."""
        row = await self._db.fetch_one(
            "SELECT photo_message_id FROM sent_messages WHERE chat_id = ? AND message_id = ?", (chat_id, message_id)
        )
        return row["photo_message_id"] if row else None

    async def are_about(self, chat_id: int, photo_message_id: int) -> bool:
        """Whether the bot said something about a message's picture."""
        found = await self._db.fetch_one(
            "SELECT 1 FROM sent_messages WHERE chat_id = ? AND photo_message_id = ? LIMIT 1",
            (chat_id, photo_message_id),
        )
        return found is not None

    async def known(self, chat_id: int, low: int, high: int) -> set[int]:
        """The bot's own messages among the numbers from `low` to `high`, with those that were recorded just now."""
        rows = await self._db.execute_returning(  # the writer sees what is not committed yet
            "SELECT message_id FROM sent_messages WHERE chat_id = :chat AND message_id BETWEEN :low AND :high UNION"
            " SELECT placeholder_id FROM questions WHERE chat_id = :chat AND placeholder_id BETWEEN :low AND :high",
            {"chat": chat_id, "low": low, "high": high},
            durable=False,
        )
        return {row["message_id"] for row in rows}

    async def recent(self, chat_id: int, since: float) -> list[int]:
        """The bot's own messages sent since a time (unix seconds), newest first."""
        rows = await self._db.fetch_all(
            "SELECT message_id FROM sent_messages WHERE chat_id = :chat AND sent_at >= :since"
            " UNION SELECT placeholder_id FROM questions"
            " WHERE chat_id = :chat AND placeholder_id > 0 AND updated_at >= :since ORDER BY message_id DESC",
            {"chat": chat_id, "since": since},
        )
        return [row["message_id"] for row in rows]

    async def prune(self, now: float | None = None) -> int:
        """Forget messages older than `KEEP_SECONDS` that nothing needs any more. Returns how many."""
        return await self._db.execute(_PRUNE, ((time.time() if now is None else now) - KEEP_SECONDS,))
