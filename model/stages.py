"""Where the seconds of a batch go, by stages, whoever measures them: the answerer, or a family that knows more."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class StageClock:
    """Seconds by stage since the start. A stage inside another one stops the outer one's clock. For one thread.

    On a GPU work counts where its result is waited for.
    """

    def __init__(self) -> None:
        self._spent: dict[str, float] = {}
        self._stage: str | None = None
        self._since = 0.0

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """What runs inside belongs to `stage`."""
        outer = self._switch(stage)
        try:
            yield
        finally:
            self._switch(outer)

    def spent(self, since: Mapping[str, float] | None = None) -> dict[str, float]:
        """Seconds by stage, altogether or since an earlier call's."""
        return {stage: seconds - (since or {}).get(stage, 0.0) for stage, seconds in self._spent.items()}

    def _switch(self, stage: str | None) -> str | None:
        now, outer = time.perf_counter(), self._stage
        if outer is not None:
            self._spent[outer] = self._spent.get(outer, 0.0) + now - self._since
        self._stage, self._since = stage, now
        return outer


clock = StageClock()
"""This process's; a process has one model."""
