"""Handles one kept update: reads it, runs the handlers until they are through, and tells whoever is given up."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from functools import partial

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot import metrics
from bot.answering.question_messages import reply_to
from bot.asking.albums import LATE_SECONDS
from bot.intake.lenient import read_update
from bot.services import App
from bot.texts import questions as texts
from bot.texts.language import speaking
from bot.transport.retrying import retrying
from storage.records import StoredUpdate
from storage.shielding import shielded
from storage.store import Store

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 10
"""An update in which the bot died this often, one time after the other, is put aside."""
SUSPECT_ATTEMPTS = 3
"""From so many deaths on an update is handled while no other suspect is: what dies then, dies in it."""
SUSPICION_SECONDS = 10.0
"""What ends the bot does so soon; an update that takes longer waits for somebody (a file, say)."""
RETRY_SECONDS = 1.0
LONGEST_RETRY = 30.0
GIVE_UP_SECONDS = 3600.0
"""An update that meets transient errors (Telegram is away, say) is given up after so many seconds."""


class Handling:
    """Runs the application's handlers on updates.

    What an earlier run left may be what ended it. Such an update's attempt is counted before its handlers run, and
    taken back when they end, whatever they met, also when the bot is stopped: only a death in it counts.
    """

    def __init__(self, store: Store, application: App) -> None:
        self._store, self._application = store, application
        self._alone = asyncio.Lock()
        self.left_over: set[int] = set()
        """The updates of an earlier run that this one has not got through yet."""

    async def handle(self, stored: StoredUpdate) -> None:
        """Handle an update to its end, however often the disk fails meanwhile."""
        while True:
            try:
                await self._handle(stored)
                return
            except Exception:
                log.exception("update %s is handled again", stored.update_id)
                await asyncio.sleep(RETRY_SECONDS)

    async def _handle(self, stored: StoredUpdate) -> None:
        if stored.update_id in self.left_over and stored.attempts >= MAX_ATTEMPTS:
            log.error("update %s is given up: the bot ended in it again and again", stored.update_id)
            await self._give_up(stored, f"given up after {stored.attempts} attempts")
            return
        try:
            finished = await self._process(stored)
        except sqlite3.Error:
            raise
        except Exception as error:  # what handlers raise never comes here: the update itself is the trouble
            log.warning("update %s cannot be handled", stored.update_id, exc_info=error)
            metrics.updates_failed.inc()
            await self._store.updates.failed(stored.update_id, f"unreadable: {type(error).__name__}")
            return
        updates = self._store.updates
        if finished and _is_of_album(stored.raw):
            await self._enter(updates.keep, stored.update_id)
            self._application.bot_data["services"].spawn(self._done_later(stored.update_id))
            return
        if finished:
            await self._enter(updates.done, stored.update_id)
            return
        log.error("update %s is given up: its trouble lasts", stored.update_id)
        await self._give_up(stored, f"given up after {GIVE_UP_SECONDS:.0f} s")

    async def _process(self, stored: StoredUpdate) -> bool:
        """Run the handlers, again after transient errors; False when these last.

        It keeps its chat's turn meanwhile: a follow-up must not overtake the picture that it is about.
        """
        unfinished = self._application.bot_data["services"].unfinished
        pause, ends = RETRY_SECONDS, time.monotonic() + GIVE_UP_SECONDS
        update: Update | None = None
        while True:
            async with self._watched(stored):
                update = update or read_update(json.loads(stored.raw), self._application.bot)
                with speaking(await self._language(update)):
                    await self._application.process_update(update)
            if stored.update_id not in unfinished:
                return True
            unfinished.discard(stored.update_id)
            if time.monotonic() > ends:
                return False
            await asyncio.sleep(pause)
            pause = min(LONGEST_RETRY, pause * 2)

    async def _language(self, update: Update) -> str | None:
        """The language of an update's chat: of a private one the person's, unless it chose one."""
        chat, person, told = update.effective_chat, update.effective_user, None
        if person is not None and (chat is None or chat.type == ChatType.PRIVATE):
            told = person.language_code if isinstance(person.language_code, str) else None
        if chat is None or not isinstance(chat.id, int):  # a hostile update's may be anything
            return told
        return await self._store.chats.language(chat.id, told)

    @asynccontextmanager
    async def _watched(self, stored: StoredUpdate) -> AsyncIterator[None]:
        """Count an attempt at what an earlier run left, as long as the bot may die of it."""
        if stored.update_id not in self.left_over:
            yield
            return
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ended = asyncio.Event()
        watch = asyncio.create_task(self._watch(stored, begun, ended))
        try:
            await begun
            yield
        finally:
            ended.set()
            await shielded(watch)
        self.left_over.discard(stored.update_id)

    async def _watch(self, stored: StoredUpdate, begun: asyncio.Future[None], ended: asyncio.Event) -> None:
        alone: AbstractAsyncContextManager[None] = nullcontext()
        if stored.attempts >= SUSPECT_ATTEMPTS:
            alone = self._alone
        async with alone:
            try:
                await self._store.updates.begin(stored.update_id)
            except sqlite3.Error as error:
                if not begun.done():
                    begun.set_exception(error)
                return
            if not begun.done():
                begun.set_result(None)
            with suppress(TimeoutError):
                async with asyncio.timeout(SUSPICION_SECONDS):
                    await ended.wait()
            with suppress(sqlite3.OperationalError):  # a full disk: one attempt too many is counted
                await self._store.updates.survived(stored.update_id)

    async def _give_up(self, stored: StoredUpdate, reason: str) -> None:
        """Put an update aside, and say so under its message."""
        metrics.updates_failed.inc()
        where = _message_of(stored.raw)
        if where is not None:
            chat_id, message_id = where
            doing = f"that update {stored.update_id} is given up cannot be said"
            try:
                with speaking(await self._store.chats.language(chat_id)):
                    send = self._application.bot.send_message
                    say = partial(send, chat_id, texts.GIVEN_UP, reply_parameters=reply_to(message_id))
                    await retrying(doing, first=RETRY_SECONDS, longest=LONGEST_RETRY, ends=GIVE_UP_SECONDS)(say)
            except TelegramError as error:
                log.warning("%s: %s", doing, error.message)
        await self._store.updates.failed(stored.update_id, reason)

    async def _done_later(self, number: int) -> None:
        """Until more of its album cannot come any more, a restart hands an album's message in again."""
        await asyncio.sleep(LATE_SECONDS)
        await self._enter(self._store.updates.done, number)

    async def _enter(self, outcome: Callable[[int], Awaitable[None]], number: int) -> None:
        """Enter that it is handled. A disk that is full now is no reason to do it all again."""
        with suppress(sqlite3.OperationalError):
            await outcome(number)
            return
        doing = f"that update {number} is handled cannot be kept yet"
        async for attempt in retrying(doing, first=RETRY_SECONDS, longest=RETRY_SECONDS):
            with attempt:
                await outcome(number)


def _is_of_album(raw: str) -> bool:
    """Whether an update brought a message of an album, new or edited."""
    if '"media_group_id"' not in raw:
        return False
    messages = [json.loads(raw).get(kind) for kind in ("message", "edited_message")]
    return any(isinstance(message, dict) and "media_group_id" in message for message in messages)


def _message_of(raw: str) -> tuple[int, int] | None:
    """Chat and number of the message that an update brought, read without trusting any other part of it."""
    update = json.loads(raw)
    for kind in ("message", "edited_message"):
        message = update.get(kind)
        if isinstance(message, dict) and isinstance(message.get("chat"), dict):
            chat_id, message_id = message["chat"].get("id"), message.get("message_id")
            if isinstance(chat_id, int) and isinstance(message_id, int):
                return chat_id, message_id
    return None
