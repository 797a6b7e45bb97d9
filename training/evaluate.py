"""Judges a model on annotated questions: accuracy, what it owes to the picture, and how far its confidence is true."""

from __future__ import annotations

import io
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from model.answerer import Answerer
from model.types import Request
from training.scenes.wording import kind_of
from training.scoring import MEASURES, Scores, by_group, mean, score
from training.vqa import VqaQuestion, find_picture

BINS = 15
"""Bins of the calibration error, of equal width, as in Guo et al., "On Calibration of Modern Neural Networks", 2017."""
PICTURES_AT_ONCE = 8
GREY = (128, 128, 128)


@dataclass(slots=True)
class Answered:
    """Answers and confidences by question number."""

    answers: dict[int, str] = field(default_factory=dict)
    confidences: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said of a model. Accuracies in percent, the calibration error from 0 to 1."""

    questions: int
    official: Scores
    normalised: Scores
    exact: Scores
    blind: float
    """Exact match when every picture is plain grey."""
    prior: float
    """Exact match of the commonest answer to the same words, taken from the other questions: no model at all."""
    shuffled: float
    """Exact match when every question gets another question's picture."""
    ece: float
    questions_per_second: float
    by_kind: dict[str, float]
    """Exact match by the project's own kinds of questions."""
    prior_by_kind: dict[str, float]
    kinds: dict[str, int]
    reliability: list[dict[str, float]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "questions": self.questions,
            "official": round(self.official.overall, 2),
            "normalised": round(self.normalised.overall, 2),
            "exact": round(self.exact.overall, 2),
            "blind": round(self.blind, 2),
            "prior": round(self.prior, 2),
            "shuffled": round(self.shuffled, 2),
            "ece": round(self.ece, 4),
            "questions_per_second": round(self.questions_per_second, 1),
            "by_kind": {name: round(value, 2) for name, value in self.by_kind.items()},
            "prior_by_kind": {name: round(value, 2) for name, value in self.prior_by_kind.items()},
            "questions_by_kind": self.kinds,
            "by_question_type": {k: round(v, 2) for k, v in self.official.by_question_type.items()},
            "by_answer_type": {k: round(v, 2) for k, v in self.official.by_answer_type.items()},
            "reliability": self.reliability,
        }


_T = TypeVar("_T")
Progress = Callable[[int], None]


def evaluate(
    answerer: Answerer,
    data: Path,
    split: str,
    questions: Sequence[VqaQuestion],
    *,
    beams: int = 1,
    max_new_tokens: int = 20,
    progress: Progress = lambda _: None,
    seed: int = 0,
) -> Report:
    """Answer all questions with their pictures, with other pictures, and with none; and score it.

    Args:
        answerer: The model.
        data: The folder of the official files.
        split: Whose pictures.
        questions: Annotated questions of that split.
        beams: Width of the beam search.
        max_new_tokens: Longest answer in tokens.
        progress: Called with the number of questions answered since the last call; three times all in the end.
        seed: Decides which picture goes to which question when they are shuffled.
    """

    def picture(image_id: int) -> bytes:
        return find_picture(data, split, image_id).read_bytes()

    def answered(pictures: Callable[[VqaQuestion], tuple[str, Callable[[], bytes]]]) -> Answered:
        return _answer_all(answerer, questions, pictures, beams, max_new_tokens, progress)

    seen = answered(lambda q: (str(q.image_id), lambda: picture(q.image_id)))
    others = _other_pictures(questions, seed)
    shuffled = answered(lambda q: (str(others[q.question_id]), lambda: picture(others[q.question_id])))
    grey = _grey()
    blind = answered(lambda q: ("grey", lambda: grey))
    exact = score(seen.answers, questions, MEASURES["exact"])
    kinds = {q.question_id: kind_of(q.question) for q in questions}
    prior = prior_scores(questions)
    bins = reliability(
        [seen.confidences[n] for n in exact.per_question], [v / 100 for v in exact.per_question.values()]
    )
    return Report(
        questions=len(questions),
        official=score(seen.answers, questions, MEASURES["official"]),
        normalised=score(seen.answers, questions, MEASURES["normalised"]),
        exact=exact,
        blind=score(blind.answers, questions, MEASURES["exact"]).overall,
        prior=mean(prior.values()),
        shuffled=score(shuffled.answers, questions, MEASURES["exact"]).overall,
        ece=calibration_error(bins),
        questions_per_second=len(questions) / max(seen.seconds, 1e-9),
        by_kind=by_group(exact.per_question, kinds),
        prior_by_kind=by_group(prior, kinds),
        kinds=dict(sorted(Counter(kinds.values()).items())),
        reliability=bins,
    )


def _answer_all(
    answerer: Answerer,
    questions: Sequence[VqaQuestion],
    pictures: Callable[[VqaQuestion], tuple[str, Callable[[], bytes]]],
    beams: int,
    max_new_tokens: int,
    progress: Progress,
) -> Answered:
    """Answer questions in batches of a few pictures, each with all its questions."""
    groups: dict[str, list[VqaQuestion]] = defaultdict(list)
    sources: dict[str, Callable[[], bytes]] = {}
    for question in questions:
        key, source = pictures(question)
        groups[key].append(question)
        sources[key] = source
    result = Answered()
    for keys in _chunks(list(groups), PICTURES_AT_ONCE):
        for batch in _batches([(sources[key](), groups[key]) for key in keys], beams, max_new_tokens):
            started = time.perf_counter()
            answers = answerer.answer(batch)
            result.seconds += time.perf_counter() - started
            for answer in answers:
                result.answers[int(answer.id)] = answer.text
                result.confidences[int(answer.id)] = answer.confidence
            progress(len(batch))
    return result


def _batches(
    groups: Iterable[tuple[bytes, Sequence[VqaQuestion]]], beams: int, max_new_tokens: int, most: int = 64
) -> Iterable[list[Request]]:
    requests = [
        Request(str(q.question_id), picture, q.question, beams, max_new_tokens)
        for picture, asked in groups
        for q in asked
    ]
    return _chunks(requests, most)


def _chunks(items: Sequence[_T], size: int) -> Iterable[list[_T]]:
    return (list(items[start : start + size]) for start in range(0, len(items), size))


def _other_pictures(questions: Sequence[VqaQuestion], seed: int) -> dict[int, int]:
    """For each question a picture that is not its own (as far as there are several)."""
    ids = sorted({question.image_id for question in questions})
    random.Random(f"shuffle/{seed}").shuffle(ids)
    following = dict(zip(ids, ids[1:] + ids[:1], strict=True))
    return {question.question_id: following[question.image_id] for question in questions}


def _grey() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (700, 400), GREY).save(file, "PNG")
    return file.getvalue()


def prior_scores(questions: Sequence[VqaQuestion]) -> dict[int, float]:
    """What words alone give: each question is answered by the others' commonest answer to the same words (or kind).

    Returns:
        Exact match by question number, 0 or 100.
    """
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for question in questions:
        for key in (question.question.lower(), kind_of(question.question)):
            answers[key][question.answer or ""] += 1
    scores = {}
    for question in questions:
        own = question.answer or ""
        for key in (question.question.lower(), kind_of(question.question)):
            rest = answers[key] - Counter([own])
            if rest:
                break
        guess = rest.most_common(1)[0][0] if rest else ""
        scores[question.question_id] = 100.0 * (guess == own)
    return scores


def reliability(confidences: Sequence[float], correct: Sequence[float]) -> list[dict[str, float]]:
    """Bins of equal width over the confidence: its mean, the accuracy, and the share of questions in each."""
    members: list[list[tuple[float, float]]] = [[] for _ in range(BINS)]
    for confidence, right in zip(confidences, correct, strict=True):
        members[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    total = max(1, len(confidences))
    return [
        {
            "confidence": round(mean(c for c, _ in bin_), 4),
            "accuracy": round(mean(r for _, r in bin_), 4),
            "share": round(len(bin_) / total, 4),
        }
        for bin_ in members
        if bin_
    ]


def calibration_error(bins: Iterable[dict[str, float]]) -> float:
    """The expected calibration error: the bins' gaps between confidence and accuracy, weighted by their shares."""
    return sum(abs(b["confidence"] - b["accuracy"]) * b["share"] for b in bins)
