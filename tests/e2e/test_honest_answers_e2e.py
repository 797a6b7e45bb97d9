"""What people read where a model does not know: in the chat, the history, the export and /admin alike."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

from e2e_helpers import StartBot, picture, says

from bot.sandbox.person import Person
from bot.texts.answers import is_answer
from model.serving.broker.null import NullBroker
from model.types import Answer, Request

KNOWS = "I have learnt from cartoon scenes"
SAID = {
    "What colour is it?": Answer("", "red", 0.54, 0.1, known_picture=True, alternatives=(("orange", 0.3),)),
    "Who painted this?": Answer("", "girl", 0.61, 0.1, known_picture=True, unknown_words=("painted",)),
    "Where is the dog?": Answer("", "no dog", 0.97, 0.1, known_picture=True),
    "Is it day?": Answer("", "no", 0.97, 0.1, known_picture=True),
    "What is on the moon?": Answer("", "red", 0.3, 0.1, known_picture=False, known_words=True, knows=KNOWS),
    "How many balls are there?": Answer("", "3", 0.2, 0.1, known_picture=True),
    "Unmeasured?": Answer("", "red", 0.9, 0.1),
}
READ = {
    "What colour is it?": ["Red, or perhaps orange", "54 % sure – I may be wrong"],
    "Who painted this?": [
        "I do not know the word “painted”. So do not rely on this:",
        "Girl",
        "not sure",
    ],
    "Where is the dog?": ["I see no dog here.", "97 % sure"],
    "Is it day?": ["No", "97 % sure"],
    "What is on the moon?": [
        f"{KNOWS}; this looks different, so do not rely on this:",
        "Red",
        "little more than a guess",
    ],
    "How many balls are there?": ["I do not know. My guess: 3", "20 % sure – this is little more than a guess"],
    "Unmeasured?": ["Red", "probably"],
}


class Judging(NullBroker):
    """Answers by the question."""

    def _answer_to(self, request: Request) -> Answer:
        return replace(SAID[request.question], id=request.id)


async def test_what_is_not_known_is_said_the_same_everywhere(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Judging())
    for number, (asked, lines) in enumerate(READ.items()):
        if number:
            await you.say(asked)
        else:
            await you.send_picture(picture(), asked)
        answer = await you.wait_for(lambda m: is_answer(m.get("text", "")))
        assert answer["text"].splitlines() == lines
    await you.say("/history")
    pages = [(await you.wait_for(says("History")))["text"]]
    await you.say("/export")
    sent = await you.wait_for(lambda m: "document" in m)
    with zipfile.ZipFile(io.BytesIO(await you.download(sent))) as archive:
        exported = {row["question"]: row for row in json.loads(archive.read("history.json"))["questions"]}
        page = archive.read("index.html").decode()
    for asked, lines in READ.items():
        row, given = exported[asked], SAID[asked]
        assert [line for line in (row["caveat"], row["says"], row["sureness"]) if line] == lines
        assert (row["answer"], row["known_picture"], row["known_words"]) == (
            given.text,
            given.known_picture,
            given.known_words,
        )
        assert row["unknown_words"] == list(given.unknown_words)
        assert row["alternatives"] == [{"answer": a, "probability": p} for a, p in given.alternatives]
        assert all(line in page for line in lines)
        assert row["percent"] == (round(100 * given.confidence) if "%" in lines[-1] else None)
    assert page.count('class="bar ') == sum("%" in lines[-1] for lines in READ.values()), "no bar beside words"
    assert "Red (little more than a guess, new to me: picture)" in pages[0] and "I see no dog here. (97 %)" in pages[0]
    assert "Red (probably)" in pages[0]
    await you.say("/admin")
    admin = (await you.wait_for(says("How the bot is doing")))["text"]
    assert "in words instead of percentages for 1 answer of the last day" in admin
    await you.say("/admin unsure 60")
    await you.wait_for(says("said as a guess: 60 from now on."))
    await you.say("What colour is it?")
    guess = await you.wait_for(lambda m: is_answer(m.get("text", "")))
    assert guess["text"].splitlines()[0] == "I do not know. My guess: red, or perhaps orange"
    await you.say("/admin unsure 100")
    await you.wait_for(says("a whole number from 1 to 99"))
    await you.say("/admin unsure default")
    await you.wait_for(says("back to the default"))
    assert bot.services is not None
    rows = [q async for q in bot.services.store.questions.export(you.user_id)]
    assert [q.unsure_below for q in rows] == [25] * len(READ) + [60]
