"""Puts outcomes into the chats, each once: the progress message becomes the answer by an edit."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from weakref import WeakValueDictionary

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.callback_data import CancelQuestion
from storage.records import Question, State
from storage.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 16
LONGEST_PAUSE = 60.0
POSITION_SECONDS = 4.0
"""Queue positions are shown anew this often, and only those that changed."""
POSITIONS_AT_ONCE = 10


class Delivery:
    """Tells chats what became of their questions, and where they stand until then."""

    def __init__(self, store: Store, bot: ExtBot[Any], placing: set[int]) -> None:
        self._store, self._bot, self._placing = store, bot, placing
        self._bell = asyncio.Event()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._telling: dict[int, asyncio.Task[None]] = {}
        self._shown: dict[int, int] = {}
        self._moving: dict[int, asyncio.Task[None]] = {}
        self._locks: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin with what a previous run left untold."""
        self._bell.set()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._show_positions())]

    async def stop(self, grace: float = 5.0) -> None:
        """Let what is being told be told, but not longer than `grace` seconds."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        telling = list(self._telling.values())
        if telling:
            _, late = await asyncio.wait(telling, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def wake(self) -> None:
        """There is something to tell."""
        self._bell.set()

    async def place(self, question: Question, *, again: bool = False, first: bool = False) -> None:
        """Show that a question is being worked on: in its earlier message if it has one, else in a new reply.

        `first`: it is known that nothing stands before it.
        """
        position = 0 if first else await self._store.questions.position(question.id)
        text = texts.looking(position, again)
        self._shown[question.id] = position
        markup = cancel_button(question.id)
        if question.placeholder_id is not None:
            try:
                await self._bot.edit_message_text(
                    text, chat_id=question.chat_id, message_id=question.placeholder_id, reply_markup=markup
                )
                return
            except BadRequest as error:
                if _unchanged(error):
                    return
        message = await self._reply(question, text, markup)
        # No need to wait for the disk: the outcome, which goes into this message, is never kept without it.
        await self._store.questions.set_placeholder(question.chat_id, question.id, message, durable=False)

    async def _run(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                busy = {*self._telling, *self._placing}
                while untold := await self._store.questions.untold(AT_ONCE, exclude=busy):
                    for question in untold:
                        await self._room.acquire()
                        self._tell_soon(question)
                    if len(untold) < AT_ONCE:
                        break
                    busy = {*self._telling, *self._placing}
            except Exception:
                log.exception("outcomes cannot be read; trying again")
                await asyncio.sleep(1)
                self._bell.set()

    def _tell_soon(self, question: Question) -> None:
        task = asyncio.create_task(self._tell(question))
        self._telling[question.id] = task

        def forget(_: asyncio.Task[None]) -> None:
            self._telling.pop(question.id, None)
            self._shown.pop(question.id, None)
            self._room.release()

        task.add_done_callback(forget)

    async def _tell(self, question: Question) -> None:
        """Try until the outcome stands in the chat, or cannot ever."""
        # The answers to a question and to its edit go into one message: one after the other, the edit's last.
        lock = self._locks.setdefault((question.chat_id, question.message_id), asyncio.Lock())
        pause, hopeless, again = 1.0, False, lock.locked()
        while True:
            try:
                async with lock:
                    if again:  # the attempt before may have sent a new message, an edit may have replaced the question
                        question = await self._store.questions.get(question.id) or question
                        if question.told:
                            return
                    again = True
                    if not hopeless:
                        await self._show(question)
                    await self._store.questions.mark_told(question.id)
                return
            except Forbidden:
                log.info("question %d: the chat does not take messages from the bot", question.id)
                hopeless = True
            except ChatMigrated as error:
                await self._store.chats.migrate(question.chat_id, error.new_chat_id)
                moved = await self._store.questions.get(question.id)
                hopeless, question = moved is None, moved or question
            except BadRequest as error:
                log.warning("question %d cannot be delivered: %s", question.id, error.message)
                hopeless = True
            except RetryAfter as error:
                after = error.retry_after
                await asyncio.sleep(after if isinstance(after, (int, float)) else after.total_seconds())
            except TelegramError as error:
                log.warning("question %d: %s; trying again in %.0f s", question.id, error.message, pause)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            except Exception:
                log.exception("question %d: trying again in %.0f s", question.id, pause)
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    async def _show(self, question: Question) -> None:
        if question.id in self._moving:  # a position on its way must not arrive after the answer
            await asyncio.wait([self._moving[question.id]])
        text = texts.outcome(question)
        if question.placeholder_id is not None and await self._edited(question, question.placeholder_id, text):
            return
        if question.state is State.CANCELLED:
            return  # its message is gone: there is nothing left to say
        # A message that is sent twice (the first time without our hearing of it) must not be an answer twice: what is
        # sent is progress, and only the one that the ledger knows becomes the answer.
        placeholder = await self._reply(question, texts.LOOKING, None)
        await self._store.questions.set_placeholder(question.chat_id, question.id, placeholder)
        if not await self._edited(question, placeholder, text):
            raise TelegramError("the message for the answer was deleted at once")

    async def _edited(self, question: Question, message_id: int, text: str) -> bool:
        """Let a message show the outcome; False when it is gone."""
        try:
            await self._bot.edit_message_text(
                text, chat_id=question.chat_id, message_id=message_id, parse_mode=ParseMode.HTML
            )
        except BadRequest as error:
            if _unchanged(error):
                return True
            if _lost(error):
                return False
            raise
        return True

    async def _reply(self, question: Question, text: str, markup: InlineKeyboardMarkup | None) -> int:
        target = question.answered_under
        message = await self._bot.send_message(
            question.chat_id,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            message_thread_id=question.thread_id,
            reply_parameters=None if target is None else ReplyParameters(target, allow_sending_without_reply=True),
        )
        return message.message_id

    async def _show_positions(self) -> None:
        """Now and then say how many questions are still before those that wait."""
        while True:
            await asyncio.sleep(POSITION_SECONDS)
            for number, before in sorted(self._shown.items())[:POSITIONS_AT_ONCE]:
                position = await self._store.questions.position(number)
                question = await self._store.questions.get(number)
                if question is None or question.state not in (State.QUEUED, State.RUNNING):
                    self._shown.pop(number, None)
                elif position != before and question.placeholder_id is not None and number not in self._placing:
                    self._shown[number] = position
                    self._moving[number] = asyncio.create_task(self._move(question, position))
                    await asyncio.wait([self._moving[number]])
                    del self._moving[number]

    async def _move(self, question: Question, position: int) -> None:
        try:
            await self._bot.edit_message_text(
                texts.looking(position),
                chat_id=question.chat_id,
                message_id=question.placeholder_id,
                reply_markup=cancel_button(question.id),
            )
        except TelegramError as error:
            log.debug("a queue position could not be shown: %s", error.message)


def cancel_button(question_id: int) -> InlineKeyboardMarkup:
    """The keyboard under a progress message."""
    data = CancelQuestion(question_id).pack()
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.CANCEL_BUTTON, callback_data=data)]])


def _unchanged(error: BadRequest) -> bool:
    return "message is not modified" in error.message.lower()


def _lost(error: BadRequest) -> bool:
    text = error.message.lower()
    return "message to edit not found" in text or "message can't be edited" in text or "message_id_invalid" in text
