"""Chooses the next questions, fairly over chats, hands them to the workers, and enters what comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from bot import metrics, tracing
from bot.answering.parts import PartialAnswers, PictureRefusedError, evidence_of, explained, number_of, parts_of
from bot.tasks import cancel_and_wait
from bot.texts import questions as texts
from bot.texts.failures import sentence
from model.errors import BrokerUnavailableError
from model.serving.broker.protocol import LOST, Broker
from model.types import Answer, SentPicture
from storage.picture_checks import PictureCheck
from storage.records import AskedPicture, Question
from storage.store import Store

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
CANCELLED = "cancelled"
ROOM_SECONDS = 0.5
"""While there is no room, so often it is looked whether workers have joined."""


class Dispatcher:
    """Keeps the broker fed with no more than it can take; the ledger decides what goes next."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        notify: Callable[[int], None],
        heard: Callable[[Answer], bool] = lambda answer: False,
    ) -> None:
        """Feed `broker` from `store`.

        Args:
            store: Where the questions are.
            broker: Who answers them.
            notify: Called with each chat that has something to be delivered.
            heard: Called with each answer; whether it is to a sound, and no question's.
        """
        self._heard = heard
        self._store, self._broker, self._notify = store, broker, notify
        self._wake = asyncio.Event()
        self._in_flight: dict[int, int] = {}  # questions that are with the workers, and their chats
        self._partial: dict[int, PartialAnswers] = {}  # of those that are asked of each of their pictures
        self._explaining: dict[int, str] = {}  # those that ask where an answer came from, and which model gave it
        self._unsent: list[Question] = []
        self._answers: list[Answer] = []
        self._answered = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def in_flight(self) -> int:
        """How many questions are with the workers."""
        return len(self._in_flight)

    @property
    def _free_capacity(self) -> int:
        further = sum(len(partial.question.several) - 1 for partial in self._partial.values())
        return self._broker.capacity - len(self._in_flight) - further

    async def start(self) -> None:
        """Ask again what a previous run had given away."""
        again = await self._store.questions.requeue_running()
        if again:
            log.info("%d questions of the last run are asked again", again)
        self._wake.set()
        self._tasks = [asyncio.create_task(work) for work in (self._feed(), self._collect(), self._enter_all())]

    async def stop(self) -> None:
        """Stop feeding and collecting; what is in flight is asked again at the next start."""
        await cancel_and_wait(*self._tasks)

    def wake(self) -> None:
        """There is a new question, or room."""
        self._wake.set()

    async def cancel(self, chat_id: int, question_id: int) -> bool:
        """Cancel a chat's question wherever it is; False when it has an outcome already."""
        cancelled = await self._store.questions.cancel(chat_id, question_id)
        if cancelled:
            metrics.questions.labels("cancelled").inc()
            await self._drop(question_id)
            tracing.end(question_id, CANCELLED)
            self._notify(chat_id)
        return cancelled

    def chat_migrated(self, old: int, new: int) -> None:
        """A group became a supergroup: what its questions bring is told to the new chat."""
        for number, chat_id in self._in_flight.items():
            if chat_id == old:
                self._in_flight[number] = new
        self._notify(new)

    async def cancel_all(self, chat_id: int) -> int:
        """Cancel all that a chat waits for, without telling it. Returns how many."""
        numbers = await self._store.questions.cancel_all(chat_id)
        metrics.questions.labels("cancelled").inc(len(numbers))
        for number in numbers:
            await self._drop(number)
            tracing.end(number, CANCELLED)
        return len(numbers)

    async def _drop(self, question_id: int) -> None:
        if question_id in self._in_flight:
            partial = self._partial.get(question_id)
            parts = parts_of(partial.question) if partial is not None else []
            for request_id in [part.request_id for part in parts] or [str(question_id)]:
                await self._broker.cancel(request_id)
            self._forget(question_id)
            self._wake.set()

    def _forget(self, question_id: int) -> int | None:
        """A question is not with the workers any more; returns its chat, where it was."""
        self._partial.pop(question_id, None)
        self._explaining.pop(question_id, None)
        return self._in_flight.pop(question_id, None)

    async def _feed(self) -> None:
        while True:
            self._wake.clear()
            moment: float | None = None
            try:
                # Asked first: a held question whose moment comes from here on is fed below, or ends the wait.
                held = await self._store.questions.fair_queue.seconds_to_next()
                moment = None if held is None else asyncio.get_running_loop().time() + held
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
                if self._free_capacity <= 0:
                    asyncio.get_running_loop().call_later(ROOM_SECONDS, self._wake.set)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(moment):
                    await self._wake.wait()

    async def _feed_some(self) -> bool:
        """Hand on as many questions as there is room for; True when there may be more."""
        await self._submit_all()
        if self._free_capacity <= 0:
            return False
        chosen = await self._store.questions.next_queued(self._free_capacity, exclude=self._in_flight.keys())
        if not chosen:
            return False
        taken = set(await self._store.questions.mark_running([question.id for question in chosen], durable=False))
        for question in chosen:
            if question.id in taken:
                if question.album is not None:  # a picture may have come since it was chosen, and none can from here on
                    question = await self._store.questions.get(question.id) or question
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
        requests, partial, trace = [], PartialAnswers(question), tracing.begin(question)
        for part in parts_of(question):
            try:
                pictures = [await self._read(question, picture) for picture in part.pictures]
                requests.append(part.request(pictures, trace))
            except PictureRefusedError as refusal:
                if part.place is None:
                    await self._refuse(question, str(refusal))
                    return
                partial.refuse(part.place, str(refusal))
        if question.id not in self._in_flight:
            return  # cancelled meanwhile
        if question.each_picture and question.several:
            self._partial[question.id] = partial
            if not requests:
                await self._refuse(question, partial.error or texts.PICTURE_GONE)
                return
        elif question.explains is not None:
            self._explaining[question.id] = question.model
        for request in requests:
            await self._broker.submit(request)

    async def _read(self, question: Question, picture: AskedPicture) -> SentPicture:
        """A picture's bytes.

        Raises:
            PictureRefusedError: They are gone, or could not be read before.
        """
        try:
            data = await self._store.photos.read(question.chat_id, picture.sha256)
        except OSError:
            raise PictureRefusedError(texts.PICTURE_GONE) from None
        check = await self._store.picture_checks.get(picture.sha256)
        if check is not None and check.refusal is not None:  # it would cost the same again
            failed_before = await self._store.questions.failed_about(question.chat_id, picture.sha256)
            raise PictureRefusedError(texts.STILL_UNREADABLE if failed_before else check.refusal)
        return SentPicture(data, picture.sha256)

    async def _refuse(self, question: Question, sentence: str) -> None:
        await self._store.questions.fail(question.id, sentence)
        metrics.questions.labels("failed").inc()
        self._forget(question.id)
        tracing.answered(question.id, sentence)
        self._notify(question.chat_id)

    async def _collect(self) -> None:
        async for answer in self._broker.results():
            if not self._heard(answer):
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

    async def _enter_partial(self, answers: list[Answer]) -> list[int]:
        """Put answers about single pictures together, and enter what is complete. Returns those questions' numbers."""
        complete = []
        for answer in answers:
            number, place = number_of(answer.id)
            partial = self._partial.get(number)
            if place is None or partial is None:  # what an earlier run asked is asked again
                continue
            partial.add(place, answer)
            if not partial.complete or number in complete:
                continue
            complete.append(number)
            if partial.error is not None:
                await self._store.questions.fail(number, partial.error)
            elif partial.question.explains is not None:
                await self._store.heat_maps.enter(number, partial.grids, partial.seconds)
            else:
                said, confidence = partial.pictures, partial.confidence
                await self._store.question_pictures.answer_each(
                    number, said, partial.answer, confidence, partial.seconds
                )
        return complete

    async def _enter(self, answers: list[Answer]) -> None:
        if lost := {number_of(answer.id)[0] for answer in answers if answer.error == LOST}:
            await self._store.questions.requeue(list(lost))
            for number in lost:
                self._forget(number)
            answers = [answer for answer in answers if answer.error != LOST]
        whole = {int(answer.id): answer for answer in answers if number_of(answer.id)[1] is None}
        for number in self._explaining.keys() & whole.keys():
            whole[number] = explained(whole[number], self._explaining[number])
        for number, answer in whole.items():
            if answer.error is None and answer.where:
                await self._store.heat_maps.enter(number, answer.where, answer.seconds)
        good = [(n, a.text, a.confidence, a.seconds) for n, a in whole.items() if a.error is None and not a.where]
        if good:
            await self._store.questions.answer_many(good, {n: evidence_of(a) for n, a in whole.items()})
        for answer in answers:
            if answer.refused_picture:
                await self._store.picture_checks.put(answer.refused_picture, PictureCheck(answer.error))
        for number, answer in whole.items():
            if answer.error is not None:
                await self._store.questions.fail(number, answer.error)
        for number in [*whole, *await self._enter_partial(answers)]:
            chat_id = self._forget(number)
            if chat_id is None:  # given away by an earlier run
                question = await self._store.questions.get(number)
                chat_id = question.chat_id if question is not None else None
            if chat_id is not None:
                tracing.answered(number, whole[number].error if number in whole else None)
                self._notify(chat_id)
        for answer in answers:
            metrics.of_answer(answer)
        metrics.questions_in_flight.set(len(self._in_flight))
        self._wake.set()
