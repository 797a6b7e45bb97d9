"""Chooses the next questions, fairly over chats, hands them to the workers, and enters what comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot import metrics
from bot.texts import questions as texts
from bot.texts.failures import sentence
from model.errors import BrokerUnavailableError
from model.serving.broker.protocol import LOST, Broker
from model.types import Answer, Request
from storage.picture_checks import PictureCheck
from storage.records import Evidence, Question
from storage.store import Store

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
ROOM_SECONDS = 0.5
"""While there is no room, so often it is looked whether workers have joined."""


class Dispatcher:
    """Keeps the broker fed with no more than it can take; the ledger decides what goes next."""

    def __init__(self, store: Store, broker: Broker, tell: Callable[[int], None]) -> None:
        """Feed `broker` from `store`; `tell` is called with each chat that has something to be told."""
        self._store, self._broker, self._tell = store, broker, tell
        self._wake = asyncio.Event()
        self._in_flight: dict[int, int] = {}  # questions that are with the workers, and their chats
        self._unsent: list[Question] = []
        self._answers: list[Answer] = []
        self._answered = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def in_flight(self) -> int:
        """How many questions are with the workers."""
        return len(self._in_flight)

    @property
    def _room(self) -> int:
        return self._broker.capacity - len(self._in_flight)

    async def start(self) -> None:
        """Ask again what a previous run had given away."""
        again = await self._store.questions.requeue_running()
        if again:
            log.info("%d questions of the last run are asked again", again)
        self._wake.set()
        self._tasks = [asyncio.create_task(work) for work in (self._feed(), self._collect(), self._enter_all())]

    async def stop(self) -> None:
        """Stop feeding and collecting; what is in flight is asked again at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """There is a new question, or room."""
        self._wake.set()

    async def cancel(self, chat_id: int, question_id: int) -> bool:
        """Cancel a chat's question wherever it is; False when it has an outcome already."""
        cancelled = await self._store.questions.cancel(chat_id, question_id)
        if cancelled:
            metrics.questions.labels("cancelled").inc()
            await self._drop(question_id)
            self._tell(chat_id)
        return cancelled

    def moved(self, old: int, new: int) -> None:
        """A group became a supergroup: what its questions bring is told to the new chat."""
        for number, chat_id in self._in_flight.items():
            if chat_id == old:
                self._in_flight[number] = new
        self._tell(new)

    async def cancel_all(self, chat_id: int) -> int:
        """Cancel all that a chat waits for, without telling it. Returns how many."""
        numbers = await self._store.questions.cancel_all(chat_id)
        metrics.questions.labels("cancelled").inc(len(numbers))
        for number in numbers:
            await self._drop(number)
        return len(numbers)

    async def _drop(self, question_id: int) -> None:
        if question_id in self._in_flight:
            await self._broker.cancel(str(question_id))
            self._in_flight.pop(question_id, None)
            self._wake.set()

    async def _feed(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                while await self._feed_some():
                    pass
            except BrokerUnavailableError as error:
                log.warning("questions wait: %s", sentence(error))
                await asyncio.sleep(RETRY_SECONDS)
                self._wake.set()
            except Exception:
                log.exception("questions could not be handed on; trying again")
                await asyncio.sleep(RETRY_SECONDS)
                self._wake.set()
            else:
                if self._room <= 0:
                    asyncio.get_running_loop().call_later(ROOM_SECONDS, self._wake.set)

    async def _feed_some(self) -> bool:
        """Hand on as many questions as there is room for; True when there may be more."""
        await self._submit_all()
        if self._room <= 0:
            return False
        chosen = await self._store.questions.next_queued(self._room, exclude=self._in_flight.keys())
        if not chosen:
            return False
        taken = set(await self._store.questions.mark_running([question.id for question in chosen], durable=False))
        for question in chosen:
            if question.id in taken:
                self._in_flight[question.id] = question.chat_id
                self._unsent.append(question)
        metrics.questions_in_flight.set(len(self._in_flight))
        await self._submit_all()
        return True

    async def _submit_all(self) -> None:
        """Hand on what is marked as running; what fails here (a full disk, say) stays for the next attempt."""
        while self._unsent:
            await self._submit(self._unsent[0])
            del self._unsent[0]

    async def _submit(self, question: Question) -> None:
        try:
            picture = await self._store.photos.read(question.chat_id, question.photo_sha256)
        except OSError:
            await self._refuse(question, texts.PICTURE_GONE)
            return
        check = await self._store.picture_checks.get(question.photo_sha256)
        if check is not None and check.refusal is not None:  # it would cost the same again
            told = await self._store.questions.failed_about(question.chat_id, question.photo_sha256)
            await self._refuse(question, texts.STILL_UNREADABLE if told else check.refusal)
            return
        if question.id not in self._in_flight:
            return  # cancelled meanwhile
        await self._broker.submit(
            Request(
                id=str(question.id),
                picture=picture,
                question=question.text,
                beams=question.beams,
                max_new_tokens=question.max_new_tokens,
                picture_key=question.photo_sha256,
                origin=str(question.chat_id),
            )
        )

    async def _refuse(self, question: Question, sentence: str) -> None:
        await self._store.questions.fail(question.id, sentence)
        metrics.questions.labels("failed").inc()
        self._in_flight.pop(question.id, None)
        self._tell(question.chat_id)

    async def _collect(self) -> None:
        async for answer in self._broker.results():
            self._answers.append(answer)
            self._answered.set()

    async def _enter_all(self) -> None:
        """Enter answers; those that come during a commit share the next one."""
        while True:
            await self._answered.wait()
            self._answered.clear()
            while answers := self._answers[:]:
                try:
                    await self._enter(answers)
                except Exception:
                    log.exception("answers could not be entered; trying again")
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    del self._answers[: len(answers)]

    async def _enter(self, answers: list[Answer]) -> None:
        if lost := [int(answer.id) for answer in answers if answer.error == LOST]:
            await self._store.questions.requeue(lost)
            for number in lost:
                self._in_flight.pop(number, None)
            answers = [answer for answer in answers if answer.error != LOST]
        good = [(int(a.id), a.text, a.confidence, a.seconds) for a in answers if a.error is None]
        if good:
            await self._store.questions.answer_many(good, {int(a.id): _evidence(a) for a in answers})
        for answer in answers:
            if answer.refused_picture:
                await self._store.picture_checks.put(answer.refused_picture, PictureCheck(answer.error))
            if answer.error is not None:
                await self._store.questions.fail(int(answer.id), answer.error)
        for answer in answers:
            chat_id = self._in_flight.pop(int(answer.id), None)
            if chat_id is None:  # given away by an earlier run
                question = await self._store.questions.get(int(answer.id))
                chat_id = question.chat_id if question is not None else None
            if chat_id is not None:
                self._tell(chat_id)
            metrics.of_answer(answer)
        metrics.questions_in_flight.set(len(self._in_flight))
        self._wake.set()
        workers = await self._broker.workers()
        metrics.workers_ready.set(sum(worker.ready for worker in workers))
        metrics.worker_restarts.set(sum(worker.restarts for worker in workers))


def _evidence(answer: Answer) -> Evidence:
    return Evidence(
        known_picture=answer.known_picture,
        known_words=answer.known_words,
        unknown_words=answer.unknown_words,
        alternatives=answer.alternatives,
    )
