"""How the bot calls Telegram: python-telegram-bot's requests over aiohttp, which costs a quarter of httpx's time.

Every call ends: however slowly an answer drips, its time as a whole is bounded, by size where something is uploaded.
"""

from __future__ import annotations

import asyncio
import os
from io import SEEK_END
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.hdrs import CONTENT_TYPE
from telegram.constants import FileSizeLimit
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

# python-telegram-bot's own switch: `RetryAfter` then holds a timedelta, and making one warns of nothing.
os.environ.setdefault("PTB_TIMEDELTA", "true")

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 20.0
WAIT_SECONDS = 30.0
"""How long a call waits for a free connection."""
LEAST_SPEED = 64 * 1024
"""Bytes a second that every connection must reach; a file may take as long as this says."""
LARGEST_ANSWER = int(FileSizeLimit.FILESIZE_DOWNLOAD)
"""Bytes; Telegram gives no larger files, and no answer of a method comes near."""

REPLIED = ("message_id", "date", "chat", "from")
"""What is read of a message that the bot replied to."""


class NotConnectedError(NetworkError):
    """Telegram was not reached at all, so that the call had no effect."""


class AiohttpRequest(BaseRequest):
    """Fulfils `telegram.request.BaseRequest` with kept-alive connections of aiohttp's."""

    def __init__(self, connections: int, proxy: str | None = None, body_seconds: float | None = None) -> None:
        """Open at most `connections` connections, through an HTTP or SOCKS proxy if there is one.

        Args:
            connections: Further calls wait for one.
            proxy: Its address; None calls straight.
            body_seconds: What the rest of an answer may take after its head, beside the time for its bytes; None leaves
                it what the whole call may take.
        """
        self._connections, self._proxy, self._body_seconds = connections, proxy, body_seconds
        self._free = asyncio.Semaphore(connections)
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that Telegram may take for an answer, where a call does not say."""
        return ANSWER_SECONDS

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections.

        Raises:
            RuntimeError: They are closed.
        """
        if self._session is None:
            raise RuntimeError("the connections to Telegram are closed")
        return self._session

    async def initialize(self) -> None:
        """Get ready; doing it twice changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=_connector(self._connections, self._proxy),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401 - float, None, or python-telegram-bot's default
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
    ) -> tuple[int, bytes]:
        """Make one call; returns status and body.

        The whole of it takes `connect_timeout` and `read_timeout` together at most, and what its files need.

        Raises:
            TimedOut: No connection, or no whole answer, in time.
            NotConnectedError: Telegram could not be reached.
            NetworkError: The connection failed or broke, or the answer is too large.
        """
        session = self.session
        files = request_data.multipart_data if request_data else None
        connect, answer = _seconds(connect_timeout, CONNECT_SECONDS), _seconds(read_timeout, ANSWER_SECONDS)
        timeout = aiohttp.ClientTimeout(
            total=connect + answer + (_size(files) / LEAST_SPEED if files else 0.0),
            sock_connect=connect,
            sock_read=None if files else answer,
        )
        data, headers = _form(request_data, files) if request_data else (None, None)
        await self._free_connection(_seconds(pool_timeout, WAIT_SECONDS))
        try:
            async with session.request(
                method, URL(url, encoded=True), data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                async with asyncio.timeout(self._seconds_for_body(response)):
                    return response.status, await read_at_most(response, LARGEST_ANSWER)
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientConnectorError as error:
            raise NotConnectedError(f"{type(error).__name__} while calling Telegram") from None
        except (aiohttp.ClientError, OSError) as error:
            # The text of some of them holds the address, and so the token.
            raise NetworkError(f"{type(error).__name__} while calling Telegram") from None
        finally:
            self._free.release()

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:  # noqa: ANN401 - as the class above has it
        """What Telegram says; of the message that one of the bot's replies to no more than its place and sender.

        The rest is known, and may hold what python-telegram-bot cannot parse: the bot's message stands all the same.
        """
        answer = BaseRequest.parse_json_payload(payload)
        result = answer.get("result") if isinstance(answer, dict) else None
        if isinstance(result, dict) and isinstance(replied := result.get("reply_to_message"), dict):
            result["reply_to_message"] = {key: replied[key] for key in REPLIED if key in replied}
        return answer

    def _seconds_for_body(self, response: aiohttp.ClientResponse) -> float | None:
        if self._body_seconds is None:
            return None
        size = response.content_length
        return self._body_seconds + (LARGEST_ANSWER if size is None else size) / LEAST_SPEED

    async def _free_connection(self, seconds: float) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise TimedOut("all connections to Telegram are in use") from error


async def read_at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body of an answer.

    Raises:
        NetworkError: It has more than `limit` bytes; no more than that are read.
    """
    if response.content_length is not None and response.content_length <= limit:
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise NetworkError("an answer is larger than any of Telegram's")
    return bytes(body)


def proxy_of_environment(base_url: str) -> str | None:
    """The proxy that the environment names for calls to this address (`https_proxy`, `all_proxy`, `no_proxy`)."""
    parts = urlsplit(base_url)
    proxies = getproxies()
    if proxy_bypass(parts.hostname or ""):
        return None
    return proxies.get(parts.scheme) or proxies.get("all")


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone, in seconds."""
    after = error.retry_after
    return float(after) if isinstance(after, (int, float)) else after.total_seconds()


def _connector(connections: int, proxy: str | None) -> aiohttp.BaseConnector:
    if proxy is None:
        return aiohttp.TCPConnector(limit=connections)
    from aiohttp_socks import ProxyConnector

    return ProxyConnector.from_url(proxy, limit=connections)


def _seconds(given: Any, usual: float) -> float:  # noqa: ANN401 - float, None, or python-telegram-bot's default
    return float(given) if isinstance(given, (int, float)) else usual


def _size(files: dict[str, Any]) -> float:
    """Bytes of all files; of a kind whose size cannot be known, as many as Telegram takes."""
    return sum(_length(content) for _, content, _ in files.values())


def _length(content: Any) -> int:  # noqa: ANN401 - bytes or an open file
    if isinstance(content, (bytes, bytearray)):
        return len(content)
    try:
        place = content.tell()
        end = content.seek(0, SEEK_END)
        content.seek(place)
    except (AttributeError, OSError, ValueError):
        return int(FileSizeLimit.FILESIZE_UPLOAD)
    return int(end - place)


def _form(
    request_data: RequestData, files: dict[str, Any] | None
) -> tuple[bytes | aiohttp.FormData, dict[str, str] | None]:
    """What is sent, and the headers that say how it is written, where it does not say so itself."""
    if not files:  # aiohttp would prepare for files, too, which costs three times as much
        return urlencode(request_data.json_parameters).encode(), {CONTENT_TYPE: "application/x-www-form-urlencoded"}
    form = aiohttp.FormData(quote_fields=False)  # names as they are, in UTF-8
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in files.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form, None
