"""One place for a worker process: started, given requests, watched, ended, and started again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from model import tracing
from model.errors import ModelError
from model.serving import framing
from model.serving.broker.jobs import Jobs
from model.serving.broker.process import WorkerProcess
from model.types import Answer, Request, WorkerInfo

log = logging.getLogger(__name__)

LOADING_SECONDS = 300.0
"""While it loads a model a worker may be silent for so long: a slow disk holds up all of its threads."""
HANG_FACTOR = 5.0
"""A batch may take so many times what it takes by the model's own measure before it gets on."""
LAST_READ = 0.1
"""Seconds before a worker counts as hung in which what it said is read."""
LAST_WORDS = 1.0
"""Seconds that a worker which has closed its pipe, or talks nonsense, has to end before it is killed."""
MAX_STARTS = 3
"""When so many workers ended before one was ready, the model cannot be used."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How a worker process is started and what it may take."""

    model: str
    """Its name, for people."""
    arguments: Sequence[str]
    """What the Python interpreter runs."""
    batch_size: int
    hang_seconds: float
    """A worker that has work and does not get on with it for so long hangs, unless its model is slower than that."""
    first_delay: float
    """Seconds before a dead worker is started again; doubled while it dies without an answer."""
    longest_delay: float


class Supervisor:
    """Keeps a worker process running."""

    def __init__(
        self,
        watch: Watch,
        jobs: Jobs[Supervisor],
        answer: Callable[[Answer], None],
        tried: Callable[[str | None], None],
    ) -> None:
        """Take from `jobs`; `start` starts it.

        Args:
            watch: How the process is started, and what it may take.
            jobs: Which it shares with other workers.
            answer: Called with each answer that somebody waits for.
            tried: Called when a process is ready, with None, and when the model cannot be used, with the reason.
        """
        self._watch, self._jobs, self._answer, self._tried = watch, jobs, answer, tried
        self.info = WorkerInfo(watch.model, ready=False)
        self._process: WorkerProcess | None = None
        self._outbox: asyncio.Queue[Request | str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False
        self._progress = -1
        self._pace = 0.0
        """Seconds that one question takes this model alone, as it measured itself."""

    def start(self) -> None:
        """Start the first process."""
        self._task = asyncio.create_task(self._supervise(), name="inference worker")

    async def stop(self, grace: float) -> None:
        """End the process, after `grace` seconds by force."""
        self._stopped = True
        if self._process is not None:
            await self._process.end(grace)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._change(ready=False, pid=None)

    def send(self, request: Request, *, idle: bool) -> None:
        """Hand a request to the process; `idle`: it had nothing to do."""
        if idle and self._process is not None:
            self._process.watchdog.moved()
        self._outbox.put_nowait(request)

    def cancel(self, request_id: str) -> None:
        """Let the process drop a request."""
        self._outbox.put_nowait(request_id)

    async def _supervise(self) -> None:
        """Keep a process running, with longer and longer pauses while none of them answers."""
        delay = self._watch.first_delay
        while not self._stopped:
            answered = self.info.answered
            try:
                self._process = await WorkerProcess.spawn(self._watch.arguments)
            except OSError as error:
                self._change(error=str(ModelError("worker_not_started", reason=error)))
            else:
                await self._live(self._process)
            if self._stopped:
                return
            self._change(ready=False, pid=None)
            for answer in self._jobs.worker_died(self):
                self._answer(answer)
            assign(self._jobs)
            fruitful = self.info.answered > answered
            delay = self._watch.first_delay if fruitful else min(2 * delay, self._watch.longest_delay)
            await asyncio.sleep(delay)
            self._change(restarts=self.info.restarts + 1)

    async def _live(self, process: WorkerProcess) -> None:
        """One process's life: returns when it has ended, whichever way."""
        self._outbox = asyncio.Queue()
        self._change(ready=False, pid=process.pid, started_at=time.time())
        helpers = [asyncio.create_task(work(process)) for work in (self._kill_when_hung, self._post)]
        try:
            while (message := await process.receive()) is not None:
                self._hear(process, message)
        except (ValueError, KeyError):
            log.exception("the worker does not speak the protocol")
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            # Its own end, where it has one, says more than our signal (which also hides the exit code from asyncio).
            code = await process.end(LAST_WORDS)
            self._process = None
            if not self.info.ready and self.info.error is None:
                self._change(error=str(ModelError("worker_ended", code=code)))
            if not self.info.ready and self.info.restarts + 1 >= MAX_STARTS:
                self._tried(self.info.error or "")
        if not self._stopped:
            log.warning("the inference worker ended with code %s; it is started again", code)

    async def _post(self, process: WorkerProcess) -> None:
        """Send what is handed in, in its order."""
        with contextlib.suppress(ConnectionError):  # its end is noticed where its messages are read
            while True:
                item = await self._outbox.get()
                await process.send(framing.pack_cancel(item) if isinstance(item, str) else framing.pack_request(item))

    def _hear(self, process: WorkerProcess, message: framing.Header) -> None:
        """Take in one message of the process."""
        kind = message["type"]
        if kind == "alive":
            # With work in hand only progress counts.
            if message["progress"] == self._progress and self.info.ready and self._jobs.held_by(self):
                return
            self._progress = message["progress"]
        process.watchdog.moved()
        if kind == "answer":
            self._change(answered=self.info.answered + 1)
            answer = framing.unpack_answer(message)
            request = self._jobs.finish(answer.id)
            if request is not None:
                tracing.answered(request.trace, answer)
                self._answer(answer)
        elif kind == "stage":
            self._jobs.reached(message["stage"], message["ids"])
        elif kind == "dropped":
            self._jobs.dropped(message["id"])
        elif kind == "ready":
            self._pace = message["pace"]
            self._change(ready=True, device=message["device"], dtype=message["dtype"], pace=self._pace, error=None)
            self._jobs.join(self)
            self._tried(None)
        elif kind == "failed":
            self._change(error=message["error"])
            self._tried(message["error"])
        assign(self._jobs)

    async def _kill_when_hung(self, process: WorkerProcess) -> None:
        """Kill a process that says nothing for too long: without work no sign of life, with work no progress."""
        late = False
        while True:
            timeout = self._hang_seconds()
            left = process.watchdog.left(timeout)
            if left <= 0 and late:
                log.error("the inference worker made no progress for %.0f s and is killed", timeout)
                process.kill()
                return
            late = left <= 0  # where this process was held up itself, what the worker said is only not read yet
            await asyncio.sleep(LAST_READ if late else min(left, self._watch.hang_seconds / 4))  # it may get ready

    def _hang_seconds(self) -> float:
        """Seconds after which silence is a hang: a step is a token, or encoding all pictures of a batch."""
        if not self.info.ready:
            return max(self._watch.hang_seconds, LOADING_SECONDS)
        return max(self._watch.hang_seconds, HANG_FACTOR * self._watch.batch_size * self._pace)

    def _change(self, **changes: object) -> None:
        self.info = replace(self.info, **changes)  # type: ignore[arg-type]


def assign(jobs: Jobs[Supervisor]) -> None:
    """Hand on what can go now."""
    while (assigned := jobs.assign()) is not None:
        worker, request = assigned
        worker.send(request, idle=len(jobs.held_by(worker)) == 1)
