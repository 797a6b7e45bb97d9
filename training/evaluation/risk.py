"""Selective answering: how much can be answered when only so many answers may be wrong.

After Whitehead et al., "Reliable Visual Question Answering: Abstain Rather Than Answer Incorrectly", ECCV 2022: risk is
one minus the mean VQA accuracy of what is answered. A threshold is always judged on other pictures than it was chosen
on: each half of the pictures serves the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

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
    """Under the curve; 0 is best."""
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
    answers = list(zip(confidences, scores, strict=True))
    points = curve(answers)
    order = sorted(set(pictures))
    first = set(order[::2])
    halves: list[list[Scored]] = [[], []]
    for answer, picture in zip(answers, pictures, strict=True):
        halves[picture not in first].append(answer)
    return Selective(
        curve=points,
        area=_area(points),
        coverages=[_coverage(halves, risk) for risk in RISKS],
        reliability=_effective(halves),
    )


def curve(answers: Sequence[Scored]) -> list[Point]:
    """One point a distinct confidence: answers that are equally sure are answered together or not at all."""
    return [Point(count / len(answers), 1 - total / count) for _, count, total in _steps(answers)]


def threshold(answers: Sequence[Scored], risk: float) -> float:
    """The lowest confidence down to which answering keeps within a risk; infinite where nothing does."""
    return min((at for at, count, total in _steps(answers) if 1 - total / count <= risk + 1e-12), default=math.inf)


def _steps(answers: Sequence[Scored]) -> list[tuple[float, int, float]]:
    """For each distinct confidence, falling: itself, the number of answers at least so sure, their accuracies' sum."""
    steps: list[tuple[float, int, float]] = []
    total = 0.0
    for count, (confidence, score) in enumerate(sorted(answers, key=lambda answer: -answer[0]), 1):
        total += score
        if steps and steps[-1][0] == confidence:
            steps.pop()
        steps.append((confidence, count, total))
    return steps


def _area(points: Sequence[Point]) -> float:
    before, area = 0.0, 0.0
    for point in points:
        area += (point.coverage - before) * point.risk
        before = point.coverage
    return area


def _coverage(halves: Sequence[Sequence[Scored]], risk: float) -> Coverage:
    answered = [
        score
        for chosen_on, judged_on in (halves, halves[::-1])
        for at in [threshold(chosen_on, risk)]
        for confidence, score in judged_on
        if confidence >= at
    ]
    everything = sum(map(len, halves))
    met = 1 - math.fsum(answered) / len(answered) if answered else 0.0
    return Coverage(risk, len(answered) / max(1, everything), met)


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
