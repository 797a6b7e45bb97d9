"""A broker without a model: every question gets the same answer at once. For measuring and testing the bot itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Sequence

from model.types import Answer, Request, WorkerInfo


class NullBroker:
    """Answers `answer` to everything, after `delay` seconds."""

    def __init__(self, answer: str = "yes", confidence: float = 0.9, capacity: int = 64, delay: float = 0.0) -> None:
        self._answer, self._confidence, self._delay = answer, confidence, delay
        self.heard: tuple[str, float] | None = None
        """What is said in every sound, and how sure that is; None: nobody listens."""
        self._capacity = capacity
        self._results: asyncio.Queue[Answer | None] = asyncio.Queue()
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._answered = 0
        self._started_at: float | None = None
        self._stopped = False
        self.redelivered = 0

    @property
    def capacity(self) -> int:
        """How many requests may be in flight."""
        return self._capacity

    async def start(self) -> None:
        """Nothing needs to be started."""
        self._started_at = time.time()

    async def wait_ready(self) -> None:
        """It always is."""

    async def submit(self, request: Request) -> None:
        """Answer, after the delay; a request that is in flight already is not answered twice.

        Raises:
            RuntimeError: The broker is stopped.
        """
        if self._stopped:
            raise RuntimeError("the broker is stopped")
        if request.id not in self._in_flight:
            self._in_flight[request.id] = asyncio.create_task(self._reply(request))

    async def cancel(self, request_id: str) -> None:
        """Forget a request that has no answer yet."""
        task = self._in_flight.pop(request_id, None)
        if task is not None:
            task.cancel()

    async def results(self) -> AsyncIterator[Answer]:
        """Answers as they come, until the broker stops."""
        while (answer := await self._results.get()) is not None:
            yield answer
        self._results.put_nowait(None)  # for the next reader, who must end too

    async def forget(self, pictures: Collection[str]) -> None:
        """Pictures lie nowhere on the way here."""

    async def drain(self, worker: str) -> bool:
        """No worker runs elsewhere."""
        return False

    async def workers(self) -> Sequence[WorkerInfo]:
        """One, without a model."""
        return [WorkerInfo("none", ready=not self._stopped, answered=self._answered, started_at=self._started_at)]

    async def stop(self, grace: float = 10.0) -> None:
        """Drop what is in flight and end the results."""
        if self._stopped:
            return
        self._stopped = True
        for task in self._in_flight.values():
            task.cancel()
        self._in_flight.clear()
        self._results.put_nowait(None)

    async def _reply(self, request: Request) -> None:
        if self._delay:
            await asyncio.sleep(self._delay)
        self._in_flight.pop(request.id, None)
        self._answered += 1
        self._results.put_nowait(self._answer_to(request))

    def _answer_to(self, request: Request) -> Answer:
        """As a model that knows what it is asked about, and looks everywhere."""
        if request.listens:
            text, confidence = self.heard or ("", 0.0)
            return Answer(request.id, text, confidence, self._delay, None if self.heard else "speech_off")
        if request.explains is not None:
            return Answer(request.id, request.explains, 0.0, self._delay, where=(((1.0,),),) * len(request.pictures))
        return Answer(request.id, self._answer, self._confidence, self._delay, known_picture=True, known_words=True)
