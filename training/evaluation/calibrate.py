"""Fits the confidence on answers to held-out questions, and says on others how true it has become."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from model.answerer import Answerer
from model.confidence.calibration import Calibration, log_odds_parts, sequence_probability
from model.counting import counted, too_few
from model.profile import Profile
from model.types import Generation
from training.config import Config
from training.data.files import PictureFile
from training.data.vqa import DataError, VqaQuestion, write_json
from training.evaluation.accuracy import exact_match
from training.evaluation.answer_length import HELP, USUAL
from training.evaluation.asking import request, sent_pictures
from training.evaluation.reliability import Bin, calibration_error, reliability

FOLDS = 5
AT_ONCE = 32
FEWEST = 100
"""Fewer answers than this fit nothing that could be believed."""
RECORD = "calibration.json"
"""In the model's folder: how its calibration came about."""
_RIDGE = 1e-3  # keeps the fit finite when every answer is right

Floats = NDArray[np.float64]


class CalibrateConfig(Config):
    """How the confidence is fitted."""

    beams: int = Field(3, ge=1, le=10, description="Beams of the answers, as the bot will use them.")
    max_new_tokens: int | None = Field(None, ge=1, le=1000, description=HELP)
    fit_share: float = Field(
        0.5, gt=0, lt=1, description="Share of the pictures to fit on; the others judge what was fitted."
    )
    limit: int | None = Field(None, ge=1, description="Only the first questions.")
    shifts: int = Field(150, ge=0, description="Questions about pictures of each way in which they are changed.")
    coverage: float = Field(0.9, gt=0, lt=1, description="Share of right answers that an answer's alternatives hold.")
    refuse: bool = Field(
        True, description="Have the model refuse kinds of question (why, when, ...) that its data and words do not ask."
    )
    seed: int = Field(0, ge=0, description="Decides which pictures fit and which judge.")
    int8: bool | None = Field(
        None,
        description="Measure what 8-bit weights cost, too.  [default: for models that gain by them, where the CPU can]",
    )


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer: how sure the model was, and whether it was right."""

    image_id: int
    probability: float
    """The raw probability of the whole answer."""
    study: float
    """exp(sequences_scores), the geometric mean of the tokens' probabilities, which the study showed: the notebook with
    whose settings `vqabot train` begins."""
    right: bool
    question_id: int = 0


@dataclass(frozen=True, slots=True)
class CalibrationResult:
    """What was fitted and how true it is; all figures on pictures that it was not fitted on."""

    method: str
    calibration: Calibration
    fitted: int
    judged: int
    accuracy: float
    """Share of exactly right answers among the judged."""
    ece: float
    ece_raw: float
    """Of the raw probability."""
    ece_study: float
    """Of the study's confidence."""
    bins: list[Bin]
    losses: dict[str, float]
    """Cross-validated log loss of each method on the fitting side; the lowest was chosen."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self)}


def check_enough(questions: Sequence[VqaQuestion]) -> None:
    """See that there is enough to fit on, before a model is loaded for it.

    Raises:
        DataError: There are too few questions, or one has no answer.
    """
    if len(questions) < 2 * FEWEST:
        raise DataError(
            f"{too_few(len(questions), 'question')}: {FEWEST} are needed to fit on, and as many to judge by."
        )


def observe(
    answerer: Answerer,
    pictures: Mapping[int, PictureFile],
    questions: Sequence[VqaQuestion],
    config: CalibrateConfig,
    progress: Callable[[int], None],
) -> list[Observation]:
    """Answer annotated questions and note how sure the model was; refused ones are left out.

    An answer is right when `evaluate` calls it exactly right: one function judges both.
    """
    found: list[Observation] = []
    ordered = sorted(questions, key=lambda q: q.image_ids)  # a picture's questions share its features
    for start in range(0, len(ordered), AT_ONCE):
        part = ordered[start : start + AT_ONCE]
        batch = [
            answerer.prepare(
                request(q, sent_pictures(q.image_ids, pictures), config.beams, config.max_new_tokens or USUAL)
            )
            for q in part
        ]
        for question, generation in zip(part, answerer.generate(batch), strict=True):
            if generation is not None:
                probability = sequence_probability(generation.token_logprobs)
                right = exact_match(generation.text, question.answer or "") == 1
                found.append(
                    Observation(
                        question.image_id, probability, study_confidence(generation), right, question.question_id
                    )
                )
        progress(len(part))
    return found


def study_confidence(generation: Generation) -> float:
    """What `exp(sequences_scores)` of transformers' beam search gives: forced tokens count as certain ones."""
    return min(1.0, math.exp(math.fsum(generation.token_logprobs) / max(1, len(generation.tokens))))


def calibrate(observations: Sequence[Observation], config: CalibrateConfig) -> CalibrationResult:
    """Choose and fit a method on one part of the pictures, judge it on the other.

    Raises:
        DataError: There are too few answers on either side.
    """
    pictures = sorted({each.image_id for each in observations})
    random.Random(f"calibrate/{config.seed}").shuffle(pictures)
    chosen = set(pictures[: round(len(pictures) * config.fit_share)])
    fitting = [each for each in observations if each.image_id in chosen]
    judging = [each for each in observations if each.image_id not in chosen]
    if min(len(fitting), len(judging)) < FEWEST:
        raise DataError(
            f"{counted(len(fitting), 'answer')} to fit on and {len(judging)} to judge by are too few: "
            f"{FEWEST} are needed on each side."
        )
    losses = {name: _cross_validated(method, fitting) for name, method in METHODS.items()}
    best = min(losses, key=lambda name: losses[name])
    calibration = METHODS[best](fitting)
    right = [each.right for each in judging]
    bins = reliability([calibration.apply(each.probability) for each in judging], right)
    return CalibrationResult(
        method=best,
        calibration=calibration,
        fitted=len(fitting),
        judged=len(judging),
        accuracy=sum(right) / len(right),
        ece=calibration_error(bins),
        ece_raw=calibration_error(reliability([each.probability for each in judging], right)),
        ece_study=calibration_error(reliability([each.study for each in judging], right)),
        bins=bins,
        losses=losses,
    )


def store(
    folder: Path, calibration: Calibration, int8_loss: float | None = None, untaught: tuple[str, ...] | None = None
) -> None:
    """Write the calibration into a model's profile, from where every worker takes it.

    Beside it stand what 8-bit weights cost, and the kinds of question that the model was not taught: where that is
    None, those that stood there before.
    """
    profile = replace(Profile.read(folder), calibration=calibration, int8_loss=int8_loss)
    (profile if untaught is None else replace(profile, untaught=untaught)).write(folder)


def record(
    folder: Path,
    result: CalibrationResult,
    config: CalibrateConfig,
    data: str,
    remarks: Sequence[str] = (),
    further: Mapping[str, Any] | None = None,
) -> None:
    """Write beside a stored calibration how it came about: data, settings, figures, and what to know about them."""
    content = {"data": data, "config": config.model_dump(mode="json"), **result.as_dict(), "remarks": list(remarks)}
    write_json(folder / RECORD, {**content, **(further or {})})


Method = Callable[[Sequence[Observation]], Calibration]


def _as_it_is(_: Sequence[Observation]) -> Calibration:
    return Calibration()


def _temperature(observations: Sequence[Observation]) -> Calibration:
    (slope,) = _fit(_features(observations).sum(1, keepdims=True), observations)
    return Calibration(max(slope, _RIDGE), max(slope, _RIDGE))


def _platt(observations: Sequence[Observation]) -> Calibration:
    odds = _features(observations).sum(1)
    slope, offset = _fit(np.stack([odds, np.ones_like(odds)], 1), observations)
    return Calibration(max(slope, _RIDGE), max(slope, _RIDGE), offset)


def _beta(observations: Sequence[Observation]) -> Calibration:
    parts = _features(observations)
    ones = np.ones((len(parts), 1))
    a, b, c = _fit(np.hstack([parts, ones]), observations)
    if a < 0 or b < 0:  # the paper's rule: the part that would turn the order round is left out
        keep = 1 if a < 0 else 0
        weight, c = _fit(np.hstack([parts[:, [keep]], ones]), observations)
        a, b = (0.0, max(weight, _RIDGE)) if keep else (max(weight, _RIDGE), 0.0)
    return Calibration(a, b, c)


METHODS: dict[str, Method] = {
    "as it is": _as_it_is,
    "temperature": _temperature,
    "Platt": _platt,
    "beta": _beta,
}


def _features(observations: Sequence[Observation]) -> Floats:
    """ln(p) and -ln(1 - p): [N, 2]."""
    return np.array([log_odds_parts(each.probability) for each in observations])


def _fit(features: Floats, observations: Sequence[Observation]) -> list[float]:
    """Logistic regression by Newton's method (iteratively reweighted least squares): one weight a column of [N, D].

    scikit-learn's would bring SciPy along for these ten lines.
    """
    right = np.array([each.right for each in observations], np.float64)
    weights = np.zeros(features.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))  # [N]
        slope = features.T @ (right - chance) - _RIDGE * weights
        curve = (features.T * (chance * (1 - chance))) @ features + _RIDGE * np.eye(len(weights))
        change = np.linalg.solve(curve, slope)
        weights += change * min(1.0, 5.0 / max(1e-9, float(np.abs(change).max())))
        if np.abs(change).max() < 1e-8:
            break
    return [float(weight) for weight in weights]


def _cross_validated(method: Method, observations: Sequence[Observation]) -> float:
    """Mean log loss of answers whose picture was in none of the folds that were fitted on."""
    pictures = sorted({each.image_id for each in observations})
    fold = {image_id: place % FOLDS for place, image_id in enumerate(pictures)}
    losses = []
    for out in range(FOLDS):
        calibration = method([each for each in observations if fold[each.image_id] != out])
        for each in observations:
            if fold[each.image_id] == out:
                chance = min(max(calibration.apply(each.probability), 1e-6), 1 - 1e-6)
                losses.append(-math.log(chance if each.right else 1 - chance))
    return math.fsum(losses) / len(losses)
