"""What a comparison found, in figures: each model over its seeds, and each pair of models on the same questions."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from training.compare.trial import Evaluation, TrialOutcome
from training.data.vqa import VqaQuestion
from training.evaluation.bootstrap import paired_bootstrap
from training.evaluation.intervals import Difference, Estimate, estimate
from training.evaluation.reliability import calibration_error, reliability

THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One model over its seeds: means of those that came to an end; None where none did."""

    name: str
    seeds: int
    ended: Mapping[str, int]
    """How many trials ended in which way."""
    reasons: tuple[str, ...]
    """Sentences of those that came to nothing."""
    official: Estimate | None = None
    """Of each question the mean over the seeds; the interval is by pictures."""
    spread: float | None = None
    """Standard deviation of the accuracy between seeds, 0 to 1; None with one seed."""
    by_type: Mapping[str, Estimate] | None = None
    exact: float | None = None
    ece: float | None = None
    parameters: int | None = None
    trained_parameters: int | None = None
    training_memory_gb: float | None = None
    answering_memory_gb: float | None = None
    training_questions_per_second: float | None = None
    answering_questions_per_second: float | None = None
    first_answer_seconds: float | None = None
    cost: float | None = None
    """Of a thousand answers, at the price given."""


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """Two models on the same questions."""

    first: str
    second: str
    difference: Difference

    @property
    def real(self) -> bool:
        """Whether the 95 % interval leaves out no difference."""
        return self.difference.low > 0 or self.difference.high < 0


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it."""

    rows: list[FigureRow]
    pairs: list[ComparedPair]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        pairs = [{**asdict(pair), "real": pair.real} for pair in self.pairs]
        return {"models": [asdict(row) for row in self.rows], "pairs": pairs}


def figures_of(
    outcomes: Mapping[str, Sequence[TrialOutcome]], questions: Sequence[VqaQuestion], price: float | None
) -> Figures:
    """The figures of all models, the best first.

    Args:
        outcomes: Of each model's trials.
        questions: Those that were judged by.
        price: Of an hour of this machine.
    """
    picture_of = {one.question_id: one.image_id for one in questions}
    type_of = {one.question_id: one.answer_type or "(none)" for one in questions}
    means: dict[str, dict[int, float]] = {}
    rows = []
    for name, own in outcomes.items():
        judged = [outcome.judged for outcome in own if outcome.judged is not None]
        ended = dict(Counter[str](outcome.status for outcome in own))
        reasons = tuple(dict.fromkeys(outcome.reason for outcome in own if outcome.reason))
        if not judged:
            rows.append(FigureRow(name, len(own), ended, reasons))
            continue
        means[name] = {n: statistics.fmean(one.official[n] for one in judged) for n in picture_of}
        rows.append(_row(name, own, judged, means[name], picture_of, type_of, ended, reasons, price))
    rows.sort(key=lambda row: -1.0 if row.official is None else row.official.value, reverse=True)
    pairs = [
        ComparedPair(first.name, second.name, paired_bootstrap(means[first.name], means[second.name], picture_of))
        for first, second in combinations([row for row in rows if row.official is not None], 2)
    ]
    return Figures(rows, pairs)


def _row(
    name: str,
    own: Sequence[TrialOutcome],
    judged: Sequence[Evaluation],
    means: Mapping[int, float],
    picture_of: Mapping[int, int],
    type_of: Mapping[int, str],
    ended: Mapping[str, int],
    reasons: tuple[str, ...],
    price: float | None,
) -> FigureRow:
    trained = [outcome.training for outcome in own if outcome.judged is not None]
    speeds = [one["questions_per_second"] for one in trained if one.get("questions_per_second")]
    overall = [statistics.fmean(one.official.values()) for one in judged]
    answering = statistics.fmean(one.questions_per_second for one in judged)

    def score(numbers: Sequence[int]) -> Estimate:
        return estimate([means[n] for n in numbers], [picture_of[n] for n in numbers])

    return FigureRow(
        name=name,
        seeds=len(own),
        ended=ended,
        reasons=reasons,
        official=score(list(picture_of)),
        spread=statistics.stdev(overall) if len(overall) > 1 else None,
        by_type={kind: score([n for n in picture_of if type_of[n] == kind]) for kind in sorted(set(type_of.values()))},
        exact=statistics.fmean(statistics.fmean(one.exact.values()) for one in judged),
        ece=statistics.fmean(_ece(one) for one in judged),
        parameters=judged[0].parameters,
        trained_parameters=int(trained[0]["parameters"]),
        training_memory_gb=max(float(one["peak_memory_gb"]) for one in trained),
        answering_memory_gb=max(one.memory_gb for one in judged),
        training_questions_per_second=statistics.fmean(speeds) if speeds else None,
        answering_questions_per_second=answering,
        first_answer_seconds=statistics.fmean(one.first_answer_seconds for one in judged),
        cost=None if price is None else price / 3600 / answering * THOUSAND,
    )


def _ece(judged: Evaluation) -> float:
    numbers = list(judged.exact)
    return calibration_error(reliability([judged.confidence[n] for n in numbers], [judged.exact[n] for n in numbers]))
