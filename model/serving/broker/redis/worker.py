"""A worker's side: takes questions from Redis, has them answered on its machine, and gives the answers back.

What answers is a broker itself, with processes on this machine: it watches and restarts them, and a question that stops
them is found there. Here it only matters whether the whole worker is alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from model.serving import framing
from model.serving.broker.protocol import LOST, Broker
from model.serving.broker.redis import keys, scripts
from model.serving.broker.redis.connection import BLOCK_MS, TROUBLE, check, end, open_client, split_namespace
from model.serving.broker.redis.description import Description
from model.serving.broker.redis.pictures import FetchedPictures
from model.types import Answer, Request

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
OWN_PICTURE_BYTES = 64 * 2**20
UNREADY_SECONDS = 60.0
"""When nothing here can answer for so long, what is in hand goes to others."""
FAILED = "question_failed"

Fields = dict[bytes, bytes]


@dataclass(slots=True, eq=False)
class Held:
    """A question in hand."""

    stream: str
    entry: str
    job: str
    asker: str
    id: str
    """As its bot calls it."""

    @property
    def name(self) -> str:
        """Names it here and in the scripts."""
        return f"{self.stream} {self.entry}"


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
        self._hand: dict[str, Held] = {}
        self._changed = asyncio.Event()
        self._finished: list[tuple[Held, str, str]] = []
        self._to_push = asyncio.Event()
        self._pictures = FetchedPictures(OWN_PICTURE_BYTES, keys.PICTURE_SECONDS)
        self._alone_waiting = 0
        self._forgotten_since = "0-0"
        self._drained = asyncio.Event()
        self._draining = False
        self._ready_at = time.monotonic()
        self.beat_at: float | None = None
        """When it last reached Redis, by the monotonic clock."""

    @property
    def in_hand(self) -> int:
        """How many questions it has."""
        return len(self._hand)

    @property
    def keeps_pictures(self) -> bool:
        """Whether it has copies of pictures."""
        return bool(self._pictures)

    async def run(self, stopped: asyncio.Event, grace: float = 30.0) -> None:
        """Work until `stopped` is set or an admin drains it; then finish, or hand back after `grace` seconds.

        Raises:
            ModelError: The model cannot be used here.
            BrokerError: The server never can be used.
        """
        with contextlib.suppress(*TROUBLE):
            await check(self._client)  # before a model is loaded for nothing
        await self._answering.start()
        works = (self._beat(), self._take(), self._give(), self._push())
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
        log.info("finishing %d questions", len(self._hand))
        self._draining = True
        self._changed.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace):
                while self._hand:
                    self._changed.clear()
                    await self._changed.wait()

    async def _leave(self) -> None:
        """Hand back what is not answered, and be gone."""
        with contextlib.suppress(*TROUBLE):  # then it counts as dead soon
            await self._run("RELEASE", self.name, "leave", 0)

    # Taking ----------------------------------------------------------------------------------------------------------

    async def _take(self) -> None:
        await self._answering.wait_ready()
        await self._beat_once(suppress=True)
        while not self._draining:
            self._changed.clear()
            if not await self._wants_more():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        await self._changed.wait()
                continue
            try:
                if not self._hand:
                    found = await self._read("alone", 1, None)
                    if found:
                        self._alone_waiting = max(0, self._alone_waiting - 1)
                        await self._accept("alone", found)
                        continue
                room = self._answering.capacity - len(self._hand)
                await self._accept("jobs", await self._read("jobs", room, BLOCK_MS))
            except TROUBLE as error:
                if "NOGROUP" in str(error):  # the server forgot everything: the beat makes the group anew
                    await self._beat_once(suppress=True)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _wants_more(self) -> bool:
        """A question whose worker died is alone here, and is let come when such ones wait."""
        if any(held.stream == "alone" for held in self._hand.values()) or (self._alone_waiting and self._hand):
            return False
        if self._answering.capacity <= len(self._hand):
            return False
        return any(process.ready for process in await self._answering.workers())

    async def _read(self, stream: str, count: int, block: int | None) -> list[tuple[bytes, Fields]]:
        key = self._prefix + stream
        found = await self._client.xreadgroup(keys.GROUP, self.name, {key: ">"}, count=count, block=block)
        return [entry for _, entries in found for entry in entries]

    async def _accept(self, stream: str, entries: Iterable[tuple[bytes, Fields]]) -> None:
        """Hand what was taken to what answers, with its pictures."""
        taken = [
            (Held(stream, entry.decode(), fields[b"job"].decode(), fields[b"asker"].decode(), ""), fields)
            for entry, fields in entries
        ]
        for held, _ in taken:  # in hand from here on, also while pictures are fetched
            self._hand[held.name] = held
        for held, fields in taken:
            try:
                header = json.loads(fields[b"header"])
                held.id = str(header["id"])
                names = {key: keys.picture_name(held.asker, key) for key in framing.picture_keys(header)}
                pictures = await self._fetch(names)
                if pictures is None:
                    self._done(held, "lost", "picture")
                    continue
                request = framing.request_of(header, pictures)
            except (ValueError, KeyError, TypeError):
                log.exception("a question cannot be read: is the bot of another release?")
                self._done(held, "answer", _text(Answer(held.id, "", 0.0, 0.0, FAILED)))
                continue
            await self._answering.submit(_renamed(request, held.name))

    async def _fetch(self, names: dict[str, str]) -> dict[str, bytes] | None:
        """Pictures by their keys, from memory or from Redis; None when one is gone."""
        pictures: dict[str, bytes] = {}
        for key, name in names.items():
            picture = self._pictures.get(name)
            while picture is None:
                try:
                    picture = await self._client.get(self._prefix + name)
                except TROUBLE:
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                if picture is None:
                    return None
                self._pictures.put(name, picture)
            pictures[key] = picture
        return pictures

    # Giving back -----------------------------------------------------------------------------------------------------

    async def _give(self) -> None:
        async for answer in self._answering.results():
            held = self._hand.get(answer.id)
            if held is None:
                continue  # it went to another worker meanwhile, or was cancelled
            if answer.error == LOST:
                self._done(held, "lost", "worker")
            else:
                self._done(held, "answer", _text(answer))

    def _done(self, held: Held, kind: str, value: str) -> None:
        self._finished.append((held, kind, value))
        self._to_push.set()

    async def _push(self) -> None:
        """Give back what is finished: what comes meanwhile goes together."""
        while True:
            await self._to_push.wait()
            self._to_push.clear()
            while batch := self._finished[:]:
                arguments: list[str | int] = []
                for held, kind, value in batch:
                    arguments += [held.stream, held.entry, held.job, held.asker, kind, value]
                try:
                    await self._run("FINISH", self.name, await self._description(), *arguments)
                except TROUBLE as error:
                    log.warning("answers cannot be given back (%s); trying again", type(error).__name__)
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                del self._finished[: len(batch)]
                for held, _, _ in batch:
                    self._hand.pop(held.name, None)
                self._changed.set()

    # Being alive -----------------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        checked, said = False, False
        while True:
            try:
                if not checked:
                    await check(self._client)
                    checked = True
                await self._beat_once()
                said = False
            except TROUBLE as error:
                if not said:
                    log.warning("Redis cannot be reached (%s); trying again", type(error).__name__)
                said = True
            await asyncio.sleep(self._liveness / keys.BEATS)

    async def _beat_once(self, *, suppress: bool = False) -> None:
        """Give a sign of life, and hear what became of what is in hand."""
        in_hand = list(self._hand)
        try:
            gone, stray, self._alone_waiting, drain, forgotten = await self._run(
                "BEAT",
                self.name,
                await self._description(),
                int(1000 * self._liveness),
                self._forgotten_since,
                *in_hand,
            )
        except TROUBLE:
            if suppress:
                return
            raise
        self.beat_at = time.monotonic()
        for raw in gone:
            held = self._hand.pop(raw.decode(), None)
            if held is not None:
                await self._answering.cancel(held.name)
                self._changed.set()
        for name, flat in stray:
            stream, _, entry = name.decode().partition(" ")
            fields = dict(zip(flat[::2], flat[1::2], strict=True))
            await self._accept(stream, [(entry.encode(), fields)])
        for entry, flat in forgotten:
            self._forgotten_since = entry.decode()
            self._pictures.forget(dict(zip(flat[::2], flat[1::2], strict=True))[b"picture"].decode())
        if drain and not self._drained.is_set():
            log.info("an admin lets this worker leave")
            self._drained.set()
        await self._let_go()

    async def _let_go(self) -> None:
        """Give what is in hand to others when nothing here has been able to answer for long."""
        now = time.monotonic()
        if any(process.ready for process in await self._answering.workers()) or not self._hand:
            self._ready_at = now
        elif now - self._ready_at > UNREADY_SECONDS:
            log.warning("nothing here can answer: %d questions go to other workers", len(self._hand))
            held = list(self._hand.values())
            await self._run("RELEASE", self.name, "stay", keys.MAX_DEATHS)
            for one in held:
                self._hand.pop(one.name, None)
                await self._answering.cancel(one.name)
            self._ready_at = now

    async def _description(self) -> str:
        processes = await self._answering.workers()
        return Description(self._machine, self._answering.capacity, self._draining, processes).pack()

    async def _run(self, script: str, *arguments: str | int) -> Any:  # noqa: ANN401 - what a script returns
        return await self._scripts[script](keys=[self._prefix], args=arguments)


def _renamed(request: Request, name: str) -> Request:
    """The same question under the name that it has in hand."""
    return replace(request, id=name)


def _text(answer: Answer) -> str:
    header = framing.answer_header(answer)
    return json.dumps(header)


def work(url: str, answering: Broker, machine: str) -> RedisWorker:
    """A worker for the bots at an address, which has questions answered by `answering`.

    Raises:
        BrokerError: The address cannot be one of Redis.
    """
    return RedisWorker(url, answering, machine)
