"""What becomes of messages of which the bot has not heard: Telegram's reply is lost, or the bot ends before it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from typing import Any

import pytest
from delivery_helpers import alone, ask, looking, quiet
from e2e_helpers import GROUP, YOU, HeldBroker, StartBot, picture, sure
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.answering import delivery
from bot.answering.question_messages import may_have_arrived
from bot.app import Bot
from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from bot.texts import questions as texts
from bot.transport.http import NotConnectedError
from model.serving.broker.null import NullBroker
from storage.outcomes import Outcomes
from storage.questions import Questions

pytestmark = pytest.mark.usefixtures("soon")

LOST = {"method": "sendMessage", "executed": True, "drop": True}
"""Telegram sends the message, and its reply does not arrive."""
KILLED = {"method": "sendMessage", "executed": True, "hold": 3600}
DEAF = {"method": "getUpdates", "error_code": 429, "retry_after": 1}
"""The bot hears of nobody's messages."""


@pytest.mark.parametrize("chat", [None, GROUP])
async def test_progress_whose_sending_was_not_heard_of_becomes_the_answer(
    start_bot: StartBot, sandbox: Sandbox, you: Person, chat: int | None
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    sandbox.world.faults.change({"next": [LOST]})
    asked = await ask(bot, you, chat)
    shown = await you.wait_for(looking, chat=chat)
    for _ in range(3):  # what others write in between takes numbers
        await you.say("by the way" if chat else "/privacy", chat=chat)
    broker.free.set()
    answer = await you.wait_for(sure, chat=chat, since=0)
    await quiet(bot)
    assert answer["message_id"] == shown["message_id"]
    assert await alone(you, asked, chat)


@pytest.mark.parametrize("chat", [None, GROUP])
async def test_an_answer_whose_sending_was_not_heard_of_is_not_sent_again(
    start_bot: StartBot, sandbox: Sandbox, you: Person, chat: int | None
) -> None:
    bot = await start_bot()
    sandbox.world.faults.change({"next": [LOST]})
    asked = await ask(bot, you, chat)
    await you.wait_for(sure, chat=chat)
    await quiet(bot)
    assert await alone(you, asked, chat)
    assert bot.services is not None
    (question,) = await bot.services.store.questions.of_message(asked["chat"]["id"], asked["message_id"])
    assert question.delivered and question.placeholder_id == (await you.wait_for(sure, chat=chat))["message_id"]


@pytest.mark.parametrize("fault", [{"error_code": 502}, {"drop": True}, {"error_code": 429, "retry_after": 0}])
async def test_an_answer_that_was_not_sent_is_sent(
    start_bot: StartBot, sandbox: Sandbox, you: Person, fault: dict[str, Any]
) -> None:
    bot = await start_bot()
    sandbox.world.faults.change({"next": [{"method": "sendMessage", "times": 2, **fault}]})
    asked = await ask(bot, you, None)
    await you.wait_for(sure)
    await quiet(bot)
    assert await alone(you, asked)


@pytest.mark.parametrize("held", [False, True], ids=["the answer", "progress"])
async def test_what_an_end_left_between_telegrams_effect_and_its_reply_is_found_by_the_next_run(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    monkeypatch.setattr(delivery.Delivery.stop, "__defaults__", (0.0,))
    first = await start_bot(HeldBroker() if held else NullBroker("red", 0.87))
    await you.say("/privacy")
    await you.wait_for(lambda m: "What I keep" in m.get("text", ""))
    sandbox.world.faults.change({"next": [KILLED]})
    asked = await ask(first, you, None)
    shown = await you.wait_for(looking if held else sure)
    await first.stop()
    second = await start_bot(NullBroker("red", 0.87))
    answer = await you.wait_for(sure)
    await quiet(second)
    assert answer["message_id"] == shown["message_id"]
    assert await alone(you, asked)


async def test_a_sentence_that_stands_before_the_lost_answer_is_not_taken_for_it(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    """Both replies are lost at once; the sentence is another handler's, which sends it again."""
    bot = await start_bot()
    assert bot.services is not None
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    other = await you.say("/privacy")
    await you.wait_for(lambda m: "What I keep" in m.get("text", ""))
    question = bot.services.bot.send_message
    sandbox.world.faults.change({"next": [{**LOST, "times": 2}]})
    with pytest.raises(Exception, match="calling Telegram"):
        await question(YOU, "a sentence", reply_parameters={"message_id": other["message_id"]})
    asked = await you.say("And now?")
    await you.wait_for(sure)
    await quiet(bot)
    assert await alone(you, asked)
    assert sum(sure(m) for m in await you.messages()) == 2


async def far_ahead(ada: Person) -> None:
    """So many messages of others, of which the bot has not heard, that the next number is not among the first."""
    for number in range(40):
        await ada.say(f"by the way {number}")


async def without_progress(bot: Bot, you: Person, sandbox: Sandbox, ada: Person) -> Message:
    """A question that a new message has to answer, whose number lies far ahead."""
    asked = await ask(bot, you, None)
    await you.delete(await you.wait_for(looking))
    sandbox.world.faults.change({"always": [DEAF]})
    await far_ahead(ada)
    return asked


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_an_answer_far_ahead_is_found_also_when_what_is_sent_to_find_it_is_lost_too(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person, times: int
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    asked = await without_progress(bot, you, sandbox, ada)
    sandbox.world.faults.change({"next": [{**LOST, "times": times}]})
    broker.free.set()
    first = await you.wait_for(sure)
    await quiet(bot)
    assert await alone(you, asked)
    assert (await you.wait_for(sure, since=0))["message_id"] == first["message_id"], "the one that the person saw first"


async def test_an_end_while_a_lost_answer_is_looked_for_leaves_one(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The progress that ends the search is on its way, and the answer stands far ahead."""
    monkeypatch.setattr(delivery.Delivery.stop, "__defaults__", (0.0,))
    broker = HeldBroker()
    first = await start_bot(broker)
    asked = await without_progress(first, you, sandbox, ada)
    sandbox.world.faults.change({"next": [LOST, KILLED]})
    broker.free.set()
    await you.wait_for(sure)
    await you.wait_for(looking)
    await first.stop()
    second = await start_bot()
    await quiet(second)
    assert await alone(you, asked)


@pytest.mark.parametrize("looked_for", [False, True])
async def test_an_edit_while_the_answer_is_lost_far_ahead_gets_its_message(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person, looked_for: bool
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    asked = await without_progress(bot, you, sandbox, ada)
    sandbox.world.faults.change({"next": [LOST]})
    broker.free.set()
    await you.wait_for(sure)
    sandbox.world.faults.change({"always": [{"method": "editMessageText", "error_code": 502}]})  # nothing can be found
    log, before = sandbox.world.recorder.log, len(sandbox.world.recorder.log)
    with suppress(TimeoutError):  # on a busy machine it may have been found before the edits failed
        async with asyncio.timeout(10 if looked_for else 0):
            while "editMessageText" not in [call["method"] for call in list(log)[before:]]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    await you.edit(asked, "What colour?")
    assert bot.services is not None
    while len(await bot.services.store.questions.of_message(YOU, asked["message_id"])) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    sandbox.world.faults.change({"always": []})
    await quiet(bot)
    assert await alone(you, asked)


async def test_an_end_between_telegrams_reply_and_the_ledger_leaves_one_answer(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever else hears of sent messages must not know this one before the ledger does."""
    monkeypatch.setattr(delivery.Delivery.stop, "__defaults__", (0.0,))
    ended = asyncio.Event()

    async def never(*_: Any) -> None:
        ended.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as killed:
        killed.setattr(Questions, "mark_delivered", never)
        first = await start_bot()
        asked = await ask(first, you, None)
        await ended.wait()
        await first.stop()
    second = await start_bot()
    await quiet(second)
    assert await alone(you, asked)


async def test_nothing_is_sent_before_it_is_known_what_an_earlier_run_left(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery.Delivery.stop, "__defaults__", (0.0,))
    first = await start_bot(HeldBroker())
    sandbox.world.faults.change({"next": [KILLED]})
    asked = await ask(first, you, None)
    shown = await you.wait_for(looking)
    await first.stop()
    chats, failures = Outcomes.chats, 0

    async def failing(self: Outcomes) -> list[int]:
        nonlocal failures
        failures += 1
        if failures <= 2:
            raise sqlite3.OperationalError("disk I/O error")
        return await chats(self)

    monkeypatch.setattr(Outcomes, "chats", failing)
    broker = HeldBroker()
    second = await start_bot(broker)
    assert second.services is not None
    while not (await second.services.store.questions.of_message(YOU, asked["message_id"]))[0].placeholder_id:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert [m["message_id"] for m in await you.messages() if looking(m)] == [shown["message_id"]]
    broker.free.set()
    await quiet(second)
    assert await alone(you, asked)


def test_only_a_clear_refusal_says_that_a_call_had_no_effect() -> None:
    refused = (BadRequest("no"), Forbidden("no"), RetryAfter(1), ChatMigrated(-1), NotConnectedError("no"))
    assert not any(may_have_arrived(error) for error in refused)
    unclear = (TimedOut(), NetworkError("Bad Gateway"), TelegramError("Invalid server response"))
    assert all(may_have_arrived(error) for error in unclear)


async def test_an_edit_during_the_sending_of_the_answer_gets_the_same_message(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    """The first answer is on its way, and its reply late, when the edit comes."""
    bot = await start_bot()
    sandbox.world.faults.change({"next": [{"method": "sendMessage", "executed": True, "hold": 1.5}]})
    asked = await ask(bot, you, None)
    first = await you.wait_for(sure)
    await you.edit(asked, "What colour?")
    assert bot.services is not None
    questions = bot.services.store.questions
    while [q.delivered for q in await questions.of_message(YOU, asked["message_id"])] != [True, True]:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert [m["message_id"] for m in await you.messages() if sure(m)] == [first["message_id"]]
    assert texts.LOOKING not in [m.get("text") for m in await you.messages()]
