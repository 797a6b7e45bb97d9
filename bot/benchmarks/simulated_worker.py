"""A worker whose model is a wait: so many questions at once take so long, one batch after the other.

ARGUMENTS: URL BATCH_SIZE SECONDS. It ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque

from bot.loop import end_of_input
from model.serving.broker.null import NullBroker
from model.serving.broker.redis.worker import RedisWorker
from model.types import Answer, Request


class Simulated(NullBroker):
    """Answers batches as a GPU does."""

    def __init__(self, batch_size: int, seconds: float) -> None:
        super().__init__(capacity=2 * batch_size)
        self._batch_size, self._seconds = batch_size, seconds
        self._queue: deque[Request] = deque()
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer."""
        await super().start()
        self._task = asyncio.create_task(self._answer_all())

    async def _reply(self, request: Request) -> None:
        self._queue.append(request)
        self._arrived.set()

    async def _answer_all(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(self._batch_size, len(self._queue)))]
                await asyncio.sleep(self._seconds)
                for request in batch:
                    self._in_flight.pop(request.id, None)
                    self._answered += 1
                    self._results.put_nowait(Answer(request.id, "yes", 0.9, self._seconds, batch_size=len(batch)))


async def main(url: str, batch_size: str, seconds: str) -> None:
    """Work until standard input ends."""
    worker = RedisWorker(url, Simulated(int(batch_size), float(seconds)), "simulated")
    await worker.run(end_of_input(), 5.0)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
