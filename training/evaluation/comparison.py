"""Two models on the same questions: how much better the newer one is, and whether that may be chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.counting import counted
from training.data.vqa import DataError, VqaQuestion, write_json
from training.evaluation.evaluate import Report
from training.evaluation.intervals import Difference, difference

ANSWERS = "answers.json"
"""In a report's folder: every answer with its scores, for a later comparison."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An evaluation that was written before."""

    model: str
    official: dict[int, float]
    """0 to 1, by question number."""
    answers: dict[int, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model against an earlier one."""

    model: str
    """The earlier one's name."""
    questions: int
    """How many both answered."""
    overall: Difference
    by_type: dict[str, Difference]
    """By the kind of answer."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON, in percentage points."""
        return {
            "with": self.model,
            "questions": self.questions,
            "official_difference": round(100 * self.overall.value, 2),
            "interval": [round(100 * self.overall.low, 2), round(100 * self.overall.high, 2)],
            "better": self.overall.better,
            "worse": self.overall.worse,
        }

    @property
    def sentence(self) -> str:
        """What came out, for people."""
        found, low, high = (100 * each for each in (self.overall.value, self.overall.low, self.overall.high))
        if low > 0:
            verdict = "It is better, which is not chance"
        elif high < 0:
            verdict = "It is worse, which is not chance"
        else:
            verdict = "The difference may be chance"
        return (
            f"{found:+.2f} points of official accuracy against {self.model} on {counted(self.questions, 'question')} "
            f"(95 %: {low:+.2f} to {high:+.2f}); {self.overall.better:,} answered better, "
            f"{self.overall.worse:,} worse. {verdict}."
        )


def write_answers(folder: Path, model: str, report: Report) -> None:
    """Keep every answer beside the report."""
    rows = {
        str(number): [text, round(report.confidences[number], 6), round(report.official.per_question[number] / 100, 4)]
        for number, text in report.answers.items()
    }
    write_json(folder / ANSWERS, {"model": model, "answers": rows})


def read_answers(folder: Path) -> Earlier:
    """The answers that a report's folder keeps.

    Raises:
        DataError: It keeps none.
    """
    file = folder / ANSWERS
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows = {int(number): row for number, row in content["answers"].items()}
        answers = {number: str(text) for number, (text, _, _) in rows.items()}
        official = {number: float(score) for number, (_, _, score) in rows.items()}
        return Earlier(str(content["model"]), official, answers)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{file} cannot be read: name a folder that `vqabot evaluate --report` wrote.") from error


def compare(report: Report, questions: Sequence[VqaQuestion], earlier: Earlier) -> Comparison:
    """Hold a report against an earlier one, by the questions that both answered.

    Raises:
        DataError: They have no question in common.
    """
    both = [q for q in questions if q.question_id in report.answers and q.question_id in earlier.official]
    if not both:
        raise DataError(f"The report of {earlier.model} is about other questions: there is nothing to compare.")

    def between(some: Sequence[VqaQuestion]) -> Difference:
        return difference(
            [report.official.per_question[q.question_id] / 100 for q in some],
            [earlier.official[q.question_id] for q in some],
            [q.image_id for q in some],
        )

    kinds = sorted({q.answer_type for q in both})
    by_type = {kind or "(none)": between([q for q in both if q.answer_type == kind]) for kind in kinds}
    return Comparison(earlier.model, len(both), between(both), by_type)
