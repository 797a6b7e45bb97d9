"""A worker process that answers by itself, slowly: to be killed and stopped.  ARGUMENTS: URL LIVENESS DELAY"""

from __future__ import annotations

import asyncio
import signal
import sys

from model.serving.broker.null import NullBroker
from model.serving.broker.redis.worker import RedisWorker


async def main(url: str, liveness: str, delay: str) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    answering = NullBroker("process", capacity=4, delay=float(delay))
    await RedisWorker(url, answering, "process", liveness=float(liveness)).run(stopped, 0.0)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
