"""Which answers may be one of the things between which a question lets choose."""

from __future__ import annotations

import random

import pytest

from model.confidence.choices import may_be_chosen
from training.scenes import art, layout, questions
from training.scenes.variety import FIRST, WIDE


@pytest.mark.parametrize(
    ("question", "chosen", "not_chosen"),
    [
        ("is the ball red or blue?", "red/Blue/dark red/it is blue", "yes/No/green/ball/2"),
        ("Is it a cat or a dog?", "cat/a dog/kitten/puppy/cats", "yes/no/girl"),
        ("is the ball red/blue", "red", "yes"),
        ("which is bigger, the girl or the tree", "girl/tree", "balloon/yes"),
        ("which is bigger the girl or the tree", "girl", "balloon"),
        ("who is holding the ball, the girl or the boy?", "boy", "lady/yes/ball"),
        ("what colour is it: red, blue or green?", "red/green", "yellow/yes"),
        ("where is the cat, on the sofa or on the bed?", "on sofa/bed/couch", "on grass/yes"),
        ("is it indoors or outdoors", "inside/outside", "yes/left"),
        ("are those 2 or three dogs?", "2/three/two/3/dogs", "no/4/four"),
        ("is the boy happy or sad?", "happy/glad", "boy/yes"),
        ("is the dog bigger or the boy?", "dog/boy", "yes"),
        ("are there more bunnies or trees", "rabbits", "yes"),
        ("are these the same or different?", "different/the same", "yes/no"),
        ("which picture has more balls, the first or the second?", "first/second", "yes/2"),
        ("cat or dog?", "dog", "yes/no/girl"),
        ("flower left or right", "left", "no/dog"),
        ("girl leeft or right", "left", "no"),
        ("house or tree", "house", "horse"),
        # These offer no choice.
        ("is there a cat or a dog?", "yes/no/girl", ""),
        ("do you see a cat or a dog", "yes/no", ""),
        ("any cats or dogs?", "yes/no", ""),
        ("is it a cat or not?", "yes/no", ""),
        ("is it a cat or what", "yes/no", ""),
        ("what colour is the cat or the dog", "black", ""),
        ("hello, what colour is the cat or the dog", "black", ""),
        ("is the ball red?", "yes/green", ""),
        ("=<script>alert({1})</script>", "girl/2", ""),
        ("", "yes", ""),
    ],
)
def test_what_may_be_chosen(question: str, chosen: str, not_chosen: str) -> None:
    assert [answer for answer in chosen.split("/") if not may_be_chosen(question, answer)] == []
    assert [answer for answer in not_chosen.split("/") if answer and may_be_chosen(question, answer)] == []
    for answer in ("both", "neither", "none of them", "no dog", "I don't know", ""):
        assert may_be_chosen(question, answer), "names none on purpose"


def test_right_answers_to_the_scenes_questions_may_be_chosen() -> None:
    rng = random.Random(6)
    asked = []
    for number in range(150):
        scene = layout.compose(rng, (FIRST, WIDE)[number % 2])
        art.render(scene, random.Random(number))
        asked += [qa for qa in questions.ask(scene, rng, 12) if " or " in qa.question]
    wrong = [(qa.question, qa.answer) for qa in asked if not may_be_chosen(qa.question, qa.answer)]
    assert len(asked) > 200 and len(wrong) <= 0.01 * len(asked), wrong  # mistyped beyond recognition
