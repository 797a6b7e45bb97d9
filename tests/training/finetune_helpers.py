"""What the tests of the fine-tuning share: a tiny Florence-2 that knows the scenes' words, and prepared questions."""

from __future__ import annotations

import random
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from PIL import Image
from tiny_florence2 import config_of

from training.data.prepared import Example, write_examples
from training.finetune.config import TrainConfig
from training.finetune.families.florence2 import shapes

SIZE = (96, 64)
QUESTIONS = ("what color is the ball", "is there a dog", "how many people are there in the picture")
ANSWERS = ("red", "yes", "2", "no", "blue", "1")


class Quiet:
    """A console that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def bar(self, length: int, label: str) -> AbstractContextManager[Any]:
        return nullcontext(Bar())


class Bar:
    label: str | None = None

    def __init__(self) -> None:
        self.done = 0

    def update(self, n_steps: int) -> None:
        self.done += n_steps


def tiny_model(
    folder: Path, *, dropout: float = 0.0, drop_path: float = 0.0, seed: int = 0, positions: int = 64
) -> Path:
    """A model of some 200,000 weights, saved as a real one."""
    config = config_of(
        len(shapes.vocabulary()),
        shapes.SPECIAL.index("<image>"),
        positions=positions,
        dropout=dropout,
        drop_path=drop_path,
    )
    return shapes.save(folder, config, SIZE, seed)


def prepared(folder: Path, pictures: int = 4, val: int = 2) -> Path:
    """Prepared data of patchwork pictures with three questions each."""
    (folder / "images").mkdir(parents=True)
    for split, count, first in (("train", pictures, 0), ("val", val, 1000)):
        rows = []
        for number in range(first, first + count):
            rng = random.Random(number)
            patches = Image.frombytes("RGB", (6, 4), bytes(rng.randrange(256) for _ in range(72)))
            patches.resize(SIZE, Image.Resampling.NEAREST).save(folder / "images" / f"{number}.png")
            for place, question in enumerate(QUESTIONS):
                answer = ANSWERS[(number + place) % len(ANSWERS)]
                rows.append(
                    Example(f"images/{number}.png", question, 3 * number + place, number, answer, (answer,) * 10)
                )
        write_examples(folder, split, rows)
    return folder


def settings(model: Path, **changed: Any) -> TrainConfig:
    """Fast and exact settings for a tiny model."""
    values: dict[str, Any] = {
        "model": str(model),
        "precision": "fp32",
        "device": "cpu",
        "batch_size": 4,
        "epochs": 1,
        "learning_rate": 1e-3,
        "log_every": 1,
        "new_words": "none",
    }
    return TrainConfig(**{**values, **changed})
