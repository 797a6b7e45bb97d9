"""Questions by voice: heard in private chats, groups and topics, shown, corrected, and never made up."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest
from e2e_helpers import FORUM, GROUP, YOU, StartBot, asked, change, forum, picture, quiet, says, sure

from bot.answering import listening
from bot.app import Bot
from bot.sandbox.person import Person
from bot.texts import questions as texts
from bot.texts.failures import sentence
from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.null import NullBroker

SOUNDS = Path(__file__).parents[1] / "speech"
BALL = (SOUNDS / "ball.ogg").read_bytes()
PATIENCE = 300.0
QUESTION = "What color is the ball?"


def hearing(text: str, confidence: float = 0.9) -> NullBroker:
    broker = NullBroker("red", 0.87)
    broker.heard = (text, confidence)
    return broker


async def test_a_voice_message_is_a_question_that_can_be_corrected(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(hearing(QUESTION))
    await you.send_picture(picture())
    sent = await you.send_file(BALL, "question.ogg", kind="voice")
    answer = await you.wait_for(sure)
    assert answer["text"].startswith(f"I heard: {QUESTION}")
    assert answer["reply_to_message"]["message_id"] == sent["message_id"]
    await you.say("What shape is the ball?", reply_to=answer["message_id"])
    await you.wait_for(sure, since=answer["message_id"])
    await you.edit(sent, "What size is the ball?")
    for _ in range(600):
        if len(await asked(bot)) == 3:
            break
        await asyncio.sleep(0.05)
    await quiet(bot, questions=3)
    assert [text for text, _ in await asked(bot)] == [QUESTION, "What shape is the ball?", "What size is the ball?"]
    await you.say("Which ball is it?", reply_to=sent["message_id"])  # under the voice itself
    await quiet(bot, questions=4)
    (first,) = {photo for _, photo in await asked(bot)}
    await you.send_file(BALL, "note.mp4", kind="video_note", reply_to=first)
    await quiet(bot, questions=5)


async def test_what_is_not_sure_is_asked_first(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(hearing(QUESTION, 0.3))
    await you.send_picture(picture())
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.send_file(BALL, "question.ogg", kind="voice")
    shown = await you.wait_for(says(f"Did you ask: {QUESTION}"))
    assert not await asked(bot)
    for _ in range(2):
        await you.press(shown, texts.ASK_HEARD_BUTTON) if not await asked(bot) else None
        await quiet(bot, questions=1)
    assert [text for text, _ in await asked(bot)] == [QUESTION]


@pytest.mark.parametrize("heard", [("", 0.0), None])
async def test_nothing_is_made_up(heard: tuple[str, float] | None, start_bot: StartBot, you: Person) -> None:
    broker = NullBroker("red", 0.87)
    broker.heard = heard
    bot = await start_bot(broker)
    await you.send_picture(picture())
    await you.send_file(BALL, "question.ogg", kind="voice")
    await you.wait_for(says(texts.NO_SPEECH if heard else sentence("speech_off")))
    await quiet(bot)
    assert not await asked(bot)


async def test_groups_and_topics_hear_what_means_the_bot_or_a_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(hearing(QUESTION))
    topic = await forum(you)
    shown = await you.send_picture(picture(), chat=FORUM, thread=topic)
    await you.send_file(BALL, "chat.ogg", kind="voice", chat=FORUM, thread=topic)  # to the others
    await you.send_file(BALL, "question.ogg", kind="voice", chat=FORUM, thread=topic, reply_to=shown["message_id"])
    answer = await you.wait_for(sure, chat=FORUM)
    assert answer["message_thread_id"] == topic
    await change(you, "member", chat=GROUP, member=1000000001, status="administrator")
    shown = await you.send_picture(picture(), chat=GROUP)
    await you.send_file(BALL, "question.ogg", kind="voice", chat=GROUP, reply_to=shown["message_id"])
    await you.wait_for(sure, chat=GROUP)
    await quiet(bot, FORUM, questions=1)
    await quiet(bot, GROUP, questions=1)
    assert [len(await asked(bot, chat)) for chat in (FORUM, GROUP)] == [1, 1]


async def test_nobody_waits_for_ever(start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "TIMEOUT_SECONDS", 0.2)
    broker = hearing(QUESTION)
    broker._delay = PATIENCE
    bot = await start_bot(broker)
    await you.send_file(BALL, "question.ogg", kind="voice")
    await you.wait_for(says(sentence("speech_not_now")))
    await quiet(bot)


async def _pid(bot: Bot) -> int:
    assert bot.services is not None
    for _ in range(6000):
        (info,) = await bot.services.broker.workers()
        if info.ready and info.pid is not None:
            return info.pid
        await asyncio.sleep(0.05)
    raise AssertionError("no worker is ready")


async def test_a_real_worker_hears_and_its_death_loses_nothing(start_bot: StartBot, you: Person) -> None:
    """The worker is killed before it has heard: one question, one answer. (The bot: test_pictures_killed.py.)"""
    bot = await start_bot(EmbeddedBroker("builtin", speech="pocketsphinx"))
    await you.send_picture(picture())
    pid = await _pid(bot)
    await you.send_file(BALL, "question.ogg", kind="voice")
    assert bot.services is not None
    for _ in range(6000):
        if (await bot.services.store.updates.counts())["pending"]:
            break
        await asyncio.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    answer = await you.wait_for(sure, PATIENCE)
    assert answer["text"].startswith(f"I heard: {QUESTION}")
    await quiet(bot, questions=1)
    assert len([m for m in await you.messages() if sure(m)]) == 1 and len(await asked(bot)) == 1
    assert [one["text"] for one in (await bot.services.store.chats.everything(YOU)).get("updates", [])] == []
