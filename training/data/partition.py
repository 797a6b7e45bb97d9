"""Which questions learn and which judge: no picture on two sides, and a picture is known by what it shows."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from model.counting import counted, too_few
from training.data.own_files import SourceQuestion
from training.errors import DataError

PARTS = ("calibration", "judging")
"""What val is divided into beside val itself: to fit the confidence on, and to judge by what nothing was chosen by."""


@dataclass(frozen=True, slots=True)
class PreparedQuestion:
    """A question whose picture is prepared."""

    source: SourceQuestion
    images: tuple[str, ...]
    """The prepared files, in their order: pictures that show the same have the same."""


class _AboutPictures(Protocol):
    """A question that knows its pictures by name."""

    @property
    def images(self) -> tuple[str, ...]: ...


_Question = TypeVar("_Question", bound=_AboutPictures)


def divide(questions: Sequence[_Question], shares: Sequence[float], seed: int) -> list[list[_Question]]:
    """Put questions on several sides by their pictures, at random; on each side they keep their order.

    Pictures that one question is about stay together, and with them whatever else is asked about one of them.

    Args:
        questions: All of them.
        shares: Of the pictures on each side, above 0; together 1.
        seed: Decides which.

    Raises:
        DataError: There are fewer pictures than sides.
    """
    linked = _linked(questions)
    order = sorted(set(linked.values()))
    random.Random(f"hold-out/{seed}").shuffle(order)
    if len(order) < len(shares):
        raise DataError(f"{too_few(len(order), 'different picture')} to divide into {len(shares)} parts.")
    total, side_of = len(order), {}
    for side, share in enumerate(shares):
        last = side == len(shares) - 1
        after = len(shares) - 1 - side
        number = len(order) if last else min(max(1, round(total * share)), len(order) - after)
        side_of.update(dict.fromkeys(order[:number], side))
        order = order[number:]
    sides: list[list[_Question]] = [[] for _ in shares]
    for each in questions:
        sides[side_of[linked[each.images[0]]]].append(each)
    return sides


def _linked(questions: Iterable[_AboutPictures]) -> dict[str, str]:
    """For each picture the first by name of those that questions join it with, over others too; its own name where
    none does."""
    of: dict[str, set[str]] = {}
    for each in questions:
        joined = set(each.images).union(*(of.get(image, ()) for image in each.images))
        of.update(dict.fromkeys(joined, joined))
    return {image: min(joined) for image, joined in of.items()}


def pooled(splits: Iterable[Sequence[PreparedQuestion]]) -> list[PreparedQuestion]:
    """Questions of several splits as one: equal pictures get one number, and no number is there twice."""
    everything = [each for split in splits for each in split]
    renumber = len({each.source.question_id for each in everything}) < len(everything)
    numbers: dict[str, int] = {}
    result = []
    for place, each in enumerate(everything, 1):
        number = place if renumber else each.source.question_id
        pictures = tuple(
            replace(own, number=numbers.setdefault(image, len(numbers) + 1))
            for own, image in zip(each.source.pictures, each.images, strict=True)
        )
        result.append(replace(each, source=replace(each.source, question_id=number, pictures=pictures)))
    return result


def without(questions: Iterable[PreparedQuestion], others: Iterable[PreparedQuestion]) -> list[PreparedQuestion]:
    """The questions of whose pictures none is in `others`."""
    known = {image for each in others for image in each.images}
    return [each for each in questions if known.isdisjoint(each.images)]


def shared_pictures(pictures: Mapping[str, set[str]]) -> dict[str, dict[str, int]]:
    """How many pictures each split shares with each split before it; pairs that share none are left out.

    Args:
        pictures: By split, each by what it shows.
    """
    found: dict[str, dict[str, int]] = {}
    splits = list(pictures)
    for place, later in enumerate(splits):
        for earlier in splits[:place]:
            if number := len(pictures[later] & pictures[earlier]):
                found.setdefault(later, {})[earlier] = number
    return found


def shared_sentences(pictures: Mapping[str, set[str]]) -> list[str]:
    """A sentence for each split that shares pictures with train."""
    return [
        f"{with_train['train']:,} of {counted(len(pictures[split]), 'picture')} of {split} "
        f"{'is' if with_train['train'] == 1 else 'are'} in train as well: "
        f"what {split} measures was partly learnt by heart."
        for split, with_train in shared_pictures(pictures).items()
        if "train" in with_train
    ]
