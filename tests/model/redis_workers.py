"""A Redis broker with workers that belong to it, as brokers that start their own have them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence

from model.serving.broker.protocol import Broker
from model.serving.broker.redis import RedisBroker
from model.serving.broker.redis.worker import RedisWorker
from model.types import Answer, Request, WorkerInfo


class BrokerWithWorkers:
    """Both sides, in this process; what answers are real processes."""

    def __init__(self, url: str, answering: Sequence[Broker]) -> None:
        self.broker = RedisBroker(url, sweep=0.2)
        self._answering, self._stopped = answering, asyncio.Event()
        self.workers_here = [RedisWorker(url, one, "here") for one in answering]
        self._running: list[asyncio.Task[None]] = []

    @property
    def capacity(self) -> int:
        return self.broker.capacity

    @property
    def redelivered(self) -> int:
        return self.broker.redelivered

    async def start(self) -> None:
        await self.broker.start()
        self._running = [asyncio.create_task(worker.run(self._stopped, 0.0)) for worker in self.workers_here]
        while len(await self.workers()) < len(self._answering) or not self.capacity:
            await asyncio.sleep(0.01)
            for task in self._running:
                if task.done():
                    return  # `wait_ready` says why

    async def wait_ready(self) -> None:
        ready = asyncio.create_task(self.broker.wait_ready())
        done, _ = await asyncio.wait({ready, *self._running}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        for task in done:
            task.result()

    async def submit(self, request: Request) -> None:
        await self.broker.submit(request)

    async def cancel(self, request_id: str) -> None:
        await self.broker.cancel(request_id)

    async def forget(self, pictures: Collection[str]) -> None:
        await self.broker.forget(pictures)

    async def drain(self, worker: str) -> bool:
        return await self.broker.drain(worker)

    def results(self) -> AsyncIterator[Answer]:
        return self.broker.results()

    async def workers(self) -> Sequence[WorkerInfo]:
        return await self.broker.workers()

    async def stop(self, grace: float = 10.0) -> None:
        self._stopped.set()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.broker.stop(grace)
