"""Something else is put only where a person would ask that: a known noun, in a question that names one thing."""

from __future__ import annotations

import pytest

from bot.conversation.follow_ups import Before, completed

COLOUR, THERE = Before("What color is the dog?", "brown"), Before("Is there a dog?", "yes")


@pytest.mark.parametrize(
    ("before", "typed"),
    [
        (COLOUR, "no, è marrone"),
        (COLOUR, "no, azul"),
        (THERE, "no, azul"),
        (COLOUR, "and der Ball?"),
        (COLOUR, "the gizmo?"),
        (COLOUR, "the dog or the ball"),
        (COLOUR, "and hers?"),
        (Before("Where is the boy?", "left"), "and hers?"),
        (Before("Where is the boy?", "left"), "and the man's?"),
        (Before("What is he doing?", "standing"), "and the girl's?"),
        (Before("Is there a hat?", "yes"), "and the boy's?"),
        (Before("How many hats are there?", "2"), "and hers?"),
        (Before("is the cat bigger than the house", "no"), "what about the moon"),
        (Before("the boy or the dog?", "dog"), "what about the tree"),
        (Before("a boy and a dog?", "no"), "two dogs and one cat?"),
        (Before("Look again, are there two men", "yes"), "what about his shoes"),
        (Before("Are there two men?", "yes"), "what about his shoes"),
        (Before("Does she?", "no"), "and the other person"),
        (Before("How many cats in the picture?", "0"), "and the third?"),
        (Before("Is the ball blue?", "yes"), "sunny"),
        (Before("Is it raining?", "no"), "red?"),
        (Before("Is the boy happy?", "no"), "red?"),
        (Before("Who is the boy?", "no"), "red?"),
        (Before("Is there a man and a woman?", "yes"), "color?"),
        (Before("What color is the bus?", "red"), "number?"),
    ],
)
def test_what_would_make_no_question_stays(before: Before, typed: str) -> None:
    assert completed(typed, before) is None


@pytest.mark.parametrize(
    ("before", "typed", "whole"),
    [
        (Before("What color are hers?"), "what about the girl", None),
        (Before("Where is kid?"), "the girl?", "Where is the girl?"),
        (Before("what color is sky"), "and the girl", "What color is the girl?"),
        (THERE, "the cat", "Is there a cat?"),
        (THERE, "and the trees", "Are there any trees?"),
        (Before("Does the man wear a hat?", "yes"), "and the boys?", "Do the boys wear a hat?"),
        (Before("whats next to the apple", "cup"), "and left of the apple?", "What is left of the apple?"),
        (COLOUR, "and the cat on the bench", "What color is the cat on the bench?"),
        (COLOUR, "and the left dog", "What color is the dog on the left?"),
        (Before("What color is the shirt of the man?"), "and the girl", "What color is the shirt of the girl?"),
        (Before("What color is his shirt?", "blue"), "and the pants", "What color are his pants?"),
        (Before("Is it a cat?", "no"), "a dog?", "Is it a dog?"),
        (Before("Is it a cat?", "no"), "and dogs?", None),
        (COLOUR, "and the traffic light", "What color is the traffic light?"),
        (Before("Is the man wearing a hat?", "yes"), "and glasses", "Is the man wearing glasses?"),
        (Before("Is the man wearing a hat?", "yes"), "and the boy", "Is the boy wearing a hat?"),
        (Before("Who is wearing a hat?", "man"), "a scarf?", "Who is wearing a scarf?"),
        (Before("Who is wearing a hat?", "man"), "what color", "What color is the hat?"),
        (Before("Does the dog have a tail?", "yes"), "how long is it", "How long is the tail?"),
        (Before("What color is the left cat?", "black"), "and the right one", "What color is the cat on the right?"),
        (Before("What color is the cat on the left?"), "and the right", "What color is the cat on the right?"),
        (COLOUR, "not the dog, the kite", "What color is the kite?"),
        (COLOUR, "sorry, the kite", "What color is the kite?"),
        (COLOUR, "no the other dog", "What color is the other dog?"),
        (Before("not the girl, the kite"), "no, i mean the color", "What color is the kite?"),
    ],
)
def test_the_same_is_asked_in_a_sentence(before: Before, typed: str, whole: str | None) -> None:
    assert completed(typed, before) == whole
