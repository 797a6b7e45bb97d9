"""The terminal as the place where long work reports: lines to stdout, what is being done and how far to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from training.console import Bar

RECENT = 30.0
"""Seconds by whose pace the rest is estimated."""


def note(text: str) -> None:
    """Say on stderr what is being done, so that stdout stays what was asked for."""
    click.echo(text, err=True)


def show_figures(figures: Mapping[str, object], as_json: bool) -> None:
    """Figures by their names: one JSON object, or a line each."""
    if as_json:
        click.echo(json.dumps(figures))
        return
    width = max(map(len, figures))
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):<{width}} {value!s:>10}")


class Terminal:
    """A `training.console.Console`."""

    def say(self, text: str) -> None:
        """One line."""
        click.echo(text)

    @contextmanager
    def bar(self, length: int, label: str) -> Iterator[Bar]:
        """A progress bar with the time that is left."""
        bar: Any = click.progressbar(
            length=length, label=label, show_pos=True, show_eta=False, item_show_func=lambda text: text, file=sys.stderr
        )
        with bar:
            yield _WithPace(bar, Pace(length))


class Pace:
    """Estimates the time that is left by the recent pace.

    What the first call reports does not count: it holds what an earlier run did already, or took as long as a model
    needs to warm up.
    """

    def __init__(self, length: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Expect so many steps."""
        self.length, self.done, self._clock = length, 0, clock
        self._marks: deque[tuple[float, int]] = deque()
        """When how many were done, from `RECENT` seconds ago until now."""

    def update(self, steps: int) -> None:
        """So many more are done."""
        self.done += steps
        now = self._clock()
        self._marks.append((now, self.done))
        while len(self._marks) > 2 and now - self._marks[1][0] >= RECENT:
            self._marks.popleft()

    def left(self) -> float | None:
        """Seconds; None while the pace is not known."""
        if len(self._marks) < 2:
            return None
        (since, before), (now, done) = self._marks[0], self._marks[-1]
        return (self.length - done) * (now - since) / (done - before) if done > before else None

    def __str__(self) -> str:
        left = self.left()
        if left is None or self.done >= self.length:
            return ""
        minutes, seconds = divmod(round(left), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02} left" if hours else f"{minutes}:{seconds:02} left"


class _WithPace:
    """click's bar, with its label free to change and the estimate behind it."""

    def __init__(self, bar: Any, pace: Pace) -> None:  # noqa: ANN401 - click's class is private
        self._bar, self._pace = bar, pace

    @property
    def label(self) -> str | None:
        """What stands before the bar."""
        label: str | None = self._bar.label
        return label

    @label.setter
    def label(self, text: str | None) -> None:
        self._bar.label = text

    def update(self, n_steps: int) -> None:
        """So many more are done."""
        self._pace.update(n_steps)
        self._bar.update(n_steps, str(self._pace) or None)
