"""One visible answer for one question, whatever Telegram, the disk and the clock do."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import Any

import pytest
from e2e_helpers import YOU, HeldBroker, StartBot, picture, sure

from bot.app import Bot
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from storage.records import State


async def settled(bot: Bot) -> None:
    """Everything kept is handled and told; asked in the order in which a question goes its way: none slips by."""
    assert bot.services is not None
    store = bot.services.store
    while (await store.updates.counts())["pending"] or await waiting(bot) or await store.outcomes.chats():  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def waiting(bot: Bot) -> int:
    assert bot.services is not None
    counts = await bot.services.store.questions.counts()
    return counts[State.QUEUED] + counts[State.RUNNING]


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "getFile"])
@pytest.mark.parametrize("fault", [{"drop": True}, {"error_code": 502}, {"error_code": 429, "retry_after": 1}])
@pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")
@pytest.mark.parametrize("executed", [False, True])
async def test_a_call_that_fails_with_or_without_effect_leaves_one_answer(
    start_bot: StartBot, sandbox: Sandbox, you: Person, method: str, fault: dict[str, Any], executed: bool
) -> None:
    bot = await start_bot()
    if executed and fault.get("error_code") == 429:
        pytest.skip("a call that is refused for its rate has no effect")
    sandbox.world.faults.change({"next": [{"method": method, "executed": executed, "times": 2, **fault}]})
    asked = await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    await settled(bot)
    answers = [m for m in await you.messages() if sure(m)]
    assert len(answers) == 1
    assert answers[0]["reply_to_message"]["message_id"] == asked["message_id"]
    assert not [m for m in await you.messages() if "wrong on my side" in m.get("text", "")]


async def test_the_answer_to_a_lost_progress_message_is_sent_once_though_telegrams_yes_is_lost(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    await you.send_picture(picture(), "What?")
    looking = await you.wait_for(lambda m: "reply_markup" in m)
    await you.delete(looking)
    sandbox.world.faults.change({"next": [{"method": "sendMessage", "executed": True, "drop": True}]})
    broker.free.set()
    await you.wait_for(sure)
    await settled(bot)
    assert len([m for m in await you.messages() if sure(m)]) == 1


async def test_a_blocked_bot_ends_its_questions_quietly(start_bot: StartBot, sandbox: Sandbox, you: Person) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    await you.send_picture(picture(), "What?")
    await you.delete(await you.wait_for(lambda m: "reply_markup" in m))  # so that a new message is needed
    sandbox.world.bots[1000000001].blocked_by.add(YOU)
    broker.free.set()
    await settled(bot)
    assert bot.services is not None
    counts = await bot.services.store.questions.counts()
    assert counts[State.FAILED] == 1, "the ledger does not call it delivered"
    assert not [m for m in await you.messages() if sure(m)]


async def test_a_disk_that_is_full_for_a_moment_costs_no_question(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await start_bot()
    assert bot.services is not None
    chats = bot.services.store.chats
    real, failures = chats.touch, 0

    async def full(*arguments: Any) -> None:
        nonlocal failures
        failures += 1
        if failures == 1:
            raise sqlite3.OperationalError("database or disk is full")
        await real(*arguments)

    monkeypatch.setattr(chats, "touch", full)
    await you.send_picture(picture(), "What?")
    await you.say("And now?")  # a follow-up must not overtake the picture
    await you.wait_for(lambda m: sure(m) and m["reply_to_message"].get("text") == "And now?")
    await settled(bot)
    assert len([m for m in await you.messages() if sure(m)]) == 2
    assert failures == 3


async def test_a_trouble_that_lasts_too_long_ends_its_update_and_frees_the_chat(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.handling.GIVE_UP_SECONDS", 0.0)
    bot = await start_bot()
    assert bot.services is not None
    photos = bot.services.store.photos
    real = photos.save

    async def full(*arguments: Any, **named: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(photos, "save", full)
    await you.send_picture(picture(), "What?")
    while not (await bot.services.store.updates.counts())["failed"]:  # noqa: ASYNC110 - done by another task
        await asyncio.sleep(0.05)
    monkeypatch.setattr(photos, "save", real)
    await you.send_picture(picture(), "And now?")
    await you.wait_for(sure)
    await settled(bot)
    assert len([m for m in await you.messages() if sure(m)]) == 1


async def test_an_edit_that_comes_before_what_it_edits_is_asked_alone(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.inbox is not None
    await you.send_picture(picture(), "First?")
    await you.wait_for(sure)
    chat = {"id": YOU, "type": "private", "first_name": "You"}
    body = {"message_id": 900, "date": 1, "chat": chat, "from": {"id": YOU, "is_bot": False, "first_name": "You"}}
    await bot.inbox.take([{"update_id": 2, "edited_message": {**body, "text": "What is right?", "edit_date": 5}}])
    await settled(bot)
    await bot.inbox.take([{"update_id": 1, "message": {**body, "text": "What is left?"}}])
    await settled(bot)
    assert bot.services is not None
    assert [q.text for q in await bot.services.store.questions.of_message(YOU, 900)] == ["What is right?"]


async def test_a_clock_that_is_set_back_silences_nobody(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start_bot(questions_per_minute=1)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 86_400)
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    monkeypatch.setattr(time, "time", real)
    await you.say("And now?")
    await you.wait_for(sure)


async def test_a_late_answer_to_the_question_before_its_edit_does_not_replace_the_edits(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    asked = await you.send_picture(picture(), "First?")
    looking = await you.wait_for(lambda m: "reply_markup" in m)
    sandbox.world.faults.change({"always": [{"method": "editMessageText", "error_code": 502}]})
    broker.free.set()
    assert bot.services is not None
    questions = bot.services.store.questions
    while not await bot.services.store.outcomes.chats():  # noqa: ASYNC110 - it is answered, and cannot be told
        await asyncio.sleep(0.01)
    await you.edit(asked, "Second?")
    while len(await questions.of_message(YOU, asked["message_id"])) < 2:  # noqa: ASYNC110 - done by the bot
        await asyncio.sleep(0.01)
    sandbox.world.faults.change({"always": []})
    await settled(bot)
    assert [q.text for q in await questions.of_message(YOU, asked["message_id"])] == ["Second?", "First?"]
    shown = await you.message(looking["message_id"])
    assert shown is not None and sure(shown)
    texts = [e["params"]["text"] for e in sandbox.world.recorder.log if e["method"] == "editMessageText" and e["ok"]]
    assert sum("% sure" in text for text in texts) == 1
