"""Answers with all that may speak for or against them: on a model's own data, on shifted data, on other folders."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from model.confidence.calibration import sequence_probability
from model.confidence.pixel_statistics import pixel_statistics
from model.confidence.spaces import Vector
from model.images import open_picture
from model.types import Generation, Request
from training.data.files import PictureFile
from training.data.vqa import VqaQuestion
from training.evaluation.accuracy import exact_match
from training.evaluation.shifts import NOTHING, SHIFTS, TYPED, compressed, nothing, typed

if TYPE_CHECKING:
    from model.answerer import Answerer

OWN = "own"
RESERVED = frozenset((OWN, *SHIFTS, TYPED, NOTHING))
"""Names of the sets that are no folder of shifted data."""
AT_ONCE = 32
_EMPTY_ANSWERS = {"no", "0", "none", "nothing", "nobody"}
"""What may well be right about a picture of nothing."""
_SENT = (75, 92)
"""Quality of the JPEG that messengers make of a photo: half of the own pictures come that way."""


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """One question about a picture that may have been changed."""

    group: str
    """Which set it belongs to."""
    image_id: int
    """The picture that it comes from; what is made of one picture is never on both sides of a split."""
    key: str
    """Names the picture as it is shown."""
    question: str
    answer: str | None
    """None where no answer is right."""
    further: bool = False
    """Whether it is of further own data, as people type it, say: a new word there may be a slip."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, and what may speak for it."""

    asked: JudgedQuestion
    generation: Generation
    right: bool
    statistics: Vector
    token: Vector

    @property
    def probability(self) -> float:
        """The raw probability of the whole answer."""
        return sequence_probability(self.generation.token_logprobs)


Shown = tuple[Image.Image, list[JudgedQuestion]]
"""A picture as it is shown, and the questions about it."""


def own(
    pictures: Mapping[int, PictureFile],
    questions: Sequence[VqaQuestion],
    seed: int,
    first: int = 0,
    *,
    further: bool = False,
) -> Iterator[Shown]:
    """The questions about their own pictures, half of which went through a messenger's JPEG; numbered from `first`."""
    for image_id, some in _by_picture(questions):
        rng = random.Random(f"own/{seed}/{image_id}")
        picture = open_picture(pictures[image_id].read_bytes()).convert("RGB")
        if rng.random() < 0.5:
            picture = compressed(picture, rng.randint(*_SENT))
        yield picture, [replace(_judged_question(OWN, first + image_id, "", q), further=further) for q in some]


def folder(
    name: str, pictures: Mapping[int, PictureFile], questions: Sequence[VqaQuestion], first: int
) -> Iterator[Shown]:
    """The questions of a folder of shifted data; its pictures' numbers begin at `first`, so as to be no others'."""
    for image_id, some in _by_picture(questions):
        picture = open_picture(pictures[image_id].read_bytes()).convert("RGB")
        yield picture, [_judged_question(name, first + image_id, name, q) for q in some]


def shifted(
    pictures: Mapping[int, PictureFile], questions: Sequence[VqaQuestion], each: int, seed: int
) -> Iterator[Shown]:
    """Some pictures in every way that they may come: about `each` questions a way."""
    some = list(_by_picture(questions))
    rng = random.Random(f"shifted/{seed}")
    for name in (*SHIFTS, TYPED, NOTHING):
        count = 0
        for image_id, about in rng.sample(some, len(some)):
            if count >= each:
                break
            count += len(about)
            picture = open_picture(pictures[image_id].read_bytes()).convert("RGB")
            asked = [_judged_question(name, image_id, name, q) for q in about]
            if name == TYPED:
                asked = [replace(one, question=typed(one.question, rng)) for one in asked]
            elif name == NOTHING:
                picture = nothing(picture, rng)
                asked = [replace(one, answer=None) for one in asked]
            else:
                picture = SHIFTS[name](picture, rng)
            yield picture, asked


def see(
    answerer: Answerer, shown: Iterable[Shown], beams: int, max_new_tokens: int, progress: Callable[[int], None]
) -> list[Seen]:
    """Ask, and note what may speak for each answer; what is refused is left out.

    An answer is right when `evaluate` calls it exactly right: one function judges both.
    """
    found: list[Seen] = []
    waiting: list[tuple[Image.Image, JudgedQuestion]] = []
    for picture, asked in shown:
        waiting += [(picture, one) for one in asked]
        if len(waiting) >= AT_ONCE:
            found += _see(answerer, waiting, beams, max_new_tokens)
            progress(len(waiting))
            waiting = []
    if waiting:
        found += _see(answerer, waiting, beams, max_new_tokens)
        progress(len(waiting))
    return found


def _see(answerer: Answerer, batch: Sequence[tuple[Image.Image, JudgedQuestion]], beams: int, most: int) -> list[Seen]:
    pixels: dict[str, Vector] = {}
    prepared = []
    for picture, one in batch:
        request = Request(one.question, b"", one.question, beams, most, picture_key=one.key)
        item = answerer.prepare(request, {one.key: picture})
        prepared.append(item)
        if one.key not in pixels and item.pictures and item.pictures[0].pixels is not None:
            pixels[one.key] = pixel_statistics(item.pictures[0].pixels)
    found = []
    for (_, one), generation in zip(batch, answerer.generate(prepared), strict=True):
        features = answerer.features.get(one.key)
        if generation is None or features is None or one.key not in pixels:
            continue
        if one.answer is None and generation.text in _EMPTY_ANSWERS:
            continue
        right = one.answer is not None and exact_match(generation.text, one.answer) == 1
        token = features.float().mean(0).cpu().numpy().astype(np.float32)
        found.append(Seen(one, generation, right, pixels[one.key], token))
    for _, one in batch:
        answerer.features.pop(one.key, None)  # a picture comes once
    return found


def _judged_question(group: str, image_id: int, change: str, question: VqaQuestion) -> JudgedQuestion:
    key = hashlib.sha256(f"{group}/{change}/{image_id}".encode()).hexdigest()
    return JudgedQuestion(group, image_id, key, question.question, question.answer)


def _by_picture(questions: Sequence[VqaQuestion]) -> Iterator[tuple[int, list[VqaQuestion]]]:
    for image_id, some in groupby(sorted(questions, key=lambda q: q.image_id), key=lambda q: q.image_id):
        yield image_id, list(some)
