"""The ledger: every question from being asked to being delivered, once.

queued -> running -> answered -> delivered; or failed, or cancelled. The column `delivered` says that the outcome
stands in the chat.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

from storage.coalescing import Coalesced
from storage.database import Database
from storage.fair_queue import FairQueue
from storage.question_pictures import enter_pictures
from storage.question_rows import COLUMNS, COUNTS, LATELY, LOAD, PUT, STILL_OF, SUPERSEDE, evidence_json, question_of
from storage.records import NO_EVIDENCE, Evidence, Load, NewQuestion, Question, State

_SELECT = f"SELECT {COLUMNS} FROM questions"  # noqa: S608 - a constant
_ASKED = tuple(field.name for field in fields(NewQuestion) if field.name != "several")
_INSERT = (
    f"INSERT INTO questions ({', '.join(_ASKED)}, picture_count, created_at, updated_at, still_of)"  # noqa: S608
    f" VALUES (:{', :'.join(_ASKED)}, :picture_count, :now, :now, {STILL_OF}) ON CONFLICT DO NOTHING"
    f" RETURNING {COLUMNS}"
)
_EXPORT_PAGE = 500
_LATELY = 200
"""So many of a chat's questions are looked through for the last one of a topic."""
_LARGEST = 2**63 - 1
_NONE: Mapping[int, Evidence] = MappingProxyType({})


class Questions:
    """Questions of all chats; what belongs to a chat is reached with the chat's number only."""

    def __init__(self, database: Database) -> None:
        self._db, self.fair_queue, self._deliver = database, FairQueue(database), Coalesced(self._mark_delivered)

    async def ask(self, new: NewQuestion) -> tuple[Question, bool]:
        """Enter a question; the same message, revision and picture a second time give the first row and False.

        Earlier revisions of the same message that have no answer yet are cancelled, silently, and one whose outcome is
        not delivered yet counts as delivered: their message shows the new one's progress, and then its answer.
        """
        values = {name: getattr(new, name) for name in _ASKED} | {
            "picture_count": max(1, len(new.several)),
            "now": time.time(),
            "shown": json.dumps([one.message_id for one in new.several] or [new.photo_message_id]),
        }
        if new.revision == 0 and not new.several:  # nothing earlier to cancel: one statement is enough
            rows = await self._db.execute_returning(_INSERT, values)
        else:
            async with self._db.transaction() as tx:
                rows = await tx.fetch_all(_INSERT, values)
                if rows:
                    await tx.execute(SUPERSEDE, values)
                    await enter_pictures(tx, rows[0]["id"], new.chat_id, new.several)
        if rows:
            return replace(question_of(rows[0]), several=new.several), True
        known = await self._one(
            "WHERE chat_id = ? AND message_id = ? AND revision = ? AND photo_sha256 = ?",
            (new.chat_id, new.message_id, new.revision, new.photo_sha256),
        )
        assert known is not None
        return known, False

    async def get(self, question_id: int) -> Question | None:
        """A question by its number, for the machinery: handlers use `of_message`, `by_reply` or `page`."""
        return await self._one("WHERE id = ?", (question_id,))

    async def in_chat(self, chat_id: int, question_id: int) -> Question | None:
        """A question by its number, if it is this chat's."""
        return await self._one("WHERE id = ? AND chat_id = ?", (question_id, chat_id))

    async def of_message(self, chat_id: int, message_id: int) -> list[Question]:
        """The questions that a message asked, newest revision first."""
        return await self._many(
            "WHERE chat_id = ? AND message_id = ? ORDER BY revision DESC, id", (chat_id, message_id)
        )

    async def before(self, chat_id: int, message_id: int, photo_message_id: int) -> Question | None:
        """The last question about a picture that another message asked before this one did."""
        own = "SELECT min(id) FROM questions WHERE chat_id = ? AND message_id = ?"
        return await self._one(
            f"WHERE chat_id = ? AND photo_message_id = ? AND explains IS NULL AND id < coalesce(({own}), {_LARGEST})"
            " ORDER BY id DESC LIMIT 1",
            (chat_id, photo_message_id, chat_id, message_id),
        )

    async def last_before(self, chat_id: int, message_id: int, thread_id: int | None) -> Question | None:
        """What another message asked last in a topic before this one did, of the last that were asked in the chat."""
        own = "SELECT min(id) FROM questions WHERE chat_id = ? AND message_id = ?"
        lately = (
            "SELECT id, thread_id, explains FROM questions WHERE chat_id = ? ORDER BY created_at DESC, id DESC LIMIT ?"
        )
        return await self._one(
            f"WHERE id = (SELECT id FROM ({lately}) WHERE thread_id IS ? AND explains IS NULL"  # noqa: S608
            f" AND id < coalesce(({own}), {_LARGEST}) ORDER BY id DESC LIMIT 1)",
            (chat_id, _LATELY, thread_id, chat_id, message_id),
        )

    async def failed_about(self, chat_id: int, photo_sha256: str) -> bool:
        """Whether a question of this chat about these bytes failed: perhaps they are no whole picture."""
        return (
            await self._one(
                "WHERE photo_sha256 = ? AND chat_id = ? AND state = 'failed' AND explains IS NULL",
                (photo_sha256, chat_id),
            )
            is not None
        )

    async def by_reply(self, chat_id: int, message_id: int) -> Question | None:
        """The newest question whose progress or answer a message of the bot's shows."""
        return await self._one(
            "WHERE chat_id = ? AND placeholder_id = ? ORDER BY id DESC LIMIT 1", (chat_id, message_id)
        )

    async def set_placeholder(self, chat_id: int, question_id: int, placeholder_id: int | None) -> bool:
        """Remember the message that shows this question's progress; False when there is no such question any more."""
        return bool(
            await self._update(
                "placeholder_id = ?, sending_after = NULL",
                (placeholder_id,),
                "id = ? AND chat_id = ?",
                (question_id, chat_id),
            )
        )

    # Towards the answer ----------------------------------------------------------------------------------------------

    async def next_queued(self, limit: int, *, exclude: Collection[int] = ()) -> list[Question]:
        """The next questions to answer: one of each chat in turn, each chat's oldest first (see `FairQueue`)."""
        chosen = await self.fair_queue.next(limit, exclude)
        found = {question.id: question for question in await self._by_ids(chosen)}
        return [found[number] for number in chosen if number in found]

    async def mark_running(self, ids: Collection[int], *, durable: bool = True) -> list[int]:
        """Queued questions went to a worker. Returns those that really were queued (the others were cancelled, say).

        `durable` as in `Database.execute`: after a power cut they have to wait again anyway.
        """
        marks = ", ".join("?" * len(ids))
        rows = await self._db.execute_returning(
            "UPDATE questions SET state = 'running', attempts = attempts + 1, updated_at = ?"  # noqa: S608 - marks
            f" WHERE id IN ({marks}) AND state = 'queued' RETURNING id, chat_id",
            (time.time(), *ids),
            durable=durable,
        )
        self.fair_queue.served(row["chat_id"] for row in rows)
        return [row["id"] for row in rows]

    async def requeue_running(self) -> int:
        """After a restart nobody works on what was running: it waits again. Returns how many."""
        return await self._update("state = 'queued'", (), "state = 'running'", ())

    async def requeue(self, ids: Collection[int]) -> int:
        """What went to a worker got lost on its way: it waits again. Returns how many."""
        marks = ", ".join("?" * len(ids))
        return await self._update("state = 'queued'", (), f"id IN ({marks}) AND state = 'running'", tuple(ids))

    async def answer_many(
        self, answers: Iterable[tuple[int, str, float, float]], evidence: Mapping[int, Evidence] = _NONE
    ) -> int:
        """Enter several answers (number, text, confidence, seconds) in one commit, with the evidence by number.

        Returns:
            How many were new.
        """
        now = time.time()
        return await self._db.execute_many(
            "UPDATE questions SET state = 'answered', answer = ?, confidence = ?, seconds = ?, evidence = ?,"
            " updated_at = ? WHERE id = ? AND explains IS NULL AND state IN ('queued', 'running')",
            [
                (text, confidence, seconds, evidence_json(evidence.get(number, NO_EVIDENCE)), now, number)
                for number, text, confidence, seconds in answers
            ],
        )

    async def fail(self, question_id: int, error: str) -> bool:
        """It cannot be answered, and why (see `Question.error`); False when there is an outcome already."""
        return await self._finish(question_id, "state = 'failed', error = ?", (error,))

    async def cancel(self, chat_id: int, question_id: int) -> bool:
        """The chat wants no answer any more; False when there is an outcome already, or it is not this chat's."""
        return bool(
            await self._update(
                "state = 'cancelled'",
                (),
                "id = ? AND chat_id = ? AND state IN ('queued', 'running')",
                (question_id, chat_id),
            )
        )

    async def cancel_all(self, chat_id: int) -> list[int]:
        """Cancel whatever of a chat waits, silently. Returns the numbers."""
        rows = await self._db.execute_returning(
            "UPDATE questions SET state = 'cancelled', delivered = 1, updated_at = ?"
            " WHERE chat_id = ? AND state IN ('queued', 'running') RETURNING id",
            (time.time(), chat_id),
        )
        return [row["id"] for row in rows]

    # Towards the person ----------------------------------------------------------------------------------------------

    async def mark_delivered(self, question_id: int, message_id: int | None = None) -> None:
        """The outcome stands in the chat, in this message if it is given: what was answered is delivered."""
        await self._deliver((message_id, time.time(), question_id))

    async def _mark_delivered(self, rows: Sequence[tuple[int | None, float, int]]) -> None:
        await self._db.execute_many(
            "UPDATE questions SET delivered = 1, state = CASE state WHEN 'answered' THEN 'delivered' ELSE state END,"
            " placeholder_id = coalesce(?, placeholder_id), sending_after = NULL, updated_at = ? WHERE id = ?",
            rows,
        )

    # Looking ---------------------------------------------------------------------------------------------------------

    async def load(self, chat_id: int, user_id: int, since: float) -> Load:
        """What a limit looks at, in one query: a person's questions since a time (unix seconds), and what waits.

        What seems to come from the future does not count: the clock was set back since.
        """
        row = await self._db.fetch_one(LOAD, {"chat": chat_id, "user": user_id, "since": since, "now": time.time()})
        assert row is not None
        return Load(row["asked"], row["waiting_of_person"], row["waiting_here"], row["waiting"])

    async def asked_at(self, user_id: int, number: int, since: float) -> float | None:
        """When (unix seconds) a person asked their `number`th question from the newest, of those since a time."""
        row = await self._db.fetch_one(
            f"SELECT created_at FROM (SELECT created_at, sum({PUT}) OVER (ORDER BY created_at DESC, id) AS asked"  # noqa: S608
            f" FROM questions WHERE {LATELY}) WHERE asked >= :number ORDER BY created_at DESC LIMIT 1",
            {"user": user_id, "since": since, "now": time.time(), "number": number},
        )
        return None if row is None else float(row["created_at"])

    async def backlog(self) -> tuple[int, float | None]:
        """How many questions wait for their outcome to be delivered, and when (unix seconds) the oldest was asked."""
        row = await self._db.fetch_one(
            "SELECT count(*) AS number, min(created_at) AS oldest FROM questions"
            " WHERE delivered = 0 AND state IN ('queued', 'running', 'answered')"
        )
        assert row is not None
        return row["number"], row["oldest"]

    async def counts(self) -> dict[State, int]:
        """How many questions are in each state."""
        rows = await self._db.fetch_all(COUNTS)
        return dict.fromkeys(State, 0) | {State(row["state"]): row["number"] for row in rows}

    async def export(self, chat_id: int) -> AsyncIterator[Question]:
        """Every question of a chat, oldest first, whatever became of it."""
        last = 0
        while rows := await self._many(
            "WHERE chat_id = ? AND explains IS NULL AND id > ? ORDER BY id LIMIT ?", (chat_id, last, _EXPORT_PAGE)
        ):
            for question in rows:
                yield question
            last = rows[-1].id

    # -----------------------------------------------------------------------------------------------------------------

    async def _finish(self, question_id: int, assignment: str, values: tuple[Any, ...]) -> bool:
        where = "id = ? AND state IN ('queued', 'running')"
        return bool(await self._update(assignment, values, where, (question_id,)))

    async def _update(self, assignment: str, values: tuple[Any, ...], where: str, parameters: tuple[Any, ...]) -> int:
        sql = f"UPDATE questions SET {assignment}, updated_at = ? WHERE {where}"  # noqa: S608 - constants of this file
        return await self._db.execute(sql, (*values, time.time(), *parameters))

    async def _one(self, where: str, parameters: tuple[Any, ...]) -> Question | None:
        row = await self._db.fetch_one(f"{_SELECT} {where}", parameters)
        return None if row is None else question_of(row)

    async def _many(self, where: str, parameters: tuple[Any, ...]) -> list[Question]:
        return [question_of(row) for row in await self._db.fetch_all(f"{_SELECT} {where}", parameters)]

    async def _by_ids(self, ids: Collection[int]) -> list[Question]:
        marks = ", ".join("?" * len(ids))
        return await self._many(f"WHERE id IN ({marks})", tuple(ids)) if ids else []
