"""Judges a model on annotated questions: accuracy, what it owes to the pictures, and how far its confidence is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.data.files import PictureFile
from training.data.vqa import DataError, VqaQuestion
from training.evaluation.absences import AbsenceFigures, absence_figures
from training.evaluation.asking import EvaluateConfig, Run, VqaModel, answer, grey, rounds
from training.evaluation.blind import BY_TYPE, BY_WORDS_OR_KIND, BY_WORDS_OR_TYPE, prior_answers, same_kind
from training.evaluation.intervals import Estimate, estimate
from training.evaluation.pairs import PairFigures, pair_figures
from training.evaluation.reliability import Bin, calibration_error, reliability
from training.evaluation.risk import Selective, selective
from training.evaluation.scoring import MEASURES, Scores, by_group, score
from training.evaluation.trust import Prediction, Set, sets

HERE = "judged data"
"""The set of the questions that are judged, beside shifted ones."""


DEFAULTS = EvaluateConfig()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said of a model. Accuracies in percent."""

    asked: int
    """Questions that were to be answered; fewer are judged when the evaluation was interrupted."""
    official: Scores
    normalised: Scores
    exact: Scores
    blind: Scores
    """Exact match when every picture is plain grey."""
    shuffled: Scores
    """Exact match when every question gets another question's picture."""
    words_alone: Scores
    """Exact match of the commonest answer to the same words: no model and no picture at all."""
    type_alone: Scores
    """The same with nothing but the official question type."""
    words_alone_from: str
    """What those were learnt from: the train split, or the other half of the judged pictures."""
    words_alone_official: float
    blind_official: float
    shuffled_official: float
    by_kind: dict[str, float]
    """Exact match by the kinds of the project's own scenes; empty for other data."""
    words_alone_by_kind: dict[str, float]
    by_kind_count: dict[str, int]
    bins: list[Bin]
    """Confidence against exact match."""
    selective: Selective
    """What the confidence is worth for staying silent, by the official accuracy."""
    questions_per_second: float
    answers: dict[int, str]
    confidences: dict[int, float]
    refused: dict[int, str]
    intervals: dict[str, Estimate]
    """Of `official` and `exact`, with what chance may do to them."""
    kind_of: dict[int, str]
    """The kind of each question of the project's own scenes; empty for other data."""
    predictions: list[Prediction]
    """The confidence of each answer and whether it was right, for comparison with shifted sets."""
    trust: list[Set]
    """How far the confidence can be trusted, here and, after `with_sets`, on shifted sets."""
    pairs: PairFigures | None = None
    """Questions about several pictures by themselves; None where there are none."""
    absences: AbsenceFigures | None = None
    """Of the project's own scenes: questions about what is not there. None where none is asked, and for other data."""

    @property
    def questions(self) -> int:
        """How many questions were judged."""
        return len(self.exact.per_question)

    @property
    def ece(self) -> float:
        """Expected calibration error, 0 to 1."""
        return calibration_error(self.bins)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "questions": self.questions,
            "asked": self.asked,
            "official": self.official.overall,
            "normalised": self.normalised.overall,
            "exact": self.exact.overall,
            "blind": self.blind.overall,
            "shuffled": self.shuffled.overall,
            "blind_official": self.blind_official,
            "shuffled_official": self.shuffled_official,
            "words_alone_official": self.words_alone_official,
            "words_alone": self.words_alone.overall,
            "words_alone_from": self.words_alone_from,
            "type_alone": self.type_alone.overall,
            "ece": round(self.ece, 4),
            "questions_per_second": round(self.questions_per_second, 1),
            "by_kind": self.by_kind,
            "words_alone_by_kind": self.words_alone_by_kind,
            "questions_by_kind": self.by_kind_count,
            "by_question_type": self.official.by_question_type,
            "by_answer_type": self.official.by_answer_type,
            "selective": self.selective.as_dict(),
            "reliability": [{name: round(value, 4) for name, value in asdict(bin_).items()} for bin_ in self.bins],
            "intervals": {name: each.percent() for name, each in self.intervals.items()},
            "trust": {each.name: each.as_dict() for each in self.trust},
            "pairs": None if self.pairs is None else self.pairs.as_dict(),
            "absences": None if self.absences is None else self.absences.as_dict(),
            "refused": {str(number): sentence for number, sentence in self.refused.items()},
        }


def evaluate(
    model: VqaModel,
    pictures: Mapping[int, PictureFile],
    questions: Sequence[VqaQuestion],
    settings: EvaluateConfig = DEFAULTS,
    *,
    learnt: Sequence[VqaQuestion] | None = None,
    kinds: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Report | None:
    """Answer all questions with their pictures, with other pictures, and with none; and score it.

    Interrupted (`KeyboardInterrupt`), it reports on the questions that it came to: a random sample.

    Args:
        model: What is judged.
        pictures: Where each picture is, by its number.
        questions: Annotated questions.
        settings: How the model is asked.
        learnt: Annotated questions of other pictures, for the scores of words alone; without them one half of
            `questions` serves the other.
        kinds: Whether the questions are about the project's own scenes and have kinds.
        progress: Called with the number of questions done since the last call.

    Returns:
        None when it was interrupted before any answer.
    """
    seen, exchanged, alone, shuffled, blind, plain = Run(), Run(), Run(), Run(), Run(), grey()
    try:
        for own, others in rounds(questions, pictures, settings.seed):
            answer(model, own, settings, seen)  # first: later passes may find the pictures' features kept
            several = [(pictures, question) for pictures, question in own if len(pictures) > 1]
            answer(model, [(pictures[::-1], question) for pictures, question in several], settings, exchanged)
            answer(model, [(pictures[-1:], question) for pictures, question in several], settings, alone)
            answer(model, others, settings, shuffled)
            answer(model, [((plain,) * len(question.image_ids), question) for _, question in own], settings, blind)
            progress(len(own))
    except KeyboardInterrupt:
        if not blind.texts:
            return None
    report = _report(questions, seen, shuffled, blind, learnt=learnt, kinds=kinds)
    judged = [q for q in questions if q.question_id in report.answers]
    return replace(
        report,
        pairs=pair_figures(judged, seen.texts, exchanged.texts, alone.texts, _is_right),
        absences=absence_figures(judged, seen.texts) if kinds else None,
    )


def _is_right(answers: Mapping[int, str], question: VqaQuestion) -> bool:
    number = question.question_id
    return score({number: answers[number]}, [question], MEASURES["exact"]).overall == 100


def with_sets(report: Report, shifted: Sequence[Prediction]) -> Report:
    """The report with the figures of what it judged and of shifted sets beside each other."""
    return replace(report, trust=sets([*report.predictions, *shifted], HERE))


def check_answered(data: Path, split: str, questions: Sequence[VqaQuestion]) -> None:
    """See that there is something to judge by, before a model is loaded for it.

    Raises:
        DataError: A question has no answer.
    """
    bare = sum(q.answer is None or not q.answers for q in questions)
    if bare == len(questions):
        raise DataError(f"The {split} split of {data} has no answers to judge by: choose another --split.")
    if bare:
        have = "has" if bare == 1 else "have"
        raise DataError(f"{bare} of the {len(questions)} questions in the {split} split of {data} {have} no answer.")


def _report(
    questions: Sequence[VqaQuestion],
    seen: Run,
    shuffled: Run,
    blind: Run,
    *,
    learnt: Sequence[VqaQuestion] | None,
    kinds: bool,
) -> Report:
    judged = [q for q in questions if q.question_id in blind.texts]  # the last of the passes

    def scored(answers: Mapping[int, str], measure: str) -> Scores:
        return score({q.question_id: answers[q.question_id] for q in judged}, judged, MEASURES[measure])

    keys = BY_WORDS_OR_KIND if kinds else BY_WORDS_OR_TYPE
    by_words = prior_answers(judged, keys, learnt)
    exact, words = scored(seen.texts, "exact"), scored(by_words, "exact")
    kind_of = {q.question_id: same_kind(q) for q in judged} if kinds else {}
    numbers, official = list(exact.per_question), scored(seen.texts, "official")
    picture_of = {q.question_id: q.image_id for q in judged}
    predictions = [
        Prediction(HERE, picture_of[n], seen.confidences[n], exact.per_question[n] == 100, seen.distances.get(n))
        for n in numbers
    ]
    return Report(
        asked=len(questions),
        official=official,
        normalised=scored(seen.texts, "normalised"),
        exact=exact,
        blind=scored(blind.texts, "exact"),
        shuffled=scored(shuffled.texts, "exact"),
        words_alone=words,
        type_alone=scored(prior_answers(judged, BY_TYPE, learnt), "exact"),
        words_alone_from="other half" if learnt is None else "train",
        words_alone_official=scored(by_words, "official").overall,
        blind_official=scored(blind.texts, "official").overall,
        shuffled_official=scored(shuffled.texts, "official").overall,
        by_kind=_by_kind(exact, kind_of),
        words_alone_by_kind=_by_kind(words, kind_of),
        by_kind_count=dict(sorted(Counter(kind_of.values()).items())),
        bins=reliability([seen.confidences[n] for n in numbers], [exact.per_question[n] == 100 for n in numbers]),
        selective=selective(
            [seen.confidences[n] for n in numbers],
            [official.per_question[n] / 100 for n in numbers],
            [picture_of[n] for n in numbers],
        ),
        questions_per_second=len(seen.texts) / max(seen.seconds, 1e-9),
        answers={n: seen.texts[n] for n in numbers},
        confidences={n: seen.confidences[n] for n in numbers},
        refused={number: seen.refused[number] for number in sorted(seen.refused)},
        intervals={
            name: estimate([scores.per_question[n] / 100 for n in numbers], [picture_of[n] for n in numbers])
            for name, scores in (("official", official), ("exact", exact))
        },
        kind_of=kind_of,
        predictions=predictions,
        trust=sets(predictions, HERE),
    )


def _by_kind(scores: Scores, kind_of: Mapping[int, str]) -> dict[str, float]:
    return by_group({n: scores.per_question[n] / 100 for n in kind_of}, kind_of)
