"""Notices when no worker can answer: admins are told, and those who wait see that it takes longer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from bot import metrics
from bot.admins import Admins
from bot.tasks import cancel_and_wait
from bot.texts import workers as texts
from model.serving.broker.protocol import Broker
from model.types import WorkerInfo

log = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
ADMINS_SECONDS = 90.0
"""A restart, or a model that loads, is no news."""
WAITING_SECONDS = 180.0


class WorkerWatch:
    """Looks at the workers now and then."""

    def __init__(self, broker: Broker, admins: Admins) -> None:
        """Look at the workers of `broker`."""
        self._broker, self._admins = broker, admins
        self._ready_at = time.monotonic()
        self._announced = self._ready = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._ready_at = time.monotonic()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        await cancel_and_wait(self._task)

    @property
    def ready(self) -> bool:
        """Whether a worker could answer when it was last looked."""
        return self._ready

    @property
    def outage(self) -> bool:
        """Whether nobody has been able to answer for so long that those who wait should know."""
        return time.monotonic() - self._ready_at > WAITING_SECONDS

    async def _run(self) -> None:
        while True:
            try:
                workers = await self._broker.workers()
                metrics.of_workers(workers, self._broker.redelivered)
                await self._check(workers)
            except Exception:
                log.exception("the workers cannot be looked at; trying again")
            await asyncio.sleep(CHECK_SECONDS)

    async def _check(self, workers: Sequence[WorkerInfo]) -> None:
        now = time.monotonic()
        self._ready = any(worker.ready for worker in workers)
        if self._ready:
            self._ready_at = now
            if self._announced:
                self._announced = False
                await self._admins.tell(lambda: texts.BACK)
        elif not self._announced and now - self._ready_at > ADMINS_SECONDS:
            self._announced = True
            log.error("no worker has been able to answer for %.0f s", now - self._ready_at)
            minutes = int((now - self._ready_at) // 60)
            await self._admins.tell(lambda: texts.nobody(minutes, workers))
