"""Gets files from Telegram, over connections of their own: fair over chats, bounded in time and bytes, and whole."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.ext import ExtBot
from yarl import URL

from bot import metrics
from bot.transport.http import CONNECT_SECONDS, LEAST_SPEED, AiohttpRequest
from bot.transport.rate_limiter import CallLimits, ChatRateLimiter

log = logging.getLogger(__name__)

MAX_BYTES = int(FileSizeLimit.FILESIZE_DOWNLOAD)
FIRST_SECONDS = 10.0
"""What a download may take beside the time for its bytes at `LEAST_SPEED`."""
EACH_CHAT = 2
"""Downloads of one chat at once: a slow chat waits for itself."""
SMALL = 1024 * 1024
SMALL_AT_ONCE, LARGE_AT_ONCE = 96, 12
"""Photos never wait for large files; the large ones are few, since each is in memory until it is whole."""
HELD_BYTES = 4 * 1024 * 1024
"""No other download of its kind begins while so much that was fetched is still in use: many pictures may wait for a
decoder, and each is in memory until it is kept."""
GRACE_SECONDS = 2.0
"""Seconds after which a download that is slower than `LEAST_SPEED` gives its place to one that waits."""
TRIES = 2


@dataclass(eq=False, slots=True)
class _Running:
    started: float
    timeout: asyncio.Timeout
    received: int = 0


@dataclass(slots=True)
class _Slots:
    """So many downloads at once; the slowest is ended where others wait."""

    free: asyncio.Semaphore
    running: set[_Running] = field(default_factory=set)
    held: int = 0
    """Bytes that were fetched and are still in use."""
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def take(self, seconds: float) -> AsyncIterator[_Running]:
        """A slot for a download that takes `seconds` at most.

        Raises:
            TimeoutError: It took longer, or was too slow while others waited.
        """
        ending = asyncio.create_task(self._end_slowest()) if self.free.locked() else None
        try:
            await self.free.acquire()
        finally:
            if ending is not None:
                ending.cancel()
        try:
            while self.held >= HELD_BYTES:
                self._released.clear()
                await self._released.wait()
            async with asyncio.timeout(seconds) as timeout:
                running = _Running(_now(), timeout)
                self.running.add(running)
                try:
                    yield running
                finally:
                    self.running.discard(running)
        finally:
            self.free.release()

    @contextlib.contextmanager
    def hold(self, size: int) -> Iterator[None]:
        """Count so many bytes as in use."""
        self.held += size
        try:
            yield
        finally:
            self.held -= size
            self._released.set()

    async def _end_slowest(self) -> None:
        while True:
            now = _now()
            slow = [one for one in self.running if _slow(one, now)]
            if slow:
                slowest = min(slow, key=lambda one: one.received / (now - one.started))
                self.running.discard(slowest)
                slowest.timeout.reschedule(now)
            await asyncio.sleep(GRACE_SECONDS / 8)


class Downloads:
    """Fetches files for chats."""

    def __init__(
        self, token: str, base_url: str, limiter: ChatRateLimiter | None = None, proxy: str | None = None
    ) -> None:
        """Fetch from the Bot API at `base_url`; a 429 of `limiter`'s counts here, too."""
        self._request = AiohttpRequest(SMALL_AT_ONCE + LARGE_AT_ONCE, proxy)
        self._asking = AiohttpRequest(SMALL_AT_ONCE + LARGE_AT_ONCE, proxy)
        self._bot: ExtBot[Any] = ExtBot(
            token, f"{base_url}/bot", f"{base_url}/file/bot", request=self._asking, rate_limiter=limiter
        )
        self._chats: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._small = _Slots(asyncio.Semaphore(SMALL_AT_ONCE))
        self._large = _Slots(asyncio.Semaphore(LARGE_AT_ONCE))

    async def start(self) -> None:
        """Get ready."""
        await self._request.initialize()
        await self._asking.initialize()

    async def stop(self) -> None:
        """Close the connections; what is under way fails."""
        await self._request.shutdown()
        await self._asking.shutdown()

    @contextlib.asynccontextmanager
    async def fetch(self, chat_id: int, file_id: str, expected_size: int | None) -> AsyncIterator[bytes]:
        """The whole of a file that was sent to a chat; until it is used, it counts as one of the chat's downloads.

        Args:
            chat_id: The chat whose turn it takes.
            file_id: As Telegram names it.
            expected_size: Bytes, as the message says; None when it does not.

        Raises:
            BadRequest: Telegram does not give it; "file is too big" where it is more than 20 MB.
            NetworkError: It cannot be had just now, or came shorter than Telegram said; TimedOut: not in time.
            RetryAfter: Telegram wants a pause.
        """
        turn = self._chats.setdefault(chat_id, asyncio.Semaphore(EACH_CHAT))
        async with turn:
            data, slots = await self._fetch(chat_id, file_id, expected_size)
            with slots.hold(len(data)):
                yield data

    async def _fetch(self, chat_id: int, file_id: str, expected_size: int | None) -> tuple[bytes, _Slots]:
        for _ in range(TRIES):
            extra: dict[str, Any] = {} if self._bot.rate_limiter is None else {"rate_limit_args": CallLimits(chat_id)}
            file = await self._bot.get_file(file_id, **extra)
            size = expected_size if file.file_size is None else file.file_size
            if size is not None and size > MAX_BYTES:
                raise BadRequest("file is too big")
            slots = self._small if size is not None and size <= SMALL else self._large
            data = await self._read(file.file_path or "", MAX_BYTES if size is None else size, slots)
            metrics.download_bytes.inc(len(data))
            if size is None or len(data) >= size:
                return data, slots
            log.warning("a download ended after %d of %d bytes", len(data), size)
        raise NetworkError("a download was shorter than Telegram said")

    async def _read(self, address: str, size: int, slots: _Slots) -> bytes:
        try:
            async with slots.take(FIRST_SECONDS + size / LEAST_SPEED) as running:
                if not address.startswith(("http://", "https://")):  # a Bot API server here may name its own file
                    return await asyncio.to_thread(_local, address)
                return await self._receive(address, running)
        except TimeoutError as error:
            raise TimedOut("a download took too long") from error
        except (aiohttp.ClientError, OSError) as error:  # their text may hold the address, and so the token
            raise NetworkError(f"{type(error).__name__} while downloading") from None

    async def _receive(self, address: str, running: _Running) -> bytes:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        async with self._request.session.get(URL(address), timeout=timeout, allow_redirects=False) as response:
            if response.status in (408, 429) or response.status >= 500:
                raise NetworkError(f"a download was answered with {response.status}")
            if response.status != 200:
                raise BadRequest(f"a download was answered with {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                running.received = len(body)
                if len(body) > MAX_BYTES:
                    raise BadRequest("file is too big")
            return bytes(body)


def _slow(running: _Running, now: float) -> bool:
    age = now - running.started
    return not running.timeout.expired() and age > GRACE_SECONDS and running.received < age * LEAST_SPEED


def _local(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadRequest(f"a downloaded file cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise BadRequest("file is too big")
    return data


def _now() -> float:
    return asyncio.get_running_loop().time()
