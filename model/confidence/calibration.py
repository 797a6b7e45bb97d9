"""From token log-probabilities to a calibrated probability that the answer is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_EDGE = 1e-6  # keeps the logarithms finite


def sequence_probability(token_logprobs: Sequence[float]) -> float:
    """The probability (0 to 1) that the model gives to the whole answer, its end included."""
    return min(1.0, math.exp(math.fsum(token_logprobs)))


def log_odds_parts(probability: float) -> tuple[float, float]:
    """ln(p) and -ln(1 - p), whose sum is the log odds; finite also at 0 and 1."""
    p = min(max(probability, _EDGE), 1 - _EDGE)
    return math.log(p), -math.log1p(-p)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Beta calibration: sigmoid(a ln(p) - b ln(1 - p) + c). The defaults change nothing.

    With a = b it is Platt's scaling of the log odds; with c = 0 beside that, temperature scaling. After Kull, Silva
    Filho and Flach, "Beta calibration", AISTATS 2017.
    """

    a: float = 1.0
    b: float = 1.0
    c: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(each) for each in (self.a, self.b, self.c)) or min(self.a, self.b) < 0:
            raise ValueError("a calibration needs finite numbers, a and b not below 0")
        if self.a == self.b == 0:
            raise ValueError("a calibration that forgets the probability (a = b = 0) says nothing")

    def apply(self, probability: float) -> float:
        """The calibrated probability (0 to 1) of an answer with this raw probability."""
        if (self.a, self.b, self.c) == (1.0, 1.0, 0.0):
            return probability
        right, wrong = log_odds_parts(probability)
        odds = self.a * right + self.b * wrong + self.c
        return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0
