"""Selective answering against worked examples; thresholds are judged on other pictures than they were chosen on."""

import math
import random

import numpy as np
import pytest

from training.evaluation.risk import RISKS, Point, curve, selective, threshold
from training.evaluation.trust import figures


def test_the_curve_of_a_worked_example() -> None:
    assert curve(np.array([0.9, 0.8, 0.8, 0.2]), np.array([1.0, 0.3, 1.0, 0.0])) == [
        Point(0.25, 0.0),
        Point(0.75, pytest.approx(0.7 / 3)),  # equally sure ones are answered together
        Point(1.0, pytest.approx(1.7 / 4)),
    ]


def test_the_area_is_the_mean_risk_of_each_answers_own_threshold_whatever_their_order() -> None:
    confidence, right = np.array([0.9, 0.8, 0.8, 0.2]), np.array([1.0, 0.0, 1.0, 0.0])
    for order in ([0, 1, 2, 3], [0, 2, 1, 3], [3, 1, 0, 2]):
        told = figures(confidence[order], right[order], np.array([True, False, True, False]))["aurc"]
        assert told == selective(confidence[order].tolist(), right[order].tolist(), [1, 2, 3, 4]).area
        assert told == pytest.approx((0 + 1 / 3 + 1 / 3 + 1 / 2) / 4), "equally sure ones have one threshold"


def test_a_threshold_keeps_within_the_risk_or_silences_everything() -> None:
    answers = np.array([0.9, 0.7, 0.5, 0.3]), np.array([1.0, 1.0, 0.0, 1.0])
    assert threshold(*answers, 0.0) == 0.7
    assert threshold(*answers, 0.25) == 0.3, "three of four are right"
    assert threshold(np.array([0.9, 0.1]), np.array([0.0, 0.5]), 0.2) == math.inf


def test_a_true_confidence_covers_what_its_risk_allows() -> None:
    rng = random.Random(4)
    confidences = [rng.random() ** 0.3 for _ in range(8000)]
    scores = [float(rng.random() < c) for c in confidences]
    found = selective(confidences, scores, [n // 4 for n in range(8000)])
    for each, allowed in zip(found.coverages, RISKS, strict=True):
        assert each.allowed == allowed
        assert each.risk == pytest.approx(allowed, abs=0.02)
    covered = [each.coverage for each in found.coverages]
    assert covered == sorted(covered)
    assert covered[-1] > 0.5
    senseless = selective([0.5] * 8000, scores, [n // 4 for n in range(8000)])
    assert senseless.area > found.area
    assert senseless.reliability < found.reliability
    assert senseless.coverages[0].coverage == 0


def test_no_threshold_is_judged_where_it_was_chosen() -> None:
    # One half's surest answers are right, the other's wrong: each half's threshold fails on the other.
    confidences = [0.9, 0.8, 0.9, 0.8]
    found = selective(confidences, [1.0, 1.0, 0.0, 0.0], [1, 1, 2, 2])
    assert found.coverages[0].coverage == 0.5, "the first half's threshold lets the second half's answers through"
    assert found.coverages[0].risk == 1
    assert found.reliability == -0.5
    assert selective([], [], []).coverages[0].coverage == 0
