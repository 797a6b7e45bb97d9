"""Who was told that a limit keeps them from asking."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import TLRUCache

MOST_REMEMBERED = 10_000


class Refusals:
    """Who was told of a limit lately. `timer` counts seconds."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        # By chat and person: the seconds for which they need not be told again.
        self._notified: TLRUCache[tuple[int, int], float] = TLRUCache(
            MOST_REMEMBERED, lambda _, value, now: now + value, timer
        )

    def first(self, chat_id: int, person: int, seconds: float) -> bool:
        """Whether somebody has to be told of a limit now; then they need not be told again for so many seconds."""
        if (chat_id, person) in self._notified:
            return False
        self._notified[chat_id, person] = seconds
        return True

    def over(self, chat_id: int, person: int) -> None:
        """They may ask again."""
        self._notified.pop((chat_id, person), None)
