"""The button "Where?": the picture with what counted for an answer; after a restart, in history and exports."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import pytest
from album_helpers import Seeing
from e2e_helpers import BLUE, FORUM, GROUP, RED, StartBot, forum, new_topic, press_forged, says, sure
from PIL import Image
from where_helpers import LEFT, OneKind, Showing, is_photo, looked_at, maps, where

from bot.callback_data import ShowWhere
from bot.sandbox.person import Person
from bot.texts import about, menus
from bot.texts import heat_maps as texts
from bot.texts import questions as question_texts
from bot.texts.failures import sentence


async def test_it_is_shown_once_below_the_answer(start_bot: StartBot, you: Person) -> None:
    broker = Showing()
    await start_bot(broker)
    asked = await you.send_picture(RED, "What colour is it?")
    answer = await you.wait_for(sure)
    assert await where(you, answer) == texts.COMING
    shown = await you.wait_for(is_photo)
    assert shown["reply_to_message"]["message_id"] == answer["message_id"]
    assert shown["caption"].startswith("What colour is it?\nRed\n"), "whose answer it is about"
    drawn = await looked_at(you, shown)
    assert drawn.size == (320, 192)
    left, right = drawn.getpixel((60, 96)), drawn.getpixel((260, 96))
    assert isinstance(left, tuple) and isinstance(right, tuple)
    assert left[1] > 100 > left[2] and max(right[1:]) < 40 and right[0] < 180, "what counted glows, the rest is dimmed"
    assert await where(you, answer) == texts.SHOWN
    await you.say("Is it bright?", reply_to=shown["message_id"])
    again = await you.wait_for(sure)
    assert (await you.wait_for(lambda m: m["message_id"] == again["message_id"]))["text"].startswith("Red\n")
    assert len(await maps(you)) == 1
    assert broker.explained == [("What colour is it?", "red", 1)]
    assert asked


async def test_of_several_pictures_all_are_shown_in_one(start_bot: StartBot, you: Person) -> None:
    broker = Showing()
    await start_bot(broker)
    await you.send_album([RED, BLUE], "What changed?")
    joint = await you.wait_for(sure)
    await where(you, joint)
    first = await you.wait_for(is_photo)
    assert (await looked_at(you, first)).size == (2 * 320 + 8, 192) and first["caption"].endswith(texts.LOOKED)
    await you.send_album([RED, BLUE], "What colour?")
    each = await you.wait_for(lambda m: sure(m) and m["text"].startswith("1. Red"))
    await where(you, each)
    second = await you.wait_for(is_photo)
    assert "1. Red · 2. Blue" in second["caption"] and second["caption"].endswith(texts.MEANING)
    assert broker.explained == [
        ("What changed?", "red, blue", 2),
        ("What colour?", "red", 1),
        ("What colour?", "blue", 1),
    ]


async def test_a_restart_forgets_no_press_and_shows_nothing_twice(start_bot: StartBot, you: Person) -> None:
    held = Showing()
    held.free.clear()
    bot = await start_bot(held)
    await you.send_picture(RED, "What colour?")
    answer = await you.wait_for(sure)
    await where(you, answer)
    await you.wait_for(says(question_texts.LOOKING))
    assert await where(you, answer) == texts.COMING
    await bot.stop()
    bot = await start_bot(Showing())
    shown = await you.wait_for(is_photo, since=0)
    await bot.stop()
    await start_bot(Showing())
    assert await where(you, answer) == texts.SHOWN
    assert [one["message_id"] for one in await maps(you)] == [shown["message_id"]]
    assert not [m for m in await you.messages() if question_texts.LOOKING in m.get("text", "")]


async def test_what_was_cancelled_may_be_asked_for_again(start_bot: StartBot, you: Person) -> None:
    held = Showing()
    held.free.clear()
    await start_bot(held)
    await you.send_picture(RED, "What colour?")
    answer = await you.wait_for(sure)
    await where(you, answer)
    progress = await you.wait_for(says(question_texts.LOOKING))
    await you.press(progress, question_texts.CANCEL_BUTTON)
    await you.wait_for(says(question_texts.CANCELLED), since=0)
    held.free.set()
    assert await where(you, answer) == texts.COMING
    shown = await you.wait_for(is_photo, since=0)
    assert shown["message_id"] == progress["message_id"], "in the place of what was cancelled"


async def test_it_is_told_when_it_cannot_be_had(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Showing())
    await you.send_picture(RED, "What colour?")
    answer = await you.wait_for(sure)
    await bot.stop()
    bot = await start_bot(Showing(model="another"))
    await where(you, answer)
    told = await you.wait_for(says(texts.OTHER_MODEL))
    assert told["reply_to_message"]["message_id"] == answer["message_id"]
    assert await where(you, answer) == texts.OTHER_MODEL, "and it costs nothing more"
    await you.send_picture(BLUE, "What colour?")
    gone = await you.wait_for(sure)
    assert bot.services is not None
    store = bot.services.store
    for photo in await store.photos.of_chat(1001):
        photo.path.unlink()
    assert await where(you, gone) == texts.PICTURE_GONE
    await bot.stop()
    bot = await start_bot(Showing(heat=((0.0, 0.0),), model="another"))
    await you.send_picture(RED, "Is it day?")
    answer = await you.wait_for(sure)
    await where(you, answer)
    await you.wait_for(says(texts.NOWHERE))
    await bot.stop()
    await start_bot(OneKind())
    await you.send_picture(RED, "Is it night?")
    await where(you, await you.wait_for(sure))
    await you.wait_for(says(sentence("where_not_shown")))
    assert await maps(you) == []


async def test_a_model_that_cannot_show_it_has_no_button(start_bot: StartBot, you: Person) -> None:
    await start_bot(Seeing())
    await you.send_picture(RED, "What colour?")
    assert "reply_markup" not in await you.wait_for(sure)


async def test_forged_presses_reach_nothing(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot(Showing())
    await you.send_picture(RED, "What colour?")
    answer = await you.wait_for(sure)
    await you.say("thanks!")
    await ada.send_picture(BLUE, "What colour?")
    hers = await ada.wait_for(sure)
    number = int(answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"].partition(":")[2])
    made_up = (ShowWhere(number).pack(), "where:", "where:x", "where:-1", f"where:{2**60}", "where:1:2", "where:999")
    for place, data in enumerate(made_up):
        await press_forged(bot, ada, hers, place, data)
    assert bot.services is not None
    rows: Any = await bot.services.store.db.fetch_all("SELECT count(*) AS number FROM questions WHERE explains NOTNULL")
    assert rows[0]["number"] == 0
    assert await maps(you) == [] and await maps(ada) == []


async def test_a_press_counts_like_a_question(start_bot: StartBot, you: Person) -> None:
    await start_bot(Showing(), questions_per_minute=2)
    await you.send_picture(RED, "What colour?")
    answer = await you.wait_for(sure)
    await where(you, answer)
    await you.wait_for(is_photo)
    await you.say("How bright is it?")
    refused = await you.wait_for(says("That is a lot of questions"))
    assert "2 a minute" in refused["text"]
    assert await where(you, answer) == texts.SHOWN


async def test_groups_topics_history_export_and_deletion(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot(Showing())
    assert bot.services is not None
    name = bot.services.bot.username
    await ada.send_picture(RED, f"@{name} What colour?", chat=GROUP)
    answer = await ada.wait_for(sure, chat=GROUP)
    await where(you, answer)
    shown = await ada.wait_for(is_photo, chat=GROUP)
    assert shown["reply_to_message"]["message_id"] == answer["message_id"]
    await you.send_picture(RED, "What colour?")
    await where(you, await you.wait_for(sure))
    await you.wait_for(is_photo)
    await you.say("/history")
    history = await you.wait_for(says("History"))
    assert "1 question," in history["text"] and "with where I looked" in history["text"]
    await you.press(history, "🖼 1")
    await you.wait_for(lambda m: is_photo(m) and texts.MEANING in m.get("caption", ""))
    await you.say("/export")
    sent = await you.wait_for(lambda m: "document" in m)
    with zipfile.ZipFile(io.BytesIO(await you.download(sent))) as archive:
        (question,) = json.loads(archive.read("history.json"))["questions"]
        (one,) = question["where"]
        assert one["state"] == "delivered" and one["heat"] == [[[1.0, 0.0], [1.0, 0.0]]]
        with Image.open(io.BytesIO(archive.read(one["picture"]))) as drawn:
            assert drawn.size == (320, 192)
        assert one["picture"] in archive.read("index.html").decode()
    await you.say("/delete")
    menu = await you.wait_for(lambda m: "reply_markup" in m)
    assert "your 1 question with" in menu["text"]
    await you.press(menu, menus.DELETE_YES)
    await you.wait_for(says("Deleted: 1 question"), since=0)
    left: Any = await bot.services.store.db.fetch_all("SELECT DISTINCT chat_id FROM questions")
    assert [row["chat_id"] for row in left] == [GROUP]
    assert "where I looked" in about.PRIVACY


@pytest.mark.parametrize("executed", [True, False])
async def test_a_lost_reply_leaves_one_map(start_bot: StartBot, you: Person, sandbox: Any, executed: bool) -> None:
    await start_bot(Showing())
    await you.send_picture(RED, "What colour?")
    answer = await you.wait_for(sure)
    sandbox.world.faults.change({"next": [{"method": "sendPhoto", "hold": 0.0, "executed": executed, "drop": True}]})
    await where(you, answer)
    await you.wait_for(is_photo, since=0)
    while await where(you, answer) != texts.SHOWN:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert len(await maps(you)) == 1
    assert not [m for m in await you.messages() if question_texts.LOOKING in m.get("text", "")]


async def test_topics_albums_comparisons_and_maps(start_bot: StartBot, you: Person) -> None:
    await start_bot(Showing())
    topic = await forum(you)
    album = await you.send_album([RED, BLUE], "@vqa_sandbox_bot What changed?", chat=FORUM, thread=topic)
    joint = await you.wait_for(sure, chat=FORUM)
    assert joint["text"].startswith("Red, blue\n") and joint["message_thread_id"] == topic
    assert joint["reply_to_message"]["message_id"] in {one["message_id"] for one in album}
    await where(you, joint)
    shown = await you.wait_for(is_photo, chat=FORUM)
    assert shown["message_thread_id"] == topic and shown["reply_to_message"]["message_id"] == joint["message_id"]
    await you.say("/compare@vqa_sandbox_bot Which is brighter?", chat=FORUM, thread=topic)
    again = await you.wait_for(sure, chat=FORUM)
    assert again["text"].startswith("Red, blue\n") and again["message_thread_id"] == topic
    await you.say("/compare@vqa_sandbox_bot", chat=FORUM, thread=(await new_topic(you)))
    await you.wait_for(says(question_texts.NEED_TWO), chat=FORUM)


async def test_it_moves_with_a_group_and_the_button_goes_on_working(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Showing())
    assert bot.services is not None
    store = bot.services.store
    await you.send_picture(RED, "What colour?")
    await where(you, await you.wait_for(sure))
    await you.wait_for(is_photo)
    await store.chats.migrate(1001, -1001001)
    (moved,) = [request async for request in store.heat_maps.of_chat(-1001001)]
    assert moved.message_id < 0 and moved.placeholder_id is None and moved.heat == (LEFT,)
    assert [request async for request in store.heat_maps.of_chat(1001)] == []


async def test_a_press_under_an_answer_of_which_the_bot_has_not_heard_doubles_nothing(
    start_bot: StartBot, you: Person, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.answering.delivery.Delivery.stop.__defaults__", (0.0,))
    monkeypatch.setattr("bot.answering.message_search.SETTLE_SECONDS", 0.0)
    sandbox.world.faults.change({"next": [{"method": "sendMessage", "executed": True, "hold": 3600}]})
    bot = await start_bot(Showing())
    await you.send_picture(RED, "What colour?")
    answer = await you.wait_for(sure)
    assert await where(you, answer) == texts.COMING
    await bot.stop()
    await start_bot(Showing())
    shown = await you.wait_for(is_photo, since=0)
    assert shown["reply_to_message"]["message_id"] == answer["message_id"]
    while await where(you, answer) != texts.SHOWN:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert [one["message_id"] for one in await you.messages() if sure(one)] == [answer["message_id"]]
    assert len(await maps(you)) == 1
