"""However the three backend run, the answers are the same: on a CPU, and in the shapes that are meant for a GPU."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import test_answerer
import tiny
import torch
from tiny import Picture
from transformers.models.florence2 import Florence2ForConditionalGeneration

from model.answerer import Answerer
from model.backends.linear import OneDnnInt8
from model.backends.placement import Placement
from model.backends.precision import Precision
from model.families.florence2 import model as florence2
from model.families.florence2.backends import CpuBackend, EagerBackend, GraphBackend, backend_for
from model.families.florence2.files import read_weights
from model.types import Request

FLOAT32 = Precision("cpu", "float32")


def plainly(model: Any, arithmetic: Precision) -> EagerBackend:
    return EagerBackend(model)


@pytest.mark.parametrize("backend", [plainly, CpuBackend, GraphBackend])
@pytest.mark.parametrize("generation", [{}, test_answerer.STOCK, {"repetition_penalty": 1.2}], ids=str)
def test_a_mixed_batch_gives_what_generate_gives_one_at_a_time(
    tmp_path: Path,
    picture: Picture,
    monkeypatch: pytest.MonkeyPatch,
    backend: Any,
    generation: dict[str, object],
) -> None:
    folder = tiny.build(tmp_path, **generation)
    monkeypatch.setattr(florence2, "backend_for", backend)
    if backend is plainly:  # which asks transformers' own modules
        monkeypatch.setattr(florence2, "read_bare", lambda *_: None)
    answerer, reference = Answerer.load(str(folder), Placement("cpu", "float32")), test_answerer.load_reference(folder)
    asked = test_answerer.requests(picture, 30, seed=4)
    wanted = [test_answerer.plain(reference, request)[0] for request in asked]
    assert [answer.text for answer in answerer.answer(asked)] == wanted
    assert len(set(wanted)) > 8


@torch.inference_mode()
def test_more_pictures_and_questions_than_one_pass_of_a_gpu_takes(tiny_folder: Path) -> None:
    generator = torch.Generator().manual_seed(2)
    pixels = torch.randn(19, 3, tiny.HEIGHT, tiny.WIDTH, generator=generator, dtype=torch.float64)
    prompts = [[0, *range(5, 6 + number % 7), 2] for number in range(19 * 4)]
    said = []
    for kind in (GraphBackend, CpuBackend):
        backend = kind(read_weights(tiny_folder, torch.float64), FLOAT32)
        features = [tokens for tokens in backend.encode_images(pixels) for _ in range(4)]
        said.append((features, *backend.encode_prompts(features, prompts)))
    (features, states, mask), (same_features, same_states, same_mask) = said
    assert torch.allclose(torch.stack(features), torch.stack(same_features), atol=1e-10)
    assert torch.equal(mask, same_mask)
    assert torch.allclose(states * mask[..., None], same_states * mask[..., None], atol=1e-10)


@torch.inference_mode()
def test_a_picture_that_is_kept_holds_no_batch(tiny_folder: Path) -> None:
    pixels = torch.zeros(3, 3, tiny.HEIGHT, tiny.WIDTH)
    for kind in (plainly, CpuBackend, GraphBackend):
        for tokens in kind(read_weights(tiny_folder, torch.float32), FLOAT32).encode_images(pixels):
            assert tokens.untyped_storage().nbytes() == tokens.numel() * tokens.element_size()


def test_a_model_with_other_activations_is_asked_through_its_own_modules(tiny_folder: Path) -> None:
    model: Any = Florence2ForConditionalGeneration.from_pretrained(tiny_folder, dtype=torch.float32).eval()
    model.model.vision_tower.blocks[0][0].spatial_block.ffn.activation_fn = torch.nn.ReLU()
    assert isinstance(backend_for(model, FLOAT32), EagerBackend)
    assert isinstance(backend_for(model, None), EagerBackend)


def test_where_the_fast_way_does_not_work_the_plain_one_answers(
    tiny_folder: Path, picture: Picture, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lacking(*_: object) -> None:
        raise RuntimeError("no kernel image is available for execution on the device")

    asked = test_answerer.requests(picture, 6, seed=5)
    wanted = [answer.text for answer in Answerer.load(str(tiny_folder)).answer(asked)]
    monkeypatch.setattr(CpuBackend, "encode_prompts", lacking)
    with caplog.at_level(logging.WARNING):
        answers = Answerer.load(str(tiny_folder)).answer(asked)
    assert "no kernel image is available" in caplog.text
    assert [answer.text for answer in answers] == wanted


@pytest.mark.parametrize("dtype", ["bfloat16", "int8"])
def test_shorter_numbers_answer_alone_what_they_answer_in_a_batch(dtype: str, picture: Picture) -> None:
    """Above all 8-bit numbers, whose scale is the largest number's of a whole input."""
    if dtype == "int8" and not OneDnnInt8.works():
        pytest.skip("this CPU has no 8-bit products in oneDNN")
    answerer = Answerer.load("builtin", Placement("cpu", dtype))
    assert dtype in answerer.family.precision
    asked = [
        Request(str(number), picture(number % 3), f"what colour is the {thing}", beams=1 + number % 2)
        for number, thing in enumerate(("ball", "dog and the other dog", "house", "tree", "sky over the house"))
    ]
    together = Answerer(answerer.family, answerer.profile).answer(asked)
    alone = [Answerer(answerer.family, answerer.profile).answer([request])[0] for request in asked]
    assert [answer.text for answer in together] == [answer.text for answer in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=0.02)
