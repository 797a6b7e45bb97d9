"""How an answer and its confidence are shown, the same everywhere."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from test_settings import QUESTION

from bot.conversation.as_typed import as_typed
from bot.exporting.rows import row_of
from bot.texts import menus
from bot.texts.answers import ASK_ONE_THING, NO_ANSWER, shown, shown_answer
from bot.texts.caveats import BUILTIN_KNOWS, DEFAULT_KNOWS, NEW_WORDING, NEW_WORDING_UNSURE, TRUNCATED
from bot.texts.language import speaking
from bot.texts.questions import outcome
from bot.texts.sureness import NOT_EVEN_A_GUESS, is_answer
from model.profile import BUILTIN_PROFILE
from model.types import Answer
from storage.records import Evidence, Question

KNOWN = {"known_picture": True, "known_words": True}
OTHERS = (("orange", 0.3), ("pink", 0.1), ("grey", 0.05))


def question(answer: str, confidence: float = 0.9, **more: Any) -> Question:
    if "unknown_words" in more:
        more.setdefault("text", " ".join(more["unknown_words"]))
    return replace(QUESTION, **{"answer": answer, "confidence": confidence, **KNOWN, **more})


@pytest.mark.parametrize(
    ("about", "answer", "sureness", "caveat"),
    [
        (question("red"), "Red", "90 % sure", ""),
        (question("no"), "No", "90 % sure", ""),
        (question("no dog", text="Where is the dog?"), "I see no dog here.", "90 % sure", ""),
        (
            question("no red ball", 0.6, text="Is the red ball big?"),
            "I see no red ball here.",
            "60 % sure – I may be wrong",
            "",
        ),
        (question("north"), "North", "90 % sure", ""),
        (question("girl and teddy bear and tree"), "Girl, teddy bear and tree", "90 % sure", ""),
        (question("red and blue"), "Red and blue", "90 % sure", ""),
        (question("a dog and a cat by a tree and a bee"), "A dog and a cat by a tree and a bee", "90 % sure", ""),
        (question("red", 0.5, alternatives=OTHERS[:1]), "Red, or perhaps orange", "50 % sure – I may be wrong", ""),
        (question("red", 0.5, alternatives=OTHERS), "Red, or perhaps orange or pink", "50 % sure – I may be wrong", ""),
        (
            question("no dog", 0.5, text="What colour is the dog?", alternatives=(("brown", 0.4), ("no cat", 0.1))),
            "I see no dog here. If there is one: brown",
            "50 % sure – I may be wrong",
            "",
        ),
        (
            question("brown", 0.5, alternatives=(("no dog", 0.4),)),
            "Brown, or perhaps no dog here",
            "50 % sure – I may be wrong",
            "",
        ),
        (
            question("red", 0.2, unsure_below=25),
            "I do not know. My guess: red",
            "20 % sure – this is little more than a guess",
            "",
        ),
        (
            question("no dog", 0.2, unsure_below=25, text="Where are the dogs?"),
            "I do not know. My guess: no dog here",
            "20 % sure – this is little more than a guess",
            "",
        ),
        (
            question("no tent", 0.2, unsure_below=25, text="What is it?", alternatives=(("no cat", 0.1), ("red", 0.1))),
            "I do not know. My guess: red",
            "20 % sure – this is little more than a guess",
            "",
        ),
        (question("no tent", 0.2, unsure_below=25, text="What is it?"), "I do not know.", NOT_EVEN_A_GUESS, ""),
        (question("no tent", 0.4, text="What is it?"), "I do not know.", NOT_EVEN_A_GUESS, ""),
        (question("no tent", 0.4, text="What do you see?"), ASK_ONE_THING, NOT_EVEN_A_GUESS, ""),
        (question("no tent", 0.4, text="what is this picture of"), ASK_ONE_THING, NOT_EVEN_A_GUESS, ""),
        (question("no tent", 0.4, text="What does this image show?"), ASK_ONE_THING, NOT_EVEN_A_GUESS, ""),
        (question("no tent", 0.4, text="so what's in the picture"), ASK_ONE_THING, NOT_EVEN_A_GUESS, ""),
        (
            question("red", 0.2, unsure_below=25, known_picture=False, unknown_words=("tail",)),
            "I do not know. My guess: red",
            "little more than a guess",
            f"I do not know the word “tail”. {DEFAULT_KNOWS}; this looks different.",
        ),
        (
            question("red", 0.2, unsure_below=25, known_words=False, unknown_words=("tail",)),
            "I do not know. My guess: red",
            "little more than a guess",
            "I do not know the word “tail”.",
        ),
        (
            question("red", 0.2, unsure_below=25, known_words=False),
            "I do not know. My guess: red",
            "little more than a guess",
            NEW_WORDING_UNSURE,
        ),
        (
            question("red", known_words=False, unknown_words=("its", "whos", "dogz", "it's"), known_picture=True),
            "Red",
            "not sure",
            "I do not know the word “dogz”. So do not rely on this:",
        ),
        (
            question("no girl", 0.2, unsure_below=25, text="Where is the shirt?"),
            "I do not know. My guess: what you ask about is not here",
            "20 % sure – this is little more than a guess",
            "",
        ),
        (question("no girl", text="Where is the shirt?"), "I do not see what you ask about.", "90 % sure", ""),
        (question("no picture", text="What is in the picture?"), "I see nothing here that I know.", "90 % sure", ""),
        (question("no left", text="What is on the left?"), "I see nothing here that I know.", "90 % sure", ""),
        (question("no one", text="Who is in the room?"), "I see no one here.", "90 % sure", ""),
        (question("red", 0.25, unsure_below=25), "Red", "25 % sure – this is little more than a guess", ""),
        (question("red", 0.9, known_picture=None, known_words=None), "Red", "probably", ""),
        (question("red", 0.6, known_picture=None, known_words=None), "Red", "not sure", ""),
        (question("red", 0.0, known_picture=None, known_words=None), "Red", "little more than a guess", ""),
        (question("red", 0.9, known_picture=None, known_words=False), "Red", "not sure", NEW_WORDING),
        (
            question("red", known_picture=False, knows="I have learnt from cartoon scenes"),
            "Red",
            "not sure",
            "I have learnt from cartoon scenes; this looks different, so do not rely on this:",
        ),
        (
            question("red", known_picture=False),
            "Red",
            "not sure",
            f"{DEFAULT_KNOWS}; this looks different, so do not rely on this:",
        ),
        (question("red", known_words=False, unknown_words=("anything",)), "Red", "not sure", NEW_WORDING),
        (question("red", known_words=False, unknown_words=("Two", "it’s")), "Red", "not sure", NEW_WORDING),
        (
            question("red", text="Is it red?", known_words=False, unknown_words=("people",)),
            "Red",
            "not sure",
            NEW_WORDING,
        ),
        (
            question(
                "yes", text="Any Zebra with QUAGGAS?", known_words=False, unknown_words=("zebra", "quagga", "quaggas")
            ),
            "Yes",
            "not sure",
            "I do not know the words “Zebra” and “QUAGGAS”. So do not rely on this:",
        ),
        (
            question("red", known_words=False, unknown_words=("painted",)),
            "Red",
            "not sure",
            "I do not know the word “painted”. So do not rely on this:",
        ),
        (
            question("red", known_words=False, unknown_words=("x", "b", "c"), known_picture=False, knows="I know X."),
            "Red",
            "not sure",
            "I do not know the words “x”, “b” and “c”. I know X; this looks different, so do not rely on this:",
        ),
        (question("red", known_words=False), "Red", "not sure", NEW_WORDING),
        (
            question("no", text="Is it red or blue?", known_words=False, alternatives=(("red", 0.1),)),
            "I do not know which.",
            NOT_EVEN_A_GUESS,
            NEW_WORDING_UNSURE,
        ),
        (
            question("red", 0.5, text="Is it red or blue?", alternatives=(("yes", 0.2), ("blue", 0.2), ("no", 0.1))),
            "Red, or perhaps blue",
            "50 % sure – I may be wrong",
            "",
        ),
        (question("", 0.0), NO_ANSWER, "1 % sure – this is little more than a guess", ""),
        (question("", 0.0, truncated=True), TRUNCATED, "1 % sure – this is little more than a guess", ""),
        (
            question("on the", 0.0, unsure_below=25, truncated=True),
            "On the …",
            "1 % sure – this is little more than a guess",
            TRUNCATED,
        ),
        (
            question("on", 0.0, truncated=True, known_words=False, unknown_words=("tail",)),
            "On …",
            "little more than a guess",
            f"{TRUNCATED} I do not know the word “tail”. So do not rely on this:",
        ),
    ],
)
def test_an_answer_reads_the_same_everywhere(about: Question, answer: str, sureness: str, caveat: str) -> None:
    said = shown(about)
    assert (said.answer, said.sureness, said.caveat) == (answer, sureness, caveat)
    evidence = {field.name: getattr(about, field.name) for field in fields(Evidence)}
    evidence["unknown_words"] = as_typed(about.unknown_words, about.text)
    given = Answer("1", about.answer or "", about.confidence or 0.0, 0.1, **evidence)
    assert shown_answer(given, about.unsure_below, about.asked) == said, "vqabot ask"
    row = row_of(about, None)
    assert (row["says"], row["sureness"], row["caveat"]) == (answer, sureness, caveat), "the export"
    assert f"<b>{answer}</b>" in menus.history_page([(1, about, None)], 0, 1, 1)
    sent = outcome(about)
    if about.answer:
        assert sent.splitlines() == [line for line in (caveat, f"<b>{answer}</b>", f"<i>{sureness}</i>") if line]
        assert is_answer(f"{answer}\n{sureness}")
    else:
        assert sent == answer


def test_what_was_asked_in_full_stands_first_and_is_escaped() -> None:
    about = question("<b>", asked_as="What colour is the <dog>?", known_picture=False, knows="I know <i>")
    assert outcome(about).splitlines() == [
        "<i>What colour is the &lt;dog&gt;?</i>",
        "I know &lt;i&gt;; this looks different, so do not rely on this:",
        "<b>&lt;b&gt;</b>",
        "<i>not sure</i>",
    ]


def test_the_history_says_what_is_new_to_the_model() -> None:
    page = menus.history_page([(1, question("red", known_picture=False, known_words=False), None)], 0, 1, 1)
    assert "(not sure, new to me: picture and words)" in page
    page = menus.history_page([(1, question("red", known_picture=None), None)], 0, 1, 1)
    assert "(probably)" in page


def test_progress_and_sentences_are_no_answers() -> None:
    assert is_answer("1. Red – 90 % sure\n2. Blue – probably"), "about each of several pictures"
    assert not any(is_answer(text) for text in ("🔎 Looking…", "", "Cancelled.", "Are you sure?"))


def test_what_the_builtin_model_knows_is_said_in_the_language_of_the_chat() -> None:
    assert BUILTIN_PROFILE.knows == BUILTIN_KNOWS
    with speaking("de"):
        said = shown(question("red", known_picture=False, knows=BUILTIN_PROFILE.knows)).caveat
        own = shown(question("red", known_picture=False, knows="I know X.")).caveat
    assert said.startswith("Ich habe an gezeichneten Szenen und einfachen Zeichnungen gelernt; dies sieht anders aus")
    assert own.startswith("I know X; dies sieht anders aus"), "another model's sentence is as it was written"
