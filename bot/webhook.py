"""Receives updates by webhook: 200 is answered after they are kept, never before."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable

from aiohttp import web

from bot.updates import Take, has_number

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class WebhookServer:
    """A small HTTP server behind the address that Telegram calls (TLS is a reverse proxy's business)."""

    def __init__(self, listen: str, port: int, secret: str, take: Take, seen: Callable[[], None]) -> None:
        self._listen, self._port, self._secret = listen, port, secret
        self._take, self._seen = take, seen
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/{path:.*}", self._receive)
        app.router.add_get("/health", self._health)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._listen, self._port).start()

    async def stop(self) -> None:
        """Stop listening; requests under way are ended."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), self._secret.encode()):
            return web.Response(status=403, text="wrong secret")
        try:
            update = json.loads(await request.read())
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

    async def _health(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")
