"""One process that decodes pictures, as its parent sees it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from model.serving import framing
from model.serving.limited_process import LimitedProcess


@dataclass(frozen=True, slots=True)
class DecodingLimits:
    """What one picture may take: some three times what the largest that people send take on a common machine."""

    cpu_seconds: int = 6
    """Of all threads together; kept by the kernel."""
    clock_seconds: float = 20.0
    """Kept by the parent. A busy machine needs several seconds for one of CPU."""
    memory_bytes: int = 3 * 2**29
    """Addresses of the whole process."""


DEFAULT_LIMITS = DecodingLimits()


class ImageProcess(LimitedProcess):
    """A decoding process. For one thread at a time, but for `kill`."""

    def __init__(self, limits: DecodingLimits = DEFAULT_LIMITS) -> None:
        """Start it.

        Raises:
            OSError: It cannot be started.
        """
        limited = ["--cpu-seconds", str(limits.cpu_seconds), "--memory", str(limits.memory_bytes)]
        super().__init__(["model.serving.image_worker", *limited], limits.clock_seconds)

    def decode(
        self, pictures: Sequence[bytes], wanted: framing.Header, alone: AbstractContextManager[object]
    ) -> tuple[framing.Header, bytes]:
        """Let it decode a picture, or draw heat maps over one or more.

        Args:
            pictures: The files' bytes.
            wanted: `jpeg_side`: a JPEG of at most so many pixels a side; None: RGB pixels. `grids`, `side` and
                `numbers`: a JPEG of all, each of at most so many pixels a side under its heat map.
            alone: Entered while a large picture is decoded. What it waits there is not counted.

        Returns:
            `decoded` with what is known and the pixels, or `refused` with the failure.

        Raises:
            ExhaustedError: It took too long.
            EndedError: The process ended.
        """
        with ExitStack() as stack:
            self.send({**wanted, "sizes": [len(one) for one in pictures]}, b"".join(pictures), len(pictures))
            entered = False
            while (message := self.receive())[0]["type"] == "large":
                self.take_time()
                if not entered:
                    stack.enter_context(alone)
                entered = True
                self.send({"type": "go"}, times=len(pictures))
            return message
