"""Raw updates, written before Telegram is told that they arrived."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Mapping, Sequence

from storage.coalescing import Coalesced
from storage.database import Database
from storage.records import StoredUpdate

KEEP_SECONDS = 3 * 86_400
"""Handled updates are remembered this long to recognise repeats; Telegram itself forgets after a day."""

ROWS_AT_ONCE = 100
"""Updates in one statement; Telegram gives no more at once."""

_PART = """
    SELECT pending.update_id, raw, attempts, pending.chat_id FROM chat JOIN updates AS pending ON pending.update_id IN (
        SELECT update_id FROM updates WHERE state = 'pending' AND chat_id = chat.id ORDER BY update_id LIMIT :each
    ) ORDER BY pending.chat_id, pending.update_id LIMIT :limit
"""
_OF_CHATS = f"WITH chat(id) AS (SELECT value FROM json_each(:chats)) {_PART}"  # noqa: S608 - a constant
# A chat is one step, however much waits in it.
_OF_ALL = f"""
    WITH RECURSIVE every(id) AS (
        SELECT min(chat_id) FROM updates WHERE state = 'pending'
        UNION ALL
        SELECT (SELECT min(chat_id) FROM updates WHERE state = 'pending' AND chat_id > every.id)
        FROM every WHERE every.id IS NOT NULL
    ),
    chat(id) AS (SELECT id FROM every WHERE id IS NOT NULL AND id NOT IN (SELECT value FROM json_each(:chats)))
    {_PART}
"""  # noqa: S608 - constants


class Updates:
    """The inbox: every update once, until it is handled."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.done = Coalesced(self._done)
        """Handled (by its number): content and chat are dropped, the number stays to recognise repeats."""

    async def add(self, updates: Sequence[tuple[int, str]], chats: Mapping[int, int] | None = None) -> set[int]:
        """Keep updates (number, raw JSON) durably; known numbers are ignored.

        Args:
            updates: Each with its number.
            chats: The chat of each number; 0 where there is none.

        Returns:
            The numbers that are new.
        """
        now, chat_of = time.time(), chats or {}
        new: set[int] = set()
        for first in range(0, len(updates), ROWS_AT_ONCE):
            part = updates[first : first + ROWS_AT_ONCE]
            marks = ", ".join(["(?, ?, ?, ?)"] * len(part))
            rows = await self._db.execute_returning(
                "INSERT OR IGNORE INTO updates (update_id, raw, chat_id, arrived_at)"  # noqa: S608 - marks
                f" VALUES {marks} RETURNING update_id",
                [value for number, raw in part for value in (number, raw, chat_of.get(number, 0), now)],
            )
            new |= {row["update_id"] for row in rows}
        return new

    async def pending(
        self,
        each: int,
        *,
        chats: Collection[int] | None = None,
        exclude: Collection[int] = (),
        limit: int = sys.maxsize,
    ) -> list[StoredUpdate]:
        """Updates that are not handled, chat by chat: of each chat up to `each`, lowest number first.

        Args:
            each: The most of one chat.
            chats: Only these chats; None: all.
            exclude: Without these chats.
            limit: The most in all.
        """
        if chats is None:
            sql, chosen = _OF_ALL, exclude
        else:
            sql, chosen = _OF_CHATS, chats
        rows = await self._db.fetch_all(sql, {"chats": json.dumps(list(chosen)), "each": each, "limit": limit})
        return [StoredUpdate(row["update_id"], row["raw"], row["attempts"], row["chat_id"]) for row in rows]

    async def keep(self, update_id: int) -> None:
        """Handled, and handed out again by `reopen` until it is `done`: more of its album may come."""
        await self._db.execute("UPDATE updates SET state = 'done', of_album = 1 WHERE update_id = ?", (update_id,))

    async def reopen(self, seconds: float) -> None:
        """What was kept waits to be handled again, if it arrived at most so many seconds ago; else it is done."""
        await self._db.execute(
            "UPDATE updates SET state = 'done', raw = NULL, chat_id = 0, of_album = 0"
            " WHERE of_album = 1 AND abs(arrived_at - ?) > ?",
            (time.time(), seconds),
        )
        await self._db.execute("UPDATE updates SET state = 'pending', of_album = 0 WHERE of_album = 1")

    async def pending_numbers(self) -> set[int]:
        """The numbers of all updates that are not handled."""
        rows = await self._db.fetch_all("SELECT update_id FROM updates WHERE state = 'pending'")
        return {row["update_id"] for row in rows}

    async def begin(self, update_id: int) -> None:
        """Count one more attempt at handling, before it starts: what kills the bot is known by its attempts."""
        await self._db.execute("UPDATE updates SET attempts = attempts + 1 WHERE update_id = ?", (update_id,))

    async def survived(self, update_id: int) -> None:
        """The bot did not die in it: its attempts say nothing any more."""
        await self._db.execute("UPDATE updates SET attempts = 0 WHERE update_id = ?", (update_id,))

    async def _done(self, numbers: Sequence[int]) -> None:
        await self._db.execute_many(
            "UPDATE updates SET state = 'done', raw = NULL, chat_id = 0, of_album = 0 WHERE update_id = ?",
            [(number,) for number in numbers],
        )

    async def failed(self, update_id: int, error: str) -> None:
        """Could not be handled: kept with the reason, not tried again."""
        await self._db.execute("UPDATE updates SET state = 'failed', error = ? WHERE update_id = ?", (error, update_id))

    async def counts(self) -> dict[str, int]:
        """How many updates are in each state: pending, done, failed."""
        rows = await self._db.fetch_all("SELECT state, count(*) AS number FROM updates GROUP BY state")
        return {"pending": 0, "done": 0, "failed": 0} | {row["state"]: row["number"] for row in rows}

    async def prune(self, now: float | None = None) -> int:
        """Forget handled and failed updates older than `KEEP_SECONDS`. Returns how many."""
        before = (time.time() if now is None else now) - KEEP_SECONDS
        return await self._db.execute("DELETE FROM updates WHERE state != 'pending' AND arrived_at < ?", (before,))
