"""Questions about what is not there: how often that is noticed, and how often something is called absent falsely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.data.vqa import VqaQuestion
from training.evaluation.intervals import Estimate, estimate
from training.scenes.absent import NO


@dataclass(frozen=True, slots=True)
class AbsenceFigures:
    """How questions about what is not there were answered, and the others."""

    noticed: Estimate
    """Where it is not there: how often the answer says that something is not."""
    false: Estimate | None
    """Where it is there: how often the answer says that something is not. None without such questions."""

    def as_dict(self) -> dict[str, object]:
        """For JSON; in percent."""
        return {
            name: None if each is None else {**each.as_dict(), "questions": each.count}
            for name, each in (("noticed", self.noticed), ("false", self.false))
        }


def absence_figures(questions: Sequence[VqaQuestion], answers: Mapping[int, str]) -> AbsenceFigures | None:
    """Judge them; None where none of the questions is about what is not there.

    Args:
        questions: Those that were judged.
        answers: By question number.
    """

    def share(some: Sequence[VqaQuestion]) -> Estimate:
        return estimate([float(answers[q.question_id].startswith(NO)) for q in some], [q.image_ids for q in some])

    away = [q for q in questions if (q.answer or "").startswith(NO)]
    here = [q for q in questions if not (q.answer or "").startswith(NO)]
    return AbsenceFigures(share(away), share(here) if here else None) if away else None
