"""Exports that were asked for and do not stand in their chat yet: like a question, one survives a kill."""

from __future__ import annotations

import time
from dataclasses import dataclass

from storage.database import Database, Row

_COLUMNS = "chat_id, message_id, thread_id, progress_id, sent, attempts, created_at"


@dataclass(frozen=True, slots=True)
class Export:
    """An export on its way."""

    chat_id: int
    message_id: int
    """The message that asked for it."""
    thread_id: int | None
    progress_id: int | None
    """The bot's message that shows the progress."""
    sent: int
    """How many of its files stand in the chat."""
    attempts: int
    """How often its making was begun."""
    created_at: float
    """Unix seconds; what came later is not in it, so that a second attempt makes the same files."""


class Exports:
    """At most one of each chat."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def ask(self, chat_id: int, message_id: int, thread_id: int | None) -> Export:
        """Enter an export; the one that the chat waits for already stays. Returns the chat's."""
        await self._db.execute(
            "INSERT INTO exports (chat_id, message_id, thread_id, created_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (chat_id, message_id, thread_id, time.time()),
        )
        export = await self.of_chat(chat_id)
        assert export is not None
        return export

    async def of_chat(self, chat_id: int) -> Export | None:
        """The export that a chat waits for."""
        row = await self._db.fetch_one(f"SELECT {_COLUMNS} FROM exports WHERE chat_id = ?", (chat_id,))  # noqa: S608
        return None if row is None else _export(row)

    async def waiting(self) -> list[Export]:
        """All that are waited for, oldest first."""
        rows = await self._db.fetch_all(f"SELECT {_COLUMNS} FROM exports ORDER BY created_at, chat_id")  # noqa: S608
        return [_export(row) for row in rows]

    async def begin(self, chat_id: int) -> Export | None:
        """Count one more attempt, before it starts; None when nobody waits for it any more."""
        rows = await self._db.execute_returning(
            f"UPDATE exports SET attempts = attempts + 1 WHERE chat_id = ? RETURNING {_COLUMNS}",  # noqa: S608
            (chat_id,),
        )
        return _export(rows[0]) if rows else None

    async def set_progress(self, chat_id: int, progress_id: int) -> None:
        """Remember the message that shows the progress."""
        await self._db.execute("UPDATE exports SET progress_id = ? WHERE chat_id = ?", (progress_id, chat_id))

    async def set_sent(self, chat_id: int, sent: int) -> None:
        """So many of its files stand in the chat."""
        await self._db.execute("UPDATE exports SET sent = ? WHERE chat_id = ?", (sent, chat_id))

    async def end(self, chat_id: int) -> bool:
        """Nobody waits for it any more; False when nobody did."""
        return bool(await self._db.execute("DELETE FROM exports WHERE chat_id = ?", (chat_id,)))


def _export(row: Row) -> Export:
    return Export(*(row[column] for column in _COLUMNS.split(", ")))
