"""The broker of a single machine: worker processes beside the bot, watched, restarted, and asked again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence

from model.backends.placement import Placement
from model.errors import ModelError
from model.serving.broker.jobs import Jobs
from model.serving.broker.supervisor import Supervisor, Watch, assign
from model.types import Answer, Request, WorkerInfo

log = logging.getLogger(__name__)

DEFAULT_PLACEMENT = Placement()
HANG_SECONDS = 20.0


class EmbeddedBroker:
    """Fulfils `model.serving.broker.protocol.Broker` with child processes."""

    def __init__(
        self,
        model: str = "builtin",
        batch_size: int = 8,
        *,
        placement: Placement = DEFAULT_PLACEMENT,
        workers: int = 1,
        speech: str | None = None,
        hang_seconds: float = HANG_SECONDS,
        first_delay: float = 0.2,
        longest_delay: float = 30.0,
        command: Sequence[str] = ("-P", "-m", "model.serving.broker.embedded_worker"),
    ) -> None:
        """Describe the workers; `start` starts them.

        Args:
            model: `builtin`, a folder, a ZIP or a hub id.
            batch_size: Most requests in one batch.
            placement: Where and how the model runs.
            workers: How many processes answer, each with the model loaded.
            speech: What listens to sounds (see `model.speech.transcriber`); None: nothing.
            hang_seconds: A worker that has work and does not get on with it for so long is killed, unless its model is
                so slow that this is to be expected: it measures itself at its start.
            first_delay: Seconds before a dead worker is started again; doubled while it dies without an answer.
            longest_delay: Upper limit of that wait in seconds.
            command: What the Python interpreter runs; the tests put other workers here.
        """
        arguments = [*command, "--model", model, "--batch-size", str(batch_size)]
        arguments += ["--device", placement.device, "--dtype", placement.dtype, "--threads", str(placement.threads)]
        arguments += ["--speech", speech] if speech is not None else []
        arguments += ["--log-level", logging.getLevelName(log.getEffectiveLevel())]
        watch = Watch(model, arguments, batch_size, hang_seconds, first_delay, longest_delay)
        self._jobs: Jobs[Supervisor] = Jobs(batch_size)
        self._answers: asyncio.Queue[Answer | None] = asyncio.Queue()
        self._workers = [
            Supervisor(watch, self._jobs, self._answers.put_nowait, self._note_try) for _ in range(workers)
        ]
        self._tried = asyncio.Event()
        self._unusable: str | None = None
        self._started = self._stopped = False

    @property
    def capacity(self) -> int:
        """How many requests may be in flight at once."""
        return self._jobs.capacity(len(self._workers))

    @property
    def redelivered(self) -> int:
        """How often requests were asked again since their worker died."""
        return self._jobs.redelivered

    async def start(self) -> None:
        """Start the workers; their models load in the background."""
        if not self._started and not self._stopped:
            self._started = True
            for worker in self._workers:
                worker.start()

    async def wait_ready(self) -> None:
        """Wait until a first worker has loaded the model. Later ones are started again and again.

        Raises:
            ModelError: It cannot be loaded, or loading it ended `MAX_STARTS` processes.
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
        self._jobs.add(request)
        assign(self._jobs)

    async def cancel(self, request_id: str) -> None:
        """Drop a request that the model has not begun; its answer may still come."""
        worker = self._jobs.cancel(request_id)
        if worker is not None:
            worker.cancel(request_id)

    async def results(self) -> AsyncIterator[Answer]:
        """Every answer as it comes, until the broker stops. For one reader at a time."""
        while (answer := await self._answers.get()) is not None:
            yield answer
        self._answers.put_nowait(None)  # for the next reader, who must end too

    async def forget(self, pictures: Collection[str]) -> None:
        """Pictures lie nowhere on the way here."""

    async def drain(self, worker: str) -> bool:
        """No worker runs elsewhere."""
        return False

    async def workers(self) -> Sequence[WorkerInfo]:
        """The state of each worker."""
        return [worker.info for worker in self._workers]

    async def stop(self, grace: float = 10.0) -> None:
        """End the workers, after `grace` seconds by force; what was in flight is forgotten."""
        if self._stopped:
            return
        self._stopped = True
        await asyncio.gather(*(worker.stop(grace) for worker in self._workers))
        self._jobs.clear()
        self._answers.put_nowait(None)

    def _note_try(self, error: str | None) -> None:
        """A worker is ready, or why the model cannot be used: after the first try that is only logged."""
        if error is not None and self._tried.is_set():
            log.error("%s", error)
        elif error is not None:
            self._unusable = error
        self._tried.set()
