"""The vision tower in one memory format says what transformers' module says, whatever the picture's size."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.backends.linear import KernelFactory, OneDnnBf16, OneDnnInt8, int8_or
from model.families.florence2.vision import VisionTower
from model.loading import builtin_path


@pytest.mark.parametrize("size", [(64, 96), (32, 32), (200, 72)], ids=str)
@torch.inference_mode()
def test_the_tower_is_transformers_own(tiny_folder: Path, size: tuple[int, int]) -> None:
    model = Florence2ForConditionalGeneration.from_pretrained(tiny_folder, dtype=torch.float32).eval()
    pixels = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(3))
    wanted = model.get_image_features(pixels).pooler_output
    assert torch.allclose(VisionTower(model)(pixels), wanted, atol=1e-5, rtol=1e-4)


@pytest.mark.skipif(not (OneDnnBf16.works() and OneDnnInt8.works()), reason="this CPU has no short products in oneDNN")
@pytest.mark.parametrize("make", [OneDnnBf16.of, int8_or(OneDnnBf16.of)], ids=["onednn", "int8"])
@torch.inference_mode()
def test_the_built_in_models_tower_in_shorter_numbers(make: KernelFactory) -> None:
    model = Florence2ForConditionalGeneration.from_pretrained(builtin_path(), dtype=torch.bfloat16).eval()
    pixels = torch.randn(1, 3, 192, 320, generator=torch.Generator().manual_seed(5)).bfloat16()
    wanted = model.get_image_features(pixels).pooler_output.float()
    features = VisionTower(model, make)(pixels).float()
    assert torch.nn.functional.cosine_similarity(features, wanted, dim=-1).min() > 0.98


@torch.inference_mode()
def test_the_built_in_models_tower() -> None:
    model = Florence2ForConditionalGeneration.from_pretrained(builtin_path(), dtype=torch.float32).eval()
    pixels = torch.randn(1, 3, 192, 320, generator=torch.Generator().manual_seed(4))
    wanted = model.get_image_features(pixels).pooler_output
    assert torch.allclose(VisionTower(model)(pixels), wanted, atol=1e-4, rtol=1e-3)
