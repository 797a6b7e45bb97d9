"""Opens connections to Redis, and says in which way one cannot be used."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlencode

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, NoPermissionError, RedisError, ResponseError

from model.errors import BrokerError
from model.serving.broker.redis import keys

log = logging.getLogger(__name__)

BLOCK_MS = 500
"""How long a command waits for something to read: well below every time-out."""
TIMEOUT_SECONDS = 8.0
PAUSE_SECONDS = 0.5
"""Between two tries to reach the server. It does not grow, as tenacity's would: the server is the project's own and
bears one try of each process, and what waits goes on as soon as it is back."""
TROUBLE = (RedisError, OSError, TimeoutError)
"""What passes, when the server or the network is back."""
OLDEST = 7

Client = Any
"""A `redis.asyncio.Redis` that gives bytes: its own types leave open what a command returns."""


def split_namespace(url: str) -> tuple[str, str]:
    """An address without its `?namespace=NAME`, and the prefix of the keys that this means."""
    address, _, query = url.partition("?")
    options = parse_qs(query)
    namespace = options.pop("namespace", [""])[-1]
    return "?".join(filter(None, (address, urlencode(options, doseq=True)))), keys.prefix(namespace)


def open_client(url: str) -> Client:
    """A client that repeats nothing of its own accord: whoever calls knows what may be repeated.

    Raises:
        BrokerError: The address cannot be one of Redis.
    """
    options: dict[str, Any] = {} if url.startswith("unix:") else {"socket_keepalive": True}
    try:
        client = Redis.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            **options,
        )
        client.connection_pool.make_connection()  # what the address says beyond host and port is looked at only here
        return client
    except (ValueError, TypeError) as error:
        raise BrokerError("broker_address") from error


async def check(client: Client) -> None:
    """See whether the server is one that can be used.

    Raises:
        BrokerError: It never will be: it refuses the password, is too old, or part of a cluster.
        RedisError, OSError: It cannot be reached just now.
    """
    try:
        server = await client.info("server")
        mode, version = server.get("redis_mode"), str(server.get("redis_version", ""))
    except (AuthenticationError, AuthorizationError, NoPermissionError) as error:
        raise BrokerError("broker_login") from error
    except ResponseError as error:
        if str(error).startswith(("NOAUTH", "WRONGPASS", "NOPERM", "invalid username-password")):
            raise BrokerError("broker_login") from error
        raise
    if mode in ("cluster", "sentinel"):
        raise BrokerError("broker_mode", mode=mode)
    if version.split(".")[0].isdecimal() and int(version.split(".")[0]) < OLDEST:
        raise BrokerError("broker_version", version=version, oldest=OLDEST)


async def bounded(call: Awaitable[Any]) -> Any:  # noqa: ANN401 - what the call returns
    """A call that ends, whatever the client's own time-outs do.

    Raises:
        TimeoutError: It took longer than they allow.
    """
    async with asyncio.timeout(TIMEOUT_SECONDS + 2.0):
        return await call


async def repeat(client: Client, call: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Check the server, and then make a call every so many seconds; that the server is away is said once.

    Raises:
        BrokerError: The server never can be used.
    """
    checked = said = False
    while True:
        try:
            if not checked:
                await check(client)
                checked = True
            await call()
            said = False
        except TROUBLE as error:
            if not said:
                log.warning("Redis cannot be reached (%s); trying again", type(error).__name__)
            said = True
        await asyncio.sleep(seconds)


async def end(futures: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel what runs until it has ended: a time-out that meets a cancellation can swallow it."""
    pending = set(futures)
    while pending:
        for future in pending:
            future.cancel()
        done, pending = await asyncio.wait(pending, timeout=0.5)
        for future in done:
            if not future.cancelled():
                future.exception()  # it was told where it mattered
