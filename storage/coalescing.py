"""Small writes that come at the same time, as one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Coalesced(Generic[Item]):
    """A call with one item; those that come while one is under way share the next.

    A lone call waits for nobody. For work that may be repeated without harm: when it fails, it fails for all who shared
    it.
    """

    def __init__(self, work: Callable[[list[Item]], Awaitable[object]]) -> None:
        """Call `work` with the items of one or several callers, in their order."""
        self._work = work
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._runner: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> None:
        """Return when the item's work is done, or raise what it raised. Cancelled, the work goes on all the same."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        await done

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                try:
                    await self._work([item for item, _ in batch])
                except Exception as error:  # noqa: BLE001 - it is the callers' to handle
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                else:
                    for _, done in batch:
                        if not done.done():
                            done.set_result(None)
        finally:
            self._runner = None
