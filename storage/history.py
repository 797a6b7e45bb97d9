"""What /history shows of a chat: the questions that have answers, a page at a time."""

from __future__ import annotations

from storage.database import Database
from storage.question_rows import COLUMNS, question_of
from storage.records import Question

_OF_CHAT = "FROM questions WHERE chat_id = ? AND explains IS NULL AND state IN ('answered', 'delivered')"
"""Questions, not what explains their answers."""


class History:
    """Answered questions of all chats, reached with the chat's number only."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def page(self, chat_id: int, *, limit: int, offset: int = 0) -> list[Question]:
        """A chat's answered questions, newest first."""
        rows = await self._db.fetch_all(
            f"SELECT {COLUMNS} {_OF_CHAT} ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?",
            (chat_id, limit, offset),
        )
        return [question_of(row) for row in rows]

    async def count(self, chat_id: int, since: float | None = None) -> int:
        """How many answered questions a chat has; those asked at a time (unix seconds) or later, if it is given."""
        later, moment = ("", ()) if since is None else (" AND created_at >= ?", (since,))
        row = await self._db.fetch_one(f"SELECT count(*) AS number {_OF_CHAT}{later}", (chat_id, *moment))
        return int(row["number"]) if row else 0
