"""Calls to Telegram over aiohttp: what comes back, what goes wrong, and that no error tells the token."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest

from bot.sandbox.posting import post
from bot.sandbox.server import Sandbox
from bot.telegram_http import AiohttpRequest, telegram_request

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


async def _serve(handle: web.RequestHandler) -> tuple[web.AppRunner, str]:  # type: ignore[type-arg]
    app = web.Application()
    app.router.add_post("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/bot{TOKEN}/getMe"


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


async def test_a_closed_one_says_so_and_a_proxy_is_left_to_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    request = AiohttpRequest(1)
    with pytest.raises(RuntimeError, match="closed"):
        await request.do_request("http://127.0.0.1:1/", "POST")
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert isinstance(telegram_request(1), AiohttpRequest)
    assert isinstance(telegram_request(1, "http://127.0.0.1:9"), HTTPXRequest)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    assert isinstance(telegram_request(1), HTTPXRequest)
