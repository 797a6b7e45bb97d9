"""Updates: kept before they are acknowledged, handled once, in order, whatever comes."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from refusals import refuses

from bot.app import Bot, run_until
from bot.errors import BotError
from bot.intake.handling import MAX_ATTEMPTS
from bot.intake.polling import Poller
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from model.serving.broker.null import NullBroker
from storage.errors import DataDirInUseError
from storage.store import Store

TOKEN = "1000000001:intake_tests_have_no_secret_at_all"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, token=TOKEN) as running:
        yield running


def settings(sandbox: Sandbox, folder: Path, **fields: Any) -> Settings:
    values = {"telegram_token": TOKEN, "telegram_base_url": sandbox.url, "data_dir": folder, "_env_file": None}
    return Settings(**{**values, **fields})  # type: ignore[arg-type]


async def handled(bot: Bot) -> dict[str, int]:
    assert bot.services is not None
    for _ in range(300):
        counts = await bot.services.store.updates.counts()
        if counts["pending"] == 0:
            return counts
        await asyncio.sleep(0.02)
    raise AssertionError("updates are still pending")


async def test_an_update_that_cannot_be_read_stops_nobody(sandbox: Sandbox, tmp_path: Path) -> None:
    async with Bot(settings(sandbox, tmp_path / "d"), NullBroker()) as bot, Person(sandbox.url, 1001) as you:
        await you.say("/help")
        await you.wait_for(lambda m: "Ask about" in m.get("text", ""))
        assert bot.inbox is not None and bot.services is not None
        await bot.inbox.take([{"update_id": 10**6, "message": {"message_id": "no number"}}, {"no": "number"}])
        assert (await handled(bot))["failed"] == 1
        await you.say("/privacy")
        await you.wait_for(lambda m: "What I keep" in m.get("text", ""))


async def test_a_doubled_update_has_one_effect(sandbox: Sandbox, tmp_path: Path) -> None:
    async with Bot(settings(sandbox, tmp_path / "d"), NullBroker()) as bot, Person(sandbox.url, 1001) as you:
        sent = await you.say("/help")
        await you.wait_for(lambda m: "Ask about" in m.get("text", ""))
        assert bot.inbox is not None and bot.services is not None
        rows = await bot.services.store.db.fetch_all("SELECT update_id FROM updates ORDER BY update_id DESC LIMIT 1")
        again = {"update_id": rows[0]["update_id"], "message": {k: v for k, v in sent.items() if k != "deleted"}}
        await bot.inbox.take([again, again])
        await handled(bot)
        await asyncio.sleep(0.2)
        assert sum("Ask about" in m.get("text", "") for m in await you.messages()) == 1


async def test_nothing_is_acknowledged_that_is_not_kept() -> None:
    """The offset that Telegram hears never passes an update that could not be stored."""
    heard: list[int] = []
    kept: list[int] = []
    broken = True

    async def get_updates(request: web.Request) -> web.Response:
        offset = int(request.query["offset"])
        heard.append(offset)
        found = [{"update_id": number} for number in range(7, 10) if number >= offset]
        if not found:
            await asyncio.sleep(0.05)
        return web.json_response({"ok": True, "result": found})

    async def take(updates: Any) -> None:
        nonlocal broken
        if broken:
            broken = False
            raise OSError("no space left on device")
        kept.extend(update["update_id"] for update in updates)

    app = web.Application()
    app.router.add_post("/bot/getUpdates", get_updates)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    poller = Poller(f"http://127.0.0.1:{runner.addresses[0][1]}/bot", take, lambda: None)
    try:
        await poller.start()
        for _ in range(300):
            if 10 in heard:
                break
            await asyncio.sleep(0.02)
    finally:
        await poller.stop()
        await runner.cleanup()
    assert kept == [7, 8, 9]
    assert heard[:3] == [0, 0, 10], "after the failure the same updates were asked for again"


async def test_a_second_bot_on_the_folder_is_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    async with Bot(settings(sandbox, tmp_path / "d"), NullBroker()):
        with refuses(DataDirInUseError, match="Another bot"):
            await Bot(settings(sandbox, tmp_path / "d"), NullBroker()).start()


async def test_a_second_poller_ends_the_bot_with_a_sentence(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.polling.REFUSED_SECONDS", 0.0)
    async with (
        Bot(settings(sandbox, tmp_path / "one"), NullBroker()) as one,
        Bot(settings(sandbox, tmp_path / "two"), NullBroker()) as two,
    ):
        ends = [asyncio.create_task(run_until(bot, asyncio.Event())) for bot in (one, two)]
        done, rest = await asyncio.wait(ends, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        error = next(iter(done)).exception()
        assert isinstance(error, BotError) and "same token" in str(error)


async def test_a_token_that_telegram_does_not_know(sandbox: Sandbox, tmp_path: Path) -> None:
    wrong = settings(sandbox, tmp_path / "d", telegram_token="1000000002:another_token_that_is_not_known")
    with pytest.raises(BotError, match="does not know this token") as caught:
        await Bot(wrong, NullBroker()).start()
    assert "another_token" not in str(caught.value)


async def test_the_bot_works_by_webhook(sandbox: Sandbox, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hook = {"webhook_url": f"http://127.0.0.1:{port}/hook", "webhook_secret": "abc_DEF-1", "webhook_port": port}
    async with Bot(settings(sandbox, tmp_path / "d", **hook), NullBroker()), Person(sandbox.url, 1001) as you:
        await you.say("/help")
        await you.wait_for(lambda m: "Ask about" in m.get("text", ""))


async def test_what_ends_the_bot_again_and_again_is_put_aside(sandbox: Sandbox, tmp_path: Path) -> None:
    """What died in it is counted from the second run on; others' updates are handled whatever happens to one."""
    raw = {"message_id": 1, "date": 1, "chat": {"id": 1001, "type": "private"}, "text": "/help"}
    async with await Store.open(tmp_path / "d") as store:
        await store.updates.add([(1, json.dumps({"update_id": 1, "message": raw}))])
        await store.updates.add([(2, json.dumps({"update_id": 2}))])
        for _ in range(MAX_ATTEMPTS - 1):
            await store.updates.begin(2)
        for _ in range(MAX_ATTEMPTS):
            await store.updates.begin(1)
    async with Bot(settings(sandbox, tmp_path / "d"), NullBroker()) as bot:
        await handled(bot)
        assert bot.services is not None and bot.inbox is not None
        await bot.inbox.take([{"update_id": 3}])
        await handled(bot)
        rows = await bot.services.store.db.fetch_all("SELECT update_id, state, attempts FROM updates ORDER BY 1")
    assert [tuple(row) for row in rows] == [(1, "failed", MAX_ATTEMPTS), (2, "done", 0), (3, "done", 0)]


async def test_one_chats_many_updates_do_not_stand_before_anothers(sandbox: Sandbox, tmp_path: Path) -> None:
    def update(number: int, chat: int) -> dict[str, Any]:
        entity = {"type": "bot_command", "offset": 0, "length": 5}
        chat_and_text = {"chat": {"id": chat, "type": "private"}, "text": "/help", "entities": [entity]}
        return {"update_id": number, "message": {"message_id": number, "date": 1, **chat_and_text}}

    async with (
        Bot(settings(sandbox, tmp_path / "d"), NullBroker()) as bot,
        Person(sandbox.url, 1001) as you,
        Person(sandbox.url, 1002) as ada,
    ):
        for person in (you, ada):
            await person.say("/privacy")
            await person.wait_for(lambda m: "What I keep" in m.get("text", ""))
        assert bot.inbox is not None and bot.services is not None
        await bot.inbox.take([update(10**9 + number, 1001) for number in range(300)])
        await bot.inbox.take([update(2 * 10**9, 1002)])
        await ada.wait_for(lambda m: "Ask about" in m.get("text", ""))
        counts = await bot.services.store.updates.counts()
        assert counts["pending"] > 200, "the flood is mostly still there"
