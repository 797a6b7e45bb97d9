"""Answers to shifted data, for judging: made from the judged data, from other folders, and about foreign pictures."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from model.errors import PictureError
from model.images import encoded, open_picture
from model.types import Request
from training.data.files import PictureFile
from training.data.splits import Split
from training.data.vqa import DataError, VqaQuestion
from training.evaluation.accuracy import exact_match
from training.evaluation.answer_length import USUAL
from training.evaluation.asking import QUESTIONS_AT_ONCE, EvaluateConfig, VqaModel
from training.evaluation.seen import Shown, folder, shifted
from training.evaluation.trust import Prediction

FOREIGN = "foreign pictures"
"""The set of pictures of quite another kind, about which no answer is right."""


def changed(
    model: VqaModel,
    pictures: Mapping[int, PictureFile],
    questions: Sequence[VqaQuestion],
    each: int,
    settings: EvaluateConfig,
    progress: Callable[[int], None],
) -> list[Prediction]:
    """Answers about `each` questions a way in which pictures and wordings are changed."""
    return _predictions(model, shifted(pictures, questions, each, settings.seed + 1), settings, progress)


def of_folder(
    model: VqaModel, name: str, split: Split, settings: EvaluateConfig, progress: Callable[[int], None]
) -> list[Prediction]:
    """Answers to a folder of shifted data."""
    return _predictions(model, folder(name, split.pictures, split.questions, 0), settings, progress)


def foreign_pictures(place: Path) -> list[Path]:
    """The picture files in a folder.

    Raises:
        DataError: There is none.
    """
    found = sorted(path for path in place.glob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp"))
    if not found:
        raise DataError(f"There are no pictures in {place}: JPEG, PNG or WebP files are looked for.")
    return found


def foreign(
    model: VqaModel,
    paths: Sequence[Path],
    questions: Sequence[VqaQuestion],
    settings: EvaluateConfig,
    progress: Callable[[int], None],
) -> list[Prediction]:
    """Answers to a random question each about pictures of quite another kind; what cannot be read is left out."""
    rng = random.Random(f"foreign/{settings.seed}")
    predictions = []
    for path in paths:
        try:
            open_picture(path.read_bytes())
        except PictureError:
            continue
        request = _request(path.name, path.read_bytes(), rng.choice(questions).question, settings)
        (answer,) = model.answer([request])
        if answer.error is None:
            predictions.append(Prediction(FOREIGN, path.name, answer.confidence, False, answer.picture_distance))
        progress(1)
    return predictions


def _predictions(
    model: VqaModel, shown: Iterable[Shown], settings: EvaluateConfig, progress: Callable[[int], None]
) -> list[Prediction]:
    asked = ((encoded(picture, compress_level=1), one) for picture, some in shown for one in some)
    predictions = []
    while batch := list(islice(asked, QUESTIONS_AT_ONCE)):
        requests = [_request(str(place), picture, one.question, settings) for place, (picture, one) in enumerate(batch)]
        for (_, one), answer in zip(batch, model.answer(requests), strict=True):
            if answer.error is None:
                right = one.answer is not None and exact_match(answer.text, one.answer) == 1
                predictions.append(Prediction(one.group, one.key, answer.confidence, right, answer.picture_distance))
        progress(len(batch))
    return predictions


def _request(name: str, picture: bytes, question: str, settings: EvaluateConfig) -> Request:
    return Request(name, picture, question, settings.beams, settings.max_new_tokens or USUAL)


def number_of(folders: Mapping[str, Split], each: int, foreign: Sequence[Path], ways: int) -> int:
    """About how many questions these sets have."""
    return sum(len(split.questions) for split in folders.values()) + each * ways + len(foreign)
