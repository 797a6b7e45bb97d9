"""A process that works on what strangers send, as its parent sees it: started with nothing of ours, ended when late."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from model.serving import framing
from model.serving.child_process import python_path


class ExhaustedError(Exception):
    """What was sent reached a limit of time; its process is ended."""


class EndedError(Exception):
    """The process is ended, and not by a limit of ours."""


class LimitedProcess:
    """Such a process. For one thread at a time, but for `kill`."""

    def __init__(self, arguments: Sequence[str], clock_seconds: float) -> None:
        """Start it.

        Args:
            arguments: What the Python interpreter runs, behind `--parent`.
            clock_seconds: What it may take for one answer.

        Raises:
            OSError: It cannot be started.
        """
        self._clock_seconds = clock_seconds
        self._deadline = float("inf")
        module, *others = arguments
        command = [sys.executable, "-P", "-m", module, "--parent", str(os.getpid()), *others]
        self._process = subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            start_new_session=True,  # Ctrl-C at a terminal is for the parent, also while this one still starts
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._in, False)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def take_time(self) -> None:
        """What it does until the next message is sent is not counted."""
        self._deadline = float("inf")

    def read(self, size: int) -> bytes:
        """Up to `size` bytes that it sent; none at its end, or when it is late."""
        return os.read(self._out, min(size, 2**20)) if self._ready(self._out, select.POLLIN) else b""

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def close(self) -> int:
        """End it and wait for its end; returns its exit code."""
        self.kill()
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        return code

    def send(self, header: framing.Header, blob: bytes = b"", times: float = 1) -> None:
        """Send a message; the answer may take so many `times` as long as one.

        Raises:
            ExhaustedError: It took too long.
            EndedError: The process ended.
        """
        self._deadline = time.monotonic() + times * self._clock_seconds
        left = memoryview(framing.pack(header, blob))
        try:
            while left:
                if not self._ready(self._in, select.POLLOUT):
                    raise self._end()
                left = left[os.write(self._in, left[: 2**16]) :]
        except BrokenPipeError:
            raise self._end() from None

    def receive(self) -> tuple[framing.Header, bytes]:
        """What it answers. Raises as `send` does."""
        try:
            message = framing.read(self)
        except ValueError:
            message = None
        if message is None:
            raise self._end()
        return message

    def _ready(self, descriptor: int, event: int) -> bool:
        """Wait until a pipe can be used; False when the time is over."""
        poll = select.poll()
        poll.register(descriptor, event)
        left = self._deadline - time.monotonic()
        return bool(poll.poll(None if left == float("inf") else max(0.0, left * 1000)))

    def _end(self) -> Exception:
        """End it, and say why it had to be, or that it had ended already."""
        late = time.monotonic() >= self._deadline
        if not late:  # its pipe is closed: its own end, which says more than our signal, is a moment away
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
        code = self.close()
        if late or code == -signal.SIGXCPU:
            return ExhaustedError("it took too long")
        return EndedError(f"a limited process ended with code {code}")


def _environment() -> dict[str, str]:
    """Nothing of the parent's environment but where Python finds its packages."""
    # Each thread of a decoder would otherwise take 64 MB of addresses for itself.
    return {"PYTHONPATH": python_path(), "MALLOC_ARENA_MAX": "2"}
