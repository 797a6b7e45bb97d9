"""Scores answers against annotations: overall, by question type and by answer type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from model.counting import counted
from training.data.vqa import DataError, VqaQuestion
from training.evaluation.accuracy import exact_match, normalised_accuracy, official_accuracy

DECIMALS = 2
"""The official evaluator rounds its percentages so."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A score overall, by group and by question; percent, rounded as the official evaluator rounds."""

    overall: float
    by_question_type: dict[str, float]
    by_answer_type: dict[str, float]
    per_question: dict[int, float]

    def as_dict(self) -> dict[str, object]:
        """For JSON, where the numbers of questions become texts."""
        return {
            "overall": self.overall,
            "by_question_type": self.by_question_type,
            "by_answer_type": self.by_answer_type,
            "per_question": {str(number): value for number, value in self.per_question.items()},
        }


Measure = Callable[[str, VqaQuestion], float]
MEASURES: Mapping[str, Measure] = {
    "official": lambda answer, question: official_accuracy(answer, question.answers),
    "normalised": lambda answer, question: normalised_accuracy(answer, question.answers),
    "exact": lambda answer, question: exact_match(answer, question.answer or ""),
}
"""The measures by name: (answer, annotated question) -> 0 to 1."""


def score(answers: Mapping[int, str], questions: Iterable[VqaQuestion], measure: Measure) -> Scores:
    """Score answers (by question number) to annotated questions.

    Raises:
        DataError: A question has no answer, an answer belongs to no question, or there is no question at all.
    """
    asked = {question.question_id: question for question in questions}
    if not asked:
        raise DataError("There is no question to score.")
    missing, extra = asked.keys() - answers.keys(), answers.keys() - asked.keys()
    if missing or extra:
        what = f"no answer to {counted(len(missing), 'question')} (such as {min(missing)})" if missing else ""
        more = (
            f"an answer to {counted(len(extra), 'question')} that nobody asked (such as {min(extra)})" if extra else ""
        )
        faults = " and ".join(part for part in (what, more) if part)
        raise DataError(f"The results do not fit the annotations: there is {faults}.")
    return summarise({number: measure(answers[number], question) for number, question in asked.items()}, asked)


def summarise(shares: Mapping[int, float], asked: Mapping[int, VqaQuestion]) -> Scores:
    """Percentages from the questions' own scores, which go from 0 to 1; both by question number."""
    return Scores(
        overall=percent(shares.values()),
        by_question_type=by_group(shares, {number: asked[number].question_type for number in shares}),
        by_answer_type=by_group(shares, {number: asked[number].answer_type for number in shares}),
        per_question={number: percent([share]) for number, share in shares.items()},
    )


def by_group(shares: Mapping[int, float], groups: Mapping[int, str]) -> dict[str, float]:
    """The percentage of each group, by the group's name."""
    members: dict[str, list[float]] = defaultdict(list)
    for number, share in shares.items():
        members[groups[number]].append(share)
    return {name: percent(found) for name, found in sorted(members.items())}


def percent(shares: Iterable[float]) -> float:
    """The mean of shares as a percentage; 0 of nothing. The order of operations is the official evaluator's."""
    found = list(shares)
    return round(100 * float(sum(found)) / len(found), DECIMALS) if found else 0.0
