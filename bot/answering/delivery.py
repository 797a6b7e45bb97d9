"""Puts outcomes into the chats, each once, and shows progress where an answer takes its time.

An answer that comes within a moment is sent as one message; a slower question gets a progress message first, which then
becomes the answer by an edit. Each chat is served by itself, one call after the other, however long Telegram lets it
wait; where a message's fate is unknown, that is found out before anything else is sent there (see `Sending`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import metrics, tracing
from bot.answering.outcomes import OutcomeRenderer
from bot.answering.question_messages import Edited, QuestionMessages, chat_is_gone
from bot.answering.sending import Sending
from bot.tasks import cancel_and_wait, finish_within
from bot.texts import questions as texts
from bot.texts.language import speaking
from bot.transport.http import seconds_of
from storage.records import Question, State
from storage.store import Store

log = logging.getLogger(__name__)

EACH = 8
"""Outcomes of one chat that are read at once."""
LONGEST_PAUSE = 60.0
MOST_REFUSED = 4
"""A message that Telegram refuses this often, each time after a longer pause and asking for less, is given up."""
UNDELIVERABLE = "undeliverable"
SWEEP_SECONDS = 30.0
"""After so long without news the ledger is asked for what it has not heard of."""
SETTLE_PAUSE = 10.0
"""Where it cannot be found out what became of a message and nothing else is to be delivered, it is tried again then."""


class Delivery:
    """Tells chats what became of their questions."""

    def __init__(self, store: Store, bot: ExtBot[Any], outcomes: OutcomeRenderer) -> None:
        """Write with `bot` what `store` says, as `outcomes` shows it."""
        self._store, self.outcomes = store, outcomes
        self.messages = QuestionMessages(bot)
        self.sending = Sending(store, self.messages, outcomes)
        self._wake = asyncio.Event()
        self._first = True  # what an earlier run left is still to be read
        self._due: set[int] = set()  # chats with outcomes to deliver
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()  # chats with more to deliver than what is in hand
        self._reader: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what a previous run left undelivered."""
        self._wake.set()
        self._reader = asyncio.create_task(self._read())

    async def stop(self, grace: float = 5.0) -> None:
        """Let what is being delivered arrive, but not longer than `grace` seconds."""
        await cancel_and_wait(self._reader)
        await finish_within(self._serving.values(), grace)

    def wake(self, *chats: int) -> None:
        """There is something to tell to these chats."""
        self._due.update(chats)
        self._wake.set()

    def serve(self, chat_id: int, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Do something in a chat while nothing else is done there; False when something is, or may be from before."""
        if chat_id in self._serving or self._first:
            return False

        async def in_its_language() -> None:
            with speaking(await self._store.chats.language(chat_id)):
                await work()

        task = asyncio.create_task(in_its_language())
        self._serving[chat_id] = task

        def served(_: asyncio.Task[None]) -> None:
            del self._serving[chat_id]
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("chat %d is served again in a moment", chat_id, exc_info=error)
                asyncio.get_running_loop().call_later(1.0, self.wake, chat_id)
            if chat_id in self._again:
                self._again.discard(chat_id)
                self.wake(chat_id)

        task.add_done_callback(served)
        return True

    async def _read(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._wake.wait()
            sweeping = not self._wake.is_set() or self._first
            self._wake.clear()
            due, self._due = self._due, set()
            try:
                if sweeping:
                    due.update(await self._store.outcomes.chats())
                if self._first:
                    await self.sending.recall(due)
                    self._first = False
                self._again |= due & self._serving.keys()
                due -= self._serving.keys()
                undelivered = await self._store.outcomes.undelivered(due, EACH) if due else []
            except Exception:
                log.exception("outcomes cannot be read; trying again")
                await asyncio.sleep(1)
                self.wake(*due)
                continue
            of_chat: defaultdict[int, list[Question]] = defaultdict(list)
            for question in undelivered:
                of_chat[question.chat_id].append(question)
            for chat_id in of_chat.keys() | (due & self.sending.unsettled):
                if not self.serve(chat_id, partial(self._tell_all, chat_id, of_chat[chat_id])):
                    self._again.add(chat_id)

    async def _tell_all(self, chat_id: int, questions: list[Question]) -> None:
        if len(questions) == EACH:
            self._again.add(chat_id)
        if not questions:
            await self._settle(chat_id)
        for question in questions:
            await self._deliver_one(question)

    async def _settle(self, chat_id: int) -> None:
        try:
            await self.sending.settle(chat_id)
        except TelegramError as error:
            log.info("chat %d: what became of a message is not known yet: %s", chat_id, error.message)
            asyncio.get_running_loop().call_later(SETTLE_PAUSE, self.wake, chat_id)

    async def _deliver_one(self, question: Question) -> None:
        """Try until the outcome stands in the chat, or cannot ever."""
        chat_id, pause, refused, again = question.chat_id, 1.0, 0, False
        while True:
            try:
                if again or chat_id in self.sending.unsettled:  # by now it may be delivered, replaced, or have moved
                    await self.sending.settle(chat_id, refused)
                    fresh = await self._store.questions.get(question.id)
                    if fresh is None or fresh.delivered:
                        tracing.end(question.id)
                        return
                    if fresh.chat_id != chat_id:
                        self.wake(fresh.chat_id)
                        return
                    question = fresh
                again = True
                if await self._show(question, refused):
                    tracing.end(question.id)
                    metrics.deliveries.inc()
                    metrics.delivery_seconds.observe(max(0.0, time.time() - question.created_at))
                    return
                continue
            except ChatMigrated as error:
                await self._store.chats.migrate(chat_id, error.new_chat_id)
                self.wake(error.new_chat_id)
                return
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
                continue
            except TelegramError as error:
                refused += isinstance(error, BadRequest)
                if chat_is_gone(error) or refused >= MOST_REFUSED:
                    log.warning("question %d cannot be delivered: %s", question.id, error.message)
                    await self._store.outcomes.undeliverable(question.id, texts.UNDELIVERABLE)
                    tracing.end(question.id, UNDELIVERABLE)
                    metrics.deliveries_given_up.inc()
                    return
                log.warning("question %d: %s; trying again in %.0f s", question.id, error.message, pause)
            except Exception:
                log.exception("question %d: trying again in %.0f s", question.id, pause)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _show(self, question: Question, refused: int) -> bool:
        """Let the chat show a question's outcome; False when the ledger has more about it than `question`.

        `refused`: how often Telegram would not send it.
        """
        content, chat_id = await self.outcomes.of(question), question.chat_id
        shown, edited = await self.sending.message_of(question), Edited.MISSING
        if shown is not None:
            edited = await self.messages.edit(chat_id, shown, content)
            if edited in (Edited.DONE, Edited.SAME):
                await self._store.questions.mark_delivered(question.id, shown)
                return True
        if question.state is State.CANCELLED:  # its message is gone: there is nothing left to say
            await self._store.questions.mark_delivered(question.id)
            return True
        if edited is Edited.REFUSED and shown is not None:
            # The progress that could not become the answer; once that is sent, the ledger knows of it no more.
            await self.messages.remove(chat_id, shown)
        return await self.sending.send(question, content, outcome=True, refused=refused)
