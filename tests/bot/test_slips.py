"""A slip of one letter in a word of questions is put right; what is a word stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.follow_ups import Before
from bot.conversation.several_questions import in_full, questions_in
from bot.conversation.slips import without_slips

MESSAGES = Path(__file__).parent / "messages"
NO_SLIPS = Path(__file__).parents[2] / "bot" / "conversation" / "no_slips.txt"


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("hwo many dosg", "how many dogs"),
        ("waht colour", "what colour"),
        ("wat colr is teh ball", "wat color is the ball"),
        ("Hwo many balls are on teh slefa", "How many balls are on the slefa"),
        ("whta is on teh taable, mate", "what is on the table, mate"),
        ("is it riight?", "is it right?"),
        ("whrre is the sukn", "where is the sukn"),
        ("wich animal is this", "which animal is this"),
    ],
)
def test_a_slip_is_put_right(typed: str, right: str) -> None:
    assert without_slips(typed) == right


@pytest.mark.parametrize(
    "typed",
    [
        "Is there a goat beside the zebra?",
        "Who painted this?",
        "What is Teh doing with Hwo?",
        "WAHT IS IT",
        "what's @teh_dosg #dosg dosg.com x-dosg dosg's",
        "wie viele Hudne sind da und wo ist teh Ball",
        "is it of",
        "where is jhn",
        "is the wich flying",
        "is he rdi",
        "bal",
    ],
)
def test_what_is_a_word_a_name_or_may_be_several_words_stays(typed: str) -> None:
    assert without_slips(typed) == typed


def test_words_that_only_look_like_slips_stay() -> None:
    lines = NO_SLIPS.read_text(encoding="utf-8").splitlines()[1:]
    words = [word for line in lines for word in line.split()]
    assert len(words) > 300 and [word for word in words if without_slips(f"is it {word}") != f"is it {word}"] == []


def test_of_what_people_asked_only_slips_are_changed() -> None:
    asked = [line for path in MESSAGES.glob("short_questions*.txt") for line in path.read_text("utf-8").splitlines()]
    assert len(asked) > 2000
    assert {right for line in asked if (right := without_slips(line)) != line} == {
        "how many dogs",
        "what color is the dog",
        "what is this",
        "whats in the pic",
        "is ther a dog",
        "the dog",
        "colour of dog",
        "which color",
        "which animal is this",
        "wher is the cat",
        "wot color r his shoos",
        "is that a wolf?",
        "what colour are the curtains",
        "how many kids",
        "number of trees",
        "which animal",
    }


def test_what_is_put_right_is_asked_in_full() -> None:
    before = Before("What colour is the cat?")
    assert in_full("hwo many dosg", None) == "How many dogs?"
    assert in_full("and teh dgo?", before) == "What colour is the dog?"
    assert in_full("How many dogs are there?", None) is None
    two = questions_in("waht colour is teh ball and hwo many dosg are there?")
    assert two == ["What colour is the ball?", "How many dogs are there?"]
    assert questions_in("hwo many dosg") == ["hwo many dosg"], "one alone is told as it was typed"
