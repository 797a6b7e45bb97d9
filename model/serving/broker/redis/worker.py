"""A worker's side: takes questions from Redis, has them answered on its machine, and gives the answers back.

What answers is a broker itself, with processes on this machine: it watches and restarts them, and a question that stops
them is found there. Here it only matters whether the whole worker is alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from typing import Any

from model.serving.broker.protocol import LOST, Broker, WorkerState
from model.serving.broker.redis import keys, scripts
from model.serving.broker.redis.connection import (
    PAUSE_SECONDS,
    TROUBLE,
    bounded,
    check,
    end,
    open_client,
    repeat,
    split_namespace,
)
from model.serving.broker.redis.consumer import Consumer, answer_text
from model.serving.broker.redis.description import Description
from model.serving.broker.redis.pending import PendingEntries

log = logging.getLogger(__name__)

UNREADY_SECONDS = 60.0
"""When nothing here can answer for so long, what is in hand goes to others."""


class RedisWorker:
    """Answers questions from Redis until it is told to stop."""

    def __init__(self, url: str, answering: Broker, machine: str, *, liveness: float = keys.LIVENESS_SECONDS) -> None:
        """Connect when it runs.

        Args:
            url: As the bot's `VQABOT_BROKER_URL`.
            answering: Answers on this machine; started and stopped here.
            machine: What people call it.
            liveness: Seconds after its last sign of life at which this worker counts as dead.

        Raises:
            BrokerError: The address cannot be one of Redis.
        """
        address, self._prefix = split_namespace(url)
        self._client = open_client(address)
        self._answering, self._machine, self._liveness = answering, machine, liveness
        self.name = f"{machine}-{secrets.token_hex(3)}"
        """Its name in Redis; another one after each start, since what an earlier one had is not here any more."""
        self._scripts = {
            name: self._client.register_script(getattr(scripts, name)) for name in ("FINISH", "BEAT", "RELEASE")
        }
        self._pending = PendingEntries()
        self._consumer = Consumer(self._client, self._prefix, self.name, answering, self._pending)
        self._forgotten_since = "0-0"
        self._drained = asyncio.Event()
        self._draining = False
        self._ready_at = self._begun_at = time.monotonic()
        self.beat_at: float | None = None
        """When it last reached Redis, by the monotonic clock."""

    async def state(self) -> WorkerState:
        """How it is doing."""
        reached = self._begun_at if self.beat_at is None else self.beat_at
        return WorkerState(await self._answering.workers(), len(self._pending), time.monotonic() - reached)

    @property
    def keeps_pictures(self) -> bool:
        """Whether it has copies of pictures."""
        return bool(self._consumer.pictures)

    async def run(self, stopped: asyncio.Event, grace: float = 30.0) -> None:
        """Work until `stopped` is set or an admin drains it; then finish, or hand back after `grace` seconds.

        Raises:
            ModelError: The model cannot be used here.
            BrokerError: The server never can be used.
        """
        with contextlib.suppress(*TROUBLE):
            await check(self._client)  # before a model is loaded for nothing
        await self._answering.start()
        beats = repeat(self._client, self._beat, self._liveness / keys.BEATS)
        works = (beats, self._take(), self._give(), self._push())
        tasks: list[asyncio.Task[None]] = [asyncio.create_task(work) for work in works]
        ends = [asyncio.ensure_future(event.wait()) for event in (stopped, self._drained)]
        waiting: list[asyncio.Future[Any]] = [*tasks, *ends]
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task in done:
                    task.result()
            await self._finish(grace)
        finally:
            await end(waiting)
            await self._leave()
            await self._answering.stop(5)
            with contextlib.suppress(*TROUBLE):
                await self._client.aclose()

    async def _finish(self, grace: float) -> None:
        """Take nothing more, and answer what is in hand, for so many seconds."""
        log.info("finishing %d questions", len(self._pending))
        self._draining = self._consumer.ended = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                while len(self._pending):
                    self._pending.changed.clear()
                    await self._pending.changed.wait()

    async def _leave(self) -> None:
        """Hand back what is not answered, and be gone."""
        with contextlib.suppress(*TROUBLE):  # then it counts as dead soon
            await self._run("RELEASE", self.name, "leave", 0)

    async def _take(self) -> None:
        await self._answering.wait_ready()
        with contextlib.suppress(*TROUBLE):
            await self._beat()
        await self._consumer.run()

    # Giving back -----------------------------------------------------------------------------------------------------

    async def _give(self) -> None:
        async for answer in self._answering.results():
            held = self._pending.get(answer.id)
            if held is None:
                continue  # it went to another worker meanwhile, or was cancelled
            if answer.error == LOST:
                self._pending.finish(held, "lost", "worker")
            else:
                self._pending.finish(held, "answer", answer_text(answer))

    async def _push(self) -> None:
        """Give back what is finished: what comes meanwhile goes together."""
        while True:
            await self._pending.to_push.wait()
            self._pending.to_push.clear()
            while batch := self._pending.finished[:]:
                arguments: list[str | int] = []
                for one in batch:
                    held = one.held
                    arguments += [held.stream, held.entry, held.job, held.asker, one.kind, one.value]
                try:
                    await self._run("FINISH", self.name, await self._description(), *arguments)
                except TROUBLE as error:
                    log.warning("answers cannot be given back (%s); trying again", type(error).__name__)
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                del self._pending.finished[: len(batch)]
                for one in batch:
                    self._pending.drop(one.held.name)

    # Being alive -----------------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Give a sign of life, and hear what became of what is in hand."""
        in_hand = self._pending.names
        gone, stray, self._pending.alone_waiting, drain, forgotten = await self._run(
            "BEAT", self.name, await self._description(), int(1000 * self._liveness), self._forgotten_since, *in_hand
        )
        self.beat_at = time.monotonic()
        for raw in gone:
            held = self._pending.drop(raw.decode())
            if held is not None:
                await self._answering.cancel(held.name)
        for name, flat in stray:
            stream, _, entry = name.decode().partition(" ")
            fields = dict(zip(flat[::2], flat[1::2], strict=True))
            await self._consumer.accept(stream, [(entry.encode(), fields)])
        for entry, flat in forgotten:
            self._forgotten_since = entry.decode()
            self._consumer.pictures.pop(dict(zip(flat[::2], flat[1::2], strict=True))[b"picture"].decode(), None)
        if drain and not self._drained.is_set():
            log.info("an admin lets this worker leave")
            self._drained.set()
        await self._let_go()

    async def _let_go(self) -> None:
        """Give what is in hand to others when nothing here has been able to answer for long."""
        now = time.monotonic()
        if any(process.ready for process in await self._answering.workers()) or not len(self._pending):
            self._ready_at = now
        elif now - self._ready_at > UNREADY_SECONDS:
            log.warning("nothing here can answer: %d questions go to other workers", len(self._pending))
            held = self._pending.names
            await self._run("RELEASE", self.name, "stay", keys.MAX_DEATHS)
            for name in held:
                self._pending.drop(name)
                await self._answering.cancel(name)
            self._ready_at = now

    async def _description(self) -> str:
        processes = await self._answering.workers()
        return Description(self._machine, self._answering.capacity, self._draining, processes).pack()

    async def _run(self, script: str, *arguments: str | int) -> Any:  # noqa: ANN401 - what a script returns
        return await bounded(self._scripts[script](keys=[self._prefix], args=arguments))


def work(url: str, answering: Broker, machine: str) -> RedisWorker:
    """A worker for the bots at an address, which has questions answered by `answering`.

    Raises:
        BrokerError: The address cannot be one of Redis.
    """
    return RedisWorker(url, answering, machine)
