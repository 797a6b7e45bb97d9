""" "One" stands for a noun of the question before, or is a number and stays."""

from __future__ import annotations

import pytest

from bot.conversation.follow_ups import Before, completed

DOG, DOGS = Before("Is there a dog?", "yes"), Before("How many dogs are there?", "2")


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        (DOG, "is there one tree"),
        (DOG, "is it just one dog"),
        (DOG, "is there only one dog"),
        (DOG, "only one?"),
        (DOG, "one dog or two?"),
        (DOG, "is there exactly one on the grass"),
        (DOGS, "one or two?"),
        (DOGS, "is that one man or two"),
        (Before("are there two men", "yes"), "is there more than one man"),
        (Before("Is there no one?", "no"), "how many are there"),
        (Before("How many animals are there?", "2"), "in this one only"),
        (Before("What are they doing?", "running"), "is one of them sleeping"),
        (Before("all of them?", "no"), "is one of them sleeping"),
    ],
)
def test_one_as_a_number_stays(before: Before, typed: str) -> None:
    whole = completed(typed, before)
    assert whole is None or typed in whole.lower(), "at most a place is added to what was asked"


def test_an_adjective_an_answer_and_an_ordinal_are_no_noun() -> None:
    two_dogs = Before("what's between the brown and the white dog", "brown")
    assert completed("who's next to the black one", two_dogs) == "Who is next to the black dog?"
    assert completed("who's next to the black one", Before("What is the colour?", "brown")) is None
    assert completed("the last one", Before("What is the second doing?", "sitting")) is None


@pytest.mark.parametrize(
    ("before", "typed", "whole"),
    [
        (Before("How many birds are there?", "2"), "is the red one bigger", "Is the red bird bigger?"),
        (
            Before("What is in the sky?", "birds"),
            "what color is the one on the left",
            "What color is the bird on the left?",
        ),
        (
            Before("What color is the bird on the left?", "blue"),
            "the right one?",
            "What color is the bird on the right?",
        ),
        (
            Before("How many cars are there?", "2"),
            "which color is the one in the middle",
            "Which color is the car in the middle?",
        ),
        (Before("How many cups?", "2"), "color of the left one?", "What color is the cup on the left?"),
        (Before("What color is the cup?", "red"), "and the left 1", "What color is the cup on the left?"),
        (Before("Are there any sharks?", "yes"), "left one", "Is there a shark on the left?"),
        (Before("How many red cups?", "1"), "what about blue", "How many blue cups?"),
        (Before("Where's the boy?", "on grass"), "is the other one a girl", "Is the other boy a girl?"),
        (DOGS, "is one of them sleeping", "Is one of the dogs sleeping?"),
    ],
)
def test_one_is_one_of_several(before: Before, typed: str, whole: str) -> None:
    assert completed(typed, before) == whole
