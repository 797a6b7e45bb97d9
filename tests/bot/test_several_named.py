"""Which question of a message is about which of several pictures, where each names one."""

from __future__ import annotations

import pytest

from bot.conversation.follow_ups import Before
from bot.conversation.several_named import (
    names_one_beyond,
    parts_of,
    several_named,
    several_of_one,
    with_name,
    without_name,
)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (
            "is there a dog in picture 1 and who is in picture 2?",
            [(1, "Is there a dog?"), (2, "Who is in the picture?")],
        ),
        (
            "in picture 1, is there a dog? in picture 3, is there a cat?",
            [(1, "Is there a dog?"), (3, "Is there a cat?")],
        ),
        ("pic 2: dgo? last picture: cat?", [(2, "Is there a dog?"), (3, "Is there a cat?")]),
        (
            "what is in the first picture? and in the second?",
            [(1, "What is in the picture?"), (2, "What is in the picture?")],
        ),
        (
            "how many dogs are in the first picture and how many in the second?",
            [(1, "How many dogs are in the picture?"), (2, "How many dogs are in the picture?")],
        ),
        ("and in the first? and in the third?", [(1, "Is it red?"), (3, "Is it red?")]),
    ],
)
def test_each_question_is_asked_of_the_picture_that_it_names(typed: str, asked: list[tuple[int, str]]) -> None:
    found = several_named(typed, 3, Before("Is it red?"))
    assert [*found] == asked
    assert [without_name(with_name(one)) for one in found] == [question for _, question in asked]


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "is there a dog in the first picture? is there a cat?",
            "is there a dog in picture 1 and a cat in picture 9?",
        ),
        *("is there a dog in picture 1? who is in picture 1?", "what changed from picture 1 to picture 2?", "a dog?"),
        "what is in picture 1? what is in picture 9?",
    ],
)
def test_one_names_none_or_all_name_the_same(typed: str) -> None:
    assert not several_named(typed, 3)
    assert without_name(typed) == typed


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("In picture 2, what colour is the ball? Is there a dog?", ["What colour is the ball?", "Is there a dog?"]),
        ("what colour is the cat in the second picture? is it big?", None),
        ("pic 2: dogs? and cats?", ["Are there any dogs?", "Are there any cats?"]),
        ("is there a dog in picture 2? who is in picture 2?", ["Is there a dog?", "Who is in the picture?"]),
        ("is there a dog? what colour is the ball in picture 2?", ["Is there a dog?", "What colour is the ball?"]),
        *((one, []) for one in ("in picture 2: dogs?", "is there a dog in picture 2? which is bigger?", "dogs? cats?")),
    ],
)
def test_several_questions_are_about_the_one_picture_that_they_name(typed: str, asked: list[str] | None) -> None:
    wanted = ["What colour is the cat in the picture?", "Is the cat big?"] if asked is None else asked
    assert [(2, question) for question in wanted] == [*several_of_one(typed, 3)]
    assert not several_named(typed, 3)


def test_what_names_no_picture_is_about_the_one_named_before() -> None:
    found = several_named("in picture 3, what colour is the ball? and the dog? in picture 2: a cat?", 3)
    assert [*found] == [(3, "What colour is the ball?"), (3, "What colour is the dog?"), (2, "Is there a cat?")]


def test_one_of_them_may_name_a_picture_behind_the_last() -> None:
    assert names_one_beyond("what is in picture 1? what is in picture 9?", 3)
    assert names_one_beyond("pic 2: dog? pic 4: cat?", 3) and not names_one_beyond("pic 2: dog? pic 4: cat?", 4)
    assert names_one_beyond("what is in picture 9?", 3)
    assert not names_one_beyond("is there a dog? is there a cat?", 3)


def test_a_name_begins_a_question_of_its_own() -> None:
    asked = ["in picture 1, is there a dog", "in picture 2, is there a cat"]
    assert parts_of("in picture 1, is there a dog? in picture 2, is there a cat?", None) == asked
    assert parts_of(" and ".join(asked), None) == asked
