"""Questions that offer answers are asked in the open, or of each thing."""

from __future__ import annotations

import pytest

from bot.conversation.either_or import each_thing, open_question
from bot.conversation.follow_ups import Before
from bot.conversation.several_questions import in_full, questions_in


@pytest.mark.parametrize(
    ("asked", "opened"),
    [
        ("is the ball red or blue?", "What colour is the ball?"),
        ("Is the girl's hat orange or green", "What colour is the girl's hat?"),
        ("ball red/blue", "What colour is the ball?"),
        ("is the kite that the boy is holding red or blue?", "What colour is the kite that the boy is holding?"),
        ("is the ball red, blue or is it green?", "What colour is the ball?"),
        ("are the balls red or blue", "What colour are the balls?"),
        ("what colour is the ball: red or blue", "What colour is the ball?"),
        ("girl happy or sad", "How does the girl feel?"),
        ("and the girl, happy or sad?", "How does the girl feel?"),
        ("are the girls happy or sad?", "How do the girls feel?"),
        ("is the boy sitting or standing?", "What is the boy doing?"),
        ("is it sunny or rainy", "What is the weather like?"),
        ("sunny or rainy?", "What is the weather like?"),
        ("what's the weather like, sunny or rainy?", "What's the weather like?"),
        ("who is holding the ball, the girl or the boy?", "Who is holding the ball?"),
        ("where is the cat, on the sofa or on the bed?", "Where is the cat?"),
    ],
)
def test_what_is_offered_is_asked_in_the_open(asked: str, opened: str) -> None:
    assert in_full(asked, None) == opened
    assert questions_in(asked) == [asked], "one question"


@pytest.mark.parametrize(
    "asked",
    [
        "which is bigger, the girl or the tree",
        "who is taller, the boy or the girl",
        "who is the tallest, the boy or the girl",
        "is it day or night",
        "is it indoors or outdoors",
        "is the cat left or right of the tree",
        "is the ball red or not",
        "is the dog brown or is the cat brown",
        "is there a red or blue ball",
        "is there anything red or blue",
        "are they the same or different",
        "is the ball red?",
        "sunny",
        "slefa red or blue",
        "red or blue?",
        "him or her?",
        "=<script>alert({1})</script>",
    ],
)
def test_what_is_asked_as_it_is(asked: str) -> None:
    assert open_question(asked) is None and each_thing(asked) == []


@pytest.mark.parametrize(
    ("asked", "each"),
    [
        ("is it a cat or a dog?", ["Is there a cat?", "Is there a dog?"]),
        ("Which is it, a cat or a dog?", ["Is there a cat?", "Is there a dog?"]),
        ("any cats or dogs?", ["Are there any cats?", "Are there any dogs?"]),
        ("house or tree", ["Is there a house?", "Is there a tree?"]),
        ("an apple or a ball", ["Is there an apple?", "Is there a ball?"]),
        ("can you see a boy, a girl or a dog", ["Is there a boy?", "Is there a girl?", "Is there a dog?"]),
        ("is there a dog or a cat on the table?", ["Is there a dog on the table?", "Is there a cat on the table?"]),
    ],
)
def test_of_each_thing_is_asked_whether_it_is_there(asked: str, each: list[str]) -> None:
    assert questions_in(asked) == each_thing(asked) == each


def test_what_it_stands_for_is_completed_first() -> None:
    assert in_full("is it red or blue", Before("Where is the cat?")) == "What colour is the cat?"
    assert in_full("or is he happy or sad?", Before("Where is the boy?")) == "How does the boy feel?"
