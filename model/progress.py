"""How far the model has come, counted: work that goes on moves the count, and work that hangs does not."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_STEP = 0.5
"""Seconds."""


class ProgressCounter:
    """A count that whoever watches the process compares with the one it saw before."""

    def __init__(self) -> None:
        self.count = 0

    def moved(self) -> None:
        """Another step is done: a token of every answer of a batch, its pictures, a wait for work."""
        self.count += 1

    @contextmanager
    def moving(self, seconds: float) -> Iterator[None]:
        """While something is loaded, which says nothing of how far it is, work goes on; but no longer than this."""
        ended = threading.Event()

        def move() -> None:
            for _ in range(math.ceil(seconds / _STEP)):
                if ended.wait(_STEP):
                    return
                self.moved()

        thread = threading.Thread(target=move, name="loading", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


progress = ProgressCounter()
"""This process's; a process has one model."""
