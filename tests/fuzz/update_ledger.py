"""What the bot has done, seen from outside: its ledger in SQLite, and what it told whom, as the sandbox recorded it."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.world import World

CHECK_SECONDS = 0.02
LONGEST_CHECK = 4 * CHECK_SECONDS
"""Of a look that took longer no more is counted: this machine was busy with something else."""
SENDING = {"sendMessage", "sendPhoto", "sendDocument"}


@dataclass(frozen=True)
class Said:
    """A message of the bot's, as it was sent or as an edit left it."""

    message_id: int
    under: int | None
    """The message that it replies to."""
    text: str
    """Its text or caption."""


def twice(said: Sequence[Said]) -> list[str]:
    """Texts that stand in several messages under the same one."""
    newest = {one.message_id: one for one in said}
    counts = Counter((one.under, one.text) for one in newest.values())
    return [text for (_, text), count in counts.items() if count > 1]


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
        self.said: defaultdict[int, list[Said]] = defaultdict(list)
        """What each chat heard, in its order."""
        self.answered_queries: Counter[str] = Counter()
        self.seconds = 0.0
        """Seconds of looking, without those in which this machine was too busy for it."""

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
        unfinished = "state IN ('queued', 'running') OR delivered = 0"
        return int(self._rows(f"SELECT count(*) FROM questions WHERE {unfinished}")[0][0])

    def questions(self) -> int:
        """All questions."""
        return int(self._rows("SELECT count(*) FROM questions")[0][0])

    def places(self, chats: Collection[int], message_id: int, album: str | None) -> set[int]:
        """Under which messages the answer to a message may stand: itself, the pictures that it asked about, or those of
        its album."""
        marks = ", ".join("?" * len(chats))
        rows = self._rows(
            f"SELECT message_id, reply_to FROM questions WHERE (message_id = ? OR album = ?) AND chat_id IN ({marks})",
            (message_id, album, *chats),
        )
        return {message_id} | {place for row in rows for place in row if place is not None}

    def joined(self, chats: Collection[int], message_id: int, album: str | None) -> bool:
        """Whether a message's picture came late into an album whose question has its outcome, which may be in the words
        that stand there already."""
        marks = ", ".join("?" * len(chats))
        rows = self._rows(
            "SELECT q.chat_id, coalesce(q.reply_to, q.message_id) FROM questions q JOIN question_pictures p"
            " ON p.question_id = q.id WHERE q.album = ? AND p.message_id = ? AND q.delivered = 1"
            f" AND q.chat_id IN ({marks})",
            (album, message_id, *chats),
        )
        return any(under == one.under for chat, under in rows for one in self.said[chat])

    def _rows(self, sql: str, parameters: Sequence[int | str | None] = ()) -> list[Any]:
        with closing(self._connection.execute(sql, parameters)) as cursor:
            return cursor.fetchall()

    async def _watch(self) -> None:
        before = time.monotonic()
        while True:
            now = time.monotonic()
            self.seconds, before = self.seconds + min(now - before, LONGEST_CHECK), now
            self.pending = {row[0] for row in self._rows("SELECT update_id FROM updates WHERE state = 'pending'")}
            self.open_chats = {
                row[0]
                for row in self._rows(
                    "SELECT chat_id FROM questions WHERE state = 'queued' UNION"
                    " SELECT chat_id FROM questions WHERE state = 'running' UNION"
                    " SELECT chat_id FROM questions"
                    " WHERE delivered = 0 AND state IN ('answered', 'failed', 'cancelled')"
                    " UNION SELECT chat_id FROM exports"
                )
            }
            self._hear()
            async with self.changed:
                self.looks += 1
                self.changed.notify_all()
            await asyncio.sleep(CHECK_SECONDS)

    def _hear(self) -> None:
        log = self._world.recorder.log
        fresh = list(itertools.takewhile(lambda entry: entry["n"] > self._seen, reversed(log)))
        for entry in reversed(fresh):
            method, given = entry["method"], entry["params"]
            if method == "answerCallbackQuery":  # also one that came too late was answered
                self.answered_queries[str(given.get("callback_query_id"))] += 1
            elif entry["ok"] and method in SENDING:
                under = (given.get("reply_parameters") or {}).get("message_id")
                text = given.get("text") or given.get("caption") or ""
                self.said[int(given["chat_id"])].append(Said(entry["result"]["message_id"], under, text))
            elif entry["ok"] and method == "editMessageText":
                number = int(given["message_id"])
                chat = int(given["chat_id"])
                under = next((one.under for one in reversed(self.said[chat]) if one.message_id == number), None)
                self.said[chat].append(Said(number, under, given["text"]))
        self._seen = log[-1]["n"] if log else 0
