"""The broker of a single machine: one worker process beside the bot, watched, restarted, and asked again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from model.backends.placement import Placement
from model.errors import ModelError
from model.serving import framing
from model.serving.broker.process import WorkerProcess
from model.types import Answer, Request, WorkerInfo

log = logging.getLogger(__name__)

BATCHES_AHEAD = 2
"""One that runs and one that is being prepared: more would stand before a question whose chat has its turn."""
DEFAULT_PLACEMENT = Placement()
HANG_SECONDS = 20.0
"""A worker that has work and does not get on with it for so long hangs, unless its model is slower than that."""
LOADING_SECONDS = 300.0
"""While it loads a model a worker may be silent for so long: a slow disk holds up all of its threads."""
PATIENCE = 5.0
"""A batch may take so many times what it takes by the model's own measure before it gets on."""
SLOW_SECONDS = 1.0
"""A request whose picture is not decoded after so long takes no place from others."""
LAST_WORDS = 1.0
"""Seconds that a worker which has closed its pipe, or talks nonsense, has to end before it is killed."""
MAX_STARTS = 3
"""When so many workers ended before one was ready, the model cannot be used."""
MAX_DEATHS = 2
"""A request during which the worker died this often is given up."""
POISON = "This picture or question stopped the model twice, so it was given up. Please try another picture."


@dataclass(slots=True)
class Job:
    """A request in flight."""

    request: Request
    stage: str = "unsent"
    """unsent, sent (its picture is not ready), decoding, waiting (for its batch) or answering."""
    sent_at: float = 0.0
    """By the monotonic clock."""
    cancelled: bool = False
    """Asked to be dropped while it was at the worker."""
    deaths: int = 0
    """How many workers died while they worked on it."""


class EmbeddedBroker:
    """Fulfils `model.serving.broker.protocol.Broker` with a child process."""

    def __init__(
        self,
        model: str = "builtin",
        batch_size: int = 8,
        *,
        placement: Placement = DEFAULT_PLACEMENT,
        hang_seconds: float = HANG_SECONDS,
        first_delay: float = 0.2,
        longest_delay: float = 30.0,
        command: Sequence[str] = ("-P", "-m", "model.serving.worker"),
    ) -> None:
        """Describe the worker; `start` starts it.

        Args:
            model: `builtin`, a folder, a ZIP or a hub id.
            batch_size: Most requests in one batch.
            placement: Where and how the model runs.
            hang_seconds: A worker that has work and does not get on with it for so long is killed, unless its model is
                so slow that this is to be expected: it measures itself at its start.
            first_delay: Seconds before a dead worker is started again; doubled while it dies without an answer.
            longest_delay: Upper limit of that wait in seconds.
            command: What the Python interpreter runs; the tests put other workers here.
        """
        self.model, self.batch_size = model, batch_size
        self._arguments = [*command, "--model", model, "--batch-size", str(batch_size)]
        self._arguments += ["--device", placement.device, "--dtype", placement.dtype]
        self._arguments += ["--threads", str(placement.threads)]
        self._arguments += ["--log-level", logging.getLevelName(log.getEffectiveLevel())]
        self._hang_seconds, self._first_delay, self._longest_delay = hang_seconds, first_delay, longest_delay
        self._jobs: dict[str, Job] = {}
        self._answers: asyncio.Queue[Answer | None] = asyncio.Queue()
        self._work = asyncio.Event()
        self._info = WorkerInfo(model, ready=False)
        self._process: WorkerProcess | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._tried = asyncio.Event()
        self._unusable: str | None = None
        self._stopped = False
        self._progress = time.monotonic()
        self._count = -1
        self._pace = 0.0
        """Seconds that one question takes this model alone, as it measured itself."""

    @property
    def capacity(self) -> int:
        """How many requests may be in flight at once."""
        most, now = BATCHES_AHEAD * self.batch_size, time.monotonic()
        slow = sum(job.stage == "sent" and now - job.sent_at > SLOW_SECONDS for job in self._jobs.values())
        return most + min(most, slow)

    async def start(self) -> None:
        """Start the worker; the model loads in the background."""
        if self._supervisor is None and not self._stopped:
            self._supervisor = asyncio.create_task(self._supervise(), name="inference worker")

    async def wait_ready(self) -> None:
        """Wait until the first worker has loaded the model. Later ones are started again and again.

        Raises:
            ModelError: It cannot be loaded, or loading it ended `MAX_STARTS` workers.
        """
        await self._tried.wait()
        if self._unusable is not None:
            raise ModelError(self._unusable)

    async def submit(self, request: Request) -> None:
        """Hand in one request; one whose id is in flight already changes nothing.

        Raises:
            RuntimeError: The broker is stopped.
        """
        if self._stopped:
            raise RuntimeError("the broker is stopped")
        job = self._jobs.get(request.id)
        if job is None:
            self._jobs[request.id] = Job(request)
            self._work.set()
        elif job.cancelled:  # wanted after all; sent again when the worker has dropped it
            job.request, job.cancelled = request, False

    async def cancel(self, request_id: str) -> None:
        """Drop a request that the model has not begun; its answer may still come."""
        job = self._jobs.get(request_id)
        if job is None:
            return
        job.cancelled = True
        if job.stage == "unsent":
            del self._jobs[request_id]
        elif self._process is not None:
            with contextlib.suppress(ConnectionError):
                await self._process.send(framing.pack({"type": "cancel", "id": request_id}))

    async def results(self) -> AsyncIterator[Answer]:
        """Every answer as it comes, until the broker stops. For one reader at a time."""
        while (answer := await self._answers.get()) is not None:
            yield answer
        self._answers.put_nowait(None)  # for the next reader, who must end too

    async def info(self) -> WorkerInfo:
        """The worker's state."""
        return self._info

    async def stop(self, grace: float = 10.0) -> None:
        """End the worker, after `grace` seconds by force; what was in flight is forgotten."""
        if self._stopped:
            return
        self._stopped = True
        if self._process is not None:
            await self._process.end(grace)
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
        self._jobs.clear()
        self._change(ready=False, pid=None)
        self._answers.put_nowait(None)

    async def _supervise(self) -> None:
        """Keep a worker running, with longer and longer pauses while none of them answers."""
        delay = self._first_delay
        while not self._stopped:
            answered = self._info.answered
            try:
                self._process = await WorkerProcess.spawn(self._arguments)
            except OSError as error:
                self._change(error=f"The worker cannot be started: {error}.")
            else:
                await self._live(self._process)
            if self._stopped:
                return
            self._bury()
            delay = self._first_delay if self._info.answered > answered else min(2 * delay, self._longest_delay)
            await asyncio.sleep(delay)
            self._change(restarts=self._info.restarts + 1)

    async def _live(self, process: WorkerProcess) -> None:
        """One worker's life: returns when it has ended, whichever way."""
        self._progress = time.monotonic()
        self._change(ready=False, pid=process.pid, started_at=time.time())
        helpers = [asyncio.create_task(self._watch(process), name="worker watch")]
        try:
            while (message := await process.receive()) is not None:
                if message["type"] == "ready":
                    helpers.append(asyncio.create_task(self._feed(process), name="worker feed"))
                self._hear(message)
        except (ValueError, KeyError):
            log.exception("the worker does not speak the protocol")
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            # Its own end, where it has one, says more than our signal (which also hides the exit code from asyncio).
            code = await process.end(LAST_WORDS)
            self._process = None
            if not self._info.ready and self._info.error is None:
                self._change(error=f"The worker ended with code {code} while it loaded the model; its log says why.")
            if not self._info.ready and self._info.restarts + 1 >= MAX_STARTS:
                self._give_up(self._info.error or "")
        if not self._stopped:
            log.warning("the inference worker ended with code %s; it is started again", code)

    def _hear(self, message: framing.Header) -> None:
        """Take in one message of the worker."""
        kind = message["type"]
        if kind == "alive":
            # With work in hand only progress counts.
            if message["progress"] == self._count and self._info.ready and self._sent():
                return
            self._count = message["progress"]
        self._progress = time.monotonic()
        if kind == "answer":
            answer = framing.unpack_answer(message)
            self._change(answered=self._info.answered + 1)
            self._finish(answer)
        elif kind == "stage":
            for request_id in message["ids"]:
                if request_id in self._jobs:
                    self._jobs[request_id].stage = message["stage"]
        elif kind == "dropped":
            self._drop(message["id"])
        elif kind == "ready":
            self._pace = message.get("pace", 0.0)
            self._tried.set()
            self._change(ready=True, device=message["device"], dtype=message["dtype"], error=None)
        elif kind == "failed":
            self._change(error=message["error"])
            self._give_up(message["error"])

    async def _feed(self, process: WorkerProcess) -> None:
        """Send jobs as they come; those whose worker died before go alone."""
        with contextlib.suppress(ConnectionError):  # its end is noticed where its messages are read
            while True:
                self._work.clear()
                while (job := self._next()) is not None:
                    job.stage, job.sent_at = "sent", time.monotonic()
                    if not self._sent_before(job):
                        self._progress = time.monotonic()
                    await process.send(framing.pack_request(job.request))
                await self._work.wait()

    def _next(self) -> Job | None:
        """The job to send now, if any."""
        sent = self._sent()
        if any(job.deaths for job in sent):
            return None
        unsent = [job for job in self._jobs.values() if job.stage == "unsent"]
        suspects = [job for job in unsent if job.deaths]
        if suspects:
            return None if sent else suspects[0]
        return unsent[0] if unsent else None

    def _sent(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.stage != "unsent"]

    def _sent_before(self, job: Job) -> bool:
        """Whether the worker already had something to do when this job was sent."""
        return any(other is not job for other in self._sent())

    async def _watch(self, process: WorkerProcess) -> None:
        """Kill a worker that says nothing for too long: without work no sign of life, with work no progress."""
        while True:
            patience = self._patience()
            left = self._progress + patience - time.monotonic()
            if left <= 0:
                log.error("the inference worker made no progress for %.0f s and is killed", patience)
                process.kill()
                return
            await asyncio.sleep(min(left, self._hang_seconds / 4))  # it may get ready meanwhile

    def _patience(self) -> float:
        """Seconds after which silence is a hang: a step is a token, or looking at all pictures of a batch."""
        if not self._info.ready:
            return max(self._hang_seconds, LOADING_SECONDS)
        return max(self._hang_seconds, PATIENCE * self.batch_size * self._pace)

    def _bury(self) -> None:
        """After a death: blame what the worker was busy with, give up what was blamed too often, keep the rest."""
        self._change(ready=False, pid=None)
        for job in list(self._jobs.values()):
            if job.stage in ("decoding", "answering"):
                job.deaths += 1
            job.stage = "unsent"
            if job.cancelled:
                del self._jobs[job.request.id]
            elif job.deaths >= MAX_DEATHS:
                log.error("request %s stopped the worker %d times and is given up", job.request.id, job.deaths)
                self._finish(Answer(job.request.id, "", 0.0, 0.0, POISON))

    def _drop(self, request_id: str) -> None:
        """The worker has dropped a cancelled request."""
        job = self._jobs.get(request_id)
        if job is not None and not job.cancelled:
            job.stage = "unsent"
        else:
            self._jobs.pop(request_id, None)
        self._work.set()

    def _finish(self, answer: Answer) -> None:
        if self._jobs.pop(answer.id, None) is not None:
            self._answers.put_nowait(answer)
            self._work.set()

    def _give_up(self, error: str) -> None:
        """Loading the model failed: whoever waits for the first worker hears why; later on it is only logged."""
        if self._tried.is_set():
            log.error("%s", error)
        else:
            self._unusable = error
            self._tried.set()

    def _change(self, **changes: object) -> None:
        self._info = replace(self._info, **changes)  # type: ignore[arg-type]
