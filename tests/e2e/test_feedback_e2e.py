"""What people think of an answer: by buttons and a reply, in private and in groups; and what becomes of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from album_helpers import Seeing
from click.testing import CliRunner
from e2e_helpers import ADA, FORUM, GROUP, YOU, StartBot, asked, change, forum, picture, quiet, says, sure
from PIL import Image

from bot.app import Bot
from bot.cli import main
from bot.conversation.corrections import correction, objection, value_alone
from bot.sandbox.person import Person, buttons
from bot.texts import feedback as texts
from bot.texts import menus
from model.serving.broker.null import NullBroker
from storage.backup import backup
from storage.feedback import Opinion

NAME = "@vqa_sandbox_bot"


async def opinions(bot: Bot, chat: int = YOU) -> list[tuple[int, bool, str | None]]:
    assert bot.services is not None
    store = bot.services.store
    ids = [question.id async for question in store.questions.export(chat)]
    found = await store.feedback.of_questions(chat, ids)
    return [(one.user_id, one.is_right, one.answer) for each in found.values() for one in each]


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("red", "red"), ("No, it's red.", "red"), ("it is a red ball!", "a red ball"), ("The answer is 3", "3"),
        ("no", "no"), ("they are two dogs", "two dogs"), ("And the dog?", None), ("رنگش چیست؟", None), ("", None),
        ("it is", "it is"), ("/ask red", None), ("x" * 61, None), ("  ", None), ("It was “blue”", "blue"),
    ],
)  # fmt: skip
def test_what_is_right_is_what_stands_behind_it_is(said: str, right: str | None) -> None:
    assert correction(said) == right


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("wrong, it is blue", "blue"), ("No, it's Blue.", "Blue"), ("nope, there are three!", "three"),
        ("that's wrong, it should be 3", "3"), ("That is not right. It is a cat", "a cat"),
        ("wrong", ""), ("that's wrong!", ""), ("no, it is not blue", ""), ("your answer is incorrect", ""),
        ("no", None), ("is it blue?", None), ("is it blue", None), ("it's blue", None), ("no, the left one", None),
        ("no its brown", "brown"), ("nah its grey mate", "grey"), ("nope 3", "3"), ("no, blue", "blue"),
        ("should be 2", "2"), ("should have been red", "red"), ("the answer is 2", "2"),
        ("i think it's black", "black"), ("it looks orange to me", "orange"), ("thats wrong lol", ""),
        ("not a dog", ""), ("that's not red", ""), ("ur wrong", ""), ("haha it's so wrong", ""), ("wrong again", ""),
        ("look again", ""), ("no it's fine", None), ("it should be fun", None), ("i think it's nice", None),
        ("no one", None),
        ("no, the dress is yellow not blue", "yellow"), ("it's not a boy it's a man", "a man"),
        ("there are three cars, not two", "three cars"), ("not 2, 3", "3"), ("not a boy but a man", "a man"),
        ("you forgot one", ""), ("u missed the yellow one", ""), ("wrong he is happy", "happy"),
        ("u wrong its black", "black"), ("actually it's one dog", "one dog"), ("i count 3", "3"),
        ("no they are standing", "standing"), ("not dogs, balls", None), ("you missed the point", None),
        ("great, not bad", None), ("i'm here not there", None), ("no, he is my brother", None),
        ("no, it's so cute", None),
        ("not a clue", None), ("it's not fair", None), ("no, its tail", None), ("i think it's 2000", None),
        ("no, it is the ball, what colour is it", None), ("wrong colour", None), ("no, it is " + "x" * 61, None),
    ],
)  # fmt: skip
def test_only_who_surely_means_it_calls_an_answer_wrong(said: str, right: str | None) -> None:
    assert objection(said) == right
    if right:
        assert correction(said) == right, "a reply means the same"


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("brown", "brown"), ("a cat", "a cat"), ("2", "2"), ("its red!", "red"), ("it's a cat", "a cat"),
        ("dog?", None), ("the ball", None), ("hello", None), ("and dog", None), ("false", None),
        ("123", None), ("/help", None),
    ],
)  # fmt: skip
def test_a_value_alone_may_say_what_is_right(said: str, right: str | None) -> None:
    assert value_alone(said) == right


async def test_who_replies_to_nothing_corrects_the_last_answer(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.say("that's wrong")
    await you.wait_for(says(texts.HOW_TO_CORRECT))
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    await you.say("And its shape?")
    await you.wait_for(sure)
    said = await you.say("wrong, it is blue")
    await you.wait_for(says("noted: blue"))
    await you.edit(said, "no, it's navy")
    await you.wait_for(says("noted: navy"))
    assert await opinions(bot) == [(YOU, False, "navy")] and len(await asked(bot)) == 2
    assert bot.services is not None
    assert list(await bot.services.store.feedback.of_questions(YOU, [1, 2])) == [2], "of two the last"
    await you.say("that's wrong", reply_to=answer)
    await you.wait_for(says(texts.NOTED_WRONG))
    assert set(await bot.services.store.feedback.of_questions(YOU, [1, 2])) == {1, 2}


async def test_after_wrong_a_value_alone_says_what_is_right_once(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    await you.say("brown")  # nothing is awaited: it asks
    await you.wait_for(sure)
    await you.say("wrong")
    await you.wait_for(says(texts.NOTED_WRONG))
    await you.say("brown")
    await you.wait_for(says("noted: brown"))
    await you.say("green")
    await you.wait_for(sure)
    assert await opinions(bot) == [(YOU, False, "brown")] and len(await asked(bot)) == 3


async def test_a_reply_that_is_an_answer_corrects_or_confirms(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture("red"), "What colour is it?")
    first = await you.wait_for(sure)
    await you.say("And what is it?")
    second = await you.wait_for(sure)
    await you.say("black", reply_to=first)
    await you.wait_for(says("noted: black"))
    await you.say("no", reply_to=second)
    await you.wait_for(says(texts.NOTED_WRONG))
    await you.say("red", reply_to=first)
    await you.wait_for(says(texts.NOTED_RIGHT))
    assert sorted(await opinions(bot)) == [(YOU, False, None), (YOU, True, None)] and len(await asked(bot)) == 2
    await you.say("the dog", reply_to=first)
    await you.wait_for(sure)
    assert len(await asked(bot)) == 3, "no colour: it asks"


async def test_of_yes_or_no_only_that_is_kept(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(NullBroker("no", 0.87), feedback=True)
    await you.send_picture(picture("red"), "Are they sitting?")
    await you.wait_for(sure)
    await you.say("no they are standing")
    await you.wait_for(says(texts.NOTED_RIGHT))
    await you.say("wrong, they are standing")
    await you.wait_for(says(texts.NOTED_WRONG))
    assert await opinions(bot) == [(YOU, False, None)]
    await you.say("no, they are sitting")
    await you.wait_for(says("noted: yes"))
    assert await opinions(bot) == [(YOU, False, "yes")] and len(await asked(bot)) == 1


async def test_without_feedback_an_objection_is_no_question(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    await you.say("wrong, it is blue")
    await you.wait_for(says("I am sorry that I was no help."))
    assert len(await asked(bot)) == 1 and await opinions(bot) == []


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


async def export(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["feedback", "export", *map(str, arguments)])
    assert done.exit_code == code and "Traceback" not in done.output, done.output
    return done.output


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


async def test_what_is_right_says_which_of_several_lines_was_wrong(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour is the dog? How many cats are there? Where is the dog?")
    await you.wait_for(lambda m: sure(m) and "3. Where" in m["text"])
    for said in ("that's wrong", "no, it is wooden"):
        await you.say(said)
        await you.wait_for(says(texts.HOW_TO_CORRECT))
    await you.say("no its brown")
    await you.wait_for(says("noted: brown"))
    assert bot.services is not None
    store = bot.services.store.feedback
    assert [(one.position, one.answer) for one in (await store.of_questions(YOU, [1]))[1]] == [(1, "brown")]
    answer = await you.say("wrong, 2")
    await you.wait_for(says("noted: 2"))
    await you.edit(answer, "wrong, 3")
    await you.wait_for(says("noted: 3"))
    assert [(one.position, one.answer) for one in (await store.of_questions(YOU, [1]))[1]] == [(1, "brown"), (2, "3")]


async def test_what_is_right_is_kept_in_english_only(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    await you.say("falsch, er ist blau")
    await you.wait_for(says(texts.NOTED_WRONG))
    await you.say("azul")  # awaited, but no English
    await you.wait_for(says("entiendo preguntas en inglés"))
    await you.say("è rosso", reply_to=answer)
    await you.wait_for(says("solo domande in inglese"))
    await you.say("wrong, it is azul", reply_to=answer)
    await you.wait_for(says(texts.NOTED_WRONG))
    assert await opinions(bot) == [(YOU, False, None)] and len(await asked(bot)) == 1
