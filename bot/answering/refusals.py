"""Who was told that a limit keeps them from asking."""

from __future__ import annotations

import time

MOST_REMEMBERED = 10_000


class Refusals:
    """Who was told of a limit: once, until there is room again."""

    def __init__(self) -> None:
        self._until: dict[tuple[int, int], float] = {}  # of chat and person; monotonic seconds

    def first(self, chat_id: int, person: int, seconds: float) -> bool:
        """Whether somebody has to be told now that a limit holds for so many seconds."""
        now = time.monotonic()
        if self._until.get((chat_id, person), 0.0) > now:
            return False
        if len(self._until) >= MOST_REMEMBERED:
            self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[chat_id, person] = now + seconds
        return True

    def over(self, chat_id: int, person: int) -> None:
        """They may ask again."""
        self._until.pop((chat_id, person), None)
