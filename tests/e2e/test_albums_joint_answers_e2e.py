"""What an album's answer says in one line above its pictures: a total, or which of them it is."""

from __future__ import annotations

import io
from dataclasses import replace

from album_helpers import Seeing, pictures_asked
from e2e_helpers import BLUE, GREEN, RED, StartBot, picture, quiet, says, sure
from PIL import Image

from bot.sandbox.person import Person
from bot.texts import questions as texts
from model.types import Answer, Request


class Counting(Seeing):
    """Sees as many things as a picture is wide, in hundreds of pixels; in a green one nothing."""

    def answer(self, request: Request) -> Answer:
        seen = super().answer(request)
        with Image.open(io.BytesIO(request.picture)) as opened:
            return replace(seen, text="no dog" if seen.text == "green" else str(opened.width // 100))


async def test_what_is_asked_in_total_is_counted_in_each_and_added_up(start_bot: StartBot, you: Person) -> None:
    broker = Counting()
    await start_bot(broker)
    await you.send_album([picture(size=(200, 90)), picture(size=(300, 90)), GREEN], "How many dogs in total?")
    answer = await you.wait_for(sure)
    total, *lines = answer["text"].splitlines()
    assert total == "In total: 5 – 66 % sure – I may be wrong", "as likely as all three are right"
    assert [line.split(" – ")[0] for line in lines] == ["1. 2", "2. 3", "3. I see no dog here."]
    assert {question for question, _ in broker.asked} == {"How many dogs?"}, "in the words that the model knows"
    await you.send_album(
        [picture(size=(200, 90)), picture(size=(300, 90))], ["How many dogs in total?", "How many cats?"]
    )
    assert (await you.wait_for(sure))["text"].startswith("1. 2"), "dogs and cats are not added up"
    await you.say("/history")
    assert "In total: 5 (66 %) · 1. 2 (87 %) · 2. 3 (87 %)" in (await you.wait_for(says("History")))["text"]
    await you.say("How many dogs are there?")
    assert (await you.wait_for(sure))["text"].startswith("1. 2"), "no sum that nobody asked for"


async def test_what_may_be_meant_within_each_picture_can_be_put_to_each(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    await you.send_album([RED, BLUE], "Are the balls the same colour?")
    answer = await you.wait_for(sure)
    assert answer["text"].startswith("Red, blue\n")
    await you.press(answer, texts.EACH_BUTTON)
    each = await you.wait_for(lambda m: m.get("text", "").startswith("1. Red"), since=0)
    assert each["message_id"] == answer["message_id"] and "reply_markup" not in each
    await you.send_album([RED, BLUE], "Are they the same?")
    assert "reply_markup" not in await you.wait_for(sure)
    await quiet(bot)
    assert [each for _, _, each in await pictures_asked(bot)] == [False, True, False]


class Seeking(Seeing):
    """Says whether a picture is red."""

    def answer(self, request: Request) -> Answer:
        seen = super().answer(request)
        return seen if request.others else replace(seen, text="yes" if seen.text == "red" else "no")


async def test_which_of_many_pictures_has_something_is_said_in_one_line(start_bot: StartBot, you: Person) -> None:
    broker = Seeking()
    bot = await start_bot(broker)
    sent = await you.send_album([RED, BLUE], "Which one has a ball?")
    assert (await you.wait_for(sure))["text"].startswith("Red, blue\n"), "two are compared"
    await quiet(bot)
    await you.send_late(sent[0], RED)
    answer = await you.wait_for(lambda m: sure(m) and m["text"].count("\n") == 3, since=0)
    joint, *lines = answer["text"].splitlines()
    assert joint.startswith("In pictures 1 and 3 – ")
    assert [line.split(" – ")[0] for line in lines] == ["1. Yes", "2. No", "3. Yes"]
    assert broker.asked[1:] == [("Is there a ball?", 1)] * 3
    for pictures, said in (
        ([BLUE, GREEN, BLUE], "In none of them"),
        ([RED] * 3, "In all of them"),
        ([BLUE, RED, BLUE], "In picture 2"),
    ):
        await you.send_album(pictures, "Which picture shows a ball?")
        assert (await you.wait_for(sure))["text"].startswith(f"{said} – ")


async def test_captions_that_only_say_when_it_was_ask_what_changed(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    await you.send_album([RED, BLUE], ["before", "After:"])
    assert (await you.wait_for(sure))["text"].startswith("Red, blue\n")
    assert broker.asked[-1] == (texts.COMPARE_QUESTION, 2)
