"""Tells a worker that hangs from one that only gets no CPU on a busy machine."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

MOST_EXCUSED = 10.0
"""Waiting for a CPU excuses a worker for at most so many times what it may take: its threads may be many."""


class Watchdog:
    """How long a process has not got on, less the time in which its threads waited for a CPU."""

    def __init__(self, pid: int) -> None:
        """Watch a process that starts now."""
        self.pid = pid
        self._moved_at = self._checked_at = time.monotonic()
        self._waited = cpu_wait(pid)
        self._excused = 0.0

    def moved(self) -> None:
        """It got on."""
        self._moved_at, self._excused = time.monotonic(), 0.0

    def left(self, timeout: float) -> float:
        """Seconds that are left of those that it may take for a step; to be asked for often."""
        now, waited = time.monotonic(), cpu_wait(self.pid)
        since = now - max(self._checked_at, self._moved_at)
        self._excused += min(max(0.0, waited - self._waited), since)
        self._checked_at, self._waited = now, waited
        return self._moved_at + timeout + min(self._excused, MOST_EXCUSED * timeout) - now


def cpu_wait(pid: int) -> float:
    """Seconds that the threads of a process could have run but had no CPU so far; 0 where the system does not say."""
    waited = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            waited += int(thread.read_text().split()[1])
    return waited / 1e9
