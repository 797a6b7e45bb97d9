"""What has to be done while the bot runs: tidy the data folder, and see that it is in its place and whole."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from bot import metrics
from bot.tasks import cancel_and_wait
from bot.texts.failures import sentence
from storage.errors import StorageError
from storage.store import Store

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0
TIDY_SECONDS = 900.0


class Housekeeping:
    """Small tasks beside the bot's work."""

    def __init__(
        self, store: Store, keep_days: int = 0, forget: Callable[[Sequence[str]], Awaitable[object]] | None = None
    ) -> None:
        """Look after `store`, whose chats keep things for `keep_days` (0: for ever).

        `forget` hears the content hashes of pictures that went, so that the workers keep nothing of them either.
        """
        self._store, self._keep_days, self._forget = store, keep_days, forget
        self._tasks: list[asyncio.Task[None]] = []
        self.failure: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done with a sentence when the data folder is not in its place any more, or its database is damaged."""

    async def start(self) -> None:
        """Begin."""
        self._tasks = [asyncio.create_task(work) for work in (self._watch(), self._tidy(), self._check())]

    async def stop(self) -> None:
        """End all."""
        await cancel_and_wait(*self._tasks)

    async def _watch(self) -> None:
        while True:
            lost = await asyncio.to_thread(self._store.lost)
            if lost is not None:
                self._fail(lost)
                return
            await self._measure()
            await asyncio.sleep(WATCH_SECONDS)

    async def _check(self) -> None:
        """Look at all of a database that was too large for it when it was opened."""
        try:
            await self._store.db.check()
        except StorageError as error:
            self._fail(error)

    def _fail(self, error: StorageError) -> None:
        if not self.failure.done():
            self.failure.set_result(sentence(error))

    async def _measure(self) -> None:
        """Keep what only the ledger knows."""
        try:
            waiting, oldest = await self._store.questions.backlog()
        except Exception:
            log.exception("the backlog cannot be measured")
            return
        metrics.questions_waiting.set(waiting)
        metrics.oldest_question_seconds.set(0.0 if oldest is None else max(0.0, time.time() - oldest))

    async def _tidy(self) -> None:
        while self._store.lost() is None:
            try:
                gone = await self._store.retention.expire(self._keep_days)
                if gone and self._forget is not None:
                    await self._forget(gone)
                await self._store.tidy()
                await asyncio.sleep(TIDY_SECONDS)
            except Exception:
                log.exception("the data folder could not be tidied; trying again later")
                await asyncio.sleep(WATCH_SECONDS)
