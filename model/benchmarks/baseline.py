"""The baseline: answering as transformers' documentation shows it: what every speed here is a multiple of.

float32, one question at a time, the picture read and encoded again for every question, `generate()`. Beside it what a
user would write who wants speed: bfloat16, and a batch in one call.
"""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import AutoModelForImageTextToText, AutoProcessor
from transformers.utils import logging

from model.loading import model_type
from model.plugins import find
from model.processor import Resize, read_image_settings
from model.types import Request


class Baseline:
    """A model from a folder, asked as the documentation does. Its family may say with which class and prompt."""

    def __init__(self, folder: Path, device: str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        """Load the model and its processor."""
        logging.disable_progress_bar()
        processor: Any = AutoProcessor.from_pretrained(folder, local_files_only=True)
        own = find("model.families", model_type(folder), "model.baseline")
        kind: Any = AutoModelForImageTextToText
        self._wording = "{}"
        if own is not None:
            kind, self._wording = own()
        model: Any = kind.from_pretrained(folder, dtype=dtype, local_files_only=True)
        self._processor, self._model, self._device = processor, model.to(device).eval(), device
        self._dtype = dtype
        self._resize = Resize.read(read_image_settings(folder))
        self._least = int(model.generation_config.min_new_tokens or 0)  # not every class asks its own config

    def answer(self, request: Request, prompt: str) -> str:
        """The answer to one question; `prompt` is the request's question as the model wants it."""
        return self.text(self.generate(request, prompt))

    def text(self, tokens: list[int]) -> str:
        """What tokens say."""
        text: str = self._processor.decode(tokens, skip_special_tokens=True)
        return text.strip()

    @torch.inference_mode()
    def generate(self, request: Request, prompt: str) -> list[int]:
        """The tokens of an answer after the start token, up to and with the one that ends it."""
        return self.generate_batch([request], [prompt])[0]

    @torch.inference_mode()
    def generate_batch(self, requests: Sequence[Request], prompts: Sequence[str]) -> list[list[int]]:
        """The same for questions with the same settings in one call; shorter answers end in padding."""
        opened = [Image.open(io.BytesIO(request.picture)).convert("RGB") for request in requests]
        if self._resize.keep_proportions:  # which transformers does not know
            opened = [self._resize.apply(picture) for picture in opened]
        pictures = [[picture] for picture in opened]
        texts = [self._wording.format(prompt) for prompt in prompts]
        inputs = self._processor(images=pictures, text=texts, padding=True).convert_to_tensors("pt")
        inputs.pop("labels", None)  # PaliGemma's processor gives some, whatever is asked
        inputs = inputs.to(self._device, self._dtype)  # numbers of words stay whole
        first = requests[0]
        tokens = self._model.generate(
            **inputs,
            num_beams=first.beams,
            do_sample=False,
            max_new_tokens=first.max_new_tokens,
            min_new_tokens=self._least,
        )
        before = inputs["input_ids"].shape[1]
        repeated = tokens.shape[1] > before and torch.equal(
            tokens[:, :before], inputs["input_ids"]
        )  # by decoders alone
        return [[int(token) for token in row[before if repeated else 1 :]] for row in tokens]

    def timed(self, requests: list[Request], prompts: list[str]) -> list[float]:
        """Seconds from the start, when all wait, to each answer."""
        started, ends = time.perf_counter(), []
        for request, prompt in zip(requests, prompts, strict=True):
            self.answer(request, prompt)
            ends.append(time.perf_counter() - started)
        return ends
