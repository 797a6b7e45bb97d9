"""What the benchmarks of running processes share."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time that processes have used so far, as Linux says."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


def measured(measure: Callable[[Path], Coroutine[Any, Any, T]], folder: Path | None = None) -> T:
    """What a measurement in a temporary folder (below `folder`, where one is given) finds.

    Raises:
        click.ClickException: The bot did not start, or did not answer.
    """
    from bot.benchmarks.load import LoadError

    with tempfile.TemporaryDirectory(prefix="vqabot-bench-", dir=folder) as temporary:
        try:
            return asyncio.run(measure(Path(temporary)))
        except (LoadError, RuntimeError) as error:
            raise click.ClickException(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
