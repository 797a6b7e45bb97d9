"""The webhook: only Telegram is believed, and nobody keeps it from hearing Telegram."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest

from bot.intake import webhook
from bot.intake.webhook import HEADER, WebhookServer

SECRET = "a_secret-for-the_webhook"


class Kept:
    """What the webhook kept. Update 13 finds the disk full."""

    def __init__(self) -> None:
        self.updates: list[Any] = []
        self.port = 0

    async def take(self, updates: Any) -> None:
        if updates[0]["update_id"] == 13:
            raise OSError("full")
        self.updates.extend(updates)

    async def post(self, body: Any, secret: str = SECRET) -> int:
        url = f"http://127.0.0.1:{self.port}/hook"
        async with aiohttp.ClientSession() as http, http.post(url, data=body, headers={HEADER: secret}) as response:
            return response.status


@pytest.fixture
async def kept() -> AsyncIterator[Kept]:
    async with listening() as made:
        yield made


@asynccontextmanager
async def listening() -> AsyncIterator[Kept]:
    made = Kept()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        made.port = probe.getsockname()[1]
    server = WebhookServer("127.0.0.1", made.port, SECRET, made.take, lambda: None)
    await server.start()
    try:
        yield made
    finally:
        await server.stop()


async def test_webhook_answers_200_only_for_what_is_kept(kept: Kept) -> None:
    assert await kept.post(json.dumps({"update_id": 1})) == 200
    assert await kept.post(json.dumps({"update_id": 2}), "wrong") == 403
    assert await kept.post("no json") == 400
    assert await kept.post("[" * 100_000) == 400
    assert await kept.post("[]") == 400
    assert await kept.post(io.BytesIO(b"x" * (webhook.MAX_BODY + 1))) == 413
    assert await kept.post(json.dumps({"update_id": 13})) == 503
    assert kept.updates == [{"update_id": 1}]


@asynccontextmanager
async def raw(port: int, request: bytes) -> AsyncIterator[asyncio.StreamReader]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        yield reader
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def head(secret: bytes = SECRET.encode(), more: bytes = b"Content-Length: 100\r\n") -> bytes:
    return b"POST /hook HTTP/1.1\r\nHost: x\r\n" + HEADER.encode() + b": " + secret + b"\r\n" + more + b"\r\n"


@pytest.mark.parametrize("secret", [b"\xff\xfe", b"\xc3", "gehëim".encode(), b"", SECRET.encode() + b"\xff"])
async def test_a_secret_of_any_bytes_is_refused(kept: Kept, secret: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with raw(kept.port, head(secret, b"Content-Length: 2\r\n") + b"{}") as reader:
        assert (await reader.readline()).startswith(b"HTTP/1.1 403")
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [(head() + b"half", b"408"), (head(more=b"Transfer-Encoding: chunked\r\n") + b"zz\r\nxx\r\n", b"400")],
)
async def test_a_body_that_does_not_come_ends_its_connection(
    kept: Kept, sent: bytes, status: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.1)
    async with raw(kept.port, sent) as reader:
        assert status in await reader.readline()
        await reader.read()  # to the end of the connection
    async with raw(kept.port, head() + b"half"):
        pass  # it ends in the middle of a body
    assert await kept.post(json.dumps({"update_id": 1})) == 200
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("begun", [b"", b"POST /hook HT", head() + b"half", b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_a_connection_without_a_whole_request_is_closed(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "REQUEST_SECONDS", 0.2)
    async with listening() as kept, raw(kept.port, begun) as reader:
        with suppress(ConnectionError):
            await reader.read()


async def test_half_requests_of_others_keep_nothing_from_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "MAX_CONNECTIONS", 20)
    for seconds in ("BODY_SECONDS", "REQUEST_SECONDS"):  # not their time ends them
        monkeypatch.setattr(webhook, seconds, 3600.0)
    async with listening() as kept:
        halves = [socket.create_connection(("127.0.0.1", kept.port)) for _ in range(100)]
        for half in halves:
            half.sendall(head() + b"half")
        assert await kept.post(json.dumps({"update_id": 1})) == 200
        url = f"http://127.0.0.1:{kept.port}/health"
        async with aiohttp.ClientSession() as http, http.get(url) as response:
            assert (response.status, await response.text()) == (200, "ok")
        async with asyncio.timeout(60):
            while sum(_is_open(half) for half in halves) > 20:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
        for half in halves:
            half.close()


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        connection.recv(1)
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    return False
