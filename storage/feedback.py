"""What people think of answers: each person once about each answer, and it can be changed."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

from storage.database import Database

AWAITED = 3600.0
"""Seconds in which a reply may be the right answer, after somebody called one wrong."""
LATELY = 30 * 86_400.0
"""Seconds that the figures for admins look back."""
CONSIDERED = 10_000
"""Opinions, the newest of them, among which the worst questions are looked for."""

_AWAITED = (
    "FROM feedback WHERE question_id IN (SELECT id FROM questions WHERE chat_id = :chat AND placeholder_id = :shown)"
    " AND user_id = :user AND chat_id = :chat AND is_right = 0"
    " AND (message_id = :message OR (awaits_answer = 1 AND given_at > :now - :awaited))"
    " ORDER BY message_id IS :message DESC, given_at DESC LIMIT 1"
)
"""What a message may say the right answer to; its parameters are those of `_awaited`."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person thinks of an answer."""

    question_id: int
    user_id: int
    is_right: bool
    answer: str | None
    """What they say is right; None where they do not say."""
    position: int = 0
    """Of the picture that it is about, from 1, where each of several has an answer; 0: the answer as a whole."""


@dataclass(frozen=True, slots=True)
class WorstQuestion:
    """A question that is answered wrong often."""

    text: str
    wrong: int
    judged: int


@dataclass(frozen=True, slots=True)
class Opinions:
    """What people think on the whole, of the last 30 days."""

    right: int
    judged: int
    worst: tuple[WorstQuestion, ...]
    """Most often called wrong first."""


class Feedback:
    """The opinions of all chats; each is reached through its chat."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def rate(self, chat_id: int, question_id: int, user_id: int, *, is_right: bool, position: int = 0) -> bool:
        """Somebody calls an answer right or wrong; False when the chat has no such answer.

        After "wrong" their next reply to the answer may say what is right (see `correct`).

        Args:
            chat_id: Where the answer stands.
            question_id: What it answers.
            user_id: Who says it.
            is_right: Whether they call it right.
            position: As of an `Opinion`.
        """
        rows = await self._db.execute_returning(
            "INSERT INTO feedback (question_id, position, user_id, chat_id, is_right, awaits_answer, given_at)"
            " SELECT id, :position, :user, chat_id, :right, NOT :right, :now FROM questions"
            " WHERE id = :question AND chat_id = :chat AND explains IS NULL AND answer IS NOT NULL"
            " AND (:position = 0 OR (each_picture AND EXISTS (SELECT 1 FROM question_pictures AS picture"
            " WHERE question_id = :question AND picture.position = :position - 1 AND picture.answer IS NOT NULL)))"
            " ON CONFLICT (question_id, position, user_id) DO UPDATE SET is_right = excluded.is_right,"
            " answer = CASE WHEN excluded.is_right THEN NULL ELSE answer END, awaits_answer = excluded.awaits_answer,"
            " message_id = NULL, given_at = excluded.given_at RETURNING question_id",
            {
                "user": user_id,
                "right": is_right,
                "now": time.time(),
                "question": question_id,
                "chat": chat_id,
                "position": position,
            },
        )
        return bool(rows)

    async def rate_message(self, chat_id: int, answer_id: int, user_id: int, *, is_right: bool) -> bool:
        """As `rate`, of the answer that stands in the message `answer_id`, as a whole."""
        number = await self._in_message(chat_id, answer_id)
        return number is not None and await self.rate(chat_id, number, user_id, is_right=is_right)

    async def withdraw(self, chat_id: int, answer_id: int, user_id: int, *, is_right: bool) -> bool:
        """Somebody takes back that the answer in a message is right, or wrong; False where they do not say so."""
        number = await self._in_message(chat_id, answer_id)
        return bool(
            await self._db.execute(
                "DELETE FROM feedback WHERE question_id = ? AND position = 0 AND user_id = ? AND chat_id = ?"
                " AND is_right = ?",
                (number, user_id, chat_id, is_right),
            )
        )

    async def _in_message(self, chat_id: int, answer_id: int) -> int | None:
        """The number of the question whose answer stands in a message."""
        row = await self._db.fetch_one(
            "SELECT max(id) AS number FROM questions WHERE chat_id = ? AND placeholder_id = ? AND explains IS NULL",
            (chat_id, answer_id),
        )
        return None if row is None else row["number"]

    async def correct(self, chat_id: int, answer_id: int, user_id: int, message_id: int, answer: str) -> bool:
        """Somebody says what is right, in reply to the message `answer_id`; False when that was not awaited.

        The same message again (handled twice, or edited) changes what it said. Of several answers in one message it is
        the one that they called wrong last.
        """
        return bool(
            await self._db.execute(
                "UPDATE feedback SET answer = :answer, message_id = :message, awaits_answer = 0, given_at = :now"  # noqa: S608 - a constant
                f" WHERE (question_id, position, user_id) IN (SELECT question_id, position, user_id {_AWAITED})",
                _awaited(chat_id, answer_id, user_id, message_id) | {"answer": answer},
            )
        )

    async def awaited(self, chat_id: int, answer_id: int, user_id: int, message_id: int) -> int | None:
        """The position of the answer that `correct` would change; None when that was not awaited."""
        row = await self._db.fetch_one(
            f"SELECT position {_AWAITED}",
            _awaited(chat_id, answer_id, user_id, message_id),
        )
        return None if row is None else int(row["position"])

    async def newest_answer(self, chat_id: int, thread_id: int | None, user_id: int, message_id: int) -> int | None:
        """The message with the last answer that a person had before theirs; None where that is older than `AWAITED`."""
        row = await self._db.fetch_one(
            "SELECT placeholder_id AS shown, updated_at FROM questions WHERE chat_id = :chat"
            " AND thread_id IS :thread AND user_id = :user AND message_id < :message AND explains IS NULL"
            " AND state = 'delivered' ORDER BY created_at DESC, id DESC LIMIT 1",
            {"chat": chat_id, "thread": thread_id, "user": user_id, "message": message_id},
        )
        if row is None or row["updated_at"] < time.time() - AWAITED:
            return None
        return int(row["shown"])

    async def of_questions(self, chat_id: int, ids: Collection[int]) -> dict[int, list[Opinion]]:
        """The opinions about some of a chat's answers, by the question's number."""
        marks = ", ".join("?" * len(ids))
        rows = await self._db.fetch_all(
            "SELECT question_id, user_id, is_right, answer, position FROM feedback"  # noqa: S608 - marks
            f" WHERE question_id IN ({marks}) AND chat_id = ? ORDER BY position, given_at",
            (*ids, chat_id),
        )
        found: dict[int, list[Opinion]] = {}
        for row in rows:
            opinion = Opinion(row["question_id"], row["user_id"], bool(row["is_right"]), row["answer"], row["position"])
            found.setdefault(opinion.question_id, []).append(opinion)
        return found

    async def lately(self, most: int, now: float | None = None) -> Opinions:
        """Figures for the admins, with at most so many of the worst questions, over all chats."""
        since = {"since": (time.time() if now is None else now) - LATELY, "most": most, "considered": CONSIDERED}
        counts = await self._db.fetch_one(
            "SELECT count(*) AS judged, coalesce(sum(is_right), 0) AS is_right FROM feedback WHERE given_at >= :since",
            since,
        )
        assert counts is not None
        rows = await self._db.fetch_all(
            "SELECT coalesce(asked_as, text) AS asked, sum(NOT is_right) AS wrong, count(*) AS judged"
            " FROM (SELECT question_id, is_right FROM feedback WHERE given_at >= :since"
            " ORDER BY given_at DESC LIMIT :considered) JOIN questions ON questions.id = question_id"
            " GROUP BY lower(asked) HAVING wrong > 0 ORDER BY wrong DESC, judged LIMIT :most",
            since,
        )
        worst = tuple(WorstQuestion(row["asked"], row["wrong"], row["judged"]) for row in rows)
        return Opinions(counts["is_right"], counts["judged"], worst)


def _awaited(chat_id: int, answer_id: int, user_id: int, message_id: int) -> dict[str, int | float | str]:
    return {
        "chat": chat_id,
        "shown": answer_id,
        "user": user_id,
        "message": message_id,
        "now": time.time(),
        "awaited": AWAITED,
    }
