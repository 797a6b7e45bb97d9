"""What a worker has in hand: taken from Redis, and not given back yet."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Held:
    """A question in hand."""

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
    """What became of a question in hand."""

    held: Held
    kind: str
    """`answer`, or `lost`: it is to be asked again."""
    value: str
    """The answer as JSON, or why."""


class Hand:
    """All questions in hand, and those of them that are to be given back."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self.finished: list[Finished] = []
        self.changed = asyncio.Event()
        """Set when there are fewer."""
        self.to_push = asyncio.Event()
        """Set when more are finished."""
        self.alone_waiting = 0
        """How many questions wait to be alone with a worker."""

    def __len__(self) -> int:
        return len(self._held)

    @property
    def names(self) -> list[str]:
        """Of all of them."""
        return list(self._held)

    @property
    def has_lone(self) -> bool:
        """Whether one is here that is to be alone."""
        return any(held.stream == "alone" for held in self._held.values())

    def get(self, name: str) -> Held | None:
        """One of them, by its name."""
        return self._held.get(name)

    def take(self, held: Held) -> None:
        """One more."""
        self._held[held.name] = held

    def drop(self, name: str) -> Held | None:
        """One less, if it was here."""
        self.changed.set()
        return self._held.pop(name, None)

    def finish(self, held: Held, kind: str, value: str) -> None:
        """Have one given back."""
        self.finished.append(Finished(held, kind, value))
        self.to_push.set()
