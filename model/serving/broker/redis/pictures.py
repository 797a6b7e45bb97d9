"""Pictures on their way: what the bot has put into Redis, and what a worker keeps of what it fetched."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection


class SentPictures:
    """What a bot has put into Redis lately: names and sizes, the longest unused first."""

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


class FetchedPictures:
    """A worker's own copies, so that a picture travels to it once; for a while, and within a bound."""

    def __init__(self, most_bytes: int, seconds: float) -> None:
        """Keep at most so many bytes, each picture for so long after its last use."""
        self._most, self._seconds = most_bytes, seconds
        self._kept: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, name: str) -> bytes | None:
        """A picture that was fetched before."""
        self._expire()
        found = self._kept.get(name)
        if found is None:
            return None
        self._kept[name] = (found[0], time.monotonic())
        self._kept.move_to_end(name)
        return found[0]

    def put(self, name: str, picture: bytes) -> None:
        """Keep a picture that was fetched; the longest unused make room."""
        self.forget(name)
        self._kept[name] = (picture, time.monotonic())
        self._bytes += len(picture)
        while self._bytes > self._most:
            self.forget(next(iter(self._kept)))

    def forget(self, name: str) -> None:
        """Let go of a picture."""
        found = self._kept.pop(name, None)
        if found is not None:
            self._bytes -= len(found[0])

    def _expire(self) -> None:
        oldest = time.monotonic() - self._seconds
        while self._kept:
            name, (_, used) = next(iter(self._kept.items()))
            if used >= oldest:
                return
            self.forget(name)
