"""Whose turn it is: round-robin over chats, so that a flood from one chat hardly delays another's question."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import count

from storage.database import Database

# Chats are walked through the index of queued questions (a chat is one step, however much it asked), and of each chat
# no more is read than could be chosen.
_HEADS = """
    WITH RECURSIVE chat(id) AS (
        SELECT min(chat_id) FROM questions WHERE state = 'queued'
        UNION ALL
        SELECT (SELECT min(chat_id) FROM questions WHERE state = 'queued' AND chat_id > chat.id)
        FROM chat WHERE chat.id IS NOT NULL
    )
    SELECT question.chat_id, question.id FROM chat JOIN questions AS question ON question.id IN (
        SELECT id FROM questions WHERE state = 'queued' AND chat_id = chat.id
            AND (ready_at IS NULL OR ready_at NOT BETWEEN :now AND :now + :longest) ORDER BY id LIMIT :limit
    ) ORDER BY question.chat_id, question.id
"""
LONGEST_HOLD = 600.0
"""A question that is held for longer than so many seconds is not held at all: the clock was set back since."""
# Left to itself SQLite groups by walking the whole table in the order of another index.
_RUNNING = """
    SELECT chat_id, count(*) AS number FROM questions INDEXED BY questions_running
    WHERE state = 'running' GROUP BY chat_id
"""
# All that wait are ranked once, however many are asked about: who asks for each alone pays for all each time.
_POSITIONS = f"""
    WITH running AS MATERIALIZED (
        {_RUNNING}
    ),
    waiting AS MATERIALIZED (
        SELECT id, row_number() OVER (PARTITION BY chat_id ORDER BY id)
            + coalesce((SELECT number FROM running WHERE running.chat_id = questions.chat_id), 0) AS round
        FROM questions WHERE state = 'queued'
    ),
    ranked AS (SELECT id, row_number() OVER (ORDER BY round, id) - 1 AS place FROM waiting)
    SELECT id, place + (SELECT coalesce(sum(number), 0) FROM running) AS number
    FROM ranked WHERE id IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - constants of this file


class FairQueue:
    """Chooses among the questions that wait.

    A question's round is the number of its chat's questions that run or stand before it: the smallest goes first. Among
    equals the chat that was served longest ago goes first, then the question that was asked first.
    """

    def __init__(self, database: Database) -> None:
        self._db = database
        self._clock = count(1)
        # When each waiting chat was served last, by our own clock. A restart forgets it, which costs a chat one round.
        self._served: dict[int, int] = {}

    async def next(self, limit: int, exclude: Collection[int]) -> list[int]:
        """The numbers of up to `limit` queued questions, in their order, without those in `exclude`."""
        running = {row["chat_id"]: row["number"] for row in await self._db.fetch_all(_RUNNING)}
        hold = {"now": time.time(), "longest": LONGEST_HOLD}
        heads = await self._db.fetch_all(_HEADS, {"limit": limit + len(exclude), **hold})
        self._forget_all_but(running.keys() | {row["chat_id"] for row in heads})
        rounds = Counter(running)
        ranked: list[tuple[int, int, int]] = []
        for row in heads:
            chat, number = row["chat_id"], row["id"]
            if number not in exclude:
                ranked.append((rounds[chat], self._served.get(chat, 0), number))
                rounds[chat] += 1
        return [number for _, _, number in sorted(ranked)[:limit]]

    async def seconds_to_next(self) -> float | None:
        """In how many seconds a question that is held may go to a worker; None where none is held."""
        row = await self._db.fetch_one(
            "SELECT min(ready_at) AS moment FROM questions WHERE state = 'queued' AND ready_at IS NOT NULL"
            " AND ready_at BETWEEN :now AND :now + :longest",
            {"now": (now := time.time()), "longest": LONGEST_HOLD},
        )
        return None if row is None or row["moment"] is None else float(row["moment"]) - now

    def served(self, chats: Iterable[int]) -> None:
        """Questions of these chats went to a worker."""
        for chat in chats:
            self._served[chat] = next(self._clock)

    async def positions(self, ids: Collection[int]) -> dict[int, int]:
        """For each of these questions, how many run, or wait and have their turn before it; 0 when it does not wait."""
        rows = await self._db.fetch_all(_POSITIONS, (json.dumps(list(ids)),)) if ids else []
        return dict.fromkeys(ids, 0) | {row["id"]: row["number"] for row in rows}

    def _forget_all_but(self, chats: Collection[int]) -> None:
        self._served = {chat: when for chat, when in self._served.items() if chat in chats}
