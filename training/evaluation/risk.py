"""Selective answering: how much can be answered when only so many answers may be wrong.

After Whitehead et al., "Reliable Visual Question Answering: Abstain Rather Than Answer Incorrectly", ECCV 2022: risk is
one minus the mean VQA accuracy of what is answered. A threshold is always judged on other pictures than it was chosen
on: each half of the pictures serves the other. Confidences and scores are 0 to 1, [N], one of each an answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

RISKS = (0.01, 0.05, 0.10, 0.20)
COST = 1.0
"""What a wrong answer costs where a right one gains 1 and silence nothing."""

Scored = tuple[float, float]
"""An answer's confidence and its accuracy, both 0 to 1."""


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold: the share of the questions that is answered, and the risk among them; 0 to 1."""

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a threshold chosen for some risk gives on other pictures; all from 0 to 1."""

    allowed: float
    coverage: float
    risk: float
    """The risk that was met; it may lie a little above what is allowed."""


@dataclass(frozen=True, slots=True)
class Selective:
    """What a confidence is worth for staying silent."""

    curve: list[Point]
    """Risk against coverage over all thresholds, from the surest answers to all."""
    area: float
    """Under the curve (AURC); 0 is best."""
    coverages: list[Coverage]
    reliability: float
    """Effective reliability, -1 to 1: accuracy of the answered minus the cost of the wholly wrong, over all."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON, without the curve's points."""
        return {
            "area": round(self.area, 4),
            "effective_reliability": round(self.reliability, 4),
            "coverage_at_risk": {
                f"{each.allowed:.0%}": {name: round(value, 4) for name, value in asdict(each).items()}
                for each in self.coverages
            },
        }


def selective(confidences: Sequence[float], scores: Sequence[float], pictures: Sequence[int]) -> Selective:
    """Judge a confidence; the three go question by question."""
    confidence, score, first = np.array(confidences, float), np.array(scores, float), first_half(pictures)
    halves = [list(zip(confidence[half].tolist(), score[half].tolist(), strict=True)) for half in (first, ~first)]
    return Selective(
        curve=curve(confidence, score),
        area=area(confidence, score),
        coverages=[coverage_at(risk, confidence, score, first) for risk in RISKS],
        reliability=_effective(halves),
    )


def first_half(pictures: Sequence[object]) -> Bools:
    """Which answers are about the first half of the pictures: every other one, in the order in which they come, [N]."""
    places = {picture: place for place, picture in enumerate(dict.fromkeys(pictures))}
    return np.array([places[picture] % 2 == 0 for picture in pictures], bool)


def coverage_at(risk: float, confidence: Floats, score: Floats, first: Bools) -> Coverage:
    """What is answered when so much may be wrong: each half by the threshold that the other one chose."""
    answered = np.zeros(len(confidence), bool)
    for half in (first, ~first):
        answered |= ~half & (confidence >= threshold(confidence[half], score[half], risk))
    met = 1 - float(score[answered].mean()) if answered.any() else 0.0
    return Coverage(risk, int(answered.sum()) / max(1, len(confidence)), met)


def curve(confidence: Floats, score: Floats) -> list[Point]:
    """One point a distinct confidence: answers that are equally sure are answered together or not at all."""
    _, counts, risks = _steps(confidence, score)
    return [Point(count / len(confidence), risk) for count, risk in zip(counts.tolist(), risks.tolist(), strict=True)]


def area(confidence: Floats, score: Floats) -> float:
    """Under the risk-coverage curve, 0 to 1 (AURC): the mean over all answers of the risk among those at least as sure.

    After Geifman, Uziel & El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", ICLR 2019.
    """
    _, counts, risks = _steps(confidence, score)
    return float(np.diff(counts, prepend=0) @ risks) / max(1, len(confidence))


def threshold(confidence: Floats, score: Floats, risk: float) -> float:
    """The lowest confidence down to which answering keeps within a risk; infinite where nothing does."""
    at, _, risks = _steps(confidence, score)
    return float(at[risks <= risk + 1e-12].min(initial=math.inf))


def _steps(confidence: Floats, score: Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
    """For each distinct confidence, falling: itself, how many answers are at least so sure, and the risk among them."""
    order = np.argsort(-confidence, kind="stable")
    sure, counts = confidence[order], np.arange(1, len(order) + 1)
    last = np.ones(len(order), bool)  # of those that are equally sure
    last[:-1] = sure[1:] != sure[:-1]
    risks = 1 - np.cumsum(score[order]) / counts
    return sure[last], counts[last], risks[last]


def _effective(halves: Sequence[Sequence[Scored]]) -> float:
    gained = 0.0
    for chosen_on, judged_on in (halves, halves[::-1]):
        at = _best_threshold(chosen_on)
        gained += math.fsum(_gain(score) for confidence, score in judged_on if confidence >= at)
    return gained / max(1, sum(map(len, halves)))


def _best_threshold(answers: Sequence[Scored]) -> float:
    best, at, total = 0.0, math.inf, 0.0
    for confidence, score in sorted(answers, key=lambda answer: -answer[0]):
        total += _gain(score)
        if total >= best:
            best, at = total, confidence
    return at


def _gain(score: float) -> float:
    return score if score > 0 else -COST
