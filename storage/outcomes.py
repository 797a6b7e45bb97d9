"""What chats have to show: outcomes that they do not show yet, progress, and messages that may have been sent."""

from __future__ import annotations

import json
import time
from collections.abc import Collection

from storage.database import Database
from storage.fair_queue import LONGEST_HOLD
from storage.question_rows import COLUMNS, OPEN, question_of
from storage.records import Question

_UNDELIVERED = "delivered = 0 AND state IN ('answered', 'failed', 'cancelled')"
# A chat is one step, however much waits in it.
_CHATS = f"""
    WITH RECURSIVE chat(id) AS (
        SELECT min(chat_id) FROM questions WHERE {_UNDELIVERED}
        UNION ALL
        SELECT (SELECT min(chat_id) FROM questions WHERE {_UNDELIVERED} AND chat_id > chat.id)
        FROM chat WHERE chat.id IS NOT NULL
    )
    SELECT id FROM chat WHERE id IS NOT NULL
    UNION SELECT chat_id FROM questions WHERE sending_after IS NOT NULL
"""  # noqa: S608 - constants
_OF_CHATS = f"""
    SELECT {COLUMNS} FROM questions WHERE id IN (
        SELECT question.id FROM json_each(:chats) AS chat JOIN questions AS question ON question.id IN (
            SELECT id FROM questions WHERE {_UNDELIVERED} AND chat_id = chat.value ORDER BY id LIMIT :each
        )
    ) ORDER BY id
"""  # noqa: S608 - constants
# A question that asks again has the message of the one before.
_SLOW = f"""
    SELECT {COLUMNS} FROM questions INDEXED BY questions_open
    WHERE {OPEN} AND state != 'answered' AND (placeholder_id IS NULL OR revision > 0)
        AND max(created_at, coalesce(ready_at, 0)) NOT BETWEEN :since AND :now
        AND (ready_at IS NULL OR ready_at NOT BETWEEN :now AND :now + :longest)
        AND id NOT IN (SELECT value FROM json_each(:exclude))
    ORDER BY chat_id, id LIMIT :limit
"""  # noqa: S608 - constants


_BEFORE = """
    earlier.chat_id = :chat AND earlier.thread_id IS :thread AND earlier.message_id < :message
        AND earlier.explains IS NULL AND earlier.delivered = 1 AND earlier.answer IS NOT NULL
"""
_TOLD_UNLIKE = f"""
    SELECT earlier.photo_sha256 AS sha256 FROM questions AS earlier
    WHERE earlier.photo_sha256 IN (SELECT value FROM json_each(:shown)) AND {_BEFORE}
        AND json_extract(earlier.evidence, '$.known_picture') = 0
    UNION SELECT picture.sha256 FROM question_pictures AS picture JOIN questions AS earlier
        ON earlier.id = picture.question_id
    WHERE picture.sha256 IN (SELECT value FROM json_each(:shown)) AND {_BEFORE}
        AND coalesce(json_extract(picture.evidence, '$.known_picture'),
            json_extract(earlier.evidence, '$.known_picture')) = 0
"""  # noqa: S608 - constants
# What was not heard of before may stand as well.
_BEGIN = """
    UPDATE questions SET updated_at = :now,
        sending_several = sending_after IS NOT NULL,
        sending_outcome = max(:outcome, CASE WHEN sending_after IS NULL THEN 0 ELSE sending_outcome END),
        sending_after = coalesce(sending_after, max(
            :after,
            (SELECT coalesce(max(message_id), 0) FROM sent_messages WHERE chat_id = :chat),
            (SELECT coalesce(max(message_id), 0) FROM questions WHERE chat_id = :chat),
            (SELECT coalesce(max(placeholder_id), 0) FROM questions WHERE chat_id = :chat)
        ))
    WHERE id = :id AND chat_id = :chat AND delivered = 0 AND state = :state AND placeholder_id IS :placeholder
"""


class Outcomes:
    """The ledger as delivery sees it: machinery, which tells each chat its own."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def chats(self) -> list[int]:
        """Chats with an outcome that they do not show yet, or with a message of which the bot has not heard."""
        return [row["id"] for row in await self._db.fetch_all(_CHATS)]

    async def undelivered(self, chats: Collection[int], each: int) -> list[Question]:
        """Questions with an outcome that their chat does not show yet, oldest first: of each chat up to `each`."""
        rows = await self._db.fetch_all(_OF_CHATS, {"chats": json.dumps(list(chats)), "each": each})
        return [question_of(row) for row in rows]

    async def told_unlike(self, question: Question) -> set[str]:
        """The SHA-256 of those pictures of a question of which answers above it say that the model knows none such.

        Above: to earlier messages of its chat and topic, whenever they were given.
        """
        if not any(one.known_picture is False for one in (question, *question.several)):
            return set()
        found = {
            "shown": json.dumps([picture.sha256 for picture in question.pictures]),
            "chat": question.chat_id,
            "thread": question.thread_id,
            "message": question.message_id,
        }
        return {row["sha256"] for row in await self._db.fetch_all(_TOLD_UNLIKE, found)}

    async def slow(self, seconds: float, limit: int, *, exclude: Collection[int] = ()) -> list[Question]:
        """Questions that wait for longer than so many seconds without their progress being shown."""
        now = time.time()  # what seems to come from the future is old: the clock was set back since
        found = {
            "since": now - seconds,
            "now": now,
            "longest": LONGEST_HOLD,
            "exclude": json.dumps(list(exclude)),
            "limit": limit,
        }
        return [question_of(row) for row in await self._db.fetch_all(_SLOW, found)]

    async def still_waiting(self, ids: Collection[int]) -> set[int]:
        """Those of these questions that have no outcome yet."""
        rows = await self._db.fetch_all(
            "SELECT id FROM questions WHERE id IN (SELECT value FROM json_each(?)) AND state IN ('queued', 'running')",
            (json.dumps(list(ids)),),
        )
        return {row["id"] for row in rows}

    async def any_waiting(self) -> bool:
        """Whether a question has no outcome yet."""
        row = await self._db.fetch_one(
            "SELECT EXISTS (SELECT 1 FROM questions WHERE state = 'queued')"
            " OR EXISTS (SELECT 1 FROM questions WHERE state = 'running') AS waiting"
        )
        return row is not None and bool(row["waiting"])

    async def show_question(self, chat_id: int, message_id: int) -> bool:
        """A message does not say any more what it asked: its answer is to be shown anew, with the question.

        Returns:
            Whether there is an answer that does not show it already.
        """
        changed = await self._db.execute(
            "UPDATE questions SET asked_as = text, delivered = 0, state = 'answered', updated_at = :now"
            " WHERE chat_id = :chat AND message_id = :message AND state = 'delivered' AND explains IS NULL"
            " AND asked_as IS NULL AND NOT spoken AND placeholder_id IS NOT NULL AND revision ="
            " (SELECT max(revision) FROM questions WHERE chat_id = :chat AND message_id = :message)",
            {"chat": chat_id, "message": message_id, "now": time.time()},
        )
        return bool(changed)

    # Messages that are being sent ------------------------------------------------------------------------------------

    async def begin_sending(self, question: Question, after: int, *, outcome: bool) -> bool:
        """Remember durably, before it happens, that a question's message is sent.

        Its number will be above `after`, and above all that are known in its chat. Where an earlier one of the question
        was not heard of, both are looked for from that one's number on.

        Returns:
            False when it must not be sent: its question is in another state by now, delivered, or has a message.
        """
        changed = await self._db.execute(
            _BEGIN,
            {
                "after": after,
                "outcome": outcome,
                "now": time.time(),
                "id": question.id,
                "chat": question.chat_id,
                "state": question.state,
                "placeholder": question.placeholder_id,
            },
        )
        return bool(changed)

    async def sent_above(self, question_id: int, message_id: int) -> bool:
        """A question's message has this number: one of which the bot has not heard stands below it, or nowhere.

        Returns:
            False when there is no such question any more.
        """
        changed = await self._db.execute(
            "UPDATE questions SET placeholder_id = ?, updated_at = ? WHERE id = ?",
            (message_id, time.time(), question_id),
        )
        return bool(changed)

    async def settled(self, question_id: int) -> None:
        """No message of the question's is unheard of: it did not reach the chat, or was taken away."""
        await self._db.execute(
            "UPDATE questions SET sending_after = NULL, updated_at = ? WHERE id = ?", (time.time(), question_id)
        )

    async def sending(self, chat_id: int) -> list[Question]:
        """A chat's questions with a message of which the bot has not heard."""
        rows = await self._db.fetch_all(
            f"SELECT {COLUMNS} FROM questions WHERE chat_id = ? AND sending_after IS NOT NULL ORDER BY id",  # noqa: S608
            (chat_id,),
        )
        return [question_of(row) for row in rows]

    async def highest_number(self) -> int:
        """The highest message number that is known in a private chat: a bot's private chats share their numbers."""
        row = await self._db.fetch_one(
            "SELECT max((SELECT coalesce(max(message_id), 0) FROM sent_messages WHERE chat_id > 0),"
            " (SELECT coalesce(max(message_id), 0) FROM questions WHERE chat_id > 0),"
            " (SELECT coalesce(max(placeholder_id), 0) FROM questions WHERE chat_id > 0)) AS number"
        )
        return int(row["number"]) if row is not None else 0

    async def known_numbers(self, chat_id: int, low: int, high: int) -> set[int]:
        """The message numbers of a chat from `low` to `high` that are known: the bot's, questions, and pictures.

        A bot's private chats share their numbers: for one of them, those of all are known. That walks through what is
        kept, and is asked only where a message was lost.
        """
        where = "chat_id > 0" if chat_id > 0 else "chat_id = :chat"
        rows = await self._db.execute_returning(  # the writer sees what is not committed yet
            f"SELECT message_id AS number FROM sent_messages WHERE {where} AND message_id BETWEEN :low AND :high"  # noqa: S608
            f" UNION SELECT placeholder_id FROM questions WHERE {where} AND placeholder_id BETWEEN :low AND :high"
            # What explains an answer names that answer's message, of which the bot may not have heard.
            f" UNION SELECT message_id FROM questions WHERE {where} AND explains IS NULL"
            " AND message_id BETWEEN :low AND :high"
            f" UNION SELECT message_id FROM photos WHERE {where} AND message_id BETWEEN :low AND :high",
            {"chat": chat_id, "low": low, "high": high},
            durable=False,
        )
        return {row["number"] for row in rows}

    async def undeliverable(self, question_id: int, error: str) -> None:
        """The outcome cannot reach the chat, now or ever; the ledger does not call it delivered."""
        await self._db.execute(
            "UPDATE questions SET delivered = 1, sending_after = NULL, error = ?, updated_at = ?,"
            " state = CASE state WHEN 'answered' THEN 'failed' ELSE state END WHERE id = ?",
            (error, time.time(), question_id),
        )
