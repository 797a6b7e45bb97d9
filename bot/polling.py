"""Asks Telegram for updates, as raw JSON: one that cannot be parsed never blocks the others."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.telegram_http import AiohttpRequest, seconds_of
from bot.updates import ALLOWED, Take, has_number

log = logging.getLogger(__name__)

WAIT = 25
"""Seconds that Telegram holds an empty answer back."""
LONGEST_PAUSE = 30.0
CONFLICTS = 5
"""A conflict may come from an earlier run's last request that still hangs; this many in a row mean a second bot."""


class Poller:
    """The long poll. The offset moves only over updates that are kept."""

    def __init__(self, base_url: str, take: Take, seen: Callable[[], None], proxy: str | None = None) -> None:
        """Poll `base_url` (with the token), hand updates to `take`, call `seen` after every answer of Telegram's."""
        self._url, self._take, self._seen = base_url, take, seen
        self._request = AiohttpRequest(1, proxy)
        self._task: asyncio.Task[None] | None = None
        self.failure: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done with a sentence when polling cannot go on."""

    async def start(self) -> None:
        """Begin to poll."""
        await self._request.initialize()
        self._task = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """End the poll that is under way; what it would have brought comes at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._request.shutdown()

    async def _poll(self) -> None:
        offset, pause, conflicts = 0, 0.0, 0
        while True:
            try:
                updates = await self._fetch(offset)
                await self._take(updates)
            except Conflict:
                conflicts += 1
                if conflicts >= CONFLICTS:
                    self._fail(
                        "Another program is polling with the same token. Stop it, or give this bot its own token."
                    )
                    return
                pause = 2.0
            except InvalidToken:
                self._fail("Telegram does not know this token any more. Get the present one from @BotFather.")
                return
            except RetryAfter as error:
                pause = seconds_of(error)
            except TelegramError as error:
                pause = min(LONGEST_PAUSE, max(1.0, pause * 2))
                log.warning("Telegram cannot be reached (%s); trying again in %.0f s", error.message, pause)
            except Exception:
                # Not kept (a full disk, say): the offset stays, Telegram sends the same ones again.
                pause = min(LONGEST_PAUSE, max(1.0, pause * 2))
                log.exception("updates could not be kept; trying again in %.0f s", pause)
            else:
                pause, conflicts = 0.0, 0
                self._seen()
                if numbers := [update["update_id"] for update in updates if has_number(update)]:
                    offset = max(numbers) + 1
            if pause:
                await asyncio.sleep(pause)

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        query = {"offset": offset, "timeout": WAIT, "allowed_updates": json.dumps(ALLOWED)}
        found: Any = await self._request.post(f"{self._url}/getUpdates?{urlencode(query)}", read_timeout=WAIT + 10.0)
        return found if isinstance(found, list) else []

    def _fail(self, reason: str) -> None:
        if not self.failure.done():
            self.failure.set_result(reason)
