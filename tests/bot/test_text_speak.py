"""Short spellings are written out, and the "is" that people leave out is put in; what is no English stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.follow_ups import Before
from bot.conversation.meaning import Ask, Facts, meaning_of
from bot.conversation.no_short_answer import no_short_answer
from bot.conversation.several_questions import in_full, questions_in
from bot.conversation.text_speak import spelled_out


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("wat colour is da car", "what colour is the car"),
        ("Wut is dis?", "what is this?"),
        ("is any1 smiling", "is anyone smiling"),
        ("hw mny ppl r in da pic", "how many people are in the pic"),
        ("wats on the table", "what's on the table"),
        ("what r they doin?", "what are they doing?"),
        ("y is she sad", "why is she sad"),
        ("no. of red cars", "number of red cars"),
        ("what he doing?", "what is he doing?"),
        ("what the dog eating", "what is the dog eating"),
        ("how they feeling", "how are they feeling"),
        ("where the balls?", "where are the balls?"),
        ("where the cat sitting", "where is the cat sitting"),
        ("where he at?", "where is he?"),
        ("who dis", "who is this"),
        ("what these", "what are these"),
        ("what colour her hair", "what colour is her hair"),
        ("he happy?", "is he happy?"),
        ("they sleeping", "are they sleeping"),
        ("she wearing a hat?", "is she wearing a hat?"),
        ("it raining?", "is it raining?"),
        ("this a red ball", "is this a red ball"),
    ],
)
def test_what_phones_leave_out_is_written_out(typed: str, whole: str) -> None:
    assert spelled_out(typed) == whole
    assert spelled_out(whole) == whole, "it is in full"


@pytest.mark.parametrize(
    "typed",
    [
        *("what is the dog doing?", "where is he at the moment", "what colour dress is she wearing", "this dog", "y"),
        *(
            "no of",
            "that a nice one",
            "they kids?",
            "it is big",
            "what the time",
            "who the man",
            "where this was taken",
        ),
        *(
            "da wo der Hund ist",
            "dat is een hond",
            "y el perro",
            "the r",
            "is there a letter u",
            "U.S.A",
            "a@r",
            "",
            "?",
        ),
    ],
)
def test_what_is_written_out_or_no_english_stays(typed: str) -> None:
    assert spelled_out(typed) == typed


def test_what_was_written_out_is_what_is_asked_and_shown() -> None:
    dog = Before("Is there a dog?", "yes")
    assert in_full("wat colour r da balls", None) == "What colour are the balls?"
    assert in_full("what he doing", dog) == "What is the dog doing?"
    assert in_full("where he at", dog) == "Where is the dog?"
    assert in_full("this a cat?", dog) == "Is this a cat?"
    assert in_full("she happy or sad", None) == "How does she feel?"
    assert in_full("hat color", None) == "What color is the hat?"
    assert questions_in("how mny ppl r there? wat is he holding?") == [
        "How many people are there?",
        "What is he holding?",
    ]


@pytest.mark.parametrize(
    ("typed", "asks"), [("she happy", True), ("r there dogs", True), ("she is a dancer now", False), ("u suck", False)]
)
def test_what_asks_when_it_is_written_out_is_no_remark(typed: str, asks: bool) -> None:
    assert isinstance(meaning_of(Facts(private=True, text=typed)), Ask) == asks


def test_why_has_one_letter() -> None:
    assert no_short_answer("y?") == no_short_answer("y tho") == "why" and no_short_answer("y is she sad") is None


@given(
    st.lists(
        st.sampled_from(("wat", "what", "where", "how", "he", "they", "the", "dog", "r", "at", "doing", "y", "no"))
    )
)
def test_what_is_written_out_stays(words: list[str]) -> None:
    whole = spelled_out(" ".join(words))
    assert spelled_out(whole) == whole


@pytest.mark.parametrize("text", ["What is the colour of the bicycle?", "what's the color of the ball?"])
def test_a_question_that_is_one_already_is_not_shown_anew(text: str) -> None:
    assert in_full(text, None) is None
