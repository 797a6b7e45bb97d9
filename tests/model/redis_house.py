"""A bot's broker and workers on one Redis, for tests."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from redis.asyncio import Redis

from model.errors import BrokerUnavailableError
from model.serving.broker.null import NullBroker
from model.serving.broker.protocol import LOST
from model.serving.broker.redis import RedisBroker
from model.serving.broker.redis.connection import split_namespace
from model.serving.broker.redis.worker import RedisWorker
from model.types import Answer, Request

LIVENESS = 1.0


PROCESS = str(Path(__file__).with_name("redis_worker_process.py"))


class Answering(NullBroker):
    """Answers a question only when it is let, with the question and its picture."""

    def __init__(self, capacity: int = 4) -> None:
        super().__init__(capacity=capacity)
        self.free = asyncio.Event()
        self.asked: list[str] = []

    async def _reply(self, request: Request) -> None:
        self.asked.append(request.question)
        await self.free.wait()
        self._in_flight.pop(request.id, None)
        self._results.put_nowait(Answer(request.id, f"{request.question} {request.picture.decode()}", 1.0, 0.0))


class House:
    """A bot's side and workers on one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stack = AsyncExitStack()
        address, self.prefix = split_namespace(url)
        self.client = Redis.from_url(address)
        self.broker: RedisBroker

    async def bot(self, asker: str = "bot") -> RedisBroker:
        broker = RedisBroker(self.url, asker, liveness=LIVENESS, sweep=0.1)
        self.stack.push_async_callback(broker.stop)
        await broker.start()
        return broker

    async def worker(self, answering: NullBroker, grace: float = 0.0) -> tuple[RedisWorker, asyncio.Event]:
        worker, stopped = RedisWorker(self.url, answering, "here", liveness=LIVENESS), asyncio.Event()
        running = asyncio.create_task(worker.run(stopped, grace))

        async def end() -> None:
            stopped.set()
            await running

        self.stack.push_async_callback(end)
        await until(lambda: worker.beat_at is not None)
        return worker, stopped

    def process(self, delay: float) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, PROCESS, self.url, str(LIVENESS), str(delay)])

        def end() -> None:
            process.kill()
            process.wait()

        self.stack.callback(end)
        return process

    async def keys(self) -> set[str]:
        found = await self.client.keys(self.prefix.replace("{", "[{]").replace("}", "[}]") + "*")
        return {key.decode().removeprefix(self.prefix) for key in found}


async def until(condition: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    while True:
        found = condition()
        if await found if isinstance(found, Awaitable) else found:
            return
        await asyncio.sleep(0.01)


async def ask(broker: RedisBroker, *questions: str, picture: bytes = b"p") -> None:
    for number, question in enumerate(questions):
        await broker.submit(Request(str(number), picture, question))


async def collect(broker: RedisBroker, count: int, *, again: dict[str, Request] | None = None) -> dict[str, Answer]:
    """So many answers; what is lost is asked again, as the ledger does."""
    answers: dict[str, Answer] = {}
    async for answer in broker.results():
        if answer.error == LOST and again is not None:
            while True:
                try:
                    await broker.submit(again[answer.id])
                    break
                except BrokerUnavailableError:
                    await asyncio.sleep(0.05)
            continue
        answers[answer.id] = answer
        if len(answers) == count:
            break
    return answers
