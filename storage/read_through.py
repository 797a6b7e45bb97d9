"""Rows that are read again and again, read once: only this process writes its database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from cachetools import LRUCache

Key = TypeVar("Key")
Value = TypeVar("Value")


class ReadThrough(Generic[Key, Value]):
    """The values that were asked for lately, each as it is in the database."""

    def __init__(self, read: Callable[[Key], Awaitable[Value]], most: int) -> None:
        """Keep up to `most` values of what `read` gives."""
        self._read = read
        self._values: LRUCache[Key, Value] = LRUCache(most)
        self._writes = 0

    async def get(self, key: Key) -> Value:
        """The value of a key."""
        if key in self._values:
            return self._values[key]
        writes = self._writes
        value = await self._read(key)
        if writes == self._writes:  # else it may be from before the write
            self._values[key] = value
        return value

    @contextmanager
    def writing(self, *keys: Key) -> Iterator[None]:
        """Write values of these keys (of all, where none is given) within this block: they are read anew then.

        Also where it raises: a write whose task is cancelled may stand in the database all the same.
        """
        try:
            yield
        finally:
            self._writes += 1
            for key in keys or [*self._values]:
                self._values.pop(key, None)
