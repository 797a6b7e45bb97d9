"""The text encoder over rows of tokens says what transformers' module says to each question alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.utils.rnn import pad_sequence
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.backends.linear import OneDnnBf16
from model.families.florence2.encoder import Encoder

LENGTHS = (9, 4, 17, 9)


@pytest.fixture(scope="module")
def reference(tiny_folder: Path) -> Any:
    return Florence2ForConditionalGeneration.from_pretrained(tiny_folder, dtype=torch.float32).eval()


def questions(width: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(6)
    return [torch.randn(length, width, generator=generator) for length in LENGTHS]


@torch.inference_mode()
def test_questions_behind_each_other_and_padded(reference: Any) -> None:
    embeds = questions(reference.config.text_config.d_model)
    wanted = [reference.get_encoder()(inputs_embeds=one[None]).last_hidden_state[0] for one in embeds]
    encoder = Encoder(reference)
    mask = (torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]).long()
    padded = encoder.padded(pad_sequence(embeds, True), mask)
    for row, (one, states) in enumerate(zip(encoder(embeds), wanted, strict=True)):
        assert torch.allclose(one, states, atol=1e-5)
        assert torch.allclose(padded[row, : len(states)], states, atol=1e-5)


@pytest.mark.skipif(not OneDnnBf16.works(), reason="this CPU has no bfloat16 products in oneDNN")
@torch.inference_mode()
def test_in_bfloat16(tiny_folder: Path) -> None:
    model: Any = Florence2ForConditionalGeneration.from_pretrained(tiny_folder, dtype=torch.bfloat16).eval()
    embeds = [one.bfloat16() for one in questions(model.config.text_config.d_model)]
    wanted = [model.get_encoder()(inputs_embeds=one[None]).last_hidden_state[0] for one in embeds]
    for one, states in zip(Encoder(model, OneDnnBf16.of)(embeds), wanted, strict=True):
        assert torch.nn.functional.cosine_similarity(one.float(), states.float(), dim=-1).min() > 0.99


def test_another_activation_is_left_to_transformers(reference: Any) -> None:
    assert Encoder.fits(reference)
    layer = reference.get_encoder().layers[0]
    kept, layer.activation_fn = layer.activation_fn, torch.nn.ReLU()
    try:
        assert not Encoder.fits(reference)
    finally:
        layer.activation_fn = kept
