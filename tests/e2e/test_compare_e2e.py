"""Two pictures in one question: by reply, by /compare, by words; what a model cannot do, and what a kill leaves."""

from __future__ import annotations

import asyncio
import json
import zipfile
from io import BytesIO
from typing import Any

from album_helpers import Seeing, answers, pictures_asked
from e2e_helpers import BLUE, GREEN, GROUP, RED, HeldBroker, StartBot, asked, quiet, says, sure

from bot.sandbox.person import Person
from bot.texts import export_page
from bot.texts import questions as texts
from bot.texts.failures import sentence
from model.types import Answer, Request
from storage.records import State


class OneOnly(Seeing):
    """A model that has not learnt to compare pictures."""

    def answer(self, request: Request) -> Answer:
        if request.others:
            return Answer(request.id, "", 0.0, 0.01, "pictures_one_only")
        return super().answer(request)


async def test_a_comparison_finds_its_second_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    await you.send_picture(RED)
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.say("What changed?")
    await you.wait_for(says(texts.NEED_TWO))
    await you.say("/compare")
    await you.wait_for(says(texts.NEED_TWO))
    blue = await you.send_picture(BLUE, "What changed?")
    assert (await you.wait_for(sure))["text"].startswith("Red, blue\n")
    await you.send_picture(GREEN)
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.say("/compare")
    assert (await you.wait_for(sure))["text"].startswith("Blue, green\n"), "the last two, the older one first"
    await you.say("Is it night?")
    assert (await you.wait_for(sure))["text"].startswith("Green\n"), "a plain question is about the last one"
    await you.say("in this one only")
    assert (await you.wait_for(sure))["text"].startswith("In this picture: Is it night?\nGreen\n")
    await you.say("Which one has a dog?")
    assert (await you.wait_for(sure))["text"].startswith("Blue, green\n"), "both are still talked about"
    await you.say("Is it night in both pictures?")
    assert (await you.wait_for(sure))["text"].startswith("Blue, green\n")
    await you.say("What is different from the one before?", reply_to=blue)
    assert (await you.wait_for(sure))["text"].startswith("Red, blue\n")
    await you.say("/compare Which one has a dog?", reply_to=blue)
    assert (await you.wait_for(sure))["text"].startswith("Blue, green\n")
    for question in ("Is it darker than in the previous picture?", "Is it the same as the first picture?"):
        await you.say(question, reply_to=blue)
        assert (await you.wait_for(sure))["text"].startswith("Red, blue\n"), question
    await you.say("compare both pictures", reply_to=blue)
    assert (await you.wait_for(sure))["text"].startswith("Blue, green\n"), "the newest other one"
    await you.say("What colour is the ball?", reply_to=blue)
    assert (await you.wait_for(sure))["text"].startswith("Blue\n")
    await you.say("/compare are they the same?", reply_to=blue)
    assert (await you.wait_for(sure))["text"].startswith("Blue, green\n"), "“they” are the pictures"
    await quiet(bot)
    assert [each for _, _, each in await pictures_asked(bot)] == [False] * 13


async def test_what_asks_nothing_after_the_command_is_not_asked(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    await you.send_album([RED, BLUE])
    await you.wait_for(says(texts.WHAT_TO_KNOW_ALBUM))
    for words in ("bitte", "now please"):
        await you.say(f"/compare {words}")
        await you.wait_for(sure)
    await you.say("/compare was hat sich geändert?")
    await you.wait_for(says("Ich verstehe nur Fragen auf Englisch."))
    await quiet(bot)
    assert [question for question, _ in await asked(bot)] == [texts.COMPARE_QUESTION] * 2


async def test_where_the_model_cannot_each_picture_is_a_button_away(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(OneOnly())
    await you.send_album([RED, BLUE], "What changed?")
    refused = await you.wait_for(says(sentence("pictures_one_only")))
    assert "reply_markup" not in refused, "nothing changes in one picture"
    await you.send_album([RED, BLUE], "Which one is darker?")
    refused = await you.wait_for(says(sentence("pictures_one_only")))
    await bot.stop()
    bot = await start_bot(OneOnly())
    await you.press(refused, texts.EACH_BUTTON)
    answer = await you.wait_for(lambda m: sure(m) and m["text"].startswith("1. Red"), since=0)
    assert answer["message_id"] == refused["message_id"] and "reply_markup" not in answer
    assert "2. Blue" in answer["text"]
    await quiet(bot)
    assert len(await answers(you)) == 1
    assert [each for _, _, each in await pictures_asked(bot)] == [False, False, True]


async def test_what_was_under_way_at_a_kill_is_asked_again_once(start_bot: StartBot, you: Person) -> None:
    held = HeldBroker()
    first = await start_bot(held)
    assert first.services is not None
    await you.send_album([RED, BLUE], "What colour?")
    await you.send_picture(GREEN, "What changed?")
    while (await first.services.store.questions.counts())[State.RUNNING] != 2:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await first.stop()
    bot = await start_bot(Seeing())
    await you.wait_for(lambda m: sure(m) and m["text"].startswith("1. Red"), since=0)
    await you.wait_for(lambda m: m.get("text", "").startswith("Blue, green\n"), since=0)
    await quiet(bot)
    assert len(await answers(you)) == 2


async def test_it_stands_in_history_and_export_and_is_deleted(start_bot: StartBot, ada: Person) -> None:
    bot = await start_bot(Seeing())
    assert bot.services is not None
    name = bot.services.bot.username
    await ada.send_picture(RED, f"@{name} What?", chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    await ada.send_picture(BLUE, f"@{name} What is different?", chat=GROUP)
    answer = await ada.wait_for(lambda m: m.get("text", "").startswith("Red, blue\n"), chat=GROUP)
    assert answer is not None
    store = bot.services.store
    chat: Any = await store.question_pictures._db.fetch_all("SELECT chat_id, sha256 FROM question_pictures")
    assert [row["chat_id"] for row in chat] == [GROUP, GROUP]
    await store.chats.delete_everything(GROUP)
    assert await store.db.fetch_all("SELECT 1 FROM question_pictures") == []


async def test_an_export_names_all_pictures_of_a_question(start_bot: StartBot, you: Person) -> None:
    await start_bot(Seeing())
    await you.send_album([RED, BLUE], "What colour?")
    await you.wait_for(sure)
    await you.say("/history")
    shown = await you.wait_for(says("History"))
    assert "1. Red · 2. Blue" in shown["text"]
    await you.say("/export")
    sent = await you.wait_for(lambda m: "document" in m)
    with zipfile.ZipFile(BytesIO(await you.download(sent))) as archive:
        history = json.loads(archive.read("history.json"))
        (question,) = history["questions"]
        assert question["each_picture"]
        assert [(one["answer"], one["picture"] in archive.namelist()) for one in question["pictures"]] == [
            ("red", True),
            ("blue", True),
        ]
        page = archive.read("index.html").decode()
    assert export_page.NOTHING_ASKED not in page, "the second was asked about, too"
    assert [f'<img src="{one["picture"]}"' in page for one in question["pictures"]] == [True, True]


class Changing(Seeing):
    """A model that has learnt what may change between two pictures."""

    def answer(self, request: Request) -> Answer:
        if request.others:
            return Answer(request.id, "the red ball is blue now", 0.9, 0.01)
        return super().answer(request)


async def test_what_is_asked_after_what_changed_is_about_that(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Changing())
    await you.send_picture(RED)
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.send_picture(BLUE, "What changed?")
    await you.wait_for(says("The red ball is blue now"))
    await you.say("where?")
    assert (await you.wait_for(sure))["text"].startswith("Where is the ball?\nBlue\n")
    await you.say("What changed?")
    await you.wait_for(says("The red ball is blue now"))
    await you.say("what colour was it before?")
    told = await you.wait_for(sure)
    assert told["text"].startswith("What colour is the ball?\nRed\n"), "the earlier picture"
    await you.say("What changed?")
    await you.wait_for(says("The red ball is blue now"))
    await you.say("anything else?")
    await you.wait_for(says(texts.NO_MORE_CHANGES))
    await you.say("what was there before?")
    await you.wait_for(says(texts.ASK_EARLIER))
    await you.send_album([GREEN, BLUE], "What changed?")
    await you.wait_for(says("The red ball is blue now"))
    await you.say("where?")
    assert "2. Blue" in (await you.wait_for(lambda m: sure(m) and "1. Green" in m["text"]))["text"]
    await you.say("What changed?")
    await you.wait_for(says("The red ball is blue now"))
    await you.say("what colour was it before?")
    assert (await you.wait_for(sure))["text"].startswith("What colour is the ball?\nGreen\n")
    await quiet(bot)
    assert len(await asked(bot)) == 9
