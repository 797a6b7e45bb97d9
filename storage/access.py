"""Whom the admins let in and whom they keep out, people and groups; it survives restarts, and `/delete` too."""

from __future__ import annotations

import time
from collections.abc import Collection

from storage.database import Database
from storage.read_through import ReadThrough

MOST_KNOWN = 10_000


class Access:
    """The admins' word on who may use the bot."""

    def __init__(self, database: Database) -> None:
        self._db, self._known = database, ReadThrough(self._read, MOST_KNOWN)
        self.writing = self._known.writing
        """Within it others write what was said of these numbers (see `ReadThrough.writing`)."""

    async def _read(self, number: int) -> bool | None:
        row = await self._db.fetch_one("SELECT allowed FROM access WHERE chat_id = ?", (number,))
        return None if row is None else bool(row["allowed"])

    async def decisions(self, numbers: Collection[int]) -> dict[int, bool]:
        """What was said of these people and groups, by their Telegram number: True is let in, False is kept out."""
        found = {number: await self._known.get(number) for number in numbers}
        return {number: allowed for number, allowed in found.items() if allowed is not None}

    async def all(self) -> dict[int, bool]:
        """Everything that was said, the newest first."""
        rows = await self._db.fetch_all("SELECT chat_id, allowed FROM access ORDER BY changed_at DESC")
        return {row["chat_id"]: bool(row["allowed"]) for row in rows}

    async def decide(self, number: int, allowed: bool | None) -> None:
        """Let somebody in, keep them out, or (None) say nothing about them any more."""
        with self.writing(number):
            if allowed is None:
                await self._db.execute("DELETE FROM access WHERE chat_id = ?", (number,))
                return
            await self._db.execute(
                "INSERT INTO access (chat_id, allowed, changed_at) VALUES (?, ?, ?)"
                " ON CONFLICT (chat_id) DO UPDATE SET allowed = excluded.allowed, changed_at = excluded.changed_at",
                (number, allowed, time.time()),
            )
