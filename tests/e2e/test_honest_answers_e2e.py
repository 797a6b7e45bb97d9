"""What people read where a model does not know: in the chat, the history, the export and /admin alike."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

from e2e_helpers import BLUE, FORUM, GREEN, GROUP, RED, StartBot, Untaught, forum, new_topic, picture, says, sure

from bot.sandbox.person import Person
from bot.texts.caveats import NEW_WORDING_UNSURE, STILL_DIFFERENT, STILL_DIFFERENT_UNSURE
from bot.texts.sureness import NOT_EVEN_A_GUESS, is_answer
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
    "What colour is the kite?": Answer("", "red", 0.54, 0.1, known_picture=True, alternatives=(("orange", 0.3),)),
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
    await you.say("What colour is the kite?")
    guess = await you.wait_for(lambda m: is_answer(m.get("text", "")))
    assert guess["text"].splitlines()[0] == "I do not know. My guess: red, or perhaps orange"
    await you.say("/admin unsure 100")
    await you.wait_for(says("a whole number from 1 to 99"))
    await you.say("/admin unsure default")
    await you.wait_for(says("back to the default"))
    assert bot.services is not None
    rows = [q async for q in bot.services.store.questions.export(you.user_id)]
    assert [q.unsure_below for q in rows] == [25] * len(READ) + [60]


LONG = f"{KNOWS}; this looks different, so do not rely on this:"


class Strange(NullBroker):
    """Knows no picture of the kind, and "painted" not either."""

    def _answer_to(self, request: Request) -> Answer:
        words = ("painted",) if "painted" in request.question else ()
        sureness = 0.1 if "guess" in request.question else 0.9
        about = {"known_picture": False, "known_words": True, "unknown_words": words, "knows": KNOWS}
        return Answer(request.id, "red", sureness, 0.1, **about)  # type: ignore[arg-type]


async def test_what_it_has_learnt_from_is_said_once_of_a_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Strange())

    async def reads(question: str, picture: bytes | None = None) -> str:
        await (you.send_picture(picture, question) if picture else you.say(question))
        return str((await you.wait_for(sure))["text"])

    first = await reads("What colour is the dog?", RED)
    assert first == f"{LONG}\nRed\nnot sure"
    assert await reads("Is there a cat?") == f"{STILL_DIFFERENT}\nRed\nnot sure"
    assert (await reads("Is it a guess?")).startswith(f"{STILL_DIFFERENT_UNSURE}\nI do not know")
    unknown = await reads("Who painted the dog?")
    assert unknown.startswith(f"I do not know the word “painted”. {STILL_DIFFERENT}\n")
    two = await reads("What colour is the cat? How many dogs are there?")
    assert two.startswith(f"{STILL_DIFFERENT}\n1. What colour") and two.count("unlike") == 1
    assert await reads("What colour is the dog?", BLUE) == first, "another picture"
    await you.send_album([BLUE, GREEN], "What colour is the dog?")
    lines = (await you.wait_for(sure))["text"].splitlines()
    assert lines == [f"1. {STILL_DIFFERENT} Red – not sure", f"2. {LONG} Red – not sure"], "one of them is new"
    await bot.stop()
    await start_bot(Strange())
    both = f"{STILL_DIFFERENT}\n1. Red – not sure\n2. Red – not sure"
    assert await reads("Is there a cow?") == both, "by now of both, also after a restart"
    await you.say("/export")
    sent = await you.wait_for(lambda m: "document" in m)
    with zipfile.ZipFile(io.BytesIO(await you.download(sent))) as archive:
        rows = json.loads(archive.read("history.json"))["questions"]
    assert {row["caveat"] for row in rows if row["question"].startswith("Is there")} == {LONG}, "kept as it is"


async def test_each_group_and_topic_is_told_what_it_has_learnt_from(start_bot: StartBot, you: Person) -> None:
    await start_bot(Strange())
    name = "@vqa_sandbox_bot"
    places = [(GROUP, None), *((FORUM, topic) for topic in (await forum(you), await new_topic(you)))]
    for chat, topic in places:
        await you.send_picture(RED, f"{name} what colour is the dog?", chat=chat, thread=topic)
        answer = await you.wait_for(sure, chat=chat)
        assert answer["text"].startswith(LONG)
        await you.say("Is there a cat?", reply_to=answer, chat=chat, thread=topic)
        again = await you.wait_for(sure, chat=chat)
        assert again["text"].startswith(STILL_DIFFERENT)


async def test_an_edited_question_keeps_what_was_said_above_the_others(start_bot: StartBot, you: Person) -> None:
    await start_bot(Strange())
    first = await you.send_picture(RED, "What colour is the dog?")
    await you.wait_for(sure)
    await you.say("Is there a cat?")
    await you.wait_for(sure)
    await you.edit(first, "Is it a guess?")
    edited = await you.wait_for(says("I do not know"), since=0)
    assert edited["text"].startswith(f"{KNOWS}; this looks different.\n")


async def test_what_nobody_taught_it_is_refused_and_no_choice_is_answered_by_no(
    start_bot: StartBot, you: Person
) -> None:
    await start_bot(Untaught())
    await you.send_album([RED, BLUE], "Why is the girl sad?")
    refused = await you.wait_for(says("I have not learnt"))
    assert refused["text"] == "I have not learnt to say why something is so: I would only be guessing.", "said once"
    await you.say("is the cat left or right of the tree?")
    lines = (await you.wait_for(lambda m: is_answer(m.get("text", ""))))["text"].splitlines()
    assert lines == [NEW_WORDING_UNSURE, *(f"{place}. I do not know which. – {NOT_EVEN_A_GUESS}" for place in (1, 2))]
    await you.say("/settings language german")
    await you.wait_for(says("Erledigt"))
    await you.send_picture(GREEN, "What is the girl's name? Is there a dog?")
    answer = await you.wait_for(says("Is there a dog?"))
    assert "wie eine Person oder ein Ort heißt: Ich würde nur raten." in answer["text"]
