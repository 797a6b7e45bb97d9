"""Questions as people type them: the same question, whatever was done to its words."""

import random
from collections import Counter

import pytest

from training.scenes import typed


@pytest.mark.parametrize(
    ("careful", "short"),
    [
        ("what color is the ball", "color of ball"),
        ("how many dogs are there", "number of dogs"),
        ("are there any cats in the picture", "any cats"),
        ("where is the red ball", "red ball where"),
        ("what is the girl holding", "girl holding what"),
        ("is it day or night", "time of day"),
        ("which is bigger, the car or the bus", "the car or the bus, which is bigger"),
    ],
)
def test_short_ways_are_found(careful: str, short: str) -> None:
    said = {typed._way(careful, random.Random(seed)).replace(" the ball", " ball") for seed in range(200)}
    assert short in said


def test_the_things_and_colours_of_a_question_stay() -> None:
    for seed in range(300):
        text = typed.reworded("What color is the elephant next to the red tent?", random.Random(seed)).lower()
        words = text.split()
        assert "red" in words  # too short to slip on
        for name in ("elephant", "tent"):
            found = [word.strip("?.") for word in words if word[0] == name[0]]
            assert any(len(set(word) ^ set(name)) <= 2 for word in found), text


def test_numbers_and_order_of_what_is_compared_stay() -> None:
    for seed in range(200):
        text = typed.reworded("Which is bigger, the cup or the log?", random.Random(seed)).lower()
        assert text.index("cup") < text.index("log"), text


def test_a_third_stays_as_it_is_and_the_rest_differs_widely() -> None:
    said = Counter(typed.reworded("Where is the cat?", random.Random(seed)) for seed in range(400))
    assert 0.25 < said["Where is the cat?"] / 400 < 0.5
    assert len(said) > 80


def test_a_slip_changes_one_place_of_a_long_word() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        slipped = typed.slip("elephant", rng)
        assert abs(len(slipped) - len("elephant")) <= 1
        assert slipped[0] == "e"
        assert typed.slip("cat", rng) == "cat"


def test_every_way_takes_what_its_pattern_finds() -> None:
    for pattern, forms in typed.WAYS:
        assert forms
        assert len(set(forms)) >= len(forms) - 2, pattern
        for form in forms:
            form.format("a", "b", "c", "d", "e")
