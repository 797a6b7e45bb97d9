"""Random requests in mixed batches against the baseline: what is the same, and what is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from model.answerer import Answerer
from model.backends.placement import Placement
from model.benchmarks.answering import QUESTIONS, noise
from model.benchmarks.baseline import Baseline
from model.profile import Profile
from model.types import Request

_WORDS = (
    *("what", "who", "where", "how", "many", "is", "are", "the", "a", "an", "in", "on", "under", "left", "right", "of"),
    *("ball", "dog", "cat", "girl", "boy", "tree", "table", "red", "blue", "green", "yellow", "happy", "wearing"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One request, answered in a batch of others and alone."""

    request: Request
    ours: tuple[int, ...]
    """The tokens of our answer."""
    baseline: tuple[int, ...]
    """Those of the baseline."""


def compare(folder: Path, number: int, seed: int, device: str = "cpu", most_waiting: int = 16) -> Iterator[Compared]:
    """Answer `number` random requests in float32, in batches of random sizes, settings, questions and pictures."""
    rng = random.Random(seed)
    if device.startswith("cuda"):  # else convolutions of float32 are computed in TF32, with ten bits after the point
        torch.backends.cudnn.allow_tf32 = False
    answerer = Answerer.load(str(folder), Placement(device, "float32"))
    baseline, profile = Baseline(folder, device), Profile.read(folder)
    pictures = [noise(f"equality/{seed}/{index}") for index in range(max(2, number // 6))]
    left = number
    while left:
        size = min(left, rng.randint(1, most_waiting))
        batch = [_request(rng, pictures) for _ in range(size)]
        left -= size
        generations = answerer.generate([answerer.prepare(request) for request in batch])
        for request, generation in zip(batch, generations, strict=True):
            tokens = baseline.generate(request, profile.prompt(request.question))
            yield Compared(request, () if generation is None else generation.tokens, tuple(tokens))


def _request(rng: random.Random, pictures: list[bytes]) -> Request:
    words = " ".join(rng.choices(_WORDS, k=rng.randint(1, 12)))
    question = rng.choice(QUESTIONS) if rng.random() < 0.5 else words
    beams = rng.choice((1, 1, *range(1, 11)))
    return Request(str(rng.random()), rng.choice(pictures), question, beams, rng.choice((1, 2, 3, 5, 8, 20)))
