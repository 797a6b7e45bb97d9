"""The one interface between the bot and its inference workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from model.types import Answer, Request, WorkerInfo


class Broker(Protocol):
    """Carries requests to workers and answers back. It is transport only: the bot's ledger is the truth."""

    @property
    def capacity(self) -> int:
        """How many requests may be in flight at once: two to three batches."""
        ...

    async def start(self) -> None:
        """Start what is needed and return at once; the model may still be loading."""
        ...

    async def wait_ready(self) -> None:
        """Wait until questions can be answered, as far as that is known here.

        Raises:
            ModelError: They never will be: the model cannot be loaded. The sentence says why.
        """
        ...

    async def submit(self, request: Request) -> None:
        """Hand in one request; a request whose id is already in flight changes nothing.

        Raises:
            RuntimeError: The broker is stopped.
        """
        ...

    async def cancel(self, request_id: str) -> None:
        """Ask that a request be dropped; its answer may still come."""
        ...

    def results(self) -> AsyncIterator[Answer]:
        """Every answer as it comes, until the broker stops. An answer may be repeated."""
        ...

    async def info(self) -> WorkerInfo:
        """Which model answers, where, and whether it is ready."""
        ...

    async def stop(self, grace: float = 10.0) -> None:
        """End the workers; after `grace` seconds by force. What was in flight is forgotten here."""
        ...
