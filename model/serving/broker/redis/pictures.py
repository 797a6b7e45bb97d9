"""Pictures on their way: what the bot has put into Redis."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection


class SentPictures:
    """What a bot has put into Redis lately: names and sizes, the longest unused first.

    An LRU cache of cachetools would also let go what is still needed.
    """

    def __init__(self, most_bytes: int) -> None:
        """Keep at most so many bytes there."""
        self._most = most_bytes
        self._sizes: OrderedDict[str, int] = OrderedDict()

    def used(self, names: Collection[str]) -> None:
        """They are asked about again."""
        for name in names:
            if name in self._sizes:
                self._sizes.move_to_end(name)

    def put(self, name: str, size: int, needed: Collection[str]) -> list[str]:
        """A picture was put there. Returns those that have to go: none of the needed ones."""
        self._sizes[name] = size
        self._sizes.move_to_end(name)
        gone: list[str] = []
        total = sum(self._sizes.values())
        for each in list(self._sizes):
            if total <= self._most:
                break
            if each not in needed and each != name:
                total -= self._sizes.pop(each)
                gone.append(each)
        return gone

    def forget(self, names: Collection[str]) -> None:
        """They are not there any more."""
        for name in names:
            self._sizes.pop(name, None)
