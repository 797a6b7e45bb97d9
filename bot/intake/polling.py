"""Asks Telegram for updates, as raw JSON: one that cannot be parsed never blocks the others."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut

from bot import metrics
from bot.intake.updates import ALLOWED, Take, has_number
from bot.tasks import cancel_and_wait
from bot.transport.http import AiohttpRequest, seconds_of

log = logging.getLogger(__name__)

WAIT = 25
"""Seconds that Telegram holds an empty answer back."""
ANSWER_SECONDS = 20.0
"""What an answer may take beyond that, to its last byte."""
BODY_SECONDS = 2.0
"""What it may take once it has begun, beside the time for its bytes: until it is whole the bot hears nothing new."""
STUCK_SECONDS = 90.0
"""A poll that has not ended then, although its time-outs are shorter, is left behind with its connection."""
RENEW_SECONDS = 60.0
"""After so long without a good poll the connection is made anew: one that is broken may look alive."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
"""Seconds between polls that fail: as long as the longest the bot may stay deaf once the network is well again."""
REFUSED_SECONDS = 300.0
"""Telegram may refuse a poll by mistake, or since an earlier run's last one still hangs; not for as long as this."""
QUIET_SECONDS = 120.0
"""A refusal that comes after so long without one begins anew. Two bots with one token let each other poll at times."""

_SECOND_BOT = "Another program is polling with the same token. Stop it, or give this bot its own token."
_WRONG_TOKEN = "Telegram does not know this token any more. Get the present one from @BotFather."


@dataclass(slots=True)
class _Refused:
    """How long Telegram has refused polls for one reason (monotonic seconds)."""

    since: float
    last: float


class Poller:
    """The long poll. The offset moves only over updates that are kept."""

    def __init__(self, base_url: str, take: Take, seen: Callable[[], None], proxy: str | None = None) -> None:
        """Poll `base_url` (with the token), hand updates to `take`, call `seen` after every answer of Telegram's."""
        self._url, self._take, self._seen, self._proxy = base_url, take, seen, proxy
        self._request = _request(proxy)
        self._renewed_at = time.monotonic()  # or the last good poll, where that is later
        self._refused: dict[str, _Refused] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self.failure: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done with a sentence when polling cannot go on."""

    async def start(self) -> None:
        """Begin to poll."""
        await self._request.initialize()
        self._task = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """End the poll that is under way; what it would have brought comes at the next start."""
        await cancel_and_wait(self._task)
        await self._request.shutdown()
        await cancel_and_wait(*self._closing)

    async def _poll(self) -> None:
        offset, pause = 0, 0.0
        while not self.failure.done():
            longer = min(LONGEST_PAUSE, max(FIRST_PAUSE, pause * 2))
            try:
                updates = await self._fetch(offset)
                await self._take(updates)
            except Conflict:
                pause = self._refusal(_SECOND_BOT, longer)
            except InvalidToken:
                pause = self._refusal(_WRONG_TOKEN, longer)
            except RetryAfter as error:
                pause = seconds_of(error)
            except TelegramError as error:
                pause = longer
                log.warning("Telegram cannot be reached (%s); trying again in %.0f s", error.message, pause)
                if time.monotonic() - self._renewed_at > RENEW_SECONDS:
                    await self._renew()
            except Exception:
                # Not kept (a full disk, say): the offset stays, Telegram sends the same ones again.
                pause = longer
                log.exception("updates could not be kept; trying again in %.0f s", pause)
            else:
                pause, self._renewed_at = 0.0, time.monotonic()
                self._refused.pop(_WRONG_TOKEN, None)
                self._seen()
                if numbers := [update["update_id"] for update in updates if has_number(update)]:
                    offset = max(numbers) + 1
            if pause:
                await asyncio.sleep(pause)

    async def _fetch(self, offset: int) -> list[dict[str, Any]]:
        query = {"offset": offset, "timeout": WAIT, "allowed_updates": json.dumps(ALLOWED)}
        url = f"{self._url}/getUpdates?{urlencode(query)}"
        poll = asyncio.create_task(self._request.post(url, read_timeout=WAIT + ANSWER_SECONDS))
        try:
            done, _ = await asyncio.wait({poll}, timeout=STUCK_SECONDS)
        except asyncio.CancelledError:
            poll.cancel()
            await asyncio.gather(poll, return_exceptions=True)
            raise
        if not done:  # nobody waits for its end: it may be deaf to that, too
            poll.cancel()
            poll.add_done_callback(lambda late: late.cancelled() or late.exception())
            await self._renew()
            raise TimedOut("a poll was stuck")
        try:
            found: Any = poll.result()
        except TelegramError as error:
            metrics.of_error(error)
            raise
        return found if isinstance(found, list) else []

    async def _renew(self) -> None:
        """Go on with a new connection."""
        log.warning("there was no good poll for too long; the connection to Telegram is made anew")
        old, self._request = self._request, _request(self._proxy)
        await self._request.initialize()
        self._renewed_at = time.monotonic()
        task = asyncio.create_task(old.shutdown())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _refusal(self, sentence: str, pause: float) -> float:
        """Telegram refused a poll: what to say when that does not end, and how long to wait (seconds)."""
        now = time.monotonic()
        refused = self._refused.setdefault(sentence, _Refused(now, now))
        if now - refused.last > QUIET_SECONDS:
            refused.since = now
        refused.last = now
        if now - refused.since >= REFUSED_SECONDS:
            self.failure.set_result(sentence)
        else:
            log.warning("%s Trying again in %.0f s.", sentence, pause)
        return pause


def _request(proxy: str | None) -> AiohttpRequest:
    return AiohttpRequest(1, proxy, BODY_SECONDS)
