"""Requests to show where in its pictures an answer came from: each a row in the ledger, like a question.

A row `explains` a question: it has that question's words, pictures and answer, and replies to the message that shows
the answer. So it waits its turn, counts for limits, survives a kill, moves and is deleted as questions do.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence

from storage.database import Database
from storage.question_rows import COLUMNS, SUPERSEDE, question_of
from storage.records import HeatGrid, Question

_ENTER = """
    INSERT INTO questions (chat_id, message_id, revision, photo_sha256, thread_id, user_id, user_name,
        photo_message_id, text, asked_as, beams, max_new_tokens, unsure_below, each_picture, picture_count,
        names_one, answer, confidence, evidence, explains, created_at, updated_at)
    SELECT chat_id, :message_id, :revision, photo_sha256, thread_id, :user, :name,
        photo_message_id, text, asked_as, beams, max_new_tokens, unsure_below, each_picture, picture_count,
        names_one, answer, confidence, evidence, id, :now, :now
    FROM questions WHERE id = :question AND chat_id = :chat_id AND explains IS NULL AND answer IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING id
"""
_PAGE = 500
_PICTURES = """
    INSERT INTO question_pictures (question_id, position, chat_id, sha256, message_id, caption, answer, confidence,
        error, evidence, removed)
    SELECT :new, position, chat_id, sha256, message_id, caption, answer, confidence, error, evidence, removed
    FROM question_pictures WHERE question_id = :question
"""


def is_hot(grid: HeatGrid | None) -> bool:
    """Whether anything of a picture counted."""
    return grid is not None and any(map(any, grid))


class HeatMaps:
    """What was asked to be shown, and what was found; a chat's are reached with the chat's number only."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def ask(
        self, question: Question, message_id: int, user_id: int, user_name: str, *, again: Question | None = None
    ) -> bool:
        """Enter a request to show where a question's answer came from.

        Args:
            question: What was answered.
            message_id: The message that shows the answer; the heat map replies to it.
            user_id: Who asks for it.
            user_name: Their name.
            again: An earlier request of that message, whose message shows this one's outcome.

        Returns:
            False when that message has such a request already, or the answer is gone: nothing is changed then.
        """
        values = {
            "chat_id": question.chat_id,
            "question": question.id,
            "message_id": message_id,
            "revision": 0 if again is None else again.revision + 1,
            "user": user_id,
            "name": user_name,
            "now": time.time(),
        }
        async with self._db.transaction() as tx:
            rows = await tx.fetch_all(_ENTER, values)
            if rows:
                await tx.execute(_PICTURES, {"new": rows[0]["id"], "question": question.id})
                await tx.execute(SUPERSEDE, values)
        return bool(rows)

    async def of_questions(self, chat_id: int, questions: Sequence[int]) -> list[Question]:
        """The requests about some of a chat's questions, oldest first."""
        rows = await self._db.fetch_all(
            f"SELECT {COLUMNS} FROM questions WHERE explains IN (SELECT value FROM json_each(?)) AND chat_id = ?"  # noqa: S608
            " ORDER BY id",
            (json.dumps(list(questions)), chat_id),
        )
        return [question_of(row) for row in rows]

    async def found(self, chat_id: int, questions: Sequence[int]) -> dict[int, Question]:
        """Of some of a chat's questions the newest request that found where their answer came from, by question."""
        requests = await self.of_questions(chat_id, questions)
        return {one.explains: one for one in requests if one.explains is not None and any(map(is_hot, one.heat))}

    async def of_chat(self, chat_id: int) -> AsyncIterator[Question]:
        """Every request of a chat, oldest first."""
        last = 0
        while rows := await self._db.fetch_all(
            f"SELECT {COLUMNS} FROM questions WHERE chat_id = ? AND explains IS NOT NULL AND id > ?"  # noqa: S608
            " ORDER BY id LIMIT ?",
            (chat_id, last, _PAGE),
        ):
            for row in rows:
                yield question_of(row)
            last = rows[-1]["id"]

    async def enter(self, request_id: int, heat: Sequence[HeatGrid | None], seconds: float) -> bool:
        """Enter what was found for each picture; False when there is an outcome already."""
        changed = await self._db.execute(
            "UPDATE questions SET state = 'answered', heat = ?, seconds = ?, updated_at = ?"
            " WHERE id = ? AND explains IS NOT NULL AND state IN ('queued', 'running')",
            (json.dumps(list(heat)), seconds, time.time(), request_id),
        )
        return bool(changed)
