"""Files from Telegram: whole or not at all, and no chat's slow file keeps another chat's waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from telegram.error import BadRequest, NetworkError, TimedOut

from bot.sandbox.server import Sandbox
from bot.transport import downloads as module
from bot.transport.downloads import EACH_CHAT, Downloads
from bot.transport.rate_limiter import ChatRateLimiter

TOKEN = "1000000001:downloads_tests_have_a_secret_here"
SECRET = TOKEN.split(":")[1]
YOU = 1001
CONTENT = bytes(range(256)) * 40


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, token=TOKEN) as running:
        yield running


@pytest.fixture
async def downloads(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Downloads]:
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.2)
    async with started(sandbox.url) as made:
        yield made


@asynccontextmanager
async def started(url: str) -> AsyncIterator[Downloads]:
    made = Downloads(TOKEN, url, ChatRateLimiter(limited=False))
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


def sent(sandbox: Sandbox, chat: int, content: bytes = CONTENT) -> str:
    """A file in a chat; returns its id."""
    file_id = sandbox.world.files.add(content, "photo", "photo.jpg", "image/jpeg").file_id
    sandbox.world.files.sent_to(chat, {"file_id": file_id})
    return file_id


async def whole(downloads: Downloads, chat: int, file_id: str, expected_size: int | None) -> bytes:
    async with downloads.fetch(chat, file_id, expected_size) as data:
        return data


def fetching(downloads: Downloads, sandbox: Sandbox, chats: Any) -> list[asyncio.Task[bytes]]:
    return [asyncio.create_task(whole(downloads, chat, sent(sandbox, chat), None)) for chat in chats]


async def ended(tasks: list[asyncio.Task[bytes]]) -> list[bytes | BaseException]:
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_file_comes_whole(downloads: Downloads, sandbox: Sandbox) -> None:
    large = b"x" * (3 * 1024 * 1024)
    for content in (CONTENT, large, b""):
        assert await whole(downloads, YOU, sent(sandbox, YOU, content), len(content)) == content


async def test_forty_chats_with_slow_or_broken_files_keep_nobody_waiting(
    downloads: Downloads, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_SECONDS", 100_000.0)
    slow, broken = list(range(1, 41)), list(range(41, 81))
    faults = [
        {"method": "download", "chats": slow, "drip": 5.0},
        {"method": "download", "chats": broken, "error_code": 502},
    ]
    sandbox.world.faults.change({"always": faults})
    dripping = fetching(downloads, sandbox, slow)
    while len(downloads._small.running) < len(slow):  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.01)
    for task in fetching(downloads, sandbox, broken):
        with pytest.raises(NetworkError, match="502"):
            await task
    assert await whole(downloads, YOU, sent(sandbox, YOU), None) == CONTENT
    assert not any(task.done() for task in dripping)
    await ended(dripping)


async def test_the_slowest_makes_room_when_all_places_are_taken(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"FIRST_SECONDS": 100_000.0, "GRACE_SECONDS": 0.2, "SMALL_AT_ONCE": 4}.items():
        monkeypatch.setattr(module, name, value)
    async with started(sandbox.url) as downloads:
        sandbox.world.faults.change({"always": [{"method": "download", "chats": list(range(1, 13)), "drip": 5.0}]})
        dripping = fetching(downloads, sandbox, range(1, 13))
        async with asyncio.timeout(100):
            while not downloads._small.free.locked():  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
            assert await whole(downloads, YOU, sent(sandbox, YOU), None) == CONTENT
        outcomes = await ended(dripping)
        assert any(isinstance(outcome, TimedOut) for outcome in outcomes)
        assert not any(isinstance(outcome, bytes) for outcome in outcomes)


async def test_a_slow_chat_waits_for_itself(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FIRST_SECONDS": 100_000.0, "GRACE_SECONDS": 100_000.0, "SMALL_AT_ONCE": EACH_CHAT + 1}.items():
        monkeypatch.setattr(module, name, value)
    async with started(sandbox.url) as downloads:
        sandbox.world.faults.change({"always": [{"method": "download", "chats": [2], "drip": 5.0}]})
        dripping = fetching(downloads, sandbox, [2] * 10)
        async with asyncio.timeout(100):
            while len(downloads._small.running) < EACH_CHAT:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
            for _ in range(5):
                assert await whole(downloads, YOU, sent(sandbox, YOU), None) == CONTENT
        assert not any(task.done() for task in dripping)
        await ended(dripping)


async def test_while_much_is_held_nothing_of_its_kind_is_fetched(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HELD_BYTES", 2 * len(CONTENT))
    async with started(sandbox.url) as downloads, AsyncExitStack() as held:
        for chat in (2, 3):
            await held.enter_async_context(downloads.fetch(chat, sent(sandbox, chat), len(CONTENT)))
        waiting = fetching(downloads, sandbox, range(4, 30))
        large = b"x" * (module.SMALL + 1)
        assert await whole(downloads, YOU, sent(sandbox, YOU, large), len(large)) == large, "the others' room is free"
        assert not any(task.done() for task in waiting) and not downloads._small.running
        await held.aclose()
        assert await asyncio.gather(*waiting) == [CONTENT] * len(waiting)
        assert downloads._small.held == 0


async def test_a_download_that_drips_ends(
    downloads: Downloads, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.2)
    sandbox.world.faults.change({"next": [{"method": "download", "drip": 0.01}]})
    with pytest.raises(TimedOut):
        await whole(downloads, YOU, sent(sandbox, YOU), None)
    assert await whole(downloads, YOU, sent(sandbox, YOU), None) == CONTENT


@pytest.mark.parametrize(
    "fault", [{"cut": 0.5}, {"drop": True}, {"error_code": 502}, {"error_code": 404}, {"error_code": 429}]
)
async def test_no_error_tells_the_token(
    downloads: Downloads, sandbox: Sandbox, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    sandbox.world.faults.change({"always": [{"method": "download", **fault}]})
    with pytest.raises(NetworkError) as caught:  # BadRequest is one, too
        await whole(downloads, YOU, sent(sandbox, YOU), None)
    assert isinstance(caught.value, BadRequest) == (fault.get("error_code") == 404)
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("telegram"))
    for text in (repr(caught.value), repr(caught.value.__cause__), logged):
        assert SECRET not in text and "photos/" not in text


class FileServer:
    """A Bot API whose files are what a test says."""

    def __init__(self, *bodies: bytes, size: int | None) -> None:
        self.bodies, self.size, self.downloads = list(bodies), size, 0

    async def get_file(self, _: web.Request) -> web.Response:
        size = {} if self.size is None else {"file_size": self.size}
        result = {"file_id": "f", "file_unique_id": "u", "file_path": "photos/f.jpg", **size}
        return web.json_response({"ok": True, "result": result})

    async def download(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()  # chunked: nothing tells how much is to come
        await response.prepare(request)
        self.downloads += 1
        await response.write(self.bodies.pop(0))
        return response

    async def fetch(self, expected_size: int | None) -> bytes:
        app = web.Application()
        app.router.add_post("/bot{token}/getFile", self.get_file)
        app.router.add_get("/file/{path:.*}", self.download)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            async with started(f"http://127.0.0.1:{runner.addresses[0][1]}") as downloads:
                return await whole(downloads, YOU, "f", expected_size)
        finally:
            await runner.cleanup()


async def test_a_download_that_is_too_short_is_tried_again_and_never_kept() -> None:
    server = FileServer(CONTENT[:100], CONTENT, size=len(CONTENT))
    assert await server.fetch(None) == CONTENT
    server = FileServer(CONTENT[:100], CONTENT[:100], size=None)
    with pytest.raises(NetworkError, match="shorter"):
        await server.fetch(len(CONTENT))
    assert server.downloads == 2


async def test_an_empty_file_is_taken_as_it_is_whatever_the_message_said_of_it() -> None:
    server = FileServer(b"", size=0)
    assert await server.fetch(len(CONTENT)) == b""
    assert server.downloads == 1


async def test_a_file_larger_than_it_said_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(BadRequest, match="too big"):
        await FileServer(CONTENT, size=500).fetch(500)
    announced = FileServer(size=2000)
    with pytest.raises(BadRequest, match="too big"):
        await announced.fetch(None)
    assert announced.downloads == 0


def test_a_file_of_a_bot_api_server_on_this_machine_is_bounded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    file = tmp_path / "file"
    file.write_bytes(CONTENT[:1000])
    assert module._local(str(file)) == CONTENT[:1000]
    file.write_bytes(CONTENT[:1001])
    with pytest.raises(BadRequest, match="too big"):
        module._local(str(file))
