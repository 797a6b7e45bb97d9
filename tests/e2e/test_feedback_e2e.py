"""What people think of an answer: by buttons and a reply, in private and in groups; and what becomes of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from album_helpers import Seeing
from e2e_helpers import ADA, FORUM, GROUP, YOU, StartBot, asked, change, forum, picture, quiet, says, sure
from feedback_helpers import export, opinions
from PIL import Image

from bot.app import Bot
from bot.sandbox.person import Person, buttons
from bot.texts import feedback as texts
from bot.texts import menus
from storage.backup import backup
from storage.feedback import Opinion

NAME = "@vqa_sandbox_bot"


async def test_an_answer_is_judged_changed_and_corrected(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    assert [[one["text"] for one in row] for row in answer["reply_markup"]["inline_keyboard"]] == [["👍", "👎"]]
    assert await you.press(answer, texts.RIGHT_BUTTON) == {"text": texts.NOTED_RIGHT, "show_alert": False}
    assert await opinions(bot) == [(YOU, True, None)]
    assert await you.press(answer, texts.WRONG_BUTTON) == {"text": texts.NOTED_WRONG, "show_alert": True}
    assert len(texts.NOTED_WRONG) <= 200
    await you.say("And its shape?", reply_to=answer)  # a question stays one
    await you.wait_for(sure)
    said = await you.say("No, it is <blue>.", reply_to=answer)
    await you.wait_for(says("noted: <blue>"))
    assert await opinions(bot) == [(YOU, False, "<blue>")]
    await you.edit(said, "it is navy")
    await you.wait_for(says("noted: navy"))
    assert await opinions(bot) == [(YOU, False, "navy")] and len(await asked(bot)) == 2
    await you.say("/history")
    assert "👎 “navy”" in (await you.wait_for(says("History")))["text"]
    await bot.stop()
    bot = await start_bot(feedback=True)  # it holds, and goes with everything else
    assert await opinions(bot) == [(YOU, False, "navy")]
    await you.say("/admin")
    assert (
        "Feedback: 0 % of 1 opinion of the last 30 days say right" in (await you.wait_for(says("How the bot")))["text"]
    )
    await you.say("/delete")
    menu = await you.wait_for(says("Really delete"))
    await you.press(menu, menus.DELETE_YES)
    await you.wait_for(says("Deleted: 2 questions"), since=0)
    assert await you.press(answer, texts.RIGHT_BUTTON) == {"text": texts.NOTHING_TO_JUDGE, "show_alert": False}
    assert bot.services is not None and (await bot.services.store.chats.everything(YOU))["feedback"] == []


async def test_in_a_group_each_has_their_own_opinion(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), f"{NAME} what colour?", chat=GROUP)
    answer = await you.wait_for(sure, chat=GROUP)
    await you.press(answer, texts.RIGHT_BUTTON)
    await ada.press(answer, texts.WRONG_BUTTON)
    await you.say("blue", chat=GROUP, reply_to=answer)  # who called it right corrects nothing
    await ada.say("it is green", chat=GROUP, reply_to=answer)
    await ada.wait_for(says("noted: green"), chat=GROUP)
    await quiet(bot, GROUP)
    assert await opinions(bot, GROUP) == [(YOU, True, None), (ADA, False, "green")]


async def judged(bot: Bot, expected: list[tuple[int, bool, str | None]], chat: int = YOU) -> None:
    """Wait until a chat's opinions are these: nothing is said to who reacts."""
    for _ in range(600):
        if await opinions(bot, chat) == expected:
            return
        await asyncio.sleep(0.05)
    assert await opinions(bot, chat) == expected


async def test_a_reaction_counts_once_and_is_taken_back(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    await you.react(answer, "👍")
    await judged(bot, [(YOU, True, None)])
    await you.react(answer, "👎")
    await judged(bot, [(YOU, False, None)])
    await you.say("it is blue", reply_to=answer)
    await you.wait_for(says("noted: blue"))
    await bot.stop()
    bot = await start_bot(feedback=True)
    await judged(bot, [(YOU, False, "blue")])
    await you.react(answer, "")
    await judged(bot, [])
    thread = await forum(you)  # an admin is told of reactions in groups
    await you.send_picture(picture(), f"{NAME} what colour?", chat=FORUM, thread=thread)
    answer = await you.wait_for(sure, chat=FORUM)
    await change(you, "member", chat=FORUM, member=ADA, status="member")
    await ada.react(answer, "🔥")
    await ada.react(answer, "👎")
    await you.press(answer, texts.RIGHT_BUTTON)
    await judged(bot, [(ADA, False, None), (YOU, True, None)], FORUM)
    await you.say("/admin feedback 0")
    await you.wait_for(says("No from now on"))
    await ada.react(answer, "👍")
    await quiet(bot, FORUM)
    assert (ADA, False, None) in await opinions(bot, FORUM)


async def test_each_of_several_answers_is_judged_by_itself(start_bot: StartBot, you: Person, tmp_path: Path) -> None:
    bot = await start_bot(Seeing(), feedback=True)
    await you.send_album([picture(colour) for colour in ("red", "blue", "green")], "What colour?")
    answer = await you.wait_for(lambda m: sure(m) and "3. Green" in m["text"])
    shown = [[one["text"] for one in row] for row in answer["reply_markup"]["inline_keyboard"]]
    assert shown[:2] == [["1 👍", "1 👎", "2 👍", "2 👎"], ["3 👍", "3 👎"]]
    assert await you.press(answer, "1 👍") == {"text": texts.NOTED_RIGHT, "show_alert": False}
    assert await you.press(answer, "2 👎") == {"text": texts.NOTED_WRONG, "show_alert": True}
    await you.say("it is navy", reply_to=answer)
    await you.wait_for(says("noted: navy"))
    assert await opinions(bot) == [(YOU, True, None), (YOU, False, "navy")]
    await you.say("/history")
    assert "1. 👍 2. 👎 “navy”" in (await you.wait_for(says("History")))["text"]
    assert bot.services is not None
    await bot.services.store.chats.set_settings(YOU, for_training=1)
    said = await export(tmp_path / "feedback", "--data-dir", tmp_path / "data")
    assert "Wrote 2 questions" in said
    records = [json.loads(line) for line in (tmp_path / "feedback" / "train.jsonl").read_text().splitlines()]
    assert [(one["answer"], one["said"][0]["answer"]) for one in records] == [("red", "red"), ("navy", "blue")]
    assert len({one["image"] for one in records}) == 2


async def test_what_a_caption_asked_in_short_is_learnt_in_full(
    start_bot: StartBot, you: Person, tmp_path: Path
) -> None:
    bot = await start_bot(Seeing(), feedback=True)
    await you.send_album([picture("red"), picture("blue")], "dogs?")
    answer = await you.wait_for(lambda m: sure(m) and "2. Blue" in m["text"])
    for one in ("1 👍", "2 👍"):
        await you.press(answer, one)
    assert bot.services is not None
    await bot.services.store.chats.set_settings(YOU, for_training=1)
    await export(tmp_path / "feedback", "--data-dir", tmp_path / "data")
    records = (tmp_path / "feedback" / "train.jsonl").read_text().splitlines()
    assert [json.loads(one)["question"] for one in records] == ["Are there any dogs?"] * 2


async def test_an_admin_switches_it_off(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    await you.say("/admin feedback 0")
    await you.wait_for(says("No from now on"))
    assert await you.press(answer, texts.RIGHT_BUTTON) == {"text": texts.NOT_WANTED, "show_alert": False}
    await you.say("What shape?")
    assert buttons(await you.wait_for(sure)) == []
    await you.say("/admin feedback default")
    await you.wait_for(says("back to the default"))
    assert await opinions(bot) == []


async def test_what_chats_allow_becomes_training_data_while_the_bot_runs(
    start_bot: StartBot, you: Person, ada: Person, tmp_path: Path
) -> None:
    bot = await start_bot(feedback=True)
    for person, colour in ((you, "red"), (ada, "blue")):
        await person.send_picture(picture(colour), "What colour?")
        answer = await person.wait_for(sure)
        await person.press(answer, texts.WRONG_BUTTON)
        await person.say("it is teal", reply_to=answer)
        await person.wait_for(says("noted: teal"))
    folder, out = tmp_path / "data", tmp_path / "feedback"
    assert "nobody said what is right in a chat that allows it" in await export(out, "--data-dir", folder, code=1)
    assert not out.exists()
    await you.say("/settings")
    menu = await you.wait_for(says("Settings of this chat"))
    assert "May be used to train me: No" in menu["text"]
    assert (await you.press(menu, menus.YES) or {})["text"] == menus.MAY_TRAIN
    await you.wait_for(says("May be used to train me: Yes"), since=0)
    said = await export(out, "--data-dir", folder)
    assert "Wrote 1 question" in said and "Left out: 1 opinion" in said
    [record] = [json.loads(line) for line in (out / "train.jsonl").read_text().splitlines()]
    assert record.pop("said") == [{"answer": "red", "confidence": 0.87, "model": "", "right": 0, "wrong": 1}]
    image = record.pop("image")
    assert record == {"question": "What colour?", "answer": "teal", "answers": ["teal"]}
    with Image.open(out / image) as shown:
        assert not shown.info.get("exif") and not shown.getexif()
    everything = "".join(path.read_text("latin-1") for path in out.rglob("*") if path.is_file())
    assert str(YOU) not in everything and "You" not in everything
    assert "exists already" in await export(out, "--data-dir", folder, code=1)
    await backup(folder, tmp_path / "copy")
    assert "Wrote 1 question" in await export(tmp_path / "again", "--data-dir", tmp_path / "copy")
    assert (tmp_path / "again" / "train.jsonl").read_text() == (out / "train.jsonl").read_text()
    assert "There is no database" in await export(tmp_path / "x", "--data-dir", tmp_path / "nowhere", code=1)
    assert (
        bot.services is not None
        and Opinion(1, YOU, False, "teal") in (await bot.services.store.feedback.of_questions(YOU, [1]))[1]
    )
