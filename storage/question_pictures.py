"""Questions about several pictures: which those are, what is added while an album arrives, what is answered."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from storage.database import Database, Transaction
from storage.question_rows import COLUMNS, STILL_OF, evidence_json, question_of
from storage.records import AskedPicture, Question

_INSERT = (
    "INSERT INTO question_pictures (question_id, position, chat_id, sha256, message_id, caption)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)


async def enter_pictures(tx: Transaction, question_id: int, chat_id: int, pictures: Sequence[AskedPicture]) -> None:
    """Enter the pictures of a question that is about more than one; those that it had before go."""
    await tx.execute("DELETE FROM question_pictures WHERE question_id = ?", (question_id,))
    if len(pictures) > 1:
        await tx.execute_many(
            _INSERT,
            [(question_id, place, chat_id, p.sha256, p.message_id, p.caption) for place, p in enumerate(pictures)],
        )


class QuestionPictures:
    """What only questions about several pictures need."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def of_album(self, chat_id: int, album: str) -> Question | None:
        """The newest question that an album's caption asked."""
        row = await self._db.fetch_one(
            f"SELECT {COLUMNS} FROM questions WHERE chat_id = ? AND album = ? ORDER BY id DESC LIMIT 1",  # noqa: S608
            (chat_id, album),
        )
        return None if row is None else question_of(row)

    async def hold(self, chat_id: int, question_id: int, ready_at: float) -> None:
        """No worker gets a waiting question before a time (unix seconds): a picture of its album is on its way."""
        await self._db.execute(
            "UPDATE questions SET ready_at = ? WHERE id = ? AND chat_id = ? AND state = 'queued'",
            (ready_at, question_id, chat_id),
        )

    async def change(
        self,
        question: Question,
        pictures: Sequence[AskedPicture],
        text: str,
        *,
        each_picture: bool,
        ready_at: float | None,
        asked_as: str | None = None,
        names_one: bool = False,
    ) -> bool:
        """Let a question that no worker has yet be about other pictures, in other words.

        Returns:
            False when a worker has it, or had it: nothing is changed then.
        """
        first = pictures[0]
        async with self._db.transaction() as tx:
            changed = await tx.execute(
                "UPDATE questions SET text = :text, asked_as = :asked_as, each_picture = :each, picture_count = :count,"  # noqa: S608 - a constant
                " photo_sha256 = :sha256, photo_message_id = :message_id, ready_at = :ready_at, updated_at = :now,"
                " names_one = :names_one,"
                f" still_of = {STILL_OF} WHERE id = :id AND chat_id = :chat_id AND state = 'queued'",
                {
                    "text": text,
                    "asked_as": asked_as,
                    "each": each_picture,
                    "count": len(pictures),
                    "sha256": first.sha256,
                    "message_id": first.message_id,
                    "ready_at": ready_at,
                    "names_one": names_one,
                    "now": time.time(),
                    "id": question.id,
                    "chat_id": question.chat_id,
                    "shown": json.dumps([one.message_id for one in pictures]),
                },
            )
            if changed:
                await enter_pictures(tx, question.id, question.chat_id, pictures)
        return bool(changed)

    async def answer_each(
        self, question_id: int, pictures: Sequence[AskedPicture], answer: str, confidence: float, seconds: float
    ) -> bool:
        """Enter what was said of each picture, in their order; False when there is an outcome already.

        Args:
            question_id: A question that is asked of each of its pictures.
            pictures: Of the question, with their answers.
            answer: All answers in one.
            confidence: Of all that is said.
            seconds: What the slowest took.
        """
        async with self._db.transaction() as tx:
            changed = await tx.execute(
                "UPDATE questions SET state = 'answered', answer = ?, confidence = ?, seconds = ?, updated_at = ?"
                " WHERE id = ? AND state IN ('queued', 'running')",
                (answer, confidence, seconds, time.time(), question_id),
            )
            if changed:
                await tx.execute_many(
                    "UPDATE question_pictures SET answer = ?, confidence = ?, error = ?, evidence = ?"
                    " WHERE question_id = ? AND position = ?",
                    [
                        (p.answer, p.confidence, p.error, evidence_json(p), question_id, place)
                        for place, p in enumerate(pictures)
                    ],
                )
        return bool(changed)
