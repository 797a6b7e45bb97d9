"""From token log-probabilities to a calibrated probability that the answer is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_EDGE = 1e-6  # keeps the logit finite


def sequence_probability(token_logprobs: Sequence[float]) -> float:
    """The probability (0 to 1) that the model gives to the whole answer, its end included."""
    return min(1.0, math.exp(math.fsum(token_logprobs)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling: sigmoid(slope * logit(p) + offset). The defaults change nothing."""

    slope: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.offset)) or self.slope <= 0:
            raise ValueError("a calibration needs a positive slope and a finite offset")

    def apply(self, probability: float) -> float:
        """The calibrated probability (0 to 1) of an answer with this raw probability."""
        if self.slope == 1.0 and self.offset == 0.0:
            return probability
        p = min(max(probability, _EDGE), 1 - _EDGE)
        return 1 / (1 + math.exp(-(self.slope * math.log(p / (1 - p)) + self.offset)))
