"""Which questions about several pictures are about one that they name."""

from __future__ import annotations

import pytest

from bot.conversation.follow_ups import Before
from bot.conversation.one_of_several import one_of_several

COLOUR = Before("What colour is the ball?", "red")


@pytest.mark.parametrize(
    ("typed", "place", "asked"),
    [
        ("how many dogs are there in the second picture?", 2, "How many dogs are there in the picture?"),
        ("Is the girl in the first photo happy?", 1, "Is the girl in the picture happy?"),
        ("what is in the last one", 3, "What is in the picture?"),
        ("what about the second one?", 2, "What colour is the ball?"),
        ("and in the first?", 1, "What colour is the ball?"),
        ("the 3rd?", 3, "What colour is the ball?"),
    ],
)
def test_one_picture_is_named(typed: str, place: int, asked: str) -> None:
    assert one_of_several(typed, 3, COLOUR) == (place, asked)


@pytest.mark.parametrize(
    "typed",
    [
        *("what is different in the second picture?", "is the dog in the first picture bigger than in the second?"),
        *("what is new in the second picture?", "is it the same in the first picture?", "what colour is the ball?"),
        *("which animal is in the first picture?", "how many dogs are in the fourth picture?", "who is the first?"),
        "is there a dog in the second picture too?",
    ],
)
def test_none_is_named_or_more_than_one_counts(typed: str) -> None:
    assert one_of_several(typed, 3, COLOUR) is None


def test_the_question_before_may_name_another_one() -> None:
    before = Before("how many dogs are in the first picture?", "2")
    assert one_of_several("and in the second?", 2, before) == (2, "How many dogs are in the picture?")


def test_of_one_picture_or_without_a_question_before_nothing_is_meant() -> None:
    assert one_of_several("how many dogs are in the first picture?", 1) is None
    assert one_of_several("and in the second?", 2) is None
    assert one_of_several("and in the second?", 2, Before("What changed?", "the dog moved")) is None
