"""One process that decodes pictures, as its parent sees it: started with nothing of ours, and ended when it is late."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass

from model.serving import framing
from model.serving.child_process import python_path


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may take: some three times what the largest that people send take on a common machine."""

    cpu_seconds: int = 6
    """Of all threads together; kept by the kernel."""
    clock_seconds: float = 20.0
    """Kept by the parent. A busy machine needs several seconds for one of CPU."""
    memory_bytes: int = 3 * 2**29
    """Addresses of the whole process."""


DEFAULT_LIMITS = Limits()


class ExhaustedError(Exception):
    """A picture reached a limit of time; its process is ended."""


class EndedError(Exception):
    """The process is ended, and not by a limit of ours."""


class ImageProcess:
    """A decoding process. For one thread at a time, but for `kill`."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        """Start it.

        Raises:
            OSError: It cannot be started.
        """
        self._clock_seconds = limits.clock_seconds
        self._deadline = float("inf")
        command = [sys.executable, "-P", "-m", "model.serving.image_worker", "--parent", str(os.getpid())]
        command += ["--cpu-seconds", str(limits.cpu_seconds), "--memory", str(limits.memory_bytes)]
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

    def decode(
        self, pictures: Sequence[bytes], wanted: framing.Header, alone: AbstractContextManager[object]
    ) -> tuple[framing.Header, bytes]:
        """Let it decode a picture, or draw heat maps over one or more.

        Args:
            pictures: The files' bytes.
            wanted: `jpeg_side`: a JPEG of at most so many pixels a side; None: RGB pixels. `grids` and `side`: a JPEG
                of all, each of at most so many pixels a side under its heat map.
            alone: Entered while a large picture is decoded. What it waits there is not counted.

        Returns:
            `decoded` with what is known and the pixels, or `refused` with the failure.

        Raises:
            ExhaustedError: It took too long.
            EndedError: The process ended.
        """
        with ExitStack() as stack:
            self._send({**wanted, "sizes": [len(one) for one in pictures]}, b"".join(pictures), len(pictures))
            entered = False
            while (message := self._receive())[0]["type"] == "large":
                self._deadline = float("inf")
                if not entered:
                    stack.enter_context(alone)
                entered = True
                self._send({"type": "go"}, pictures=len(pictures))
            return message

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

    def _send(self, header: framing.Header, blob: bytes = b"", pictures: int = 1) -> None:
        self._deadline = time.monotonic() + pictures * self._clock_seconds
        left = memoryview(framing.pack(header, blob))
        try:
            while left:
                if not self._ready(self._in, select.POLLOUT):
                    raise self._end()
                left = left[os.write(self._in, left[: 2**16]) :]
        except BrokenPipeError:
            raise self._end() from None

    def _receive(self) -> tuple[framing.Header, bytes]:
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
            return ExhaustedError("a picture took too long")
        return EndedError(f"a decoding process ended with code {code}")


def _environment() -> dict[str, str]:
    """Nothing of the parent's environment but where Python finds its packages."""
    # Each thread of a decoder would otherwise take 64 MB of addresses for itself.
    return {"PYTHONPATH": python_path(), "MALLOC_ARENA_MAX": "2"}
