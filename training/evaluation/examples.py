"""What a page shows of single answers: the surest mistakes, some right ones, and which answers are taken for which."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from training.data.files import PictureFile
from training.data.vqa import VqaQuestion
from training.evaluation.accuracy import normalise_answer
from training.evaluation.evaluate import Report
from training.report.pages import thumbnail

MISTAKES = 24
RIGHT = 8
CONFUSIONS = 12


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer for the page."""

    picture: str
    question: str
    said: str
    confidence: float
    right: str
    others: str
    """What the ten people said, with their numbers."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """One answer that was given instead of another."""

    right: str
    said: str
    times: int
    of: int
    """Questions whose right answer it is."""


def surest_mistakes(
    report: Report, questions: Sequence[VqaQuestion], pictures: Mapping[int, PictureFile], most: int = MISTAKES
) -> list[ShownAnswer]:
    """The wrong answers that the model was surest of, at most one a picture; wrong is what nobody of the ten said."""
    wrong = [q for q in questions if report.official.per_question.get(q.question_id) == 0]
    wrong.sort(key=lambda q: (-report.confidences[q.question_id], q.question_id))
    return _shown(report, _one_a_picture(report, wrong, most), pictures)


def right_ones(
    report: Report, questions: Sequence[VqaQuestion], pictures: Mapping[int, PictureFile], most: int = RIGHT
) -> list[ShownAnswer]:
    """Some exactly right answers at random, at most one a picture; the same each time."""
    right = [q for q in questions if report.exact.per_question.get(q.question_id) == 100]
    random.Random("right answers").shuffle(right)
    return _shown(report, _one_a_picture(report, right, most), pictures)


def confusions(report: Report, questions: Sequence[VqaQuestion], most: int = CONFUSIONS) -> list[Confusion]:
    """The commonest pairs of a right answer and what was said instead, as the official evaluator writes them."""
    pairs: Counter[tuple[str, str]] = Counter()
    asked: Counter[str] = Counter()
    for q in questions:
        if q.question_id not in report.answers:
            continue
        right = normalise_answer(q.answer or "")
        asked[right] += 1
        if report.exact.per_question[q.question_id] == 0:
            pairs[right, normalise_answer(report.answers[q.question_id]) or "(nothing)"] += 1
    common = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [Confusion(right, said, times, asked[right]) for (right, said), times in common]


def _one_a_picture(report: Report, questions: Sequence[VqaQuestion], most: int) -> Iterator[VqaQuestion]:
    seen: set[int] = set()
    for q in questions:
        if len(seen) == most:
            return
        if q.image_id not in seen and q.question_id not in report.refused:
            seen.add(q.image_id)
            yield q


def _shown(report: Report, questions: Iterator[VqaQuestion], pictures: Mapping[int, PictureFile]) -> list[ShownAnswer]:
    found = []
    for q in questions:
        people = Counter(q.answers)
        listed = ", ".join(f"{answer} ({n})" for answer, n in sorted(people.items(), key=lambda item: (-item[1], item)))
        said, confidence = report.answers[q.question_id] or "(nothing)", report.confidences[q.question_id]
        found.append(ShownAnswer(thumbnail(pictures[q.image_id]), q.question, said, confidence, q.answer or "", listed))
    return found
