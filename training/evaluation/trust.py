"""How far a confidence can be trusted on several sets of data, with intervals: sets of one's own and shifted ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.reliability import calibration_error, reliability
from training.evaluation.risk import Bools, Floats, area, coverage_at, first_half

RISKS = (0.01, 0.05, 0.10)
SURE = 0.9
"""Above this an answer counts as a sure one."""
RESAMPLES = 100
_FEWEST = 30
"""Fewer answers give no interval that means something."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One answer of a set: what was said of it, and what is true."""

    group: str
    picture: object
    """What hangs together is drawn together."""
    confidence: float
    right: bool
    distance: float | None
    """How far the picture is from what the model knows; None where that is not measured."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval by a bootstrap over pictures; without one where there are too few."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Set:
    """The figures of one set, by name; those that cannot be computed are missing."""

    name: str
    answers: int
    pictures: int
    figures: Mapping[str, Figure]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "answers": self.answers,
            "pictures": self.pictures,
            **{
                name: [None if v is None else round(v, 4) for v in (one.value, one.low, one.high)]
                for name, one in self.figures.items()
            },
        }


def sets(predictions: Sequence[Prediction], own: str) -> list[Set]:
    """The figures of each set, in the order in which they come.

    Args:
        predictions: All answers.
        own: The set of what the model knows, from which the others' pictures are to be told apart.
    """
    members: dict[str, list[Prediction]] = defaultdict(list)
    for one in predictions:
        members[one.group].append(one)
    near = _distances(members.get(own, ()))
    return [_set(name, some, None if name == own else near) for name, some in members.items()]


def figures(confidence: Floats, right: Floats, first: Bools) -> dict[str, float]:
    """What can be said of confidences, 0 to 1, of answers that are right (1) or not (0).

    `first`: those about one half of the pictures; a threshold is judged on the half that it was not chosen on.
    """
    found = {
        "right": float(right.mean()),
        "confidence": float(confidence.mean()),
        "ece": calibration_error(reliability(confidence.tolist(), (right > 0).tolist())),
        "brier": float(((confidence - right) ** 2).mean()),
        "sure and wrong": float(((confidence > SURE) & (right == 0)).mean()),
        "aurc": area(confidence, right),
    }
    for risk in RISKS:
        found[f"coverage at {risk:.0%} risk"] = coverage_at(risk, confidence, right, first).coverage
    if 0 < right.sum() < len(right):
        found["auroc"] = auroc(confidence[right > 0], confidence[right == 0])
    return found


def auroc(higher: Floats, lower: Floats) -> float:
    """How often one of the first is above one of the second, 0 to 1; equal ones count half."""
    from sklearn.metrics import roc_auc_score

    truth = np.concatenate([np.ones(len(higher)), np.zeros(len(lower))])
    return float(roc_auc_score(truth, np.minimum(np.concatenate([higher, lower]), 1e9)))


def _distances(predictions: Sequence[Prediction]) -> dict[object, float]:
    """The distance of each picture, where it is measured."""
    return {one.picture: one.distance for one in predictions if one.distance is not None}


def _set(name: str, predictions: Sequence[Prediction], near: Mapping[object, float] | None) -> Set:
    order = {picture: place for place, picture in enumerate(dict.fromkeys(one.picture for one in predictions))}
    of = np.array([order[one.picture] for one in predictions])
    confidence = np.array([one.confidence for one in predictions])
    right = np.array([float(one.right) for one in predictions])
    first = first_half([one.picture for one in predictions])
    found = _bootstrap(of, lambda rows: figures(confidence[rows], right[rows], first[rows]))
    far = _distances(predictions)
    if far:
        away = np.array(list(far.values()))
        known = np.array(list((near or {}).values()))

        def strange(rows: NDArray[np.intp]) -> dict[str, float]:
            said = {"told as unlike": float((away[rows] > 1).mean())}
            return said | ({"auroc of unlike": auroc(away[rows], known)} if len(known) else {})

        found |= _bootstrap(np.arange(len(away)), strange)
    return Set(name, len(predictions), len(order), found)


def _bootstrap(
    clusters: NDArray[np.intp], measure: Callable[[NDArray[np.intp]], dict[str, float]]
) -> dict[str, Figure]:
    """What is measured on all rows, with its 95 % interval when the clusters are drawn anew, which holds it."""
    values = measure(np.arange(len(clusters)))
    members = [np.flatnonzero(clusters == number) for number in range(int(clusters.max()) + 1)]
    if len(clusters) < _FEWEST or len(members) < 2:
        return {name: Figure(value, None, None) for name, value in values.items()}
    draw = np.random.default_rng(0)
    drawn: dict[str, list[float]] = defaultdict(list)
    for _ in range(RESAMPLES):
        chosen = draw.integers(0, len(members), len(members))
        for name, value in measure(np.concatenate([members[number] for number in chosen])).items():
            drawn[name].append(value)
    ends = {name: np.quantile([*drawn[name], value], (0.025, 0.975)) for name, value in values.items()}
    return {name: Figure(v, min(v, float(ends[name][0])), max(v, float(ends[name][1]))) for name, v in values.items()}
