"""Keeps other web sites out: a page elsewhere must not read or drive the sandbox through somebody's browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def host_name(value: str) -> str:
    """The host of a `Host` header, without its port."""
    return urlsplit(f"//{value}").hostname or ""


def only_known_hosts(bound_to: str) -> Middleware:
    """A middleware that answers only to localhost, to plain addresses and to the name that the sandbox is bound to.

    A name that somebody else made point here (DNS rebinding) is refused, and so is a request that another origin's
    page sent.
    """

    def known(name: str) -> bool:
        if name in {"localhost", bound_to.lower()} or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(("/bot", "/file/bot")):
            return await handler(request)  # a token guards these, and bots reach them by container names
        host = request.headers.get("Host", "")
        if not known(host_name(host)):
            return web.json_response({"error": "This host name is not served here."}, status=403)
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc.lower() != host.lower():
            return web.json_response({"error": "Another site's page may not do this."}, status=403)
        return await handler(request)

    return check
