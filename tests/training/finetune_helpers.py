"""What the tests of the fine-tuning share: a tiny Florence-2 that knows the scenes' words, and prepared questions."""

from __future__ import annotations

import random
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from PIL import Image
from transformers import BartConfig
from transformers.models.florence2 import Florence2Config, Florence2VisionConfig

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
    vision = Florence2VisionConfig(
        depths=[1, 1, 1],
        patch_size=[11, 3, 3],
        patch_stride=[8, 2, 2],
        patch_padding=[5, 1, 1],
        patch_prenorm=[False, True, True],
        embed_dim=[16, 24, 32],
        num_heads=[2, 2, 2],
        num_groups=[2, 2, 2],
        window_size=4,
        drop_path_rate=drop_path,
        projection_dim=32,
        max_position_embeddings=8,
        initializer_range=0.2,
    )
    text = BartConfig(
        vocab_size=len(shapes.vocabulary()),
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=positions,
        dropout=dropout,
        init_std=0.2,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
    )
    config = Florence2Config(vision_config=vision, text_config=text, image_token_id=shapes.SPECIAL.index("<image>"))
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
