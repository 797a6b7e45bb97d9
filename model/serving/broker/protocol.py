"""The one interface between the bot and its inference workers, and what whoever fulfils it owes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from model.types import Answer, Request, WorkerInfo

LOST = "request_lost"
"""`Answer.error` of a request that got lost on its way: nobody works on it, and it is to be handed in again."""


class Broker(Protocol):
    """Carries requests to workers and answers back. It is transport only: the bot's ledger is the truth.

    Every broker owes this, and `tests/model/test_broker_conformance.py` holds it against each:

    - Each request gets an answer, whichever workers die, hang, join or leave. What a dead worker had goes to another.
    - A request that a worker worked on when it died is asked again alone, so that it takes no other along. When that
      has happened twice it is given up: its answer is a failure.
    - A worker that has work and makes no progress is as good as dead; one that is slow and moves is waited for.
    - What is ready does not wait for a picture that is not.
    - Answers say what they took (`Answer.stages`), as the worker measured it.
    """

    @property
    def capacity(self) -> int:
        """How many requests may be in flight at once: two to three batches for each worker. More are kept, not lost.

        It changes while workers join and leave; where they may, it is 0 while there is none.
        """
        ...

    @property
    def redelivered(self) -> int:
        """How often requests were asked again since their worker died."""
        ...

    async def start(self) -> None:
        """Start what is needed and return at once; the model may still be loading."""
        ...

    async def wait_ready(self) -> None:
        """Wait until questions can be answered, as far as that is known here.

        Raises:
            ModelError: They never will be: the model cannot be loaded.
            BrokerError: They never will be: the broker's server cannot be used.
        """
        ...

    async def submit(self, request: Request) -> None:
        """Hand in one request; a request whose id is already in flight changes nothing.

        Raises:
            RuntimeError: The broker is stopped.
            BrokerUnavailableError: It cannot be taken just now: try again.
        """
        ...

    async def cancel(self, request_id: str) -> None:
        """Have a request dropped; its answer may still come. Its id may be used again at once."""
        ...

    def results(self) -> AsyncIterator[Answer]:
        """Every answer as it comes, until the broker stops. An answer may be repeated, and may say `LOST`."""
        ...

    async def forget(self, pictures: Collection[str]) -> None:
        """Delete pictures, by their keys, wherever the transport keeps them."""
        ...

    async def drain(self, worker: str) -> bool:
        """Let a worker that runs elsewhere finish and leave; False when there is none of that name."""
        ...

    async def workers(self) -> Sequence[WorkerInfo]:
        """Who answers, with which model, where, and whether it is ready."""
        ...

    async def stop(self, grace: float = 10.0) -> None:
        """End what was started here; after `grace` seconds by force. What was in flight is forgotten here."""
        ...


@dataclass(slots=True)
class WorkerState:
    """How a worker is doing."""

    processes: Sequence[WorkerInfo]
    in_hand: int
    silence: float
    """Seconds since it last reached its broker."""


class Worker(Protocol):
    """Answers on this machine what a broker elsewhere carries."""

    async def state(self) -> WorkerState:
        """How it is doing."""
        ...

    async def run(self, stopped: asyncio.Event, grace: float) -> None:
        """Work until `stopped` is set or an admin lets it leave; then finish within `grace` seconds, or hand back.

        Raises:
            ModelError: The model cannot be used here.
            BrokerError: The broker's server cannot be used.
        """
        ...
