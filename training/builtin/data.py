"""Training pictures, drawn as they are needed: scene number i is always the same scene."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter
from torch import Tensor
from torch.utils.data import Dataset

from training.builtin.architecture import HEIGHT, WIDTH
from training.builtin.dense import targets
from training.scenes import art, layout, questions

PREFIXES = (
    "please",
    "tell me",
    "hey",
    "can you tell me",
    "i wonder",
    "hello",
    "so",
    "do you know",
    "in the picture",
    "ok",
)

STRESS = {"side": 2.5, "count": 1.5, "who": 1.3, "wearing": 1.3, "what": 1.6, "two-step": 1.3}
"""Kinds that are learnt last are asked more often."""


@dataclass(slots=True)
class Sample:
    """One picture with its questions."""

    picture: Tensor
    """uint8 [3, HEIGHT, WIDTH]"""
    questions: list[str]
    answers: list[str]
    dense: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]


class SceneDataset(Dataset[Sample]):
    """Scenes of one namespace of seeds, by number; no two namespaces share a scene."""

    def __init__(self, namespace: str, per_picture: int, start: int, count: int) -> None:
        """Scenes `start` to `start + count` of `namespace`, each with at most `per_picture` questions."""
        self.namespace, self.per_picture, self.start, self.count = namespace, per_picture, start, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Sample:
        rng = random.Random(f"{self.namespace}/{self.start + index}")
        scene = layout.compose(rng)
        picture = art.render(scene, rng, 2.0 if rng.random() < 0.35 else 1.0)
        asked = questions.ask(scene, rng, self.per_picture, STRESS) if self.per_picture else []
        picture, box = frame(picture, rng)
        picture = vary(picture.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR), rng)
        pixels = torch.from_numpy(np.array(picture))
        return Sample(
            pixels.permute(2, 0, 1).contiguous(),
            [_vary_words(qa.question, rng) for qa in asked],
            [qa.answer for qa in asked],
            targets(scene, box),
        )


def frame(picture: Image.Image, rng: random.Random) -> tuple[Image.Image, tuple[float, float, float, float]]:
    """Give some scenes margins, as screenshots have.

    Returns:
        The picture and the scene's box on it in shares of the picture (left, top, width, height).
    """
    box = (0.0, 0.0, 1.0, 1.0)
    if rng.random() < 0.2:
        width, height = picture.size
        left, top = (rng.uniform(0, 0.3) * width for _ in range(2))
        outer = (
            int(width + left + rng.uniform(0, 0.25) * width),
            int(height + top * 0.6 + rng.uniform(0, 0.25) * height),
        )
        tone = rng.choice(((255, 255, 255), (0, 0, 0), tuple(rng.randrange(256) for _ in range(3))))
        sheet = Image.new("RGB", outer, tone)
        sheet.paste(picture, (int(left), int(top * 0.6)))
        box = (int(left) / outer[0], int(top * 0.6) / outer[1], width / outer[0], height / outer[1])
        picture = sheet
    return picture, box


def vary(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Vary a picture of the model's size as cameras and messengers do: blur, light, noise, JPEG."""
    if rng.random() < 0.15:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.7)))
    if rng.random() < 0.3:
        picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.82, 1.15))
        picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(0.82, 1.15))
    if rng.random() < 0.15:
        grain = np.random.default_rng(rng.getrandbits(32)).normal(
            0, rng.uniform(2, 9), (picture.height, picture.width, 1)
        )
        picture = Image.fromarray(np.clip(np.asarray(picture, np.float32) + grain, 0, 255).astype(np.uint8))
    if rng.random() < 0.25:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=rng.randint(60, 95))
        picture = Image.open(file).convert("RGB")
    return picture


def _vary_words(question: str, rng: random.Random) -> str:
    """Now and then a polite opening, as people write."""
    return f"{rng.choice(PREFIXES)} {question}" if rng.random() < 0.05 else question


def collate(samples: list[Sample]) -> dict[str, object]:
    """Stack samples: pictures uint8 [B, 3, H, W], dense targets [B, ...], questions and answers flat, counts [B]."""
    return {
        "pictures": torch.stack([s.picture for s in samples]),
        "dense": {key: torch.from_numpy(np.stack([s.dense[key] for s in samples])) for key in samples[0].dense},
        "questions": [q for s in samples for q in s.questions],
        "answers": [a for s in samples for a in s.answers],
        "counts": torch.tensor([len(s.questions) for s in samples]),
    }
