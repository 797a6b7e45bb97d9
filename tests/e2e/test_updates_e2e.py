"""Updates that cannot be finished: who waits holds up nobody, restarts lose nothing, who is given up is told."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from e2e_helpers import YOU, StartBot, picture, sure
from telegram.ext import Application

from bot.app import Bot
from bot.intake.handling import MAX_ATTEMPTS, SUSPECT_ATTEMPTS
from bot.intake.updates import Inbox
from bot.sandbox.person import Person
from bot.sandbox.posting import post
from bot.sandbox.server import Sandbox
from bot.texts import questions as texts
from storage.store import Store

NO_FILES = {"method": "getFile", "error_code": 502}


def text_update(number: int, chat: int, text: str, **fields: Any) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Person"}
    message = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}, "from": person, "text": text}
    return {"update_id": number, "message": {**message, **fields}}


async def attempts(bot: Bot) -> list[tuple[str, int]]:
    assert bot.services is not None
    rows = await bot.services.store.db.fetch_all("SELECT state, attempts FROM updates ORDER BY update_id")
    return [(row["state"], row["attempts"]) for row in rows]


async def pending(bot: Bot) -> int:
    assert bot.services is not None
    return (await bot.services.store.updates.counts())["pending"]


async def test_restarts_while_telegram_gives_no_files_lose_no_question(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More restarts than attempts that an update has, each while it is in hand."""
    monkeypatch.setattr(Inbox.stop, "__defaults__", (0.0,))
    sandbox.world.faults.change({"always": [NO_FILES]})
    bot = await start_bot()
    await you.send_picture(picture(), "What?")
    await ada.send_picture(picture("blue"), "What?")
    for _ in range(MAX_ATTEMPTS + 1):
        while await pending(bot) < 2:  # noqa: ASYNC110 - done by other tasks
            await asyncio.sleep(0.02)
        await bot.stop()
        bot = await start_bot()
    assert [state for state, _ in await attempts(bot)][-2:] == ["pending", "pending"]
    assert all(number <= 1 for _, number in await attempts(bot)), "trouble outside is nobody's fault"
    sandbox.world.faults.change({"always": []})
    await you.wait_for(sure, timeout=90)
    await ada.wait_for(sure, timeout=90)


async def test_a_clean_stop_in_the_middle_of_an_update_counts_nothing(
    start_bot: StartBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Store.open(tmp_path / "data") as store:
        await store.updates.add([(1, json.dumps(text_update(1, YOU, "/help")))], {1: YOU})
        await store.updates.begin(1)
    begun = asyncio.Event()

    async def process(self: object, update: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Application, "process_update", process)
    monkeypatch.setattr(Inbox.stop, "__defaults__", (0.0,))
    bot = await start_bot()
    await begun.wait()
    assert await attempts(bot) == [("pending", 2)], "while it is in hand it counts"
    await bot.stop()
    async with await Store.open(tmp_path / "data") as store:
        (row,) = await store.db.fetch_all("SELECT state, attempts FROM updates")
    assert tuple(row) == ("pending", 0)


async def test_who_is_given_up_is_told(start_bot: StartBot, you: Person, tmp_path: Path) -> None:
    sent = await you.say("/help")
    async with await Store.open(tmp_path / "data") as store:
        number = 10**6
        await store.updates.add([(number, json.dumps({"update_id": number, "message": sent}))], {number: YOU})
        for _ in range(MAX_ATTEMPTS):
            await store.updates.begin(number)
    await start_bot()
    told = await you.wait_for(lambda m: m.get("text") == texts.GIVEN_UP)
    assert told["reply_to_message"]["message_id"] == sent["message_id"]


async def test_suspects_are_handled_one_at_a_time_and_others_beside_them(
    start_bot: StartBot, you: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Store.open(tmp_path / "data") as store:
        for number in range(1, 6):
            await store.updates.add([(number, json.dumps(text_update(number, 9000 + number, "hm")))], {number: number})
            for _ in range(SUSPECT_ATTEMPTS if number < 5 else 1):
                await store.updates.begin(number)
    together, most = 0, 0
    begun = asyncio.Event()
    free = asyncio.Event()

    async def process(self: object, update: Any) -> None:
        nonlocal together, most
        if update.update_id < 5:
            together += 1
            most = max(most, together)
            await free.wait()
            together -= 1
        elif update.update_id == 5:
            begun.set()

    monkeypatch.setattr(Application, "process_update", process)
    bot = await start_bot()
    await begun.wait()
    free.set()
    while await pending(bot):  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.02)
    assert most == 1
    assert all(row == ("done", 0) for row in await attempts(bot))


async def test_chats_whose_files_do_not_come_hold_up_nobody_else(
    start_bot: StartBot, sandbox: Sandbox, ada: Person, tmp_path: Path
) -> None:
    """More chats than any number of shared places, each with a picture that cannot be had while this test runs."""
    bot = await start_bot()
    assert bot.inbox is not None
    await ada.send_picture(picture(), "What?")
    await ada.wait_for(sure)
    slow = range(9000, 9100)
    sandbox.world.faults.change({"always": [{"error_code": 502, "chats": list(slow)}, NO_FILES]})
    size = {"file_id": "none", "file_unique_id": "u", "width": 32, "height": 32, "file_size": 1000}
    for chat in slow:
        update = text_update(10**6 + chat, chat, "", photo=[size], caption="What?")
        del update["message"]["text"]
        await bot.inbox.take([update])
    await ada.say("And now?")
    await ada.wait_for(lambda m: sure(m) and m["reply_to_message"].get("text") == "And now?")
    assert await pending(bot) >= len(slow), "all of them still wait"


async def test_one_chats_flood_does_not_fill_the_memory_for_others(
    start_bot: StartBot, you: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chat has a small part in memory; the rest waits in the database and is handled in its order."""
    monkeypatch.setattr("bot.intake.updates.EACH", 3)
    monkeypatch.setattr("bot.intake.updates.MOST_KNOWN", 12)
    seen: dict[int, list[int]] = {}
    held, free = asyncio.Event(), asyncio.Event()

    async def process(self: object, update: Any) -> None:
        held.set()
        if update.effective_chat.id == 9001:
            await free.wait()
        seen.setdefault(update.effective_chat.id, []).append(update.update_id)

    monkeypatch.setattr(Application, "process_update", process)
    bot = await start_bot()
    assert bot.inbox is not None and bot.services is not None
    await bot.inbox.take([text_update(number, 9001, "flood") for number in range(100, 0, -1)])
    await held.wait()
    others = [text_update(1000 + number, 9100 + number % 20, "other") for number in range(200)]
    for first in range(0, 200, 50):
        await bot.inbox.take(others[first : first + 50])
    while sum(len(numbers) for chat, numbers in seen.items() if chat != 9001) < 200:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert 9001 not in seen and len(bot.inbox._known) <= 12
    free.set()
    while await pending(bot):  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.01)
    assert seen[9001] == list(range(1, 101))
    assert all(numbers == sorted(numbers) for numbers in seen.values())
    while bot.inbox._queues or bot.inbox._known or bot.inbox._more:  # noqa: ASYNC110 - after the last one's end
        await asyncio.sleep(0.01)


async def test_an_update_with_a_part_that_cannot_be_parsed_is_answered(start_bot: StartBot, you: Person) -> None:
    """A poll in the replied message that lacks what polls have, and an entity of no kind."""
    bot = await start_bot()
    assert bot.inbox is not None
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    sent = await you.say("And now?")
    replied = {"message_id": 1, "date": 1, "chat": {"id": YOU, "type": "private"}, "poll": {"question": "which?"}}
    update = text_update(10**6, YOU, "And this one?", reply_to_message=replied, entities=[{"nothing": 1}])
    update["message"]["message_id"] = sent["message_id"] + 1000
    await bot.inbox.take([update])
    while await pending(bot):  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.02)
    assert bot.services is not None
    (asked,) = await bot.services.store.questions.of_message(YOU, sent["message_id"] + 1000)
    assert asked.text == "And this one?"


@pytest.mark.parametrize("fields", [{"poll": {"id": "1"}}, {"photo": [{"file_id": "a"}], "caption": "What is this?"}])
async def test_what_is_attached_and_cannot_be_parsed_is_said(
    start_bot: StartBot, you: Person, fields: dict[str, Any]
) -> None:
    bot = await start_bot()
    assert bot.inbox is not None and bot.services is not None
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    update = text_update(10**6, YOU, "", **fields)
    update["message"] = {key: value for key, value in update["message"].items() if value != ""}
    update["message"]["message_id"] = 1000
    await bot.inbox.take([update])
    await you.wait_for(lambda message: message.get("text") == texts.UNREAD)
    assert await bot.services.store.questions.of_message(YOU, 1000) == [], "it is not about the picture before"


async def test_a_sentence_that_replies_to_what_cannot_be_parsed_is_no_fault(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    """Telegram's reply to the sending holds the question's message whole."""
    await start_bot()
    world = sandbox.world
    assert world.current_bot is not None
    chat = world.private_chat(world.current_bot, YOU)
    post(world, chat, world.users[YOU], {"poll": {"id": "1"}})
    await you.wait_for(lambda message: message.get("text") == texts.UNREAD)
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    assert texts.BROKEN not in [message.get("text") for message in await you.messages()]


async def test_an_update_that_no_handler_can_read_is_apologised_for_once(start_bot: StartBot, you: Person) -> None:
    """A picture without its width, which whatever looks at pictures meets."""
    bot = await start_bot()
    assert bot.inbox is not None
    await you.say("Hello")
    sizes = [{"file_id": "a", "file_unique_id": "a", "width": None, "height": 9}] * 2
    update = text_update(10**6, YOU, "And this one?", photo=sizes)
    await bot.inbox.take([update])
    await you.wait_for(lambda message: message.get("text") == texts.BROKEN)
    while await pending(bot):  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.02)
    assert [message.get("text") for message in await you.messages()].count(texts.BROKEN) == 1


async def test_an_edit_that_changes_no_word_asks_nothing(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.inbox is not None and bot.services is not None
    asked = await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    await bot.inbox.take([{"update_id": 10**6, "edited_message": {**asked, "edit_date": 1_700_000_000}}])
    while await pending(bot):  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.02)
    assert len(await bot.services.store.questions.of_message(YOU, asked["message_id"])) == 1


@pytest.mark.parametrize("order", [1, -1])
async def test_two_edits_within_a_second_leave_the_second(start_bot: StartBot, you: Person, order: int) -> None:
    """The later one may also come first."""
    bot = await start_bot()
    assert bot.inbox is not None and bot.services is not None
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    asked = await you.say("First?")
    await you.wait_for(lambda m: sure(m) and m["reply_to_message"].get("text") == "First?")
    for number, text in ((10**6, "Second?"), (10**6 + 1, "Third?"))[::order]:
        edit = text_update(number, YOU, text, edit_date=1_700_000_000)["message"]
        await bot.inbox.take([{"update_id": number, "edited_message": {**edit, "message_id": asked["message_id"]}}])
        while await pending(bot):  # noqa: ASYNC110 - done by other tasks
            await asyncio.sleep(0.02)
    newest, *earlier = await bot.services.store.questions.of_message(YOU, asked["message_id"])
    assert newest.text == "Third?"
    assert [question.text for question in earlier] == (["Second?", "First?"] if order == 1 else ["First?"])
