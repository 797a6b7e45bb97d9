"""How the bot calls Telegram: python-telegram-bot's requests over aiohttp, which costs a quarter of httpx's time."""

from __future__ import annotations

import os
from typing import Any
from urllib.request import getproxies

import aiohttp
from telegram.error import NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData
from yarl import URL

# python-telegram-bot's own switch: `RetryAfter` then holds a timedelta, and making one warns of nothing.
os.environ.setdefault("PTB_TIMEDELTA", "true")

CONNECT_SECONDS, ANSWER_SECONDS, WRITE_SECONDS = 10.0, 20.0, 20.0
UPLOAD_SECONDS = 120.0
WAIT_SECONDS = 30.0
"""How long a call waits for a free connection."""


def telegram_request(connections: int, proxy: str | None = None) -> BaseRequest:
    """What a `telegram.Bot` makes its calls with.

    Args:
        connections: The most connections at once; further calls wait.
        proxy: An HTTP or SOCKS proxy. With one, or with one in the environment, httpx does the work: it knows them all.
    """
    if proxy is None and not getproxies():
        return AiohttpRequest(connections)
    return HTTPXRequest(
        connection_pool_size=connections,
        proxy=proxy,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        write_timeout=WRITE_SECONDS,
        pool_timeout=WAIT_SECONDS,
        media_write_timeout=UPLOAD_SECONDS,
    )


class AiohttpRequest(BaseRequest):
    """Fulfils `telegram.request.BaseRequest` with kept-alive connections of aiohttp's."""

    def __init__(self, connections: int) -> None:
        """Open at most `connections` connections."""
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that Telegram may take for an answer, where a call does not say."""
        return ANSWER_SECONDS

    async def initialize(self) -> None:
        """Get ready; doing it twice changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
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

        Raises:
            TimedOut: No connection, or no answer, in time.
            NetworkError: The connection failed or broke.
        """
        if self._session is None:
            raise RuntimeError("the connections to Telegram are closed")
        files = request_data.multipart_data if request_data else None
        default, read_default = BaseRequest.DEFAULT_NONE, ANSWER_SECONDS + (UPLOAD_SECONDS if files else 0.0)
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=WAIT_SECONDS if pool_timeout is default else pool_timeout,
            sock_connect=CONNECT_SECONDS if connect_timeout is default else connect_timeout,
            sock_read=read_default if read_timeout is default else read_timeout,
        )
        data = _form(request_data, files) if request_data else None
        try:
            async with self._session.request(
                method, URL(url, encoded=True), data=data, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # The text of some of them holds the address, and so the token.
            raise NetworkError(f"{type(error).__name__} while calling Telegram") from None


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone, in seconds."""
    after = error.retry_after
    return float(after) if isinstance(after, (int, float)) else after.total_seconds()


def _form(request_data: RequestData, files: dict[str, Any] | None) -> dict[str, str] | aiohttp.FormData:
    if not files:
        return request_data.json_parameters
    form = aiohttp.FormData(quote_fields=False)  # names as they are, in UTF-8
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in files.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
