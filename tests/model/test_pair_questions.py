"""What the built-in model says of two pictures has a percentage only where it has learnt to answer that."""

from __future__ import annotations

import random
from importlib.resources import files

import pytest

from model.answerer import Answerer
from model.confidence.pair_questions import is_learnt
from model.types import Request, SentPicture
from training.scenes.pair_questions import _CHANGED, _SAME, ask_pair
from training.scenes.pairs import compose_pair


def test_whatever_it_was_taught_is_learnt() -> None:
    assert [asked for asked in (*_CHANGED, *_SAME) if not is_learnt(f"{asked}?")] == []
    rng = random.Random(0)
    asked = [qa.question for _ in range(60) for qa in ask_pair(compose_pair(rng), rng, 6, typing=False)]
    assert [question for question in asked if not is_learnt(question)] == []


@pytest.mark.parametrize("typed", ["What chagned?", "and what is different now?", "which one has a dog", "same?"])
def test_so_is_what_says_the_same(typed: str) -> None:
    assert is_learnt(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("are the houses the same", "is the house different", "same house?", "is the cat in the same place?"),
        *("what did not change", "which one is better", "which one is newer", "are they looking at each other"),
        *(
            "what is the same",
            "what stayed the same",
            "which one has a blue ball",
            "do both have a cat",
            "which is sunnier",
        ),
        "what is the difference between the cat and the ball",
    ],
)
def test_other_questions_about_two_pictures_are_not(typed: str) -> None:
    assert not is_learnt(typed)


def test_the_builtin_model_says_so() -> None:
    builtin = Answerer.load("builtin")
    scene, other = ((files("bot.demo") / "scenes" / f"{name}.png").read_bytes() for name in ("beach", "beach"))
    asked = ("What changed?", "Are the houses the same?")
    answers = builtin.answer([Request(text, scene, text, others=(SentPicture(other),)) for text in asked])
    assert [answer.known_words for answer in answers] == [True, False]
