"""Requests in flight: which worker takes which next, and what becomes of those whose worker died.

Pure bookkeeping, for any broker that hands requests to its workers itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from model.types import Answer, Request

log = logging.getLogger(__name__)

BATCHES_AHEAD = 2
"""One that runs and one that is being prepared: more would stand before a question whose chat has its turn."""
SLOW_SECONDS = 1.0
"""A request whose picture is not decoded after so long takes no place from others."""
MAX_DEATHS = 2
"""A request during which the worker died this often is given up."""
POISON = "question_poisonous"

Worker = TypeVar("Worker", bound=Hashable)


@dataclass(slots=True)
class Job(Generic[Worker]):
    """A request in flight."""

    request: Request
    worker: Worker | None = None
    """Who has it; None: nobody yet."""
    stage: str = "sent"
    """With a worker: sent (its picture is not ready), or one of `transport.Stage`."""
    sent_at: float = 0.0
    """By the monotonic clock."""
    cancelled: bool = False
    """Not wanted any more since a worker has it."""
    deaths: int = 0
    """How many workers died while they worked on it."""


class Jobs(Generic[Worker]):
    """All requests in flight, by id."""

    def __init__(self, batch_size: int) -> None:
        """Workers answer so many at once."""
        self._batch_size = batch_size
        self._jobs: dict[str, Job[Worker]] = {}
        self._workers: set[Worker] = set()
        self.redelivered = 0
        """How often requests were freed since their worker died."""

    def __len__(self) -> int:
        return len(self._jobs)

    def __getitem__(self, request_id: str) -> Job[Worker]:
        return self._jobs[request_id]

    def capacity(self, workers: int) -> int:
        """How many requests so many workers may have in flight."""
        most, now = BATCHES_AHEAD * self._batch_size * workers, time.monotonic()
        slow = sum(
            job.worker is not None and job.stage == "sent" and now - job.sent_at > SLOW_SECONDS
            for job in self._jobs.values()
        )
        return most + min(most, slow)

    def held_by(self, worker: Worker) -> list[Job[Worker]]:
        """What a worker has, in the order in which it came."""
        return [job for job in self._jobs.values() if job.worker == worker]

    def add(self, request: Request) -> None:
        """A request comes; one that is in flight already changes nothing."""
        job = self._jobs.get(request.id)
        if job is None:
            self._jobs[request.id] = Job(request)
        elif job.cancelled:  # wanted after all; sent again when the worker has dropped it
            job.request, job.cancelled = request, False

    def cancel(self, request_id: str) -> Worker | None:
        """Forget a request, or mark it where a worker has it; that worker is to be asked to drop it."""
        job = self._jobs.get(request_id)
        if job is None:
            return None
        job.cancelled = True
        if job.worker is None:
            del self._jobs[request_id]
        return job.worker

    def join(self, worker: Worker) -> None:
        """A worker can take requests."""
        self._workers.add(worker)

    def assign(self) -> tuple[Worker, Request] | None:
        """Give the next request to the worker that has least; None when nothing can go to anybody just now."""
        for worker in sorted(self._workers, key=lambda one: len(self.held_by(one))):
            job = self._next_for(worker)
            if job is not None:
                job.worker, job.stage, job.sent_at = worker, "sent", time.monotonic()
                return worker, job.request
        return None

    def _next_for(self, worker: Worker) -> Job[Worker] | None:
        """Whose worker died before goes to a worker that has nothing, and stays alone there."""
        held = self.held_by(worker)
        if any(job.deaths for job in held):
            return None
        free = [job for job in self._jobs.values() if job.worker is None]
        suspects = [job for job in free if job.deaths]
        if suspects:
            return None if held else suspects[0]
        return free[0] if free else None

    def reached(self, stage: str, ids: list[str]) -> None:
        """Requests have come to a stage."""
        for request_id in ids:
            if request_id in self._jobs:
                self._jobs[request_id].stage = stage

    def finish(self, request_id: str) -> Request | None:
        """A request is answered; None when nobody waits for it."""
        job = self._jobs.pop(request_id, None)
        return None if job is None else job.request

    def dropped(self, request_id: str) -> None:
        """A worker has dropped a cancelled request, which may be wanted again meanwhile."""
        job = self._jobs.get(request_id)
        if job is not None and not job.cancelled:
            job.worker = None
        else:
            self._jobs.pop(request_id, None)

    def worker_died(self, worker: Worker) -> list[Answer]:
        """A worker died: blame what it was busy with, free the rest. Returns the answers to what is given up."""
        self._workers.discard(worker)
        given_up = []
        for job in self.held_by(worker):
            if job.stage in ("decoding", "answering"):
                job.deaths += 1
            job.worker = None
            if job.cancelled:
                del self._jobs[job.request.id]
            elif job.deaths >= MAX_DEATHS:
                log.error("request %s stopped its worker %d times and is given up", job.request.id, job.deaths)
                del self._jobs[job.request.id]
                given_up.append(Answer(job.request.id, "", 0.0, 0.0, POISON))
            else:
                self.redelivered += 1
        return given_up

    def clear(self) -> None:
        """Forget all."""
        self._jobs.clear()
