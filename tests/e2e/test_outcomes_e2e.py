"""How a question gets from the worker into its chat while other things happen to it: edits, deletions, refusals."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

import pytest
from delivery_helpers import looking
from e2e_helpers import FORUM, YOU, HeldBroker, StartBot, forum, picture, quiet, says, sure

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import menus
from bot.texts import questions as texts
from model.serving.broker.null import NullBroker
from model.types import Answer, Request
from storage.picture_checks import PictureCheck
from storage.records import NewQuestion

LOST = {"method": "sendMessage", "executed": True, "drop": True}


class FailingBroker(HeldBroker):
    """A worker that cannot answer, and says so in words of its own."""

    async def _reply(self, request: Request) -> None:
        self._in_flight.pop(request.id, None)
        self._results.put_nowait(Answer(request.id, "", 0.0, 0.1, error="No <b>answer</b> & no markup."))


async def test_what_a_worker_says_instead_of_an_answer_is_told_as_it_is(start_bot: StartBot, you: Person) -> None:
    await start_bot(FailingBroker())
    await you.send_picture(picture(), "What?")
    told = await you.wait_for(says("answer"))
    assert told["text"] == "No <b>answer</b> & no markup." and "entities" not in told


class DoubtingBroker(HeldBroker):
    """A worker whose model has seen neither such a picture nor such a word."""

    async def _reply(self, request: Request) -> None:
        self._in_flight.pop(request.id, None)
        answer = Answer(request.id, "red", 0.4, 0.1, known_picture=False, known_words=False)
        self._results.put_nowait(replace(answer, unknown_words=("plinth",), alternatives=(("orange", 0.3),)))


async def test_what_is_known_about_an_answer_stands_in_the_ledger(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(DoubtingBroker())
    await you.send_picture(picture(), "What colour is the plinth?")
    await you.wait_for(lambda message: "Red" in message.get("text", ""))
    assert bot.services is not None
    [question] = [each async for each in bot.services.store.questions.export(YOU)]
    assert (question.known_picture, question.known_words) == (False, False)
    assert (question.unknown_words, question.alternatives) == (("plinth",), (("orange", 0.3),))


async def test_an_answer_that_is_too_long_for_telegram_is_cut(start_bot: StartBot, you: Person) -> None:
    await start_bot(NullBroker("x" * 5000))
    await you.send_picture(picture(), "What?")
    assert "xxx" in (await you.wait_for(sure))["text"]


async def test_a_cancelled_question_is_taken_from_the_worker_and_told_at_once(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.answering.delivery.SWEEP_SECONDS", 3600.0)  # nobody finds it by chance
    broker = HeldBroker()
    await start_bot(broker)
    await you.send_picture(picture(), "What?")
    await you.press(await you.wait_for(looking), texts.CANCEL_BUTTON)
    await you.wait_for(says(texts.CANCELLED))
    assert not broker._in_flight


async def test_a_content_that_was_refused_does_not_reach_the_worker_again(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker()
    bot = await start_bot(broker)
    assert bot.services is not None
    key = hashlib.sha256(picture("blue")).hexdigest()
    await bot.services.store.picture_checks.put(key, PictureCheck("This picture is damaged."))
    await you.send_picture(picture("blue"), "What?", name="a.png", as_document=True)
    await you.wait_for(says("This picture is damaged."))
    assert broker.asked == []


class RefusingBroker(HeldBroker):
    """A worker that cannot read the picture."""

    async def _reply(self, request: Request) -> None:
        self.asked.append(request.question)
        self._in_flight.pop(request.id, None)
        answer = Answer(request.id, "", 0.0, 0.1, "This picture is damaged.", refused_picture=request.picture_key)
        self._results.put_nowait(answer)


async def test_what_the_worker_could_not_read_is_remembered(start_bot: StartBot, you: Person) -> None:
    broker = RefusingBroker()
    await start_bot(broker)
    for question, said in (("What?", "This picture is damaged."), ("And now?", texts.STILL_UNREADABLE)):
        await you.send_picture(picture(), question)
        await you.wait_for(says(said))
    assert broker.asked == ["What?"]


async def test_a_picture_that_is_gone_is_said_to_be(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    asked = await you.say("/help")
    await bot.services.store.questions.ask(
        NewQuestion(
            chat_id=YOU, message_id=asked["message_id"], photo_sha256="ab" * 32, text="?", beams=1, max_new_tokens=5
        )
    )
    bot.services.dispatcher.wake()
    await you.wait_for(says(texts.PICTURE_GONE))


async def test_an_edit_while_the_answer_cannot_be_sent_gets_the_only_answer(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    bot = await start_bot()
    assert bot.services is not None
    sandbox.world.faults.change({"always": [{"method": "sendMessage", "error_code": 502}]})
    asked = await you.send_picture(picture(), "What?")
    while not any(entry["method"] == "sendMessage" for entry in sandbox.world.recorder.log):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await you.edit(asked, "What colour?")
    while len(await bot.services.store.questions.of_message(YOU, asked["message_id"])) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    sandbox.world.faults.change({"always": []})
    await quiet(bot, questions=2)
    assert [sure(message) for message in await you.messages()] == [False, True]


async def test_progress_that_arrives_after_the_deletion_is_taken_away(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    """Telegram has shown it, and its reply is on its way while everything of the chat is deleted."""
    await start_bot(HeldBroker())
    sandbox.world.faults.change({"next": [{"method": "sendMessage", "executed": True, "hold": 2}]})
    await you.send_picture(picture(), "What?")
    shown = await you.wait_for(looking)
    await you.say("/delete")
    await you.press(await you.wait_for(lambda message: "reply_markup" in message), menus.DELETE_YES)
    await you.wait_for(says("Deleted: 1 question"))
    while await you.message(shown["message_id"]) is not None:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def test_progress_that_was_not_heard_of_is_not_taken_for_a_sentence(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replies to both are lost; the sentence stands between the question and its progress."""
    monkeypatch.setattr("bot.answering.message_search.SETTLE_SECONDS", 0.0)
    monkeypatch.setattr("bot.answering.progress.PAUSE", 0.1)
    broker = HeldBroker()
    bot = await start_bot(broker)
    assert bot.services is not None
    other = await you.say("/privacy")
    await you.wait_for(says("What I keep"))
    asked = await you.send_picture(picture(), "What?")
    while not broker.asked:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    sandbox.world.faults.change({"next": [{**LOST, "times": 2}]})
    with pytest.raises(Exception, match="calling Telegram"):
        await bot.services.bot.send_message(YOU, "a sentence", reply_parameters={"message_id": other["message_id"]})
    await you.wait_for(looking)
    broker.free.set()
    answer = await you.wait_for(sure, since=0)
    await quiet(bot, questions=1)
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    assert not any(looking(message) for message in await you.messages())


async def test_an_answer_stays_in_its_topic_when_the_question_is_gone(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker()
    await start_bot(broker)
    topic = await forum(you)
    shown = await you.say("This one", chat=FORUM, thread=topic)
    asked = await you.send_picture(picture(), "@vqa_sandbox_bot what?", chat=FORUM, reply_to=shown)
    while not broker.asked:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await you.delete(asked)
    broker.free.set()
    answer = await you.wait_for(sure, chat=FORUM, since=0)
    assert answer["message_thread_id"] == topic
