"""The confidence of answers, and the loss that they were trained with."""

from __future__ import annotations

import math

import pytest
from tiny import Picture

from model.answerer import Answerer
from model.confidence.calibration import Calibration, sequence_probability
from model.profile import Profile
from model.types import Request


def test_confidence_is_calibrated_by_the_profile(answerer: Answerer, picture: Picture) -> None:
    request = Request("x", picture(1), "what is this", max_new_tokens=3)
    raw = answerer.answer([request])[0].confidence
    profile = Profile("", "words", Calibration(0.5, 0.5, 1.0))
    calibrated = Answerer(answerer.family, profile).answer([request])[0].confidence
    assert calibrated == pytest.approx(1 / (1 + math.exp(-(0.5 * math.log(raw / (1 - raw)) + 1.0))), rel=1e-4)
    assert calibrated != raw


def test_probabilities_stay_probabilities() -> None:
    assert sequence_probability(()) == 1.0
    assert sequence_probability((-0.1, -0.2)) == pytest.approx(math.exp(-0.3))
    assert sequence_probability((1e-9,)) == 1.0
    assert sequence_probability((-1e9,)) == 0.0
    for a, b, c in ((1.0, 1.0, 0.0), (2.0, 2.0, 5.0), (0.1, 0.1, -9.0), (0.0, 1.5, -800.0), (90.0, 0.0, 1.0)):
        values = [Calibration(a, b, c).apply(p / 10) for p in range(11)]
        assert values == sorted(values)
        assert 0 <= values[0] <= values[-1] <= 1
