"""Scores answers against annotations: overall, by question type and by answer type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from training.accuracy import exact_match, normalised_accuracy, official_accuracy
from training.vqa import DataError, VqaQuestion


@dataclass(frozen=True, slots=True)
class Scores:
    """A score overall, by group and by question; all from 0 to 100."""

    overall: float
    by_question_type: dict[str, float]
    by_answer_type: dict[str, float]
    per_question: dict[int, float]

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {
            "overall": round(self.overall, 2),
            "by_question_type": {name: round(value, 2) for name, value in self.by_question_type.items()},
            "by_answer_type": {name: round(value, 2) for name, value in self.by_answer_type.items()},
            "per_question": {str(number): round(value, 2) for number, value in self.per_question.items()},
        }


Measure = Callable[[str, VqaQuestion], float]
MEASURES: dict[str, Measure] = {
    "official": lambda answer, question: official_accuracy(answer, question.answers),
    "normalised": lambda answer, question: normalised_accuracy(answer, question.answers),
    "exact": lambda answer, question: exact_match(answer, question.answer or ""),
}
"""The measures by name: (answer, annotated question) -> 0 to 1."""


def score(answers: Mapping[int, str], questions: Iterable[VqaQuestion], measure: Measure) -> Scores:
    """Score answers (by question number) to annotated questions.

    Raises:
        DataError: A question has no answer, or an answer belongs to no question.
    """
    asked = {question.question_id: question for question in questions}
    missing, extra = asked.keys() - answers.keys(), answers.keys() - asked.keys()
    if missing or extra:
        what = f"no answer to {len(missing)} questions (such as {min(missing)})" if missing else ""
        more = f"answers to {len(extra)} questions that were not asked (such as {min(extra)})" if extra else ""
        raise DataError(
            f"The results do not fit the annotations: {' and '.join(part for part in (what, more) if part)}."
        )
    per_question = {number: 100 * measure(answers[number], question) for number, question in asked.items()}
    return Scores(
        overall=mean(per_question.values()),
        by_question_type=by_group(per_question, {n: q.question_type for n, q in asked.items()}),
        by_answer_type=by_group(per_question, {n: q.answer_type for n, q in asked.items()}),
        per_question=per_question,
    )


def by_group(values: Mapping[int, float], groups: Mapping[int, str]) -> dict[str, float]:
    """The mean of the values of each group, by the group's name."""
    members: dict[str, list[float]] = defaultdict(list)
    for number, value in values.items():
        members[groups[number]].append(value)
    return {name: mean(found) for name, found in sorted(members.items())}


def mean(values: Iterable[float]) -> float:
    """The mean; 0 of nothing."""
    found = list(values)
    return sum(found) / len(found) if found else 0.0
