"""What the chat page hears: a bounded, numbered stream of what happened."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.sandbox.notifier import Notifier

KEPT = 5_000  # events that a page may catch up on
HEARTBEAT = 15.0  # seconds between signs of life on a quiet stream


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, and who may hear of it."""

    number: int
    audience: frozenset[int]  # user ids
    body: dict[str, Any]


class Events:
    """Numbers events and hands each to those whom it concerns."""

    def __init__(self) -> None:
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._changed = Notifier()
        self._closed = False
        self.last = 0  # the newest event's number

    def emit(self, audience: Collection[int], kind: str, **body: Any) -> None:  # noqa: ANN401 - any JSON value
        """Tell the users in `audience` about something."""
        self.last += 1
        self._kept.append(Event(self.last, frozenset(audience), {"n": self.last, "type": kind, **body}))
        self._changed.notify()

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        self._changed.notify()

    async def follow(self, user_id: int, after: int) -> AsyncIterator[dict[str, Any] | None]:
        """A user's events with a number above `after`; None now and then, to keep the connection alive."""
        # A page that knew an earlier sandbox asks for numbers that do not exist yet: start over.
        after = after if after <= self.last else 0
        while not self._closed:
            # Numbers have no gaps: what is new stands at the end.
            new = min(self.last - after, len(self._kept))
            for event in list(islice(self._kept, len(self._kept) - new, None)):
                after = event.number
                if user_id in event.audience:
                    yield event.body
            if self.last == after and not await self._changed.wait(HEARTBEAT):
                yield None
