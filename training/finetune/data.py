"""Prepared questions as batches of the model: the questions of a picture side by side, the picture once."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from model.errors import PictureError
from model.images import open_picture
from model.profile import Profile
from training.data.prepared import Example
from training.data.vqa import DataError
from training.finetune.features import FeatureStore
from training.finetune.onepass import IGNORED

if TYPE_CHECKING:
    from model.families.base import Pixels

Batch = dict[str, Tensor]
"""What `OnePassFlorence2.forward` takes."""


class Reader(Protocol):
    """What brings questions and pictures into the model's form; `model.families.florence2.Florence2` is one."""

    profile: Profile
    pad: int
    """The token that fills prompts up."""
    positions: int
    """Places of the text side, for picture and prompt together."""

    def prepare(self, picture: Image.Image) -> Pixels:
        """Bring a picture to the model's input size, uint8 [H, W, 3]."""
        ...

    def prompt_ids(self, prompt: str, room: int) -> list[int]:
        """Token ids of a text with its start and end, at most `room`."""
        ...


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
        groups: dict[str, list[int]] = defaultdict(list)
        for index, row in enumerate(rows):
            groups[row.image].append(index)
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

    def __init__(self, data: Path, reader: Reader, picture_tokens: int) -> None:
        """Know the model's form.

        Args:
            data: The folder of the prepared data.
            reader: Brings questions and pictures into the model's form.
            picture_tokens: Places of the text side that a picture takes.
        """
        self.data, self.reader = data, reader
        self.room = reader.positions - picture_tokens
        self.store: FeatureStore | None = None
        self.keys: dict[str, str] = {}
        """With a frozen tower: where the states of a picture are kept, by the picture's file."""

    def __call__(self, rows: Sequence[Example]) -> Batch:
        """The batch of these questions, in the order of their pictures in it."""
        names = list(dict.fromkeys(row.image for row in rows))
        kept = [name for name in names if self.store is not None and self.keys.get(name, "") in self.store]
        fresh = [name for name in names if name not in kept]
        place = {name: index for index, name in enumerate([*fresh, *kept])}
        prompts = [self.prompt(row) for row in rows]
        batch = {
            "input_ids": _padded(prompts, self.reader.pad),  # [Q, T]
            "attention_mask": _padded([[1] * len(ids) for ids in prompts], 0),
            "labels": _padded([self.labels(row) for row in rows], IGNORED),  # [Q, L]
            "picture": torch.tensor([place[row.image] for row in rows]),  # [Q]
        }
        if fresh:
            batch["pixels"] = torch.from_numpy(np.stack([self.picture(name) for name in fresh]))  # uint8 [P1, H, W, 3]
        if kept and self.store is not None:
            batch["tower"] = torch.stack([self.store.get(self.keys[name]) for name in kept])  # [P2, C, h, w]
        return batch

    def prompt(self, row: Example) -> list[int]:
        """Token ids of a question, as they are when it is answered."""
        return self.reader.prompt_ids(self.reader.profile.prompt(row.question), self.room)

    def labels(self, row: Example) -> list[int]:
        """Token ids of an answer with its start and end."""
        return self.reader.prompt_ids(row.answer or "", self.reader.positions)

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
            return self.reader.prepare(open_picture(file.read_bytes()))
        except OSError as error:
            raise DataError(f"The picture {file} cannot be read: {error.strerror or error}.") from error
        except PictureError as error:
            raise DataError(f"The picture {file} cannot be used: {error}") from error


def _padded(rows: Sequence[list[int]], fill: int) -> Tensor:
    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows])
