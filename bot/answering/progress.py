"""Shows that a question is looked at, where its answer takes longer than a moment, and how many stand before it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from telegram.error import TelegramError

from bot.answering.buttons import under_progress
from bot.answering.delivery import Delivery
from bot.answering.question_messages import Content, Edited, may_have_arrived
from bot.answering.sending import OPEN
from bot.tasks import cancel_and_wait
from bot.texts import questions as texts
from bot.texts import workers as worker_texts
from storage.records import Question
from storage.store import Store

log = logging.getLogger(__name__)

SLOW_SECONDS = 1.0
"""An answer that comes within so many seconds needs no progress: it is one message instead of two."""
TICK = 0.5
POSITION_SECONDS = 4.0
"""Queue positions are shown anew this often, and only those that changed."""
POSITIONS_AT_ONCE = 10
AT_ONCE = 100
MOST_IN_GROUP, GROUP_SECONDS = 5, 60.0
"""A group takes 20 messages a minute, and progress costs one more: no more of them than so many in so many seconds."""
PAUSE = 2.0
NOBODY = -1
"""In a position's place: nobody can answer."""


class Progress:
    """Keeps people who wait informed. The ledger says who waits, so that a restart changes nothing."""

    def __init__(
        self,
        store: Store,
        delivery: Delivery,
        busy: Callable[[int], bool],
        outage: Callable[[], bool] = lambda: False,
    ) -> None:
        """Write through `delivery`, and nothing to chats that are `busy`: what they can take is for answers.

        While there is an `outage` those who wait are told that nobody can answer.
        """
        self._store, self._delivery, self._busy, self._outage = store, delivery, busy, outage
        self._wake = asyncio.Event()
        self._shown: dict[int, tuple[int, int]] = {}  # questions that need no (more) progress: chat and position
        self._in_groups: deque[tuple[float, int]] = deque()  # when progress was shown (monotonic seconds), and where
        self._task: asyncio.Task[None] | None = None
        self._positions_at = 0.0

    async def start(self) -> None:
        """Begin with whoever waits already."""
        self._wake.set()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Show nothing more."""
        await cancel_and_wait(self._task)

    def wake(self) -> None:
        """There is a question."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while True:
                await asyncio.sleep(TICK)
                try:
                    if not await self._show_due():
                        break
                except Exception:
                    log.exception("progress cannot be shown; trying again")
                    await asyncio.sleep(PAUSE)

    async def _show_due(self) -> bool:
        """Show what is missing; whether somebody waits."""
        slow = await self._store.outcomes.slow(SLOW_SECONDS, AT_ONCE, exclude=self._shown)
        of_chat: defaultdict[int, list[Question]] = defaultdict(list)
        for question in slow:
            of_chat[question.chat_id].append(question)
        positions = await self._store.questions.fair_queue.positions([question.id for question in slow])
        for chat_id, questions in of_chat.items():
            if not self._busy(chat_id):
                self._delivery.serve(chat_id, partial(self._show_all, chat_id, questions, positions))
        if time.monotonic() >= self._positions_at:
            await self._show_positions()
            self._positions_at = time.monotonic() + POSITION_SECONDS
        if slow or await self._store.outcomes.any_waiting():
            return True
        self._shown.clear()
        return False

    def _full(self, chat_id: int) -> bool:
        while self._in_groups and self._in_groups[0][0] < time.monotonic() - GROUP_SECONDS:
            self._in_groups.popleft()
        return sum(chat == chat_id for _, chat in self._in_groups) >= MOST_IN_GROUP

    async def _show_all(self, chat_id: int, questions: Sequence[Question], positions: Mapping[int, int]) -> None:
        for question in questions:
            if self._busy(chat_id) or self._full(chat_id):
                return
            try:
                await self._delivery.sending.settle(chat_id)
                fresh = await self._store.questions.get(question.id)
                if fresh is None or fresh.state not in OPEN or fresh.chat_id != chat_id:
                    continue
                await self._show(fresh, positions[fresh.id])
            except TelegramError as error:
                log.info("question %d: its progress could not be shown: %s", question.id, error.message)
                if not may_have_arrived(error):
                    self._shown[question.id] = (chat_id, 0)  # once is enough; the answer finds its own way
                await asyncio.sleep(PAUSE)
                return

    async def _show(self, question: Question, position: int) -> None:
        if question.placeholder_id is not None and not question.revision:  # found again just now
            self._shown[question.id] = (question.chat_id, 0)
            return
        markup, shown = under_progress(question.id), await self._delivery.sending.message_of(question)
        edited = Edited.MISSING
        if shown is not None:
            again = Content(texts.progress(position, again=True), markup)
            edited = await self._delivery.messages.edit(question.chat_id, shown, again)
        if edited in (Edited.DONE, Edited.SAME):
            if question.placeholder_id is None:
                await self._store.questions.set_placeholder(question.chat_id, question.id, shown)
        else:
            await self._delivery.sending.send(question, Content(texts.progress(position), markup), outcome=False)
        self._shown[question.id] = (question.chat_id, position)
        if question.chat_id < 0:
            self._in_groups.append((time.monotonic(), question.chat_id))

    async def _show_positions(self) -> None:
        """Say to those that wait how many questions are still before theirs; groups have no messages to spare."""
        waiting = await self._store.outcomes.still_waiting(self._shown)
        self._shown = {number: shown for number, shown in self._shown.items() if number in waiting}
        outage = self._outage()
        shown = [
            number
            for number, (chat_id, before) in sorted(self._shown.items())
            if (before != NOBODY if outage else chat_id > 0 or before == NOBODY)
        ][:POSITIONS_AT_ONCE]
        positions = await self._store.questions.fair_queue.positions([] if outage else shown)
        for number in shown:
            chat_id, before = self._shown[number]
            position = positions.get(number, NOBODY)
            if position != before and not self._busy(chat_id):
                self._delivery.serve(chat_id, partial(self._move, number, position))

    async def _move(self, number: int, position: int) -> None:
        question = await self._store.questions.get(number)
        if question is None or question.state not in OPEN:
            return
        self._shown[number] = (question.chat_id, position)
        if question.placeholder_id is None:
            return
        try:
            text = texts.progress(position, again=bool(question.revision))
            if position == NOBODY:
                text = worker_texts.NOBODY
            content = Content(text, under_progress(number))
            await self._delivery.messages.edit(question.chat_id, question.placeholder_id, content)
        except TelegramError as error:
            log.debug("a queue position could not be shown: %s", error.message)
