"""A person's connection to a sandbox: requests to the client API, and the events that the page would hear."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import aiohttp

from bot.sandbox.notifier import Notifier

STREAM_PAUSE = 0.2  # seconds before a broken event stream is opened again


class PersonError(Exception):
    """The sandbox refused what the person did; the text says why."""


class Connection:
    """Open between `open` and `close`."""

    def __init__(self, base_url: str, user_id: int) -> None:
        self.events: list[dict[str, Any]] = []  # all since it was opened
        self.heard = Notifier()  # of a new event
        self._base_url, self._user_id = base_url.rstrip("/"), user_id
        self._session: aiohttp.ClientSession | None = None
        self._listener: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and listen to what happens from now on."""
        self._session = aiohttp.ClientSession(self._base_url, timeout=aiohttp.ClientTimeout(total=60))
        number = (await self.get("/client/state"))["last_event"]
        self._listener = asyncio.create_task(self._listen(number))

    async def close(self) -> None:
        """End it."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Ask for something as this person.

        Raises:
            PersonError: It was refused.
        """
        assert self._session is not None
        async with self._session.get(path, params={"user": str(self._user_id), **query}) as response:
            return await _answer(response)

    async def post(self, path: str, fields: dict[str, Any] | aiohttp.FormData) -> dict[str, Any]:
        """Do something: fields go as JSON, a form as it is.

        Raises:
            PersonError: It was refused.
        """
        assert self._session is not None
        body = {"data": fields} if isinstance(fields, aiohttp.FormData) else {"json": fields}
        async with self._session.post(path, **body) as response:
            return await _answer(response)

    async def download(self, url: str) -> bytes:
        """The bytes of a file."""
        assert self._session is not None
        async with self._session.get(url) as response:
            response.raise_for_status()
            return await response.read()

    async def _listen(self, number: int) -> None:
        assert self._session is not None
        endless = aiohttp.ClientTimeout(total=None, sock_read=60)
        while True:
            query = {"user": str(self._user_id), "after": str(number)}
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self._session.get("/client/events", params=query, timeout=endless) as response:
                    async for line in response.content:
                        if line.startswith(b"data: "):
                            event = json.loads(line[6:])
                            number = event["n"]
                            self.events.append(event)
                            self.heard.notify()
            await asyncio.sleep(STREAM_PAUSE)


async def _answer(response: aiohttp.ClientResponse) -> dict[str, Any]:
    body: dict[str, Any] = await response.json()
    if response.status != 200:
        raise PersonError(body.get("error", f"HTTP {response.status}"))
    return body
