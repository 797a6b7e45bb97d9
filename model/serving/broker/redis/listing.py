"""Which workers there are, as the bot sees them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from model.serving.broker.redis.connection import Client
from model.serving.broker.redis.description import Description
from model.types import WorkerInfo

log = logging.getLogger(__name__)


class Listing:
    """What workers said of themselves last, and how long ago they gave a sign of life."""

    def __init__(self, client: Client, prefix: str, liveness: float) -> None:
        """Workers count as alive for `liveness` seconds."""
        self._client, self._prefix, self._liveness = client, prefix, liveness
        self._workers: list[tuple[str, Description, float | None]] = []

    @property
    def capacity(self) -> int:
        """How many questions those that are alive may have in hand."""
        return sum(one.capacity for _, one, silence in self._workers if silence is not None and not one.draining)

    @property
    def ready(self) -> bool:
        """Whether one can answer."""
        return any(
            process.ready for _, one, silence in self._workers if silence is not None for process in one.processes
        )

    @property
    def names(self) -> set[str]:
        """Of all workers."""
        return {name for name, _, _ in self._workers}

    def infos(self, *, reached: bool) -> list[WorkerInfo]:
        """Every process of every worker; without the server nobody is heard of."""
        ordered = sorted(self._workers, key=lambda worker: worker[0])
        return [info for name, one, silence in ordered for info in one.infos(name, silence if reached else None)]

    async def read(self) -> None:
        """Look at what they say now."""
        known = await self._client.hgetall(self._prefix + "workers")
        async with self._client.pipeline(transaction=False) as pipe:
            for name in known:
                pipe.pttl(f"{self._prefix}alive:{name.decode()}")
            left = await pipe.execute() if known else []
        self.note([[name, text, ms] for (name, text), ms in zip(known.items(), left, strict=True)])

    def note(self, listed: Sequence[Sequence[Any]]) -> None:
        """Take in names, what they said, and the milliseconds that they still count as alive."""
        self._workers = []
        for name, text, left in listed:
            try:
                one = Description.unpack(text)
            except ValueError:
                log.warning("a worker does not say what it is")
                continue
            silence = max(0.0, self._liveness - left / 1000) if left > 0 else None
            self._workers.append((name.decode(), one, silence))
