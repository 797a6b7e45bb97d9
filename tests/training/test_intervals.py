"""Intervals hold what they promise, also where all answers are right and where pictures hang together."""

import random

import pytest

from training.evaluation.intervals import difference, estimate, wilson


def test_wilson_of_worked_examples() -> None:
    low, high = wilson(0.5, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-3), pytest.approx(0.5962, abs=1e-3))
    assert wilson(1.0, 10) == (pytest.approx(0.7225, abs=1e-3), 1.0)
    assert wilson(0.0, 0) == (0.0, 1.0)


def test_independent_answers_count_each() -> None:
    rng = random.Random(1)
    values = [float(rng.random() < 0.8) for _ in range(3000)]
    found = estimate(values, list(range(3000)))
    low, high = wilson(found.value, 3000)
    assert (found.low, found.high) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))
    assert found.count == 3000


def test_answers_that_hang_together_count_less() -> None:
    rng = random.Random(2)
    right = [float(rng.random() < 0.5) for _ in range(300)]
    values = [each for each in right for _ in range(10)]  # ten questions a picture, right or wrong together
    found = estimate(values, [place // 10 for place in range(3000)])
    low, high = wilson(found.value, 300)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-3), pytest.approx(high, abs=5e-3))


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(400):
        rng = random.Random(seed)
        chances = [rng.betavariate(8, 2) for _ in range(60)]
        values = [float(rng.random() < chance) for chance in chances for _ in range(3)]
        found = estimate(values, [place // 3 for place in range(180)])
        covered += found.low <= 0.8 <= found.high
    assert 0.90 <= covered / 400 <= 0.99


def test_where_all_are_right_the_interval_is_no_point() -> None:
    found = estimate([1.0] * 90, [place // 3 for place in range(90)])
    assert found.value == found.high == 1
    assert found.low == pytest.approx(wilson(1.0, 30)[0])
    assert estimate([1.0], ["a"]).low < 0.3


def test_a_difference_knows_who_is_better_and_how_surely() -> None:
    clusters = list(range(400))
    first = [1.0] * 300 + [0.0] * 100
    second = [1.0] * 240 + [0.0] * 160
    found = difference(first, second, clusters)
    assert found.value == pytest.approx(0.15)
    assert found.low > 0
    assert (found.better, found.worse) == (60, 0)
    same = difference(first, first, clusters)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    few = difference([1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1, 2, 3])
    assert few.low < 0 < few.high
