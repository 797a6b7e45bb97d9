"""What becomes of answers and progress that Telegram refuses or lets wait; see also test_lost_messages_e2e.py."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from delivery_helpers import alone, ask, looking, quiet
from e2e_helpers import ADA, GROUP, YOU, HeldBroker, StartBot, picture, sure
from telegram.error import RetryAfter

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from model.serving.broker.null import NullBroker
from storage.fair_queue import FairQueue
from storage.outcomes import Outcomes
from storage.records import NewQuestion, Question, State

pytestmark = pytest.mark.usefixtures("soon")


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


async def test_progress_that_could_not_be_taken_away_at_once_is_not_left(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    asked = await ask(bot, you, None)
    await you.wait_for(looking)
    refusal = {"error_code": 400, "description": "Bad Request: SOMETHING_NEW"}
    sandbox.world.faults.change({"always": [{"method": "editMessageText", **refusal}]})
    sandbox.world.faults.change({"next": [{"method": "deleteMessage", "error_code": 502}]})
    broker.free.set()
    await quiet(bot)
    assert await alone(you, asked)


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

    monkeypatch.setattr("bot.answering.delivery.seconds_of", seconds_of)
    monkeypatch.setattr("bot.transport.rate_limiter.MAX_RETRIES", 0)
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
            NewQuestion(chat_id=chat, message_id=1, photo_sha256=stored.sha256, text="?", beams=1, max_new_tokens=5)
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


async def test_the_places_of_all_who_wait_are_asked_for_together(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look walks through all that wait: one for each who waits would hold the ledger up for everyone."""
    looks: list[int] = []
    places: list[int] = []
    slow, positions = Outcomes.slow, FairQueue.positions

    async def counted(self: Outcomes, *arguments: Any, **named: Any) -> list[Question]:
        looks.append(1)
        return await slow(self, *arguments, **named)

    async def placed(self: FairQueue, ids: Collection[int]) -> dict[int, int]:
        places.append(len(ids))
        return await positions(self, ids)

    monkeypatch.setattr(Outcomes, "slow", counted)
    monkeypatch.setattr(FairQueue, "positions", placed)
    broker = HeldBroker(capacity=2)
    bot = await start_bot(broker)
    for _ in range(12):
        await ask(bot, you, None)
    while sum(looking(m) for m in await you.messages()) < 12:  # noqa: ASYNC110 - done by other tasks
        await asyncio.sleep(0.05)
    assert max(places) > 1 and len(places) <= 2 * len(looks), "with what is new, and with what moved"
    broker.free.set()
    await quiet(bot)


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
