"""Days of questions as if they had been asked, entered in bulk: for measurements of what a full ledger costs."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from storage.question_rows import evidence_json
from storage.records import Evidence
from storage.store import Store

DAY = 86_400.0
_TEXTS = ("What color is the ball?", "How many dogs are there?", "Is the door open?", "Where is the cat?")
_EVIDENCE = evidence_json(
    Evidence(
        model="simulated",
        known_picture=True,
        known_words=True,
        alternatives=(("orange", 0.2),),
        knows="I have learnt from cartoons",
    )
)
_QUESTION = """
    INSERT INTO questions (chat_id, message_id, user_id, user_name, photo_sha256, photo_message_id, text, beams,
        max_new_tokens, state, placeholder_id, answer, confidence, seconds, delivered, created_at, updated_at, evidence)
    VALUES (?, ?, ?, 'Ada', ?, ?, ?, 3, 20, 'delivered', ?, 'red', 0.8, 0.2, 1, ?, ?, ?)
"""
_PHOTO = """
    INSERT INTO photos (chat_id, message_id, sha256, media_type, size, created_at, talked_at, talked_by, file_unique_id)
    VALUES (?, ?, ?, 'image/jpeg', ?, ?, ?, ?, ?)
"""


@dataclass(slots=True)
class SimulatedUse:
    """People who ask a number of questions a day, some of each picture; the same seed gives the same days."""

    store: Store
    chats: int = 200
    questions_of_each_picture: int = 4
    picture_bytes: int = 2_000
    _asked: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(0))

    async def day(self, begins: float, questions: int, chat_id: int | None = None) -> None:
        """A day's answered questions with their pictures, in one transaction.

        Args:
            begins: Unix seconds.
            questions: How many, evenly over the day.
            chat_id: Who asks them; None: all chats in turns.
        """
        asked, shown, files, before = [], [], [], self._asked
        for picture, numbers in self._pictures(questions):
            chat = chat_id or 1 + numbers[0] // self.questions_of_each_picture % self.chats
            sha256 = hashlib.sha256(picture).hexdigest()
            moments = [begins + DAY * (number - before) / questions for number in numbers]
            first = 1_000_000 + 2 * numbers[0]
            files.append((sha256, picture))
            shown.append((chat, first, sha256, len(picture), moments[0], moments[-1], chat, sha256[:16]))
            for number, moment in zip(numbers, moments, strict=True):
                message, text = 1_000_000 + 2 * number, _TEXTS[number % len(_TEXTS)]
                asked.append((chat, message, chat, sha256, first, text, message + 1, moment, moment, _EVIDENCE))
        await asyncio.to_thread(self._write, files)
        async with self.store.db.transaction() as tx:
            chats = {row[0] for row in shown}
            await tx.execute_many(
                "INSERT OR IGNORE INTO chats (chat_id, type, created_at) VALUES (?, 'private', ?)",
                [(chat, begins) for chat in chats],
            )
            await tx.execute_many(_PHOTO, shown)
            await tx.execute_many(_QUESTION, asked)
        self.store.photos.quota.measure_again()

    def _pictures(self, questions: int) -> Iterator[tuple[bytes, range]]:
        """Pictures, each with the numbers of the questions about it."""
        ends = self._asked + questions
        while self._asked < ends:
            numbers = range(self._asked, min(ends, self._asked + self.questions_of_each_picture))
            self._asked = numbers.stop
            yield self._random.randbytes(self.picture_bytes), numbers

    def _write(self, files: list[tuple[str, bytes]]) -> None:
        for sha256, picture in files:
            path = self.store.photos.path(sha256)
            path.parent.mkdir(exist_ok=True, mode=0o700)
            path.write_bytes(picture)
