"""Whom the admins let in and whom they keep out, people and groups; it survives restarts, and `/delete` too."""

from __future__ import annotations

import time
from collections.abc import Collection

from storage.database import Database


class Access:
    """The admins' word on who may use the bot."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def decisions(self, numbers: Collection[int]) -> dict[int, bool]:
        """What was said of these people and groups, by their Telegram number: True is let in, False is kept out."""
        marks = ", ".join("?" * len(numbers))
        rows = await self._db.fetch_all(
            f"SELECT chat_id, allowed FROM access WHERE chat_id IN ({marks})",  # noqa: S608 - marks
            tuple(numbers),
        )
        return {row["chat_id"]: bool(row["allowed"]) for row in rows}

    async def all(self) -> dict[int, bool]:
        """Everything that was said, the newest first."""
        rows = await self._db.fetch_all("SELECT chat_id, allowed FROM access ORDER BY changed_at DESC")
        return {row["chat_id"]: bool(row["allowed"]) for row in rows}

    async def decide(self, number: int, allowed: bool | None) -> None:
        """Let somebody in, keep them out, or (None) say nothing about them any more."""
        if allowed is None:
            await self._db.execute("DELETE FROM access WHERE chat_id = ?", (number,))
            return
        await self._db.execute(
            "INSERT INTO access (chat_id, allowed, changed_at) VALUES (?, ?, ?)"
            " ON CONFLICT (chat_id) DO UPDATE SET allowed = excluded.allowed, changed_at = excluded.changed_at",
            (number, allowed, time.time()),
        )
