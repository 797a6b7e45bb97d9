"""Calls to Telegram over aiohttp: what comes back, what goes wrong, and that no error tells the token."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

from bot.sandbox.posting import post
from bot.sandbox.server import Sandbox
from bot.transport.http import AiohttpRequest, NotConnectedError, proxy_of_environment

TOKEN = "1000000001:request_tests_have_a_secret_here"
SECRET = TOKEN.split(":")[1]


@pytest.fixture(params=["aiohttp", "httpx"])
async def request_(request: pytest.FixtureRequest) -> AsyncIterator[BaseRequest]:
    """Ours, and the one whose behaviour it must have."""
    made = AiohttpRequest(4) if request.param == "aiohttp" else HTTPXRequest(4)
    async with made:
        yield made


async def test_methods_uploads_and_downloads(request_: BaseRequest) -> None:
    async with Sandbox(port=0, token=TOKEN) as sandbox:
        world = sandbox.world
        chat = world.private_chat(world.bots[1000000001], 1001)
        post(world, chat, world.users[1001], {"text": "Hello"})
        bot = Bot(TOKEN, f"{sandbox.url}/bot", f"{sandbox.url}/file/bot", request=request_)
        async with bot:
            sent = await bot.send_message(1001, "Grüße & <b>?</b> 👋 %20+")
            assert sent.text == "Grüße & <b>?</b> 👋 %20+"
            content = bytes(range(256)) * 500
            document = await bot.send_document(1001, InputFile(content, "ä b.bin"), caption="é")
            assert document.caption == "é" and document.document is not None
            assert document.document.file_name == "ä b.bin" and document.document.file_size == len(content)
            file = await bot.get_file(document.document.file_id)
            assert bytes(await file.download_as_bytearray()) == content
            with pytest.raises(BadRequest, match="not found"):
                await bot.send_message(5, "nobody")


async def test_nobody_listens(request_: BaseRequest) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/bot{TOKEN}/getMe"
    with pytest.raises(NetworkError) as error:
        await request_.post(url)
    assert SECRET not in str(error.value) and not isinstance(error.value, TimedOut)
    if isinstance(request_, AiohttpRequest):
        assert isinstance(error.value, NotConnectedError), "the call had no effect for certain"


async def _serve(handle: web.RequestHandler) -> tuple[web.AppRunner, str]:  # type: ignore[type-arg]
    app = web.Application()
    app.router.add_post("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/bot{TOKEN}/getMe"


async def test_a_call_without_files_says_how_it_is_written(request_: BaseRequest) -> None:
    async def read(request: web.Request) -> web.Response:
        fields = dict(await request.post())  # reads none where the header does not say that it is a form
        return web.json_response({"ok": True, "result": fields})

    runner, url = await _serve(read)
    try:
        sent = RequestData([RequestParameter.from_input("text", "Grüße & <b>?</b> 👋 %20+ =")])
        assert await request_.post(url, sent) == {"text": "Grüße & <b>?</b> 👋 %20+ ="}
    finally:
        await runner.cleanup()


async def test_no_answer_in_time_and_a_connection_that_breaks(request_: BaseRequest) -> None:
    held = asyncio.Event()

    async def hold(request: web.Request) -> web.Response:
        await held.wait()
        return web.json_response({})

    async def drop(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    runner, url = await _serve(hold)  # type: ignore[arg-type]
    try:
        with pytest.raises(TimedOut):
            await request_.post(url, read_timeout=0.05)
    finally:
        held.set()
        await runner.cleanup()
    runner, url = await _serve(drop)  # type: ignore[arg-type]
    try:
        with pytest.raises(NetworkError) as error:
            await request_.post(url)
        assert SECRET not in str(error.value)
    finally:
        await runner.cleanup()


async def test_an_answer_that_drips_ends_with_the_time_of_the_call() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)

    runner, url = await _serve(drip)  # type: ignore[arg-type]
    try:
        async with AiohttpRequest(1) as request:
            for _ in range(2):  # and its connection is free again
                with pytest.raises(TimedOut):
                    await request.post(url, read_timeout=0.1, connect_timeout=0.1)
    finally:
        await runner.cleanup()


async def test_an_upload_has_time_for_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes take as long as the slowest connection that is put up with needs for them."""

    async def late(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(0.3)
        return web.json_response({"ok": True, "result": True})

    monkeypatch.setattr("bot.transport.http.LEAST_SPEED", 10_000)
    runner, url = await _serve(late)  # type: ignore[arg-type]

    def upload(content: bytes | io.BufferedIOBase) -> RequestData:
        value: Any = InputFile(content, "f", read_file_handle=False)
        return RequestData([RequestParameter("document", None, [value])])

    async def send(content: bytes | io.BufferedIOBase) -> Any:
        return await request.post(url, upload(content), read_timeout=0.05, connect_timeout=0.05)

    try:
        async with AiohttpRequest(1) as request:
            with pytest.raises(TimedOut):
                await send(b"x")
            assert await send(b"x" * 300_000) is True
            assert await send(io.BytesIO(b"x" * 300_000)) is True
    finally:
        await runner.cleanup()


async def test_an_answer_without_end_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.transport.http.LARGEST_ANSWER", 10_000)

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 1000)

    async def large(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 10_001)

    for handle in (endless, large):
        runner, url = await _serve(handle)  # type: ignore[arg-type]
        try:
            async with AiohttpRequest(1) as request:
                with pytest.raises(NetworkError, match="larger"):
                    await request.post(url)
        finally:
            await runner.cleanup()


async def test_a_call_waits_for_a_connection_and_not_for_ever() -> None:
    held = asyncio.Event()

    async def hold(request: web.Request) -> web.Response:
        await held.wait()
        return web.json_response({"ok": True, "result": True})

    runner, url = await _serve(hold)  # type: ignore[arg-type]
    try:
        async with AiohttpRequest(1) as request:
            first = asyncio.create_task(request.post(url))
            await asyncio.sleep(0)
            with pytest.raises(TimedOut, match="in use"):
                await request.post(url, pool_timeout=0.05)
            second = asyncio.create_task(request.post(url))
            held.set()
            assert await first is True and await second is True
    finally:
        held.set()
        await runner.cleanup()


async def _tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, used: list[str]) -> None:
    """A proxy: SOCKS 5 if it is greeted so, else HTTP's CONNECT."""
    first = await reader.readexactly(1)
    if first == b"\x05":
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x00")
        _, _, _, kind = await reader.readexactly(4)
        host = await reader.readexactly(4) if kind == 1 else await reader.readexactly((await reader.readexactly(1))[0])
        address = socket.inet_ntoa(host) if kind == 1 else host.decode()
        port = int.from_bytes(await reader.readexactly(2), "big")
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        used.append("socks5")
    else:
        target = (first + await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        address, _, text = target.partition(":")
        port = int(text)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        used.append("http")
    far_reader, far_writer = await asyncio.open_connection(address, port)

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)
        sink.close()

    await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer), return_exceptions=True)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_calls_go_through_a_proxy(scheme: str) -> None:
    used: list[str] = []
    server = await asyncio.start_server(lambda r, w: _tunnel(r, w, used), "127.0.0.1", 0)
    proxy = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with (
        Sandbox(port=0, token=TOKEN) as sandbox,
        Bot(TOKEN, f"{sandbox.url}/bot", request=AiohttpRequest(2, proxy)) as bot,
    ):
        assert bot.username
    server.close()
    assert used and set(used) == {scheme}


def test_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert proxy_of_environment("https://api.telegram.org") is None
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:8")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    assert proxy_of_environment("https://api.telegram.org") == "http://127.0.0.1:8"
    assert proxy_of_environment("http://bot-api.example.org:8081") == "socks5://127.0.0.1:9"
    assert proxy_of_environment("http://127.0.0.1:8081") is None


async def test_a_closed_one_says_so() -> None:
    request = AiohttpRequest(1)
    with pytest.raises(RuntimeError, match="closed"):
        await request.do_request("http://127.0.0.1:1/", "POST")
