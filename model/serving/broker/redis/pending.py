"""A worker's pending entries of Redis' streams: taken, and not acknowledged yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class PendingEntry:
    """A question that was taken."""

    stream: str
    entry: str
    job: str
    asker: str
    id: str
    """As its bot calls it."""

    @property
    def name(self) -> str:
        """Names it here and in the scripts."""
        return f"{self.stream} {self.entry}"


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a question that was taken."""

    held: PendingEntry
    kind: str
    """`answer`, or `lost`: it is to be asked again."""
    value: str
    """The answer as JSON, or why."""


class PendingEntries:
    """All questions that were taken, and those of them that are to be given back."""

    def __init__(self) -> None:
        self._entries: dict[str, PendingEntry] = {}
        self.finished: list[Finished] = []
        self.changed = asyncio.Event()
        """Set when there are fewer."""
        self.to_push = asyncio.Event()
        """Set when more are finished."""
        self.alone_waiting = 0
        """How many questions wait to be alone with a worker."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def names(self) -> list[str]:
        """Of all of them."""
        return list(self._entries)

    @property
    def has_lone(self) -> bool:
        """Whether one is here that is to be alone."""
        return any(held.stream == "alone" for held in self._entries.values())

    def get(self, name: str) -> PendingEntry | None:
        """One of them, by its name."""
        return self._entries.get(name)

    def take(self, held: PendingEntry) -> None:
        """One more."""
        self._entries[held.name] = held

    def drop(self, name: str) -> PendingEntry | None:
        """One less, if it was here."""
        self.changed.set()
        return self._entries.pop(name, None)

    def finish(self, held: PendingEntry, kind: str, value: str) -> None:
        """Have one given back."""
        self.finished.append(Finished(held, kind, value))
        self.to_push.set()
