"""However the bot ends while it makes an export, its files stand in the chat once, and nothing else of it does."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import pytest
from e2e_helpers import YOU, StartBot, picture, quiet
from export_helpers import is_document

from bot.app import Bot
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import menus

Message = dict[str, Any]


async def ended(bot: Bot) -> None:
    """Wait until nobody waits for an export."""
    assert bot.services is not None
    async with asyncio.timeout(60):
        while await bot.services.store.exports.waiting():  # noqa: ASYNC110 - done by the bot
            await asyncio.sleep(0.02)


async def left_by_exports(person: Person) -> list[Message]:
    """What stands in the chat after the newest /export."""
    messages = [m for m in await person.messages(limit=500) if not m["deleted"]]
    begin = max(place for place, message in enumerate(messages) if message.get("text") == "/export")
    return messages[begin + 1 :]


async def fails(sandbox: Sandbox, **fault: object) -> None:
    sandbox.world.faults.change({"next": [fault]})


async def met(sandbox: Sandbox) -> None:
    """Wait until the planned faults have met a call, and it had its effect."""
    async with asyncio.timeout(60):
        while sandbox.world.faults.next:  # noqa: ASYNC110 - done by the bot
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)


async def dies(bot: Bot) -> None:
    """What is on its way is cut off."""
    assert bot.services is not None
    await bot.services.exporter.stop(grace=0)
    await bot.stop()


async def asked(bot: Bot, person: Person) -> None:
    await person.send_picture(picture("red"), "What is it?")
    await quiet(bot, questions=1)


@pytest.mark.parametrize("method", ["sendMessage", "editMessageMedia"])
async def test_a_bot_that_dies_before_it_hears_that_a_message_stands(
    start_bot: StartBot, sandbox: Sandbox, you: Person, method: str
) -> None:
    bot = await start_bot()
    await asked(bot, you)
    await fails(sandbox, method=method, hold=600.0, executed=True)
    await you.say("/export")
    await met(sandbox)
    await dies(bot)
    again = await start_bot()
    await ended(again)
    (message,) = await left_by_exports(you)
    assert is_document(message) and message["caption"] == menus.EXPORT_CAPTION


@pytest.mark.parametrize("method", ["sendMessage", "editMessageMedia"])
@pytest.mark.parametrize("executed", [True, False])
async def test_a_reply_that_is_lost(
    start_bot: StartBot, sandbox: Sandbox, you: Person, method: str, executed: bool
) -> None:
    bot = await start_bot()
    await asked(bot, you)
    await fails(sandbox, method=method, error_code=502, executed=executed)
    await you.say("/export")
    await met(sandbox)
    await ended(bot)
    (message,) = await left_by_exports(you)
    assert is_document(message)


async def test_a_deletion_takes_away_a_message_of_which_nobody_heard(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await start_bot()
    await asked(bot, you)
    await you.say("/delete")
    menu = await you.wait_for(lambda m: "reply_markup" in m)
    await fails(sandbox, method="sendMessage", hold=600.0, executed=True)
    await you.say("/export")
    await met(sandbox)
    await dies(bot)
    monkeypatch.setattr("bot.exporting.exporter.AT_ONCE", 0)  # it waits for others
    again = await start_bot()
    await you.press(menu, menus.DELETE_YES)
    await you.wait_for(lambda m: "Nothing of this chat is left with me" in m.get("text", ""), since=0)
    await ended(again)
    assert await left_by_exports(you) == []


async def test_whoever_takes_the_progress_away_gets_the_file_all_the_same(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    bot = await start_bot()
    await asked(bot, you)
    await fails(sandbox, method="editMessageMedia", hold=1.0)
    await you.say("/export")
    progress = await you.wait_for(lambda m: m.get("text") == menus.EXPORTING)
    await fails(sandbox, method="editMessageMedia", error_code=502, executed=False)
    await you.delete(progress)
    await ended(bot)
    (message,) = await left_by_exports(you)
    assert is_document(message) and message["message_id"] != progress["message_id"]


async def test_parts_after_a_restart_are_divided_anew_and_each_question_is_in_one(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pictures had to go meanwhile, so that fewer parts are needed: what stands beyond them goes."""
    monkeypatch.setattr("bot.exporting.archive.TEXT_RESERVE", 0)
    monkeypatch.setattr("bot.exporting.exporter.MARGIN", 50_000_000 - 8000)
    bot = await start_bot()
    for number, colour in enumerate(("red", "blue", "green")):
        await you.send_picture(picture(colour), f"Question {number}?")
        await quiet(bot, questions=number + 1)
    assert bot.services is not None
    data_dir = bot.services.store.data_dir
    sandbox.world.faults.change({"always": [{"method": "editMessageMedia", "hold": 0.5, "executed": True}]})
    await you.say("/export")
    await you.wait_for(lambda m: "Part 3 of 3" in m.get("caption", ""))
    await dies(bot)
    sandbox.world.faults.change({"always": []})
    for path in data_dir.glob("photos/??/*"):
        path.unlink()
    again = await start_bot()
    await ended(again)
    seen: list[str] = []
    files = await left_by_exports(you)
    for message in files:
        with zipfile.ZipFile(io.BytesIO(await you.download(message))) as archive:
            history = json.loads(archive.read("history.json"))
        assert history["parts"] == len(files)
        seen += [question["question"] for question in history["questions"]]
    assert seen == [f"Question {number}?" for number in range(3)] and len(files) < 3
    assert again.services is not None and not await again.services.store.exports.of_chat(YOU)
