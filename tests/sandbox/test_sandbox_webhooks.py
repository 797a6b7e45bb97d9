"""Webhooks: real deliveries to a real server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from sandbox_helpers import polled

from bot.sandbox.server import Sandbox


class Hook:
    """A bot's web server: notes what arrives and answers as it is told."""

    def __init__(self) -> None:
        self.arrived: list[tuple[dict[str, Any], str | None]] = []
        self.answers: list[web.Response] = []
        self.url = ""
        self._changed = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        answer = self.answers.pop(0) if self.answers else web.Response()
        async with self._changed:
            self.arrived.append((update, request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
            self._changed.notify_all()
        return answer

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(condition)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update, _ in self.arrived]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    receiver = Hook()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_updates_are_delivered_with_the_secret(bot: Any, you: Any, hook: Hook) -> None:
    await you.say("before")
    assert (await bot("setWebhook", url=hook.url, secret_token="s3cret")).result is True
    await you.say("after")
    await hook.until(lambda: len(hook.arrived) == 2)
    assert hook.texts == ["before", "after"]
    assert {secret for _, secret in hook.arrived} == {"s3cret"}
    info = (await bot("getWebhookInfo")).result
    assert info["url"] == hook.url


async def test_polling_is_refused_while_a_webhook_is_set(sandbox: Sandbox, bot: Any, you: Any, hook: Hook) -> None:
    poll = asyncio.create_task(bot("getUpdates", timeout=50))
    await polled(sandbox)
    await bot("setWebhook", url=hook.url)
    assert (await poll).error == (409, "Conflict: terminated by setWebhook request")
    assert (await bot("getUpdates")).error == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
    assert (await bot("deleteWebhook")).result is True
    await you.say("polled")
    assert (await bot.updates())[-1]["message"]["text"] == "polled"


async def test_a_refused_update_comes_again_and_keeps_its_order(bot: Any, you: Any, hook: Hook) -> None:
    hook.answers = [web.Response(status=500), web.Response(status=404)]
    await bot("setWebhook", url=hook.url)
    await you.say("one")
    await you.say("two")
    await hook.until(lambda: len(hook.arrived) == 4)
    assert hook.texts == ["one", "one", "one", "two"]
    info = (await bot("getWebhookInfo")).result
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"


async def test_nobody_listening_is_noted_and_nothing_is_lost(bot: Any, you: Any, hook: Hook, unused_port: int) -> None:
    await bot("setWebhook", url=f"http://127.0.0.1:{unused_port}/")
    await you.say("hello?")
    async with asyncio.timeout(20):
        while "last_error_message" not in (info := (await bot("getWebhookInfo")).result):  # noqa: ASYNC110 - a wait for another server
            await asyncio.sleep(0.02)
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 1)
    await bot("setWebhook", url=hook.url)
    await hook.until(lambda: hook.texts == ["hello?"])


async def test_a_webhook_may_answer_with_a_method(bot: Any, you: Any, hook: Hook) -> None:
    hook.answers = [web.json_response({"method": "sendMessage", "chat_id": 1001, "text": "at once"})]
    await bot("setWebhook", url=hook.url)
    await you.say("quick!")
    await you.wait_for(lambda message: message.get("text") == "at once")


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
