"""Receives updates by webhook: 200 is answered after they are kept, never before."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Callable

from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from bot.intake.updates import Take, has_number

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"
BODY_SECONDS = 10.0
"""What a request's body may take after its head."""
REQUEST_SECONDS = 60.0
"""What a connection may take until a whole request is there; also how long an idle one is kept."""
MAX_CONNECTIONS = 256
"""Telegram opens 40 by default, 100 at most. Beyond this the one that has sent nothing whole for longest is closed."""


class WebhookServer:
    """A small HTTP server behind the address that Telegram calls (TLS is a reverse proxy's business)."""

    def __init__(self, listen: str, port: int, secret: str, take: Take, seen: Callable[[], None]) -> None:
        self._listen, self._port, self._secret = listen, port, secret.encode()
        self._take, self._seen = take, seen
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._making_room: asyncio.TimerHandle | None = None
        self._waiting: dict[RequestHandler, float] = {}  # since when, longest first: no whole request yet

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/{path:.*}", self._receive)
        app.router.add_get("/health", self._health)
        requests = log.getChild("requests")
        requests.addFilter(_no_news)
        self._runner = web.AppRunner(app, access_log=None, logger=requests, shutdown_timeout=2.0, lingering_time=2.0)
        await self._runner.setup()
        self._server = await asyncio.get_running_loop().create_server(self._accept, self._listen, self._port)
        self._sweeping = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop listening; requests under way are ended."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        if self._making_room is not None:
            self._making_room.cancel()
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _accept(self) -> RequestHandler:
        assert self._runner is not None and self._runner.server is not None
        connection = self._runner.server()
        self._waiting[connection] = _now()
        if len(self._waiting) > MAX_CONNECTIONS and self._making_room is None:
            self._making_room = asyncio.get_running_loop().call_later(0.05, self._make_room)
        return connection

    def _make_room(self) -> None:
        self._making_room = None
        self._forget_closed()
        for connection in list(self._waiting)[: max(0, len(self._waiting) - MAX_CONNECTIONS)]:
            self._abort(connection)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(REQUEST_SECONDS / 12)
            self._forget_closed()
            late = _now() - REQUEST_SECONDS
            for connection in [one for one, since in self._waiting.items() if since < late]:
                self._abort(connection)

    def _forget_closed(self) -> None:
        assert self._runner is not None and self._runner.server is not None
        opened, fresh = set(self._runner.server.connections), _now() - 1.0  # a fresh one is not among them yet
        for connection in [one for one, since in self._waiting.items() if one not in opened and since < fresh]:
            del self._waiting[connection]

    def _abort(self, connection: RequestHandler) -> None:
        if connection.transport is not None:
            del self._waiting[connection]
            connection.transport.abort()

    async def _receive(self, request: web.Request) -> web.Response:
        try:
            return await self._answer(request)
        finally:
            self._awaits_next(request.protocol)

    def _awaits_next(self, connection: RequestHandler) -> None:
        """From now on a connection has to send its next request, in its time."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = _now()

    async def _answer(self, request: web.Request) -> web.Response:
        # A header may hold any bytes; aiohttp hands those that are no UTF-8 on as surrogates.
        given = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return _refused(403, "wrong secret")
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return _refused(408, "too slow")
        except (OSError, ClientError, HttpProcessingError):
            return _refused(400, "not whole")
        self._waiting.pop(request.protocol, None)  # it is whole: what happens now is the bot's own time
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return web.Response(status=400, text="no JSON")
        if not has_number(update):
            return web.Response(status=400, text="no update")
        try:
            await self._take([update])
        except Exception:
            log.exception("an update could not be kept; Telegram will send it again")
            return web.Response(status=503, text="try again")
        self._seen()
        return web.Response(text="ok")

    async def _health(self, request: web.Request) -> web.Response:
        self._awaits_next(request.protocol)
        return web.Response(text="ok")


def _refused(status: int, reason: str) -> web.Response:
    """An answer after which the connection ends: what else comes on it is not read."""
    response = web.Response(status=status, text=reason)
    response.force_close()
    return response


def _no_news(record: logging.LogRecord) -> bool:
    """Whether a record is worth a line: that somebody sent what is no HTTP is not."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


def _now() -> float:
    return asyncio.get_running_loop().time()
