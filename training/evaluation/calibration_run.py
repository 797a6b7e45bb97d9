"""What `calibrate` learns beside the raw probability's calibration: from asking to what is stored."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.confidence.confidence_model import FILE_NAME, ConfidenceModel
from training.data.splits import Split
from training.data.vqa import DataError, VqaQuestion
from training.evaluation import confidence_fit
from training.evaluation.answer_length import USUAL
from training.evaluation.calibrate import CalibrateConfig
from training.evaluation.seen import OWN, folder, own, see, shifted
from training.evaluation.shifts import SHIFTS
from training.evaluation.trust import Prediction, Set, sets

if TYPE_CHECKING:
    from model.answerer import Answerer

MOST = 3000
"""Own questions that are asked: more would take long and teach little."""
MOST_SHIFTED = 1500
"""The same for each further folder, of own or of shifted data."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The evidence, and what it is worth."""

    confidence_model: ConfidenceModel | None
    reason: str
    """Why there is no evidence; empty where there is."""
    judged: list[Set]
    """The confidence that people see, on pictures that it was not fitted on, set by set."""
    before: list[Set]
    """The raw probability on the same answers."""
    set_coverage: float
    """How often answer and alternatives held the right answer there."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        if self.confidence_model is None:
            return {"evidence": None, "without_evidence": self.reason}
        found = {
            "coverage": self.confidence_model.coverage,
            "measured_coverage": round(self.set_coverage, 4),
            "words": len(self.confidence_model.words),
            "answers": len(self.confidence_model.answers),
            "sets": {one.name: one.as_dict() for one in self.judged},
            "raw": {one.name: one.as_dict() for one in self.before},
        }
        return {"evidence": found}


def sample(asked: Split, most: int, seed: int) -> list[VqaQuestion]:
    """The questions about one picture each: all of them, or about `most`, of random pictures."""
    questions = [q for q in asked.questions if len(q.image_ids) == 1]
    if len(questions) <= most:
        return questions
    pictures = sorted({q.image_id for q in questions})
    count = max(1, len(pictures) * most // len(questions))
    chosen = set(random.Random(f"sample/{seed}").sample(pictures, count))
    return [q for q in questions if q.image_id in chosen]


def total(asked: Split, further: Sequence[Split], others: Mapping[str, Split], config: CalibrateConfig) -> int:
    """About how many questions `run` asks."""
    own = min(MOST, len(asked.questions)) + sum(min(MOST_SHIFTED, len(one.questions)) for one in further)
    made = min(config.shifts, own) * (len(SHIFTS) + 2)
    return own + made + sum(min(MOST_SHIFTED, len(one.questions)) for one in others.values())


def run(
    answerer: Answerer,
    asked: Split,
    further: Sequence[Split],
    others: Mapping[str, Split],
    config: CalibrateConfig,
    trained: Sequence[VqaQuestion],
    progress: Callable[[int], None],
) -> Learnt:
    """Ask about own and shifted data, learn from two parts of it, and judge on the third.

    Args:
        answerer: The model.
        asked: The own questions, with their answers.
        further: More of the same kind, in other words or of other kinds.
        others: Folders of shifted data by name.
        config: The settings.
        trained: Questions of the training, for their words and answers; may be empty.
        progress: Called with the number of questions asked since the last call.
    """
    most = config.max_new_tokens or USUAL
    questions = sample(asked, MOST, config.seed)
    if len({q.image_id for q in questions}) < confidence_fit.FEWEST_PICTURES:  # nothing is asked in vain
        return Learnt(None, confidence_fit.too_few(len({q.image_id for q in questions})), [], [], 0.0)
    seen = see(answerer, own(asked.pictures, questions, config.seed), config.beams, most, progress)
    if config.shifts:
        changed = shifted(asked.pictures, questions, config.shifts, config.seed)
        seen += see(answerer, changed, config.beams, most, progress)
    first = 1 + max(q.image_id for q in questions)
    for split in further:
        some = sample(split, MOST_SHIFTED, config.seed)
        seen += see(answerer, own(split.pictures, some, config.seed, first, further=True), config.beams, most, progress)
        first += 1 + max((q.image_id for q in some), default=0)
    for name, split in others.items():
        some = sample(split, MOST_SHIFTED, config.seed)
        seen += see(answerer, folder(name, split.pictures, some, first), config.beams, most, progress)
        first += 1 + max((q.image_id for q in some), default=0)
    try:
        sides = confidence_fit.divide(seen, config.seed)
        answers = {q.answer for q in trained if q.answer}
        confidence_model = confidence_fit.learn(sides, [q.question for q in trained], answers, config.coverage)
    except DataError as error:
        return Learnt(None, str(error), [], [], 0.0)
    found = confidence_fit.assess(confidence_model, sides.judged)
    shown = [
        Prediction(one.asked.group, one.asked.key, judged.confidence, one.right, judged.picture_distance)
        for one, judged in zip(sides.judged, found, strict=True)
    ]
    raw = [Prediction(one.asked.group, one.asked.key, one.probability, one.right, None) for one in sides.judged]
    held = [
        one.right or any(text == one.asked.answer for text, _ in judged.alternatives)
        for one, judged in zip(sides.judged, found, strict=True)
        if one.asked.answer is not None
    ]
    return Learnt(confidence_model, "", sets(shown, OWN), sets(raw, OWN), sum(held) / max(1, len(held)))


def store_confidence_model(place: Path, confidence_model: ConfidenceModel | None) -> None:
    """Write it beside the weights; without any, what an earlier calibration left there goes."""
    if confidence_model is None:
        (place / FILE_NAME).unlink(missing_ok=True)
    else:
        confidence_model.write(place)
