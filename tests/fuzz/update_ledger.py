"""What the bot has done, seen from outside: its ledger in SQLite, and what it told whom, as the sandbox recorded it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.sandbox.world import World

LOOK_SECONDS = 0.02
TELLING = {"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "answerCallbackQuery"}


class Ledger:
    """Looks again and again; `changed` is notified after every look."""

    def __init__(self, database: Path, world: World) -> None:
        self._world = world
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
        self._seen = 0
        self._task: asyncio.Task[None] | None = None
        self.changed = asyncio.Condition()
        self.looks = 0
        self.pending: set[int] = set()
        self.open_chats: set[int] = set()
        self.told: Counter[int] = Counter()
        """How often each chat heard something."""
        self.answered_queries: set[str] = set()

    async def __aenter__(self) -> Ledger:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._connection.close()

    async def fresh(self) -> None:
        """Wait until everything up to now has been seen."""
        wanted = self.looks + 2
        async with self.changed:
            await self.changed.wait_for(lambda: self.looks >= wanted)

    def states(self) -> dict[str, int]:
        """How many updates are pending, done and failed."""
        return dict(self._rows("SELECT state, count(*) FROM updates GROUP BY state"))

    def reasons(self) -> dict[str, int]:
        """Why updates failed."""
        return dict(self._rows("SELECT error, count(*) FROM updates WHERE state = 'failed' GROUP BY error"))

    def unfinished_questions(self) -> int:
        """Questions without an outcome, or with one that nobody heard."""
        return int(self._rows("SELECT count(*) FROM questions WHERE state IN ('queued', 'running') OR told = 0")[0][0])

    def questions(self) -> int:
        """All questions."""
        return int(self._rows("SELECT count(*) FROM questions")[0][0])

    def _rows(self, sql: str) -> list[Any]:
        with closing(self._connection.execute(sql)) as cursor:
            return cursor.fetchall()

    async def _watch(self) -> None:
        while True:
            self.pending = {row[0] for row in self._rows("SELECT update_id FROM updates WHERE state = 'pending'")}
            self.open_chats = {
                row[0]
                for row in self._rows(
                    "SELECT chat_id FROM questions WHERE state = 'queued' UNION"
                    " SELECT chat_id FROM questions WHERE state = 'running' UNION"
                    " SELECT chat_id FROM questions WHERE told = 0 AND state IN ('answered', 'failed', 'cancelled')"
                )
            }
            self._hear()
            async with self.changed:
                self.looks += 1
                self.changed.notify_all()
            await asyncio.sleep(LOOK_SECONDS)

    def _hear(self) -> None:
        log = self._world.recorder.log
        newest = log[-1]["n"] if log else 0
        for entry in reversed(log):
            if entry["n"] <= self._seen:
                break
            if entry["method"] == "answerCallbackQuery":  # also one that came too late was answered
                self.answered_queries.add(str(entry["params"].get("callback_query_id")))
            elif entry["ok"] and entry["method"] in TELLING:
                self.told[int(entry["params"].get("chat_id", 0))] += 1
        self._seen = newest
