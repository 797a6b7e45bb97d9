"""The vision tower in one memory format says what transformers' module says, whatever the picture's size."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.families.florence2_vision import Tower
from model.loading import builtin_path
from model.products import Int8, Make, Packed, int8_or


@pytest.mark.parametrize("size", [(64, 96), (32, 32), (200, 72)], ids=str)
@torch.inference_mode()
def test_the_tower_is_transformers_own(tiny_folder: Path, size: tuple[int, int]) -> None:
    model = Florence2ForConditionalGeneration.from_pretrained(tiny_folder, dtype=torch.float32).eval()
    pixels = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(3))
    wanted = model.get_image_features(pixels).pooler_output
    assert torch.allclose(Tower(model)(pixels), wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.skipif(not (Packed.works() and Int8.works()), reason="this CPU has no short products in oneDNN")
@pytest.mark.parametrize("make", [Packed.of, int8_or(Packed.of)], ids=["packed", "int8"])
@torch.inference_mode()
def test_the_built_in_models_tower_in_shorter_numbers(make: Make) -> None:
    model = Florence2ForConditionalGeneration.from_pretrained(builtin_path(), dtype=torch.bfloat16).eval()
    pixels = torch.randn(1, 3, 192, 320, generator=torch.Generator().manual_seed(5)).bfloat16()
    wanted = model.get_image_features(pixels).pooler_output.float()
    features = Tower(model, make)(pixels).float()
    assert torch.nn.functional.cosine_similarity(features, wanted, dim=-1).min() > 0.98


@torch.inference_mode()
def test_the_built_in_models_tower() -> None:
    model = Florence2ForConditionalGeneration.from_pretrained(builtin_path(), dtype=torch.float32).eval()
    pixels = torch.randn(1, 3, 192, 320, generator=torch.Generator().manual_seed(4))
    wanted = model.get_image_features(pixels).pooler_output
    assert torch.allclose(Tower(model)(pixels), wanted, atol=1e-4, rtol=1e-3)
