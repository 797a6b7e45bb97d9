"""An export's messages in its chat.

Each is sent as a line of text and becomes one of the files by an edit, as a question's progress becomes its answer. An
edit may be repeated: however often the bot dies meanwhile, each file stands in the chat once. The line of text is
looked for where the reply to it was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from telegram import InputMediaDocument, Message
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.answering.delivery import Delivery
from bot.answering.question_messages import Content, Edited, chat_is_gone, may_have_arrived, reply_to
from bot.texts import menus as texts
from bot.transport.rate_limiter import CallLimits
from bot.transport.retrying import retrying
from storage.exports import Export
from storage.store import Store

log = logging.getLogger(__name__)

TRIES = 5
"""How often a call is made again while Telegram cannot be reached: after 1, 2, 4 … seconds."""
GRACE = 10.0
"""Seconds that a message on its way gets to arrive, when the bot stops or its chat is deleted."""
MOST_REFUSED = 2
"""How often a message that Telegram refuses is sent in another place."""
BUSY_PAUSE = 0.1

T = TypeVar("T")


class NotWantedError(Exception):
    """Nobody waits for the export any more."""


class ExportMessages:
    """The messages of one export, in the order of its files; the last one shows how far it is."""

    def __init__(self, store: Store, bot: ExtBot[Any], delivery: Delivery, export: Export) -> None:
        """Go on from what the ledger says in `export`; `delivery` says nothing in the chat while one is sent."""
        self._store, self._bot, self._delivery, self._export = store, bot, delivery, export
        self._numbers = list(export.messages)
        self._refused = 0
        self.sending = False
        """A message is on its way: cut off now it may arrive all the same."""

    async def begin(self) -> None:
        """Say that the export is being made."""
        again = self._export.attempts > 1
        if self._numbers:
            await self.show(texts.EXPORTING_AGAIN)
        else:
            await self._send(0, texts.EXPORTING_AGAIN if again else texts.EXPORTING)

    async def show(self, text: str) -> None:
        """Let the newest message say something; one that is a file already, or gone, is left alone."""
        with contextlib.suppress(TelegramError):
            await self._delivery.messages.edit(self._export.chat_id, self._numbers[-1], Content(text))

    async def send_file(self, place: int, files: int, path: Path) -> None:
        """Let the message at this place, counted from 0, become one of the files.

        Raises:
            NotWantedError: Nobody waits for it any more.
            TelegramError: It cannot come into the chat.
        """
        caption = texts.EXPORT_CAPTION if files == 1 else texts.export_part(place + 1, files)
        media = await asyncio.to_thread(lambda: InputMediaDocument(path.read_bytes(), caption, filename=path.name))
        if place == len(self._numbers):
            await self._send(place, texts.export_part_coming(place + 1, files))
        for last in (False, True):
            try:
                await self._with_retries(partial(self._edit, place, media))
                return
            except BadRequest as error:
                if "message is not modified" in error.message.lower():
                    return
                if last or chat_is_gone(error):
                    raise
                log.info("a message cannot become an export: %s", error.message)  # somebody deleted it, most likely
            await self._delivery.messages.remove(self._export.chat_id, self._numbers[place])
            await self._send(place, texts.export_part_coming(place + 1, files))

    async def keep(self, files: int) -> None:
        """Take away what stands beyond so many files: an earlier attempt may have had more."""
        for number in self._numbers[files:]:
            await self._delivery.messages.remove(self._export.chat_id, number)

    async def fail(self) -> None:
        """Say that it did not work, in the place of the progress."""
        chat_id, failed = self._export.chat_id, Content(texts.EXPORT_FAILED)
        if self._export.sending_after is not None:
            found = await self._delivery.sending.search.find(self._export, failed)
            if found is not None:
                return
        if self._numbers:
            edited = await self._delivery.messages.edit(chat_id, self._numbers[-1], failed)
            if edited in (Edited.DONE, Edited.SAME):
                return
        await self._say(texts.EXPORT_FAILED)

    async def delete_messages(self) -> None:
        """Nothing of it stays in the chat."""
        with contextlib.suppress(TimeoutError, TelegramError):
            if self._export.sending_after is not None:
                async with asyncio.timeout(GRACE), self._alone():
                    found = await self._delivery.sending.search.find(self._export, Content(texts.EXPORTING))
                    self._numbers += [] if found is None else [found]
        for number in self._numbers:
            with contextlib.suppress(TelegramError):
                await self._bot.delete_message(self._export.chat_id, number)

    async def _edit(self, place: int, media: InputMediaDocument) -> None:
        await self._bot.edit_message_media(media, self._export.chat_id, self._numbers[place])

    async def _send(self, place: int, text: str) -> None:
        """Send the message of a place, or find the one that was sent before, and remember it."""
        async with self._alone():
            self.sending = True
            try:
                number = await self._with_retries(partial(self._found_or_sent, text))
                self._numbers[place : place + 1] = [number]
                if not await self._store.exports.set_messages(self._export.chat_id, self._numbers):
                    raise NotWantedError
                await self._store.sent.record(self._export.chat_id, [number])
                self._export = replace(self._export, sending_after=None)
            finally:
                self.sending = False

    async def _found_or_sent(self, text: str) -> int:
        chat_id = self._export.chat_id
        if self._export.sending_after is not None:
            found = await self._delivery.sending.search.find(self._export, Content(text))
            if found is not None:
                return found
        after = await self._store.exports.begin_sending(chat_id, self._delivery.sending.highest(chat_id))
        if after is None:
            raise NotWantedError
        self._export = replace(self._export, sending_after=after)
        try:
            sent = await self._say(text)
        except TelegramError as error:
            if not may_have_arrived(error):
                await self._store.exports.not_sent(chat_id)
                self._export = replace(self._export, sending_after=None)
            raise
        self._delivery.sending.highest(chat_id, sent.message_id)
        return sent.message_id

    async def _say(self, text: str) -> Message:
        """Send a message where it belongs; refused, without its topic, which may be gone, then as no reply either."""
        under = self._export.answered_under
        while True:
            try:
                return await self._bot.send_message(
                    self._export.chat_id,
                    text,
                    message_thread_id=None if self._refused else self._export.thread_id,
                    reply_parameters=reply_to(under if self._refused < MOST_REFUSED else None),
                    rate_limit_args=CallLimits(remembered=False),
                )
            except BadRequest as error:
                if chat_is_gone(error) or self._refused == MOST_REFUSED:
                    raise
                log.info("an export's message was refused: %s", error.message)
                self._refused += 1

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """While this lasts, delivery says nothing in the chat: at most one message's fate is unknown there."""
        over = asyncio.Event()

        async def wait() -> None:
            await over.wait()

        while not self._delivery.serve(self._export.chat_id, wait):  # noqa: ASYNC110 - whatever else is said there ends
            await asyncio.sleep(BUSY_PAUSE)
        try:
            yield
        finally:
            over.set()

    async def _with_retries(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call, a few times while Telegram cannot be reached."""
        return await retrying("an export waits for Telegram", longest=2.0**TRIES, tries=TRIES + 1)(call)
