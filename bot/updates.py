"""Updates are kept before Telegram is told that they arrived, and handled in order per chat, chats in turn."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from telegram import Update
from telegram.ext import Application

from storage.records import StoredUpdate
from storage.store import Store

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that the bot asks Telegram for."""
CONCURRENT = 32
"""The most updates that are handled at once."""
MAX_ATTEMPTS = 10
"""A left-over update that was begun this often without an end (the bot dies in it, say) is put aside."""
MOST_KNOWN = 5000
"""The most updates in memory; others wait in the database until there is room."""
RETRY_SECONDS = 1.0
LONGEST_RETRY = 30.0
PATIENCE = 3600.0
"""An update that meets troubles which pass (Telegram is away, say) is given up after so many seconds."""


class Inbox:
    """Takes updates in, and hands them to the application's handlers: in order in each chat, chats in turn.

    Each chat has one update in hand at a time, so that one which sends a thousand takes no more room than another.
    """

    def __init__(self, store: Store, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        self._store, self._application = store, application
        self._queues: dict[int, deque[StoredUpdate]] = {}  # of each chat that has something waiting or in hand
        self._turns: deque[int] = deque()  # chats with something waiting and nothing in hand, longest wait first
        self._known: set[int] = set()  # the updates' numbers that wait in memory or are in hand
        self._running: set[asyncio.Task[None]] = set()
        # What an earlier run left: perhaps it ended in one of them, so that their attempts are counted.
        self._left_over: set[int] = set()
        self._behind = False  # the database holds pending updates that are not in memory
        self._skipped = 0
        self._bell = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def take(self, raw: Sequence[dict[str, Any]]) -> None:
        """Keep updates; only after this may Telegram be told. What has no number is no update."""
        numbered = sorted((update["update_id"], _text(update)) for update in raw if has_number(update))
        if not numbered:
            return
        new = await self._store.updates.add(numbered)
        if self._behind or self._reader is None:  # those that wait in the database go first
            self._skipped += 1
        else:
            self._admit([StoredUpdate(number, text, 0) for number, text in numbered if number in new])

    async def start(self) -> None:
        """Begin with whatever a previous run left."""
        self._left_over = await self._store.updates.pending_numbers()
        self._catch_up()
        self._reader = asyncio.create_task(self._read())

    async def stop(self, grace: float = 5.0) -> None:
        """Let running handlers end, but not longer than `grace` seconds; what is left is handled at the next start."""
        self._turns.clear()
        self._queues.clear()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        running = set(self._running)
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _catch_up(self) -> None:
        """There are updates in the database that are not in memory."""
        self._behind = True
        self._bell.set()

    async def _read(self) -> None:
        """Bring pending updates from the database into memory, as long as there are any that are not."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            skipped = self._skipped
            try:
                # Lowest number first: numbers may start anew after a quiet week.
                pending = await self._store.updates.pending(MOST_KNOWN)
            except Exception:
                log.exception("stored updates cannot be read; trying again")
                await asyncio.sleep(RETRY_SECONDS)
                self._bell.set()
                continue
            self._behind = len(pending) == MOST_KNOWN or skipped != self._skipped
            self._admit(pending)
            if self._behind and len(self._known) < MOST_KNOWN // 2:
                self._bell.set()

    def _admit(self, updates: Sequence[StoredUpdate]) -> None:
        for update in updates:
            if update.update_id in self._known:
                continue
            if len(self._known) >= MOST_KNOWN:
                self._behind = True
                break
            self._known.add(update.update_id)
            chat = _chat_of(update.raw)
            if chat not in self._queues:
                self._queues[chat] = deque()
                self._turns.append(chat)
            self._queues[chat].append(update)
        self._hand_over()

    def _hand_over(self) -> None:
        """Let as many chats as there is room for have their turn."""
        while self._turns and len(self._running) < CONCURRENT:
            chat = self._turns.popleft()
            update = self._queues[chat].popleft()
            task = asyncio.create_task(self._handle(update))
            self._running.add(task)
            task.add_done_callback(partial(self._ended, chat, update.update_id))

    def _ended(self, chat: int, number: int, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._known.discard(number)
        if self._queues.get(chat):
            self._turns.append(chat)
        else:
            self._queues.pop(chat, None)
        if self._behind and len(self._known) < MOST_KNOWN // 2:
            self._bell.set()
        self._hand_over()

    async def _handle(self, stored: StoredUpdate) -> None:
        try:
            if stored.update_id in self._left_over:
                if stored.attempts >= MAX_ATTEMPTS:
                    await self._store.updates.failed(stored.update_id, f"given up after {stored.attempts} attempts")
                    return
                await self._store.updates.begin(stored.update_id)
            try:
                finished = await self._process(stored)
            except Exception as error:  # what handlers raise never comes here: the update itself is the trouble
                log.warning("update %s cannot be handled", stored.update_id, exc_info=error)
                await self._store.updates.failed(stored.update_id, f"unreadable: {type(error).__name__}")
                return
            if not finished:
                log.error("update %s is given up: its trouble lasts", stored.update_id)
                await self._store.updates.failed(stored.update_id, f"given up after {PATIENCE:.0f} s")
                return
            await self._done(stored.update_id)
        except Exception:
            log.exception("update %s is handled again", stored.update_id)
            await asyncio.sleep(RETRY_SECONDS)
            self._catch_up()

    async def _process(self, stored: StoredUpdate) -> bool:
        """Run the handlers, again and again while they meet what passes; False when it does not pass.

        It keeps its chat's turn meanwhile: a follow-up must not overtake the picture that it is about.
        """
        update = Update.de_json(json.loads(stored.raw), self._application.bot)
        unfinished = self._application.bot_data["services"].unfinished
        pause, ends = RETRY_SECONDS, time.monotonic() + PATIENCE
        while True:
            await self._application.process_update(update)
            if stored.update_id not in unfinished:
                return True
            unfinished.discard(stored.update_id)
            if time.monotonic() > ends:
                return False
            await asyncio.sleep(pause)
            pause = min(LONGEST_RETRY, pause * 2)

    async def _done(self, number: int) -> None:
        """Remember that it is handled. A disk that is full now is no reason to do it all again."""
        while True:
            try:
                await self._store.updates.done(number)
                return
            except sqlite3.OperationalError as error:
                log.warning("that update %d is handled cannot be kept yet: %s", number, error)
                await asyncio.sleep(RETRY_SECONDS)


def has_number(update: object) -> bool:
    """Whether this is an update that can be kept: an object with a number that the database can hold."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**63


def _text(update: dict[str, Any]) -> str:
    """An update's JSON. Halves of a pair of UTF-16 are no text and cannot be stored: each becomes a question mark."""
    return json.dumps(update, ensure_ascii=False).encode(errors="replace").decode()


def _chat_of(raw: str) -> int:
    """The chat that an update belongs to, for its order; 0 where there is none."""
    for body in json.loads(raw).values():
        if isinstance(body, dict):
            message = body.get("message")
            chat = body.get("chat") or (message.get("chat") if isinstance(message, dict) else None)
            number = chat.get("id") if isinstance(chat, dict) else None
            if isinstance(number, int):
                return number
    return 0


Take = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]
