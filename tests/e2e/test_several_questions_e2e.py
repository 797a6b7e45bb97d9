"""Two questions in one message are both answered in one; what no short answer can be gets a sentence."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

from e2e_helpers import GROUP, YOU, StartBot, asked, picture, quiet, says, sure
from where_helpers import Showing, is_photo, looked_at, where

from bot.sandbox.person import Person
from bot.texts import questions as texts
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


async def test_a_description_and_a_reason_get_a_sentence(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "Describe the picture")
    await you.wait_for(says("describing all of it is more than I can"))
    await you.say("colour?")  # the picture was kept
    answer = await you.wait_for(sure)
    await you.say("why?", reply_to=answer)
    said = await you.wait_for(says("I cannot say why"))
    assert "Where?" in said["text"]
    await quiet(bot, questions=1)
    assert [text for text, _ in await asked(bot)] == ["colour?"]
    await you.send_picture(picture(), "@vqa_sandbox_bot describe this", chat=GROUP)
    await ada.wait_for(says("describing all of it"), chat=GROUP)
    assert texts.REFUSALS["describe"] and await asked(bot, GROUP) == []
