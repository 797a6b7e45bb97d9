"""Which questions about several pictures are about one or two that they name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_settings import QUESTION

from bot.conversation.follow_ups import Before
from bot.conversation.one_of_several import (
    asked_with_pictures,
    named_picture,
    names_none_of_them,
    one_of_several,
    the_only_one,
    two_of_several,
)
from storage.records import AskedPicture

COLOUR = Before("What colour is the ball?", "red")


@pytest.mark.parametrize(
    ("typed", "place", "asked"),
    [
        ("how many dogs are there in the second picture?", 2, "How many dogs are there in the picture?"),
        ("Is the girl in the first photo happy?", 1, "Is the girl in the picture happy?"),
        ("what is in the last one", 3, "What is in the picture?"),
        ("what is in the 3rd", 3, "What is in the picture?"),
        ("how many dogs are in pic 2?", 2, "How many dogs are in the picture?"),
        ("in pic 2 how many dogs", 2, "How many dogs?"),
        ("hwo many dosg are in the second pictrue", 2, "How many dogs are in the picture?"),
        ("in the last picture what color is the ball", 3, "What color is the ball?"),
        ("in the middle one what color is the dog", 2, "What color is the dog?"),
        ("2nd pic: cat?", 2, "Is there a cat?"),
        ("picture #1, is it night?", 1, "Is it night?"),
        ("first picture: what color is the ball?", 1, "What color is the ball?"),
        ("what about the second one?", 2, "What colour is the ball?"),
        ("and in the first?", 1, "What colour is the ball?"),
        ("the 3rd?", 3, "What colour is the ball?"),
        ("the middle one?", 2, "What colour is the ball?"),
        ("in this one only", 3, "What colour is the ball?"),
        ("no just in this picture", 3, "What colour is the ball?"),
    ],
)
def test_one_picture_is_named(typed: str, place: int, asked: str) -> None:
    assert one_of_several(typed, 3, COLOUR) == (place, asked)


def test_of_two_pictures_one_is_on_the_left() -> None:
    assert one_of_several("left picture, how many cats?", 2) == (1, "How many cats?")
    assert one_of_several("what is in the right picture", 2) == (2, "What is in the picture?")
    assert one_of_several("left picture, how many cats?", 3) is None
    assert one_of_several("the middle one?", 2, COLOUR) is None


@pytest.mark.parametrize(
    "typed",
    [
        *("what is different in the second picture?", "is the dog in the first picture bigger than in the second?"),
        *("what is new in the second picture?", "is it the same in the first picture?", "what colour is the ball?"),
        *("which animal is in the first picture?", "how many dogs are in the fourth picture?", "who is the first?"),
        *("is there a dog in the second picture too?", "the first one is red", "first, what colour is the ball?"),
        *("second picture: what is different?", "what is in the middle?", "what colour is the left one?"),
        *("is there a third person?", "picture 2 is nice", "what is the last picture about compared to the first?"),
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


def test_a_picture_behind_the_last_is_none_of_them() -> None:
    assert names_none_of_them("and the third?", 2, COLOUR)
    assert not names_none_of_them("and the third?", 3, COLOUR)
    assert not names_none_of_them("is there a third person?", 2, COLOUR)


@pytest.mark.parametrize(
    ("typed", "there_is_none"),
    [
        ("what is in the third picture?", True),
        ("how many dogs are in picture 2", True),
        ("second picture?", True),
        ("pic 3: is there a dog?", True),
        ("what is in the first picture?", False),
        ("and in the last picture", False),
        ("what is in this picture", False),
        ("is there a bird on the second one", False),  # a tree, say
        ("who is on the third?", False),
        ("is there a second picture on the wall?", False),
        ("is the second picture on the wall red?", False),
    ],
)
def test_of_one_picture_there_is_no_second(typed: str, there_is_none: bool) -> None:
    assert names_none_of_them(typed, 1, COLOUR) is there_is_none


@pytest.mark.parametrize(
    ("typed", "place", "asked"),
    [
        ("In the first picture, is there a dog?", 1, "Is there a dog?"),
        ("Is there a dog in the first picture?", 1, "Is there a dog?"),
        ("in the frist picture is there a dgo", 1, "Is there a dog?"),
        ("pic 1: dog?", 1, "Is there a dog?"),
        ("how many dogs are in the last photo", 1, "How many dogs are in the picture?"),
        ("and in the first picture?", 1, "What colour is the ball?"),
        ("is there a dog in the third picture?", 3, "Is there a dog?"),  # of three that came one by one
    ],
)
def test_what_is_asked_of_the_only_picture_is_asked_without_its_name(typed: str, place: int, asked: str) -> None:
    assert the_only_one(typed, COLOUR) == (place, asked)


@pytest.mark.parametrize(
    "typed",
    [
        *("is there a bird on the first one?", "who is on the first?", "is there a dog in this picture?"),
        *("is there a dog?", "is it the same in the first picture?", "is there a first picture on the wall?"),
    ],
)
def test_what_names_no_picture_by_its_place_is_asked_of_the_only_one_as_it_is(typed: str) -> None:
    assert the_only_one(typed, COLOUR) is None


def test_of_an_album_only_one_of_whose_pictures_came_that_is_named() -> None:
    assert named_picture(replace(QUESTION, text="in the first picture, is there a dog?")) == (1, "Is there a dog?")
    assert named_picture(replace(QUESTION, text="in the second picture, is there a dog?")) is None


@pytest.mark.parametrize(
    ("typed", "places", "asked"),
    [
        ("are 2 and 3 the same", (2, 3), "Are the pictures the same?"),
        ("what changed from the first to the second?", (1, 2), "What changed between the pictures?"),
        ("what is different in pictures 1 and 4", (1, 4), "What is different in the pictures?"),
        ("are the last two the same", (4, 5), "Are the pictures the same?"),
        ("last two: same?", (4, 5), "Same?"),
    ],
)
def test_two_pictures_are_named(typed: str, places: tuple[int, int], asked: str) -> None:
    assert two_of_several(typed, 5) == (places, asked)
    assert one_of_several(typed, 5, COLOUR) is None


@pytest.mark.parametrize("typed", ["are 2 and 9 the same", "how many dogs in 1 and 2", "are they the same", "2 or 2?"])
def test_no_two_pictures_are_named(typed: str) -> None:
    assert two_of_several(typed, 5) is None


@pytest.mark.parametrize(
    ("typed", "asked_as", "shown"),
    [
        ("how many dogs in the last picture", "How many dogs in the picture?", "How many dogs in the last picture?"),
        ("and in the 2nd?", "What colour is it?", "In the 2nd picture: What colour is it?"),
        ("pic 3: cat?", "Is there a cat?", "In picture 3: Is there a cat?"),
        ("and the dog?", "What colour is the dog?", "What colour is the dog?"),
        ("in pic 2, how many dosg", "In pic 2, how many dogs?", "In pic 2, how many dogs?"),
    ],
)
def test_what_was_asked_is_shown_with_the_picture(typed: str, asked_as: str, shown: str) -> None:
    assert asked_with_pictures(replace(QUESTION, text=typed, asked_as=asked_as)) == shown
    assert asked_with_pictures(replace(QUESTION, text=typed, asked_as=None)) == ""


def test_two_pictures_are_shown_with_what_was_asked_of_them() -> None:
    two = (AskedPicture("a", 1), AskedPicture("b", 2))
    asked = replace(QUESTION, text="are 2 and 3 the same", asked_as="Are the pictures the same?", several=two)
    assert asked_with_pictures(asked) == "2 and 3: Are the pictures the same?"
