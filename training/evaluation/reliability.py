"""How far a confidence can be believed: the reliability table and the expected calibration error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

BINS = 15
"""Bins of equal width, as in Guo et al., "On Calibration of Modern Neural Networks", 2017."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies in one stretch; all from 0 to 1."""

    confidence: float
    """Mean confidence."""
    accuracy: float
    """Share of right answers."""
    share: float
    """Share of all answers."""


def reliability(confidences: Sequence[float], correct: Sequence[bool]) -> list[Bin]:
    """The bins that hold an answer, from the lowest confidence to the highest."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in zip(confidences, correct, strict=True):
        members[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    return [
        Bin(
            confidence=fsum(confidence for confidence, _ in found) / len(found),
            accuracy=sum(right for _, right in found) / len(found),
            share=len(found) / len(confidences),
        )
        for found in members
        if found
    ]


def calibration_error(bins: Iterable[Bin]) -> float:
    """Expected calibration error: the gaps between confidence and accuracy, weighted by the bins' shares. 0 to 1.

    Of the bins that the report shows: torchmetrics gives the error without them, scikit-learn the bins without shares.
    """
    return fsum(abs(bin_.confidence - bin_.accuracy) * bin_.share for bin_ in bins)
