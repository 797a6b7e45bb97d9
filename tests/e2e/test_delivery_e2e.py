"""What becomes of answers and progress whose sending failed, was not heard of, or was refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e_helpers import ADA, GROUP, YOU, HeldBroker, StartBot, picture
from telegram.error import RetryAfter

from bot import delivery, texts
from bot.app import Bot
from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from model.serving.broker.null import NullBroker
from storage.outcomes import Outcomes
from storage.records import Question, State

LOST = {"method": "sendMessage", "executed": True, "drop": True}
"""Telegram sends the message, and its reply does not arrive."""
KILLED = {"method": "sendMessage", "executed": True, "hold": 3600}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is late on a Telegram in this process."""
    monkeypatch.setattr("bot.question_messages.SETTLE_SECONDS", 0.0)
    monkeypatch.setattr("bot.progress.PAUSE", 0.1)
    yield


def sure(message: Message) -> bool:
    return "% sure" in message.get("text", "")


def looking(message: Message) -> bool:
    return message.get("text", "").startswith("🔎")


async def quiet(bot: Bot) -> None:
    """Everything is handled, answered and told."""
    assert bot.services is not None
    store = bot.services.store
    while (  # noqa: ASYNC110 - done by other tasks
        (await store.updates.counts())["pending"] or await store.outcomes.any_waiting() or await store.outcomes.chats()
    ):
        await asyncio.sleep(0.02)


async def alone(person: Person, question: Message, chat: int | None = None) -> bool:
    """Whether one answer stands under a question, and no progress anywhere."""
    messages = await person.messages(chat, 200)
    under = [m for m in messages if m.get("reply_to_message", {}).get("message_id") == question["message_id"]]
    return len([m for m in under if sure(m)]) == 1 == len(under) and not any(looking(m) for m in messages)


async def ask(bot: Bot, person: Person, chat: int | None) -> Message:
    """Ask about a new picture in the person's own chat, or in a group by name."""
    assert bot.services is not None
    text = "What?" if chat is None else f"@{bot.services.bot.username} what?"
    return await person.send_picture(picture(), text, chat=chat)


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
    assert question.told and question.placeholder_id == (await you.wait_for(sure, chat=chat))["message_id"]


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


async def test_an_edit_that_is_refused_for_a_new_reason_loses_no_answer(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    asked = await ask(bot, you, None)
    await you.wait_for(looking)
    refusal = {"error_code": 400, "description": "Bad Request: SOMETHING_NEW"}
    sandbox.world.faults.change({"next": [{"method": "editMessageText", **refusal}]})
    broker.free.set()
    await you.wait_for(sure)
    await quiet(bot)
    assert await alone(you, asked), "the answer was sent anew, and the progress taken away"


async def test_a_message_that_is_refused_for_a_moment_is_sent(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    bot = await start_bot()
    refusal = {"error_code": 400, "description": "Bad Request: SOMETHING_NEW"}
    sandbox.world.faults.change({"next": [{"method": "sendMessage", **refusal}]})
    asked = await ask(bot, you, None)
    await you.wait_for(sure)
    await quiet(bot)
    assert await alone(you, asked)


@pytest.mark.parametrize("reason", ["chat not found", "not enough rights to send text messages to the chat"])
async def test_a_chat_that_is_gone_ends_its_questions(
    start_bot: StartBot, sandbox: Sandbox, you: Person, reason: str
) -> None:
    bot = await start_bot()
    sandbox.world.faults.change(
        {"always": [{"method": "sendMessage", "error_code": 400, "description": f"Bad Request: {reason}"}]}
    )
    asked = await ask(bot, you, None)
    assert bot.services is not None
    while not await bot.services.store.questions.of_message(YOU, asked["message_id"]):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await quiet(bot)
    (question,) = await bot.services.store.questions.of_message(YOU, asked["message_id"])
    assert question.state is State.FAILED, "the ledger does not call it delivered"


@pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")
async def test_delivery_waits_as_long_as_telegram_says(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the rate limiter hands the pause on."""
    waited: list[RetryAfter] = []

    def seconds_of(error: RetryAfter) -> float:
        waited.append(error)
        return 0.01

    monkeypatch.setattr("bot.delivery.seconds_of", seconds_of)
    monkeypatch.setattr("bot.rate_limiter.MAX_RETRIES", 0)
    bot = await start_bot()
    sandbox.world.faults.change({"next": [{"method": "sendMessage", "error_code": 429, "retry_after": 1}]})
    asked = await ask(bot, you, None)
    await you.wait_for(sure)
    await quiet(bot)
    assert len(waited) == 1
    assert await alone(you, asked)


async def test_chats_that_must_wait_hold_up_nobody_else(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person
) -> None:
    """More chats than any number of shared places: their answers cannot be sent for as long as this test runs."""
    bot = await start_bot()
    assert bot.services is not None
    photo = await ada.send_picture(picture(), "What?")
    await ada.wait_for(sure)
    stored = await bot.services.store.photos.of_message(ADA, photo["message_id"])
    assert stored is not None
    slow = list(range(9000, 9100))
    sandbox.world.faults.change({"always": [{"error_code": 502, "chats": slow}]})
    for chat in slow:
        await bot.services.store.questions.ask(
            chat_id=chat, message_id=1, photo_sha256=stored.sha256, text="?", beams=1, max_new_tokens=5
        )
        await bot.services.store.photos.save(chat, 1, b"x", media_type="image/png")
    bot.services.dispatcher.wake()
    while await bot.services.store.outcomes.any_waiting():  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.02)
    await ada.say("And now?")
    await ada.wait_for(lambda m: sure(m) and m["reply_to_message"].get("text") == "And now?")
    assert set(await bot.services.store.outcomes.chats()) >= set(slow), "all of them still wait"


async def test_progress_is_shown_in_a_group_for_a_few_only(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its 20 messages a minute are for answers; each question gets exactly one, progress or not."""
    looks: list[int] = []
    slow = Outcomes.slow

    async def counted(self: Outcomes, *arguments: Any, **named: Any) -> list[Question]:
        found = await slow(self, *arguments, **named)
        looks.append(len(found))
        return found

    monkeypatch.setattr(Outcomes, "slow", counted)
    broker = HeldBroker()
    bot = await start_bot(broker)
    assert bot.services is not None
    asked = [await ask(bot, you, GROUP) for _ in range(8)]
    while len(broker.asked) < 8:  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.02)
    while sum(looking(m) for m in await you.messages(GROUP)) < 5:  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.05)
    seen = len(looks)
    while len(looks) < seen + 4:  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.05)
    assert looks[-1] == 3 and sum(looking(m) for m in await you.messages(GROUP)) == 5
    broker.free.set()
    await quiet(bot)
    for question in asked:
        assert await alone(you, question, GROUP)
    assert sum(e["method"] == "sendMessage" for e in sandbox.world.recorder.log) == 8


async def test_the_same_picture_twice_in_an_album_leaves_no_progress(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    await you.send_album([picture("red"), picture("red")], "What colour?")
    await you.wait_for(looking)
    broker.free.set()
    await quiet(bot)
    await you.wait_for(sure, since=0)
    assert not any(looking(m) for m in await you.messages())


async def test_what_ran_when_the_bot_ended_is_asked_again(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker()
    first = await start_bot(broker)
    await you.send_picture(picture(), "What?")
    assert first.services is not None
    while (await first.services.store.questions.counts())[State.RUNNING] != 1:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await first.stop()
    await start_bot()
    await you.wait_for(sure)


async def test_what_the_model_says_is_shown_as_it_is(start_bot: StartBot, you: Person, tmp_path: Path) -> None:
    """Neither markup nor a broken tag: in the answer as in the history."""
    bot = await start_bot(NullBroker("x <b>bold</b> & <i", 0.87))
    await you.send_picture(picture(), "What?")
    assert (await you.wait_for(sure))["text"].startswith("X <b>bold</b> & <i\n")
    await quiet(bot)
    await you.say("/history")
    shown = await you.wait_for(lambda m: "bold" in m.get("text", ""))
    assert "<b>bold</b> & <i" in shown["text"]


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
    while [q.told for q in await bot.services.store.questions.of_message(YOU, asked["message_id"])] != [True, True]:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert [m["message_id"] for m in await you.messages() if sure(m)] == [first["message_id"]]
    assert texts.LOOKING not in [m.get("text") for m in await you.messages()]
