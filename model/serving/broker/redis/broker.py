"""The bot's side: hands questions to Redis, reads answers, and has asked again what Redis lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from model.errors import BrokerError, BrokerUnavailableError
from model.serving import framing
from model.serving.broker.protocol import LOST
from model.serving.broker.redis import keys, scripts
from model.serving.broker.redis.connection import (
    BLOCK_MS,
    PAUSE_SECONDS,
    TROUBLE,
    bounded,
    end,
    open_client,
    repeat,
    split_namespace,
)
from model.serving.broker.redis.listing import Listing
from model.serving.broker.redis.pictures import SentPictures
from model.serving.broker.redis.sent import Sent, answer_of
from model.types import Answer, Request, WorkerInfo

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
READ_AT_ONCE = 200


class RedisBroker:
    """Fulfils `model.serving.broker.protocol.Broker` over a Redis or Valkey server.

    It keeps no question's picture: what Redis loses comes back as an answer that says so, and the ledger asks again.
    """

    def __init__(
        self, url: str, asker: str = "bot", *, liveness: float = keys.LIVENESS_SECONDS, sweep: float = SWEEP_SECONDS
    ) -> None:
        """Connect when started.

        Args:
            url: `redis://` or `rediss://`; `?namespace=NAME` keeps several projects on a server apart.
            asker: Names this bot, the same after each start, among those that share the workers.
            liveness: Seconds after which a worker that says nothing is dead.
            sweep: Seconds between looks at what was lost.

        Raises:
            BrokerError: The address cannot be one of Redis.
        """
        address, self._prefix = split_namespace(url)
        self._client = open_client(address)
        self._asker, self._liveness, self._pause = asker, liveness, sweep
        self._scripts = {
            name: self._client.register_script(getattr(scripts, name))
            for name in ("SUBMIT", "CANCEL", "SWEEP", "FORGET")
        }
        self._sent: dict[str, Sent] = {}
        self._jobs: dict[str, Sent] = {}
        self._pictures = SentPictures(keys.PICTURE_BYTES)
        self._answers: asyncio.Queue[Answer | None] = asyncio.Queue()
        self._workers = Listing(self._client, self._prefix, liveness)
        self._reached = False
        self._ready = asyncio.Event()
        self._refusal: BrokerError | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False
        self.redelivered = 0
        """How many questions were asked again since their worker died."""
        self.given_up = 0
        """How many were given up for that."""

    @property
    def capacity(self) -> int:
        """As many as the workers that are there may have in hand; none while the server cannot be reached."""
        if not self._reached:
            return 0
        return self._workers.capacity

    @property
    def reached(self) -> bool:
        """Whether the server answered lately."""
        return self._reached

    async def start(self) -> None:
        """Begin to connect; returns at once."""
        if not self._tasks and not self._stopped:
            self._tasks = [
                asyncio.create_task(work, name=name)
                for name, work in (("redis answers", self._read()), ("redis sweep", self._keep_swept()))
            ]

    async def wait_ready(self) -> None:
        """Wait until a worker is ready: it may join at any time.

        Raises:
            BrokerError: The server refuses this bot for good.
        """
        await self._ready.wait()
        if self._refusal is not None:
            raise self._refusal

    async def submit(self, request: Request) -> None:
        """Hand in one request; one whose id is in flight already changes nothing.

        Raises:
            RuntimeError: The broker is stopped.
            BrokerUnavailableError: Redis cannot take it just now.
        """
        if self._stopped:
            raise RuntimeError("the broker is stopped")
        if request.id in self._sent:
            return
        header, pictures = framing.request_header(request), framing.request_pictures(request)
        named = {keys.picture_name(self._asker, key): picture for key, picture in pictures.items()}
        sent = Sent(request.id, keys.job_name(self._asker, header), list(named))
        self._sent[sent.id] = self._jobs[sent.job] = sent
        try:
            await self._insert(sent, header, named)
        except TROUBLE as error:
            self._drop(sent)
            self._reached = False
            raise BrokerUnavailableError("broker_unreachable", reason=type(error).__name__) from error
        except BaseException:
            self._drop(sent)
            raise
        sent.accepted = True
        if self._sent.get(sent.id) is not sent:  # cancelled meanwhile
            await self._cancel(sent)

    async def _insert(self, sent: Sent, header: framing.Header, named: dict[str, bytes]) -> None:
        """Put a question into its stream, and before it the pictures that are not there yet."""
        arguments: list[str | int] = [self._asker, sent.job, json.dumps(header), keys.PICTURE_SECONDS, *named]
        self._pictures.used(named)
        for _ in range(3):
            missing = await self._run("SUBMIT", *arguments)
            if not missing:
                return
            for raw in missing:
                name = raw.decode()
                await bounded(self._client.set(self._prefix + name, named[name], ex=keys.PICTURE_SECONDS))
                needed = {picture for one in self._sent.values() for picture in one.pictures}
                for gone in self._pictures.put(name, len(named[name]), needed):
                    await bounded(self._client.delete(self._prefix + gone))
        raise BrokerUnavailableError("broker_full")

    async def cancel(self, request_id: str) -> None:
        """Have a request dropped; its worker hears of it with its next sign of life."""
        sent = self._sent.get(request_id)
        if sent is not None:
            self._drop(sent)
            if sent.accepted:
                await self._cancel(sent)

    async def _cancel(self, sent: Sent) -> None:
        with contextlib.suppress(*TROUBLE):  # then it is answered, and nobody listens
            await self._run("CANCEL", sent.job)

    async def forget(self, pictures: Collection[str]) -> None:
        """Delete pictures, by their keys, in Redis and from the workers' memory."""
        names = [keys.picture_name(self._asker, key) for key in pictures]
        self._pictures.forget(names)
        if names and not self._stopped:
            try:
                await self._run("FORGET", *names)
            except TROUBLE as error:
                log.warning("pictures could not be deleted from Redis, where they expire: %s", type(error).__name__)

    async def drain(self, worker: str) -> bool:
        """Let a worker finish and leave; False when there is none of that name."""
        try:
            await bounded(self._workers.read())
            if worker not in self._workers.names:
                return False
            await bounded(self._client.sadd(self._prefix + "drain", worker))
        except TROUBLE:
            return False
        return True

    async def results(self) -> AsyncIterator[Answer]:
        """Every answer as it comes, until the broker stops. For one reader at a time."""
        while (answer := await self._answers.get()) is not None:
            yield answer
        self._answers.put_nowait(None)  # for the next reader, who must end too

    async def workers(self) -> Sequence[WorkerInfo]:
        """Every process of every worker, as it last said; one that is not ready where there is none."""
        if self._reached and not self._stopped:
            with contextlib.suppress(*TROUBLE):
                await bounded(self._workers.read())
        infos = self._workers.infos(reached=self._reached and not self._stopped)
        return infos or [WorkerInfo("", ready=False)]

    async def stop(self, grace: float = 10.0) -> None:
        """Disconnect. What is in flight goes on, and is found again after the next start."""
        if self._stopped:
            return
        self._stopped = True
        await end(self._tasks)
        with contextlib.suppress(*TROUBLE):
            await self._client.aclose()
        self._sent.clear()
        self._jobs.clear()
        self._answers.put_nowait(None)

    # What runs beside ----------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Read answers. An answer is deleted once it is here; a bot that ends before it is entered asks again."""
        stream = f"{self._prefix}answers:{self._asker}"
        while True:
            try:
                found = await bounded(self._client.xread({stream: "0"}, READ_AT_ONCE, BLOCK_MS))
                for _, entries in found:
                    for _, fields in entries:
                        self._hear(fields)
                    await bounded(self._client.xdel(stream, *(entry for entry, _ in entries)))
            except TROUBLE:  # the sweep says so
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception:
                log.exception("answers could not be taken in; trying again")
                await asyncio.sleep(PAUSE_SECONDS)

    def _hear(self, fields: dict[bytes, bytes]) -> None:
        sent = self._jobs.get(fields.get(b"job", b"").decode())
        if sent is None:
            return  # answered already, cancelled, or of an earlier run
        try:
            answer = answer_of(sent, fields)
        except (ValueError, TypeError):
            log.exception("an answer cannot be read")
            answer = Answer(sent.id, "", 0.0, 0.0, "question_failed")
        self._drop(sent)
        self._answers.put_nowait(answer)

    async def _keep_swept(self) -> None:
        try:
            await repeat(self._client, self._sweep, self._pause)
        except BrokerError as error:
            self._refusal = error
            self._ready.set()

    async def _sweep(self) -> None:
        """Free what dead workers had, and have asked again what is nowhere."""
        known = [sent for sent in self._jobs.values() if sent.accepted]
        try:
            missing, workers, again, given_up = await self._run(
                "SWEEP",
                self._asker,
                int(1000 * self._liveness),
                keys.MAX_DEATHS,
                keys.ABANDONED_SECONDS,
                *(sent.job for sent in known),
            )
        except TROUBLE:
            self._reached = False
            raise
        if not self._reached:
            log.info("Redis is reached")
            self._reached = True
        self._workers.note(workers)
        if self._workers.ready:
            self._ready.set()
        self.redelivered += again
        self.given_up += given_up
        if again or given_up:
            log.warning("workers died: %d questions are asked again, %d given up", again, given_up)
        lost = [sent for raw in missing if (sent := self._jobs.get(raw.decode())) in known and sent is not None]
        if lost:
            log.warning("%d questions are not in Redis any more and are asked again", len(lost))
        for sent in lost:
            self._drop(sent)
            self._answers.put_nowait(Answer(sent.id, "", 0.0, 0.0, LOST))

    def _drop(self, sent: Sent) -> None:
        for table, key in ((self._sent, sent.id), (self._jobs, sent.job)):
            if table.get(key) is sent:
                del table[key]

    async def _run(self, script: str, *arguments: str | int) -> Any:  # noqa: ANN401 - what a script returns
        return await bounded(self._scripts[script](keys=[self._prefix], args=arguments))


def connect(url: str, asker: str = "bot") -> RedisBroker:
    """A broker at an address, for the bot of that name.

    Raises:
        BrokerError: The address cannot be one of Redis.
    """
    return RedisBroker(url, asker)
