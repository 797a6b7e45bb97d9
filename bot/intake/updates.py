"""Updates are kept before Telegram is told that they arrived, and handled in order per chat, all chats at once."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any, TypeGuard

from bot import metrics
from bot.asking.albums import LATE_SECONDS
from bot.intake.handling import RETRY_SECONDS, Handling
from bot.services import App
from bot.tasks import cancel_and_wait, finish_within
from storage.records import StoredUpdate
from storage.store import Store

log = logging.getLogger(__name__)

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")
"""The kinds of updates that the bot asks Telegram for."""
MOST_KNOWN = 5000
"""The most updates in memory; others wait in the database until there is room."""
EACH = 16
"""The most updates of one chat in memory: one that sends thousands takes no more room than that."""


class Inbox:
    """Takes updates in, and hands them to the application's handlers.

    Each chat has one update in hand at a time, for as long as that takes: what one chat waits for holds nothing that
    another needs.
    """

    def __init__(
        self,
        store: Store,
        application: App,
        see: Callable[[int, int], object] = lambda chat_id, message_id: None,
    ) -> None:
        """Hand what is kept in `store` to the handlers of `application`; `see` hears of each message's number first."""
        self._store, self._handling, self._see = store, Handling(store, application), see
        self._queues: dict[int, deque[StoredUpdate]] = {}  # of each chat that is in memory
        self._known: set[int] = set()  # the updates' numbers that wait in memory or are in hand
        self._running: dict[int, asyncio.Task[None]] = {}  # by chat
        # Chats of which the database holds more than memory does, and how much came since. It goes first.
        self._more: dict[int, int] = {}
        self._due: set[int] = set()  # those of them that have nothing in memory any more
        self._others = True  # there may be chats with something in the database and nothing in memory
        self._passed: set[int] = set()  # chats that were left to the database during the look for such chats
        self._wake = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def take(self, raw: Sequence[dict[str, Any]]) -> None:
        """Keep updates; only after this may Telegram be told. What has no number is no update."""
        numbered = sorted(
            (update["update_id"], _text(update), _chat_of(update)) for update in raw if has_number(update)
        )
        if not numbered:
            return
        chats = {number: chat_id for number, _, chat_id in numbered}
        for update in raw:
            message = update.get("message")
            if has_number(update) and isinstance(message, dict) and _is_number(message.get("message_id")):
                self._see(chats[update["update_id"]], message["message_id"])
        new = await self._store.updates.add([(number, text) for number, text, _ in numbered], chats)
        metrics.updates.inc(len(new))
        if self._reader is not None:
            for number, text, chat_id in numbered:
                if number in new:
                    self._admit(StoredUpdate(number, text, 0, chat_id))

    async def start(self) -> None:
        """Begin with whatever a previous run left."""
        await self._store.updates.reopen(LATE_SECONDS)
        self._handling.left_over = await self._store.updates.pending_numbers()
        self._reader = asyncio.create_task(self._read())
        self._wake.set()

    async def stop(self, grace: float = 5.0) -> None:
        """Let running handlers end, but not longer than `grace` seconds; what is left is handled at the next start."""
        self._queues.clear()
        await cancel_and_wait(self._reader)
        await finish_within(self._running.values(), grace)

    # What is in memory ------------------------------------------------------------------------------------------------

    def _admit(self, update: StoredUpdate) -> None:
        """Take an update that was kept just now into memory, or leave it to the database for now."""
        chat_id, full = update.chat_id, len(self._known) >= MOST_KNOWN
        if chat_id in self._more:
            self._more[chat_id] += 1
        elif chat_id in self._queues:
            if full or len(self._queues[chat_id]) >= EACH:
                self._more[chat_id] = 1
            else:
                self._append(update)
        elif full or self._others:
            self._others = True
            self._passed.add(chat_id)
            self._wake.set()
        else:
            self._append(update)

    def _append(self, update: StoredUpdate) -> None:
        self._known.add(update.update_id)
        self._queues.setdefault(update.chat_id, deque()).append(update)
        self._hand_over(update.chat_id)

    def _hand_over(self, chat_id: int) -> None:
        """Let a chat's next update be handled, if none is in hand."""
        if chat_id not in self._running and self._queues.get(chat_id):
            update = self._queues[chat_id].popleft()
            self._running[chat_id] = asyncio.create_task(self._handling.handle(update))
            self._running[chat_id].add_done_callback(partial(self._ended, update))

    def _ended(self, update: StoredUpdate, _: asyncio.Task[None]) -> None:
        chat_id = update.chat_id
        del self._running[chat_id]
        self._known.discard(update.update_id)
        self._hand_over(chat_id)
        if chat_id not in self._running and chat_id in self._queues:
            if chat_id in self._more:
                self._due.add(chat_id)
                self._wake.set()
            else:
                del self._queues[chat_id]
        if self._others and self._has_room():
            self._wake.set()

    def _has_room(self) -> bool:
        return len(self._known) < MOST_KNOWN // 2

    # What is in the database only -------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Bring what waits in the database into memory, as there is room for it."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._read_due()
                if self._others and self._has_room():
                    await self._read_others()
            except Exception:
                log.exception("stored updates cannot be read; trying again")
                await asyncio.sleep(RETRY_SECONDS)
                self._wake.set()

    async def _read_due(self) -> None:
        """The next updates of chats whose part in memory is handled."""
        due = set(self._due)
        if not due:
            return
        before = {chat_id: self._more[chat_id] for chat_id in due}
        found = {chat_id: list(some) for chat_id, some in await self._pending(chats=due)}
        self._due -= due
        for chat_id in due:
            updates = found.get(chat_id, [])
            if self._more[chat_id] == before[chat_id] and len(updates) < EACH:
                del self._more[chat_id]
            for update in updates:
                self._append(update)
            if not updates:
                if chat_id in self._more:
                    self._due.add(chat_id)
                    self._wake.set()
                else:
                    del self._queues[chat_id]

    async def _read_others(self) -> None:
        """The first updates of chats that have none in memory."""
        self._passed.clear()
        limit = MOST_KNOWN - len(self._known)
        found = await self._pending(exclude=self._queues.keys(), limit=limit)
        self._others = sum(len(updates) for _, updates in found) >= limit
        for chat_id, updates in found:
            if len(updates) == EACH or chat_id in self._passed or self._others:
                self._more[chat_id] = 1
                self._passed.discard(chat_id)
            for update in updates:
                self._append(update)
        if self._passed:
            self._others = True
            self._wake.set()

    async def _pending(self, **which: Any) -> list[tuple[int, list[StoredUpdate]]]:  # noqa: ANN401 - of `Updates.pending`
        updates = await self._store.updates.pending(EACH, **which)
        return [(chat_id, list(some)) for chat_id, some in groupby(updates, key=lambda update: update.chat_id)]


def has_number(update: object) -> bool:
    """Whether this is an update that can be kept: an object with a number that the database can hold."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return _is_number(number)


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _text(update: dict[str, Any]) -> str:
    """An update's JSON. Halves of a pair of UTF-16 are no text and cannot be stored: each becomes a question mark."""
    return json.dumps(update, ensure_ascii=False).encode(errors="replace").decode()


def _chat_of(update: dict[str, Any]) -> int:
    """The chat that an update belongs to, for its order; 0 where there is none."""
    for body in update.values():
        if isinstance(body, dict):
            message = body.get("message")
            chat = body.get("chat") or (message.get("chat") if isinstance(message, dict) else None)
            number = chat.get("id") if isinstance(chat, dict) else None
            if _is_number(number):
                return number
    return 0


Take = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]
