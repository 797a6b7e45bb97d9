"""Prepared questions as batches of the model: the questions of a picture side by side, the picture once."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.utils.data import Dataset, Sampler

from bot.texts.failures import sentence
from model.errors import PictureError
from model.images import open_picture
from training.data.prepared import Example
from training.data.vqa import DataError
from training.finetune.families.onepass import Batch, OnePass, padded
from training.finetune.features import FeatureStore

if TYPE_CHECKING:
    from model.families.base import Pixels


class Examples(Dataset[Example]):
    """Prepared questions by number."""

    def __init__(self, rows: Sequence[Example]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> Example:
        return self.rows[index]


class PictureSampler(Sampler[int]):
    """All questions once an epoch: pictures in random order, the questions of each side by side in random order.

    The order depends on seed and epoch alone, so that every process and every resumed training sees the same.
    """

    def __init__(self, rows: Sequence[Example], seed: int) -> None:
        groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            groups[row.images].append(index)
        self.groups = list(groups.values())
        self.seed, self.epoch, self.length = seed, 0, len(rows)

    def set_epoch(self, epoch: int) -> None:
        """Take the order of this epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        rng = random.Random(f"order/{self.seed}/{self.epoch}")
        for group in rng.sample(self.groups, len(self.groups)):
            yield from rng.sample(group, len(group))


class Collator:
    """Makes a batch of examples; may run in any process."""

    def __init__(self, data: Path, model: OnePass) -> None:
        """Take pictures from the folder of prepared data, in the form of a model."""
        self.data, self.model = data, model
        self.store: FeatureStore | None = None
        self.keys: dict[str, str] = {}
        """With a frozen tower: where the states of a picture are kept, by the picture's file."""

    def __call__(self, rows: Sequence[Example]) -> Batch:
        """The batch of these questions, in the order of their pictures in it."""
        names = list(dict.fromkeys(name for row in rows for name in row.images))
        kept = [name for name in names if self.store is not None and self.keys.get(name, "") in self.store]
        fresh = [name for name in names if name not in kept]
        place = {name: index for index, name in enumerate([*fresh, *kept])}
        batch = self.model.collate(
            [self.model.profile.prompt(row.question) for row in rows],  # as they are when they are answered
            [row.answer or "" for row in rows],
            [len(row.images) for row in rows],
        )
        batch["pictures"] = padded([[place[name] for name in row.images] for row in rows], -1)  # [Q, N]
        if fresh:
            batch["pixels"] = torch.from_numpy(np.stack([self.picture(name) for name in fresh]))  # uint8 [P1, H, W, 3]
        if kept and self.store is not None:
            batch["tower"] = torch.stack([self.store.get(self.keys[name]) for name in kept])  # [P2, ...]
        return batch

    def file(self, name: str) -> Path:
        """Where a picture lies."""
        return self.data / name

    def picture(self, name: str) -> Pixels:
        """A picture at the model's size, uint8 [H, W, 3].

        Raises:
            DataError: It is missing or cannot be read.
        """
        file = self.file(name)
        try:
            return self.model.family.prepare(open_picture(file.read_bytes()))
        except OSError as error:
            raise DataError(f"The picture {file} cannot be read: {error.strerror or error}.") from error
        except PictureError as error:
            raise DataError(f"The picture {file} cannot be used: {sentence(error)}") from error
