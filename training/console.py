"""Where long work reports to a person: lines and progress bars."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol


class Bar(Protocol):
    """A progress bar; `click.progressbar` makes such."""

    label: str | None

    def update(self, n_steps: int) -> None:
        """So many more are done."""
        ...


class Console(Protocol):
    """Where work reports."""

    def say(self, text: str) -> None:
        """One line."""
        ...

    def bar(self, length: int, label: str) -> AbstractContextManager[Bar]:
        """A progress bar that ends with its block."""
        ...


class Silent:
    """The console of processes that have nothing to report."""

    def say(self, text: str) -> None:
        """Nothing."""

    @contextmanager
    def bar(self, length: int, label: str) -> Iterator[Bar]:
        """A bar that nobody sees."""
        yield _NoBar()


@dataclass(slots=True)
class _NoBar:
    label: str | None = None

    def update(self, n_steps: int) -> None:
        """Nothing."""
