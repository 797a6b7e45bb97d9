"""The terminal as the place where long work reports: lines to stdout, progress bars to stderr."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from training.console import Bar


class Terminal:
    """A `training.console.Console`."""

    def say(self, text: str) -> None:
        """One line."""
        click.echo(text)

    def bar(self, length: int, label: str) -> AbstractContextManager[Bar]:
        """A progress bar."""
        bar: Any = click.progressbar(length=length, label=label, show_pos=True, file=sys.stderr)
        return bar  # type: ignore[no-any-return]
