"""Starts the measured bot and looks at its memory."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from bot.benchmarks.bot_process import READY

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


def _status_mb(pid: int, field: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(field)), 0.0)
