"""What 8-bit weights cost a model in accuracy, by the questions that its confidence is fitted on and judged by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.answerer import Answerer
from model.backends.placement import INT8, Placement
from model.errors import ModelError
from training.data.files import PictureFile
from training.data.vqa import VqaQuestion
from training.evaluation.calibrate import CalibrateConfig, Observation, observe
from training.evaluation.intervals import difference


@dataclass(frozen=True, slots=True)
class Int8Cost:
    """Exactly right answers with 8-bit weights against those of the same model without, on the same questions."""

    questions: int
    points: float
    """How many percentage points fewer are right; below zero where more are."""
    low: float
    high: float
    """Ends of its 95 % interval; `high` is what it costs at most."""
    changed: int
    """Questions of which one was right and the other was not."""


def large_enough(folder: Path) -> bool:
    """Whether a model in a folder is one that 8-bit weights could be chosen for at all."""
    from model.backends.precision import SMALL_MODEL

    return sum(file.stat().st_size for file in folder.glob("*.safetensors")) // 4 >= SMALL_MODEL


def possible() -> bool:
    """Whether this machine has the products for it."""
    from model.backends.linear import OneDnnInt8

    return OneDnnInt8.works()


def measure(
    folder: Path,
    exact: Sequence[Observation],
    pictures: Mapping[int, PictureFile],
    questions: Sequence[VqaQuestion],
    config: CalibrateConfig,
    progress: Callable[[int], None],
) -> Int8Cost | None:
    """Ask everything again with 8-bit weights, on the CPU; None for a family that has no such products.

    Args:
        folder: The model.
        exact: What `observe` gave without 8-bit weights.
        pictures: As for `observe`.
        questions: As for `observe`.
        config: As for `observe`.
        progress: As for `observe`.
    """
    try:
        answerer = Answerer.load(str(folder), Placement("cpu", INT8))
    except ModelError as error:
        if str(error) == "int8_not_for_family":
            return None
        raise
    if INT8 not in answerer.family.precision:
        return None
    rounded = {one.question_id: one for one in observe(answerer, pictures, questions, config, progress)}
    pairs = [(one, rounded[one.question_id]) for one in exact if one.question_id in rounded]
    lost = difference(
        [float(before.right) for before, _ in pairs],
        [float(after.right) for _, after in pairs],
        [before.image_id for before, _ in pairs],
    )
    points, low, high = (round(100 * value, 3) for value in (lost.value, lost.low, lost.high))
    return Int8Cost(len(pairs), points, low, high, lost.better + lost.worse)
