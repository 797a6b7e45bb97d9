"""Notices that the disk fills up, and that errors pile up, and tells the admins."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

from bot.admins import Admins
from bot.tasks import cancel_and_wait
from bot.texts import troubles as texts
from storage.quota import Quota

log = logging.getLogger(__name__)

CHECK_SECONDS = 30.0
NEARLY, AGAIN = 2.0, 3.0
"""The disk is nearly full when so many times what pictures must leave free is free, and has room again at the other."""
SPAN = 600.0
"""Seconds over which errors count."""
MANY_ERRORS = 20
QUIET_SECONDS = 3600.0
"""About errors the admins hear so seldom."""


class _Errors(logging.Handler):
    """When errors were logged, whoever logged them."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._times: deque[float] = deque(maxlen=10_000)

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self._times.append(time.monotonic())

    def lately(self) -> int:
        """How many there were within the span."""
        while self._times and time.monotonic() - self._times[0] > SPAN:
            self._times.popleft()
        return len(self._times)


class TroubleWatch:
    """Looks at the disk and at the log now and then."""

    def __init__(self, quota: Quota, admins: Admins) -> None:
        """Look at the disk of `quota`."""
        self._quota, self._admins = quota, admins
        self._errors = _Errors()
        self._full = False
        self._notified_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        logging.getLogger().addHandler(self._errors)
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        logging.getLogger().removeHandler(self._errors)
        await cancel_and_wait(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self._check_disk()
                await self._check_errors()
            except Exception:
                log.exception("the disk cannot be looked at; trying again")
            await asyncio.sleep(CHECK_SECONDS)

    async def _check_disk(self) -> None:
        usage = await self._quota.usage()
        if not self._full and usage.free < NEARLY * usage.kept_free:
            self._full = True
            log.warning("the disk is nearly full: %d bytes are free", usage.free)
            await self._admins.tell(lambda: texts.disk_nearly_full(usage))
        elif self._full and usage.free > AGAIN * usage.kept_free:
            self._full = False
            await self._admins.tell(lambda: texts.DISK_HAS_ROOM)

    async def _check_errors(self) -> None:
        number, now = self._errors.lately(), time.monotonic()
        if number >= MANY_ERRORS and (self._notified_at is None or now - self._notified_at > QUIET_SECONDS):
            self._notified_at = now
            await self._admins.tell(lambda: texts.errors(number, int(SPAN // 60)))
