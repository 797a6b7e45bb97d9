"""Updates are kept before Telegram is told that they arrived, and handled from there, in order per chat."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
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
MAX_ATTEMPTS = 3
"""A left-over update that was begun this often without an end (the bot dies in it, say) is put aside."""
PAGE = 200


class Inbox:
    """Takes updates in, and hands them to the application's handlers."""

    def __init__(self, store: Store, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        self._store, self._application = store, application
        self._bell = asyncio.Event()
        self._room = asyncio.Semaphore(CONCURRENT)
        self._last_of_chat: dict[int, asyncio.Task[None]] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._runner: asyncio.Task[None] | None = None
        # What an earlier run left: perhaps it ended in one of them, so that their attempts are counted.
        self._left_over: set[int] = set()

    async def take(self, raw: Sequence[dict[str, Any]]) -> None:
        """Keep updates; only after this may Telegram be told. What has no number is no update."""
        numbered = [(update["update_id"], _text(update)) for update in raw if has_number(update)]
        if numbered:
            await self._store.updates.add(numbered)
            self._bell.set()

    async def start(self) -> None:
        """Begin with whatever a previous run left."""
        self._left_over = await self._store.updates.pending_numbers()
        self._bell.set()
        self._runner = asyncio.create_task(self._run())

    async def stop(self, grace: float = 5.0) -> None:
        """Let running handlers end, but not longer than `grace` seconds; what is left is handled at the next start."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
        running = list(self._running.values())
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            more = True
            while more:
                waiting, more = await self._waiting()
                for update in waiting:
                    await self._room.acquire()
                    self._hand_over(update)

    async def _waiting(self) -> tuple[list[StoredUpdate], bool]:
        """Pending updates that are not in hand, and whether to look again when they are.

        Lowest number first: numbers may start anew after a quiet week.
        """
        in_hand = set(self._running)  # before the look: what ends during it is pending no more
        try:
            pending = await self._store.updates.pending(PAGE)
        except Exception:
            log.exception("stored updates cannot be read; trying again")
            await asyncio.sleep(1)
            return [], True
        waiting = [update for update in pending if update.update_id not in in_hand]
        return waiting, bool(waiting) and len(pending) == PAGE

    def _hand_over(self, stored: StoredUpdate) -> None:
        chat = _chat_of(stored.raw)
        task = asyncio.create_task(self._handle(stored, self._last_of_chat.get(chat)))
        self._running[stored.update_id] = task
        self._last_of_chat[chat] = task

        def forget(done: asyncio.Task[None]) -> None:
            self._room.release()
            self._running.pop(stored.update_id, None)
            if self._last_of_chat.get(chat) is done:
                del self._last_of_chat[chat]

        task.add_done_callback(forget)

    async def _handle(self, stored: StoredUpdate, before: asyncio.Task[None] | None) -> None:
        if before is not None:  # one chat's updates keep their order
            await asyncio.wait([before])
        try:
            if stored.update_id in self._left_over:
                if stored.attempts >= MAX_ATTEMPTS:
                    await self._store.updates.failed(stored.update_id, f"given up after {stored.attempts} attempts")
                    return
                await self._store.updates.begin(stored.update_id)
            try:
                update = Update.de_json(json.loads(stored.raw), self._application.bot)
                await self._application.process_update(update)
            except Exception as error:  # what handlers raise never comes here: the update itself is the trouble
                log.warning("update %s cannot be handled", stored.update_id, exc_info=error)
                await self._store.updates.failed(stored.update_id, f"unreadable: {type(error).__name__}")
                return
            await self._store.updates.done(stored.update_id)
        except Exception:
            log.exception("update %s stays for the next start", stored.update_id)


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
