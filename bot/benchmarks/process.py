"""Starts the measured bot, and measures what processes take: memory and CPU time."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.benchmarks.bot_process import READY
from bot.benchmarks.load import LoadError

T = TypeVar("T")
START_SECONDS = 120.0


class BotProcess:
    """`async with BotProcess({"telegram_token": ..., ...}) as bot: ...`: a bot with these settings, ready."""

    def __init__(self, settings: dict[str, object], options: Sequence[str] = ()) -> None:
        """Take settings by their names in `Settings`, and options of `bot.benchmarks.bot_process`."""
        self._settings, self._options = settings, options
        self._process: asyncio.subprocess.Process | None = None
        self._peaks: dict[str, float] = {}

    async def __aenter__(self) -> BotProcess:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VQABOT_")}
        environment |= {f"VQABOT_{name.upper()}": str(value) for name, value in self._settings.items()}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "bot.benchmarks.bot_process", *self._options),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = await self._process.stdout.readline()
        if line != READY:
            await self.stop()
            raise RuntimeError("the measured bot did not start; its log says why")
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.stop()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    async def stop(self, grace: float = 30.0) -> None:
        """End it: standard input is closed, and after `grace` seconds it is killed."""
        if self._process is None or self._process.returncode is not None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(grace):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def peaks_mb(self) -> dict[str, float]:
        """The largest resident size so far, in MB: of the bot, and of any process of its (`worker`)."""
        self._note("bot", self.pid)
        for pid in _descendants(self.pid):
            self._note("worker", pid)
        return dict(self._peaks)

    def resident_mb(self) -> float:
        """The bot's present size."""
        return _status_mb(self.pid, "VmRSS")

    def _note(self, name: str, pid: int) -> None:
        self._peaks[name] = max(self._peaks.get(name, 0.0), _status_mb(pid, "VmHWM"))


def _descendants(pid: int) -> Iterator[int]:
    """All processes below one, whichever of its threads started them."""
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, file.read_text().split()):
                yield child
                yield from _descendants(child)


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU time that processes have used so far, as Linux says."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")


def measured(measure: Callable[[Path], Coroutine[Any, Any, T]], folder: Path | None = None) -> T:
    """What a measurement in a temporary folder (below `folder`, where one is given) finds.

    Raises:
        click.ClickException: The bot did not start, or did not answer.
    """
    with tempfile.TemporaryDirectory(prefix="vqabot-bench-", dir=folder) as temporary:
        try:
            return asyncio.run(measure(Path(temporary)))
        except (LoadError, RuntimeError) as error:
            raise click.ClickException(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _status_mb(pid: int, field: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(field)), 0.0)
