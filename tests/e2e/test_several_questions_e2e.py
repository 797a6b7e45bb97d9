"""Two questions in one message are both answered in one; what no short answer can be gets a sentence."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

from album_helpers import pictures_asked
from e2e_helpers import BLUE, GREEN, GROUP, RED, YOU, StartBot, Untaught, asked, picture, quiet, says, sure
from where_helpers import Showing, is_photo, looked_at, where

from bot.sandbox.person import Person, buttons
from bot.texts import questions as texts
from model.serving.broker.null import NullBroker
from model.types import Answer, Request

BOTH = "what colour is the ball and how many dogs are there?"


class Each(Showing):
    """Answers by the question's first word."""

    def answer(self, request: Request) -> Answer:
        said = super().answer(request)
        if request.explains is None:
            said = replace(said, text="2" if request.question.startswith("How many") else "red")
        return said


async def test_each_question_of_a_message_has_its_line(start_bot: StartBot, you: Person) -> None:
    broker = Each()
    bot = await start_bot(broker, feedback=True)
    await you.send_picture(picture(), BOTH)
    answer = await you.wait_for(sure)
    lines = [line.split(" – ")[0] for line in answer["text"].splitlines()]
    assert lines == ["1. What colour is the ball? Red", "2. How many dogs are there? 2"]
    assert sorted(broker.asked) == [("How many dogs are there?", 1), ("What colour is the ball?", 1)]
    await you.say("where are they?")  # leans on the last of them
    await you.wait_for(says("Where are the dogs?"))
    await you.say("Are they big?", reply_to=answer)
    reply = await you.wait_for(sure)
    assert reply["text"].startswith("Are the dogs big?\nRed\n"), "about one picture, not two"
    await where(you, answer)
    shown = await you.wait_for(is_photo)
    assert "Red · 2. " in shown["caption"] and (await looked_at(you, shown)).size == (2 * 320 + 8, 192)
    assert bot.services is not None and (await bot.services.store.questions.load(YOU, YOU, 0.0)).asked >= 5
    await quiet(bot, questions=3)


async def test_history_and_export_keep_both(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Each())
    await you.send_picture(picture(), BOTH)
    await you.wait_for(sure)
    await quiet(bot, questions=1)
    await you.say("/history")
    page = await you.wait_for(says("History"))
    both = "1. What colour is the ball? Red · 2. How many dogs are there? 2"
    assert both in page["text"]
    await you.press(page, "🖼 1")
    small = await you.wait_for(is_photo)
    assert small["caption"] == BOTH
    await you.say("/export")
    sent = await you.wait_for(lambda m: "document" in m)
    with zipfile.ZipFile(io.BytesIO(await you.download(sent))) as archive:
        (row,) = json.loads(archive.read("history.json"))["questions"]
        html = archive.read("index.html").decode()
    assert row["question"] == BOTH and row["says"] == both
    assert all(f">{line} <" in html for line in both.split(" · "))
    assert "About 2 pictures" not in html, "about one picture, which stands above"
    assert [(one["caption"], one["answer"]) for one in row["pictures"]] == [
        ("What colour is the ball?", "red"),
        ("How many dogs are there?", "2"),
    ]
    assert len([m for m in await you.messages() if is_photo(m)]) == 1, "the picture is shown once"


async def test_a_description_is_what_is_seen_and_a_story_or_a_reason_gets_a_sentence(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "Tell me a story about this picture")
    await you.wait_for(says("telling a story about it is more than I can"))
    await you.say("colour?")  # the picture was kept
    answer = await you.wait_for(sure)
    await you.say("why?", reply_to=answer)
    said = await you.wait_for(says("I cannot say why"))
    assert "Where?" in said["text"]
    await you.send_picture(picture(), "Describe the picture")
    await you.wait_for(says("What do you see?"))
    await quiet(bot, questions=2)
    assert [text for text, _ in await asked(bot)] == ["colour?", "Describe the picture"]
    await you.send_picture(picture(), "@vqa_sandbox_bot tell me a story", chat=GROUP)
    await ada.wait_for(says("telling a story about it"), chat=GROUP)
    assert texts.REFUSALS["story"] and await asked(bot, GROUP) == []


async def test_each_question_of_a_message_is_asked_of_each_picture(start_bot: StartBot, you: Person) -> None:
    """What the model was not taught is refused by itself."""
    bot = await start_bot(Untaught(), feedback=True)
    asked_both = "what is her name? is there a dog?"
    unknown = (
        "I have not learnt to say who somebody is, or what a person or a place is called: I would only be guessing."
    )
    lines = [
        f"1. In picture 1: What is her name? {unknown}",
        "2. In picture 1: Is there a dog? No",
        f"3. In picture 2: What is her name? {unknown}",
        "4. In picture 2: Is there a dog? No",
    ]
    sent = await you.send_album([RED, BLUE], asked_both)
    answer = await you.wait_for(says("4. "))
    assert [line.split(" – not")[0] for line in answer["text"].splitlines()[1:]] == lines
    assert [button["text"] for button in buttons(answer)][:4] == ["2 👍", "2 👎", "4 👍", "4 👎"]
    await you.say("and a cat?")  # leans on the last of them, of both pictures
    assert (await you.wait_for(says("Is there a cat?")))["text"].splitlines()[-1].startswith("2. No")
    await you.say(asked_both)
    assert "4. In picture 2: Is there a dog? No" in (await you.wait_for(says("4. ")))["text"]
    await you.say("is it big?", reply_to=answer, quote="4. In picture 2: Is there a dog?")
    await you.wait_for(sure)
    await you.send_late(sent[0], GREEN)
    late = await you.wait_for(says("6. "), since=0)
    assert late["text"].splitlines()[-1].startswith("6. In picture 3: Is there a dog? No")
    await you.edit(sent[0], "Is there a dog?")
    assert (await you.wait_for(lambda m: "3. No" in m.get("text", ""), since=0))["text"].count("In picture") == 0
    await quiet(bot, questions=4)
    first, second = (one["message_id"] for one in sent)
    assert [pictures for _, pictures, _ in await pictures_asked(bot)][:4] == [
        [first, first, second, second],
        [first, second],
        [first, first, second, second],
        [second],
    ]


async def test_a_picture_of_an_album_may_ask_something_else(start_bot: StartBot, you: Person) -> None:
    await start_bot(Each())
    sent = await you.send_album([RED, BLUE], [BOTH, "is it big?"])
    answer = await you.wait_for(says("3. "))
    shown = [line.split(" – ")[0] for line in answer["text"].splitlines()]
    assert shown == [
        "1. In picture 1: What colour is the ball? Red",
        "2. In picture 1: How many dogs are there? 2",
        "3. In picture 2: is it big? Red",
    ]
    await you.edit(sent[1], "")
    again = await you.wait_for(says("4. "), since=0)
    assert again["text"].splitlines()[3].startswith("4. In picture 2: How many dogs are there? 2")
    await you.say("/history")
    await you.press(await you.wait_for(says("History")), "\U0001f5bc 1")
    await you.wait_for(is_photo)
    await you.say("/privacy")  # what came before it is handled then
    await you.wait_for(says("What I keep"))
    assert len([m for m in await you.messages() if is_photo(m)]) == 2, "each picture once"
    await you.say("/export")
    sent_file = await you.wait_for(lambda m: "document" in m)
    with zipfile.ZipFile(io.BytesIO(await you.download(sent_file))) as archive:
        html = archive.read("index.html").decode()
    assert "About 2 pictures" in html and "4. In picture 2: How many dogs are there? 2" in html


async def test_each_of_many_pictures_is_asked_as_much_as_there_are_lines_for(start_bot: StartBot, you: Person) -> None:
    broker = Each()
    await start_bot(broker, feedback=True)
    await you.send_album([RED, BLUE, GREEN] * 3, BOTH)
    answer = await you.wait_for(says("18. "))
    assert answer["text"].splitlines()[-1].startswith("18. In picture 9: How many dogs are there? 2")
    await you.say(f"{BOTH} Where is the girl?")
    answer = await you.wait_for(says("18. "))
    assert answer["text"].splitlines()[0] == "That was too much for one message. I left out: Where is the girl?"
    assert {question for question, _ in broker.asked} == {"What colour is the ball?", "How many dogs are there?"}


async def test_long_answers_about_several_pictures_are_shown_in_one_message(start_bot: StartBot, you: Person) -> None:
    await start_bot(NullBroker("a dog and a cat " * 120, 0.9))
    await you.send_album([RED, BLUE, GREEN], "what is there?")
    lines = (await you.wait_for(says("3. ")))["text"].splitlines()
    assert len(lines) == 3 and all("A dog and a cat" in line and "…" in line for line in lines)
