"""Keeps other web sites out: a page elsewhere must not read or drive the sandbox through somebody's browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.sandbox.errors import forbidden

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
BOT_PATHS = ("/bot", "/file/bot")  # called by programs, never by a page
OWN_SITES = {"same-origin", "none"}  # Sec-Fetch-Site of the sandbox's own page, and of an address that was typed in


def host_name(value: str) -> str:
    """The host of a `Host` header, without its port; empty when it cannot be read."""
    try:
        return urlsplit(f"//{value}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine for certain: `localhost` or a loopback address. Other names may mean anything."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def only_known_callers(hosts: Iterable[str]) -> Middleware:
    """A middleware that answers to localhost, plain addresses and `hosts`, and to no other site's page.

    A name that somebody else made point here (DNS rebinding) is refused, and so is whatever another origin's page
    sends: with its `Origin` or `Origin: null` (forms, fetch), and without one (pictures, fetch without CORS).
    """
    names = {host.lower() for host in hosts}

    def known(name: str) -> bool:
        if name in names or name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def foreign(request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2].lower() != request.headers["Host"].lower():
            return True
        site = request.headers.get("Sec-Fetch-Site")
        if site is None:  # not said over plain HTTP to another machine, nor by old browsers; but these have a name
            return request.path.startswith(BOT_PATHS) and request.headers.get("User-Agent", "").startswith("Mozilla/")
        followed_link = request.path == "/" and request.headers.get("Sec-Fetch-Dest") == "document"
        return site not in OWN_SITES and not followed_link

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = host_name(request.headers.get("Host", ""))
        if not known(host):
            return _refused(request, "this host name is not served here; vqabot sandbox --allow-host NAME permits one")
        if foreign(request):
            return _refused(request, "another site's page may not do this")
        return await handler(request)

    return check


def _refused(request: web.Request, reason: str) -> web.Response:
    """403, in the words of the API that was called."""
    if request.path.startswith(BOT_PATHS):
        return web.json_response(forbidden(reason).as_json(), status=403)
    return web.json_response({"error": f"{reason[0].upper()}{reason[1:]}."}, status=403)
