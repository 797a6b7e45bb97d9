"""Raw updates, written before Telegram is told that they arrived."""

from __future__ import annotations

import time
from collections.abc import Sequence

from storage.database import Database
from storage.records import StoredUpdate
from storage.together import Together

KEEP_SECONDS = 3 * 86_400
"""Handled updates are remembered this long to recognise repeats; Telegram itself forgets after a day."""

ROWS_AT_ONCE = 100
"""Updates in one statement; Telegram gives no more at once."""


class Updates:
    """The inbox: every update once, until it is handled."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.done = Together(self._done)
        """Handled (by its number): the content is dropped, the number stays to recognise repeats."""

    async def add(self, updates: Sequence[tuple[int, str]]) -> set[int]:
        """Keep updates (number, raw JSON) durably; known numbers are ignored. Returns the numbers that are new."""
        now = time.time()
        new: set[int] = set()
        for first in range(0, len(updates), ROWS_AT_ONCE):
            part = updates[first : first + ROWS_AT_ONCE]
            marks = ", ".join(["(?, ?, ?)"] * len(part))
            rows = await self._db.execute_returning(
                f"INSERT OR IGNORE INTO updates (update_id, raw, arrived_at) VALUES {marks} RETURNING update_id",  # noqa: S608
                [value for number, raw in part for value in (number, raw, now)],
            )
            new |= {row["update_id"] for row in rows}
        return new

    async def pending(self, limit: int) -> list[StoredUpdate]:
        """Updates that are not handled, lowest number first."""
        rows = await self._db.fetch_all(
            "SELECT update_id, raw, attempts FROM updates WHERE state = 'pending' ORDER BY update_id LIMIT ?", (limit,)
        )
        return [StoredUpdate(row["update_id"], row["raw"], row["attempts"]) for row in rows]

    async def pending_numbers(self) -> set[int]:
        """The numbers of all updates that are not handled."""
        rows = await self._db.fetch_all("SELECT update_id FROM updates WHERE state = 'pending'")
        return {row["update_id"] for row in rows}

    async def begin(self, update_id: int) -> None:
        """Count one more attempt at handling, before it starts: what kills the bot is known by its attempts."""
        await self._db.execute("UPDATE updates SET attempts = attempts + 1 WHERE update_id = ?", (update_id,))

    async def _done(self, numbers: Sequence[int]) -> None:
        await self._db.execute_many(
            "UPDATE updates SET state = 'done', raw = NULL WHERE update_id = ?", [(number,) for number in numbers]
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
