"""Delivers a bot's updates to its webhook: in order within a chat, again and again until it says 2xx."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bot.sandbox.guard import is_loopback
from bot.sandbox.recorder import Recorder
from bot.sandbox.updates import UpdateQueue

FIRST_RETRY = 0.5  # seconds; doubles up to LAST_RETRY
LAST_RETRY = 60.0
TIMEOUT = 60.0  # seconds for one delivery
Reply = Callable[[dict[str, Any]], Awaitable[None]]
"""Carries out the method that a webhook's answer names."""


class Webhook:
    """One bot's webhook."""

    def __init__(
        self,
        updates: UpdateQueue,
        recorder: Recorder,
        url: str,
        *,
        secret: str,
        certificate: bytes | None,
        connections: int,
        reply: Reply,
        remote: bool = False,
    ) -> None:
        """Deliver a bot's updates to `url` over at most `connections` at once; `reply` does what an answer names.

        Connections leave this machine only when it is `remote`, whatever names mean by then.
        """
        self.url = url if "://" in url else f"https://{url}"
        self.certificate = certificate
        self.connections = connections
        self.last_error_date = 0
        self.last_error_message = ""
        self._updates = updates
        self._recorder = recorder
        self._secret = secret
        self._reply = reply
        self._remote = remote
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End all deliveries. What was not confirmed stays in the queue."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        underway: dict[str, asyncio.Task[None]] = {}  # by chat
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        connector = aiohttp.TCPConnector(ssl=self._tls(), socket_factory=None if self._remote else loopback_socket)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            try:
                while True:
                    self._begin(session, underway)
                    await self._updates.changed.wait(3600)
            finally:
                for task in underway.values():
                    task.cancel()
                await asyncio.gather(*underway.values(), return_exceptions=True)

    def _tls(self) -> ssl.SSLContext | bool:
        if self.certificate is None:
            return True
        return ssl.create_default_context(cadata=self.certificate.decode("ascii", "replace"))

    def _begin(self, session: aiohttp.ClientSession, underway: dict[str, asyncio.Task[None]]) -> None:
        """Start a delivery for each chat that has something waiting and none underway."""
        for update in self._updates.head():
            if len(underway) >= self.connections:
                return
            key = _chat_of(update)
            if key not in underway:
                task = asyncio.get_running_loop().create_task(self._deliver(session, update))
                underway[key] = task
                task.add_done_callback(lambda done, key=key: self._ended(underway, key))  # type: ignore[misc]

    def _ended(self, underway: dict[str, asyncio.Task[None]], key: str) -> None:
        underway.pop(key, None)
        self._updates.changed.notify()

    async def _deliver(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        pause = FIRST_RETRY
        while not await self._attempt(session, update):
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_RETRY)
        if self._updates.doubles():
            await self._attempt(session, update)
        self._updates.confirm(update["update_id"])

    async def _attempt(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> bool:
        self._recorder.update(update)
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers, allow_redirects=False) as response:
                body = await response.content.read(1 << 20)
                if not 200 <= response.status < 300:
                    self._note(f"Wrong response from the webhook: {response.status} {response.reason}")
                    return False
        except TimeoutError:
            self._note("Read timeout expired")
            return False
        except aiohttp.ClientConnectorCertificateError:
            self._note("SSL error {certificate verify failed}")
            return False
        except aiohttp.ClientConnectionError:
            self._note("Connection refused")
            return False
        await self._carry_out(body)
        return True

    async def _carry_out(self, body: bytes) -> None:
        """A webhook may answer with a method to call."""
        try:
            answer = json.loads(body)
        except ValueError:
            return
        if isinstance(answer, dict) and isinstance(answer.get("method"), str):
            await self._reply(answer)

    def _note(self, message: str) -> None:
        self.last_error_date = int(time.time())
        self.last_error_message = message


def loopback_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for an address as `getaddrinfo` gives it.

    Raises:
        OSError: The address is another machine's.
    """
    family, kind, protocol, _, place = address
    if not is_loopback(place[0]):
        raise OSError(f"{place[0]} is not on this machine")
    return socket.socket(family, kind, protocol)


def _chat_of(update: dict[str, Any]) -> str:
    """What must stay in order: the updates of one chat."""
    for key, payload in update.items():
        if key != "update_id" and isinstance(payload, dict):
            chat = payload.get("chat") or payload.get("message", {}).get("chat") or payload.get("from") or {}
            return str(chat.get("id", ""))
    return ""
