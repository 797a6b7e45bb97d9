"""Exports that were asked for and do not stand in their chat yet: like a question, one survives a kill."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Database, Row

_COLUMNS = "chat_id, message_id, thread_id, messages, sending_after, attempts, created_at"

_BEGIN_SENDING = """
    UPDATE exports SET sending_after = max(
        :after, message_id,
        (SELECT coalesce(max(message_id), 0) FROM sent_messages WHERE chat_id = :chat),
        (SELECT coalesce(max(message_id), 0) FROM questions WHERE chat_id = :chat),
        (SELECT coalesce(max(placeholder_id), 0) FROM questions WHERE chat_id = :chat)
    ) WHERE chat_id = :chat RETURNING sending_after
"""


@dataclass(frozen=True, slots=True)
class Export:
    """An export on its way."""

    chat_id: int
    message_id: int
    """The message that asked for it; negative since its group became a supergroup."""
    thread_id: int | None
    messages: tuple[int, ...]
    """The bot's messages that become its files, in their order; the last may still show the progress."""
    sending_after: int | None
    """A further message may stand in the chat, with a number above this one: its reply was not heard."""
    attempts: int
    """How often its making was begun."""
    created_at: float
    """Unix seconds; what came later is not in it."""

    @property
    def answered_under(self) -> int | None:
        """The message that asked for it; None when its number means nothing any more."""
        return self.message_id if self.message_id > 0 else None

    @property
    def sending_outcome(self) -> bool:
        """A message of which the bot has not heard shows the progress."""
        return False


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

    async def begin_sending(self, chat_id: int, after: int) -> int | None:
        """Remember durably, before it happens, that a message of an export is sent.

        Returns:
            A number above which its number will be: `after`, or the highest that is known in its chat. None when nobody
            waits for the export any more.
        """
        rows = await self._db.execute_returning(_BEGIN_SENDING, {"after": after, "chat": chat_id})
        return rows[0]["sending_after"] if rows else None

    async def not_sent(self, chat_id: int) -> None:
        """What `begin_sending` remembered did not reach the chat."""
        await self._db.execute("UPDATE exports SET sending_after = NULL WHERE chat_id = ?", (chat_id,))

    async def set_messages(self, chat_id: int, messages: Sequence[int]) -> bool:
        """All messages of an export are known, and are these; False when nobody waits for it any more."""
        changed = await self._db.execute(
            "UPDATE exports SET messages = ?, sending_after = NULL WHERE chat_id = ?",
            (json.dumps(list(messages)), chat_id),
        )
        return bool(changed)

    async def end(self, chat_id: int) -> bool:
        """Nobody waits for it any more; False when nobody did."""
        return bool(await self._db.execute("DELETE FROM exports WHERE chat_id = ?", (chat_id,)))


def _export(row: Row) -> Export:
    values = {column: row[column] for column in _COLUMNS.split(", ")}
    return Export(**{**values, "messages": tuple(json.loads(row["messages"]))})
