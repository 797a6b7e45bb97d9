"""A model family of its own, to see that nothing else has to know it: it names the strongest colour of a picture.

Encoder and decoder are real modules, with weights in a file; the decoder sees the picture and the word before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from model.backends.placement import Placement
from model.profile import Profile
from model.types import Generation

if TYPE_CHECKING:
    from model.families.base import Pixels, Prompt

WORDS = ("red", "green", "blue", "")  # the last one ends an answer


class Toy(torch.nn.Module):
    device, dtype, precision = "cpu", "float32", "float32"

    def __init__(self) -> None:
        super().__init__()
        self.encoder = torch.nn.AdaptiveAvgPool2d(1)
        self.decoder = torch.nn.Linear(3 + len(WORDS), len(WORDS))

    def prepare(self, picture: Image.Image) -> Pixels:
        return np.array(picture.resize((8, 8)))

    def encode_images(self, pictures: Sequence[Pixels]) -> list[torch.Tensor]:
        pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2) / 255  # [B, 3, H, W]
        return list(self.encoder(pixels).flatten(2).transpose(1, 2))  # [B, 1, 3]

    def answer_length(self, text: str) -> int:
        return len(text.split()) + 2

    def generate(self, prompts: Sequence[Prompt]) -> list[Generation]:
        return [self._speak(prompt.features, [None] * prompt.max_new_tokens) for prompt in prompts]

    def score(self, prompts: Sequence[Prompt], texts: Sequence[Sequence[str]]) -> list[list[float]]:
        said = [[[*(WORDS.index(w) if w in WORDS else 0 for w in t.split()), 3] for t in own] for own in texts]
        return [
            [math.fsum(self._speak(prompt.features, ids).token_logprobs) for ids in own]
            for prompt, own in zip(prompts, said, strict=True)
        ]

    @torch.inference_mode()
    def _speak(self, features: torch.Tensor, given: Sequence[int | None]) -> Generation:
        ids, logprobs = [3], []
        for wanted in given:
            row = self._next(features, ids[-1])
            ids.append(int(row.argmax()) if wanted is None else wanted)
            logprobs.append(float(row[ids[-1]]))
            if ids[-1] == 3:
                break
        text, cut = " ".join(WORDS[one] for one in ids[1:] if one != 3), ids[-1] != 3
        if cut:
            logprobs.append(float(self._next(features, ids[-1])[3]))
        said = tuple(logprobs), tuple(ids[1:])
        return Generation(text, *said, truncated=cut and logprobs[-1] < math.log(0.5))

    def _next(self, features: torch.Tensor, before: int) -> torch.Tensor:
        known = torch.nn.functional.one_hot(torch.tensor(before), len(WORDS))
        logprobs: torch.Tensor = self.decoder(torch.cat([features[0], known])).log_softmax(-1)
        return logprobs


def load(folder: Path, profile: Profile, placement: Placement) -> Toy:
    toy = Toy()
    toy.load_state_dict(load_file(folder / "model.safetensors"))
    return toy.eval()
