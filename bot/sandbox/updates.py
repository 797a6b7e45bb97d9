"""One bot's waiting updates: ids, offsets, long polls and which kinds it wants."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from bot.sandbox.errors import ApiError
from bot.sandbox.notifier import Notifier

KEPT = 10_000  # updates that wait
LONGEST_POLL = 50  # seconds, as Telegram's server has it
KNOWN = """
    message edited_message channel_post edited_channel_post business_connection business_message edited_business_message
    deleted_business_messages guest_message message_reaction message_reaction_count inline_query chosen_inline_result
    callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member
    chat_join_request chat_boost removed_chat_boost managed_bot
"""
KINDS = KNOWN.split()
ONLY_IF_NAMED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
Update = dict[str, Any]


class UpdateQueue:
    """Updates in the order in which they happened, until the bot confirms them."""

    def __init__(self) -> None:
        self._waiting: deque[Update] = deque(maxlen=KEPT)
        self._next_id = random.randint(100_000_000, 800_000_000)
        self._poller = 0  # the number of the newest poll: an older one ends when it sees another
        self._webhook_set = False
        self._closed = False
        self.polls = 0  # that wait now
        self.changed = Notifier()
        self.allowed: list[str] = []  # empty: everything but ONLY_IF_NAMED
        self.again: list[Update] = []  # confirmed ones that a fault brings back
        self.doubles: Callable[[], bool] = lambda: False

    def __len__(self) -> int:
        return len(self._waiting)

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for updates of that kind."""
        return kind in self.allowed if self.allowed else kind not in ONLY_IF_NAMED

    def allow(self, kinds: Sequence[Any]) -> None:
        """Set which kinds arrive from now on; unknown names are ignored, as Telegram does."""
        self.allowed = [kind for kind in KINDS if kind in kinds]

    def push(self, kind: str, payload: dict[str, Any]) -> None:
        """Add an update, if the bot wants its kind."""
        if not self.wants(kind):
            return
        self._waiting.append({"update_id": self._next_id, kind: payload})
        self._next_id += 1
        self.changed.notify()

    def drop(self) -> None:
        """Forget all that waits."""
        self._waiting.clear()

    def head(self) -> list[Update]:
        """All that waits, oldest first, without removing it."""
        return list(self._waiting)

    def confirm(self, update_id: int) -> None:
        """Remove one update that a webhook took."""
        for update in self._waiting:
            if update["update_id"] == update_id:
                self._waiting.remove(update)
                return

    def end_polls(self) -> None:
        """A webhook was set: the poll that waits ends with 409."""
        self._poller += 1
        self._webhook_set = True
        self.changed.notify()

    def close(self) -> None:
        """End every poll with nothing, now and from now on."""
        self._closed = True
        self.changed.notify()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Update]:
        """Wait for updates from `offset` on and return at most `limit`; earlier ones are confirmed and gone.

        Args:
            offset: The first update id wanted; negative counts from the end of what waits; 0 confirms nothing.
            limit: 1 to 100.
            seconds: How long to wait while nothing is there.

        Raises:
            ApiError: 409 when another poll starts meanwhile, or a webhook is set.
        """
        self._poller += 1
        self._webhook_set = False
        me = self._poller
        self.changed.notify()
        await asyncio.sleep(0)
        self._forget_before(offset)
        ends = asyncio.get_running_loop().time() + min(seconds, LONGEST_POLL)
        while not self._waiting and not self.again:
            left = ends - asyncio.get_running_loop().time()
            if left <= 0 or self._closed:
                return []
            self.polls += 1
            try:
                await self.changed.wait(left)
            finally:
                self.polls -= 1
            if self._poller != me:
                raise self._conflict()
        fresh = list(self._waiting)[:limit]
        batch, self.again = [*self.again, *fresh], [update for update in fresh if self.doubles()]
        return batch

    def _forget_before(self, offset: int) -> None:
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while self._waiting and offset > 0 and self._waiting[0]["update_id"] < offset:
            self._waiting.popleft()

    def _conflict(self) -> ApiError:
        if self._webhook_set:
            return ApiError(409, "Conflict: terminated by setWebhook request")
        return ApiError(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
