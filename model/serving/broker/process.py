"""One worker process as its parent sees it: started clean, sent messages, ended for certain."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence

from model.backends.placement import limit_busy_waiting
from model.serving import framing
from model.serving.broker.watchdog import Watchdog
from model.serving.child_process import python_path

_SECRET_PREFIX = "VQABOT_"
"""The bot's settings, its token among them: none of them is the worker's business."""


class WorkerProcess:
    """A running worker."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Wrap a process that was started with pipes."""
        self._process = process
        self.watchdog = Watchdog(process.pid)

    @classmethod
    async def spawn(cls, arguments: Sequence[str]) -> WorkerProcess:
        """Start a Python process; its standard error is the parent's.

        Args:
            arguments: What stands behind the interpreter; `--parent PID` is added.

        Raises:
            OSError: The process cannot be started.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            "--parent",
            str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=clean_environment(),
            start_new_session=True,  # Ctrl-C at a terminal is for the parent, also while this one still starts
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def send(self, message: bytes) -> None:
        """Send a packed message; returns when the pipe has room again.

        Raises:
            ConnectionError: The worker is gone.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(message)
        await self._process.stdin.drain()

    async def receive(self) -> framing.Header | None:
        """The next message; None when the worker has ended."""
        assert self._process.stdout is not None
        return await framing.read_async(self._process.stdout)

    async def end(self, grace: float) -> int:
        """Close its pipe, wait `grace` seconds, then kill it; returns the exit code once it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                return await self._process.wait()
        self.kill()
        return await self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


def clean_environment() -> dict[str, str]:
    """The parent's environment without the bot's settings, with the project's packages importable."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_SECRET_PREFIX)}
    environment["PYTHONPATH"] = python_path()
    environment["TOKENIZERS_PARALLELISM"] = "false"
    limit_busy_waiting(environment)
    return environment
