"""What every model family owes to training, whichever it is: on the same models as the suite for answering."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from test_family_conformance import MODELS, load

from model.families.base import Prompt
from training.data.prepared import Example
from training.finetune.config import TrainConfig
from training.finetune.data import Collator
from training.finetune.families import read_baseline
from training.finetune.families.onepass import IGNORED, Batch, OnePass
from training.finetune.loading import ModelParts, load_parts, save_model

TRAINED = {name: make for name, make in MODELS.items() if name != "toy"}
"""A family that only answers is told from one that can be trained: tests/training/test_finetune_refusals.py."""

QUESTIONS = (
    ("what is this", "red"),
    ("is there a dog on the grass", "no"),
    ("where is the ball", "on the grass"),
    ("how many", "two"),
)


@dataclass(frozen=True, slots=True)
class TwoPictures(Example):
    """A question about two pictures: preparing makes none yet, and a model in training takes them."""

    second: str = ""

    @property
    def images(self) -> tuple[str, ...]:
        return (self.image, self.second)


@pytest.fixture(scope="module", params=TRAINED.values(), ids=TRAINED.keys())
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = request.param(tmp_path_factory.mktemp("family"))
    return made


@pytest.fixture(scope="module")
def parts(folder: Path) -> ModelParts:
    return read(folder)


def read(folder: Path, **changed: Any) -> ModelParts:
    config = TrainConfig(model=str(folder), device="cpu", precision="fp32", new_words="none", **changed)
    return load_parts(config, torch.device("cpu"))


@pytest.fixture(scope="module")
def collate(parts: ModelParts, tmp_path_factory: pytest.TempPathFactory) -> Collator:
    """Over three pictures at the model's size, the first of them under a second name as well."""
    data = tmp_path_factory.mktemp("data")
    for name, seed in (("0.png", 0), ("1.png", 1), ("2.png", 2), ("copy.png", 0)):
        patches = Image.frombytes("RGB", (6, 4), random.Random(seed).randbytes(72))
        patches.resize(parts.model.size, Image.Resampling.NEAREST).save(data / name)
    return Collator(data, parts.model)


def rows(*pictures: str) -> list[Example]:
    """A question about each of these pictures, of different lengths."""
    return [
        Example(name, question, 0, 0, answer) for name, (question, answer) in zip(pictures, QUESTIONS, strict=False)
    ]


def summed(model: OnePass, batch: Batch) -> float:
    with torch.no_grad():
        return model(**batch, num_items_in_batch=1)["loss"].item()


def test_labels_give_the_cross_entropy_of_the_native_model(folder: Path, collate: Collator) -> None:
    asked, model = rows("0.png", "0.png", "1.png", "2.png"), collate.model
    baseline = read_baseline(folder)
    inputs = baseline.inputs(
        [model.profile.prompt(row.question) for row in asked],
        [Image.open(collate.file(row.image)) for row in asked],
        [row.answer or "" for row in asked],
    )
    assert (inputs["labels"] == IGNORED).any()
    with torch.no_grad():
        logprobs = baseline.module.eval()(**inputs).logits.log_softmax(-1)  # [Q, L, V]
        ours = model.train(False)(**collate(asked))["loss"].item()
    by_hand = [
        -logprobs[row, place, label].item()
        for row, labels in enumerate(inputs["labels"].tolist())
        for place, label in enumerate(labels)
        if label != IGNORED
    ]
    assert ours == pytest.approx(sum(by_hand) / len(by_hand), abs=2e-5)


def test_batch_mates_and_padding_change_no_loss(collate: Collator) -> None:
    asked = rows("0.png", "1.png", "1.png", "2.png")
    collate.model.train(False)
    alone = [summed(collate.model, collate([row])) for row in asked]
    assert summed(collate.model, collate(asked)) == pytest.approx(sum(alone), abs=1e-3)
    assert len({round(one, 3) for one in alone}) == len(alone)


def test_one_vision_pass_gives_the_gradients_of_separate_ones(collate: Collator) -> None:
    model = collate.model.train(False)  # without what is dropped at random
    found = []
    for asked in (rows("0.png", "0.png", "1.png"), rows("0.png", "copy.png", "1.png")):
        batch = collate(asked)
        model.zero_grad()
        model(**batch)["loss"].backward()
        gradients = {name: one.grad.clone() for name, one in model.named_parameters() if one.grad is not None}
        found.append((len(batch["pixels"]), gradients))
    (once, shared), (each, separate) = found
    assert (once, each) == (2, 3)
    assert shared.keys() == separate.keys()
    assert any(gradient.abs().max() > 1e-6 for gradient in shared.values())
    for name, gradient in separate.items():
        assert torch.allclose(shared[name], gradient, atol=2e-5, rtol=1e-3), name


def test_a_question_may_have_several_pictures(collate: Collator) -> None:
    model = collate.model.train(False)
    one, *_ = rows("0.png")
    two, swapped, same = (
        TwoPictures(first, one.question, 1, 0, one.answer, second=second)
        for first, second in (("0.png", "1.png"), ("1.png", "0.png"), ("0.png", "copy.png"))
    )
    batch = collate([one, two, swapped])
    assert batch["pictures"].tolist() == [[0, -1], [0, 1], [1, 0]]
    assert len(batch["pixels"]) == 2
    losses = [summed(model, collate([row])) for row in (one, two, swapped, same)]
    assert len({round(loss, 3) for loss in losses}) == 4
    assert summed(model, batch) == pytest.approx(sum(losses[:3]), abs=1e-3), "beside it a single picture stays single"


def test_what_is_judged_is_what_is_answered(folder: Path, collate: Collator) -> None:
    """One vision pass serves the loss and the answers: those of the model as it answers without training."""
    batch, family = collate(rows("0.png", "1.png")), load(folder)
    model = collate.model.train(False)
    pictures = [family.prepare(Image.open(collate.file(name))) for name in ("0.png", "1.png")]
    with torch.inference_mode():
        seen = model.encode_pictures(batch["pixels"], None)
        for tokens, features in zip(seen, family.encode_images(pictures), strict=True):
            assert torch.allclose(tokens, features, atol=2e-4)
            ours = model.family.generate([Prompt(tokens, "what is this", 1, 6)])[0]
            assert ours.tokens == family.generate([Prompt(features, "what is this", 1, 6)])[0].tokens


def test_a_frozen_tower_gets_no_gradient_and_the_rest_does(folder: Path, collate: Collator) -> None:
    frozen = read(folder, freeze_vision=True).model.train()
    frozen(**Collator(collate.data, frozen)(rows("0.png", "1.png")))["loss"].backward()
    assert not any(weights.requires_grad or weights.grad is not None for weights in frozen.vision_tower.parameters())
    assert not any(module.training for module in frozen.vision_tower.modules())
    inside = {id(weights) for weights in frozen.vision_tower.parameters()}
    outside = [weights for weights in frozen.parameters() if id(weights) not in inside]
    assert outside
    assert sum(weights.grad is not None for weights in outside) > len(outside) / 2


def test_the_kept_states_of_a_picture_have_the_shape_that_is_named(collate: Collator) -> None:
    model = collate.model.train(False)
    with torch.no_grad():
        states = model.tower_states(collate(rows("0.png", "1.png"))["pixels"])
        tokens = model.encode_pictures(None, states)
    assert states.shape == (2, *model.states_shape(model.size))
    assert tokens.shape[1] == model.picture_tokens == model.tokens_of_picture(model.size)


def test_adapters_stand_beside_the_text_side_alone(parts: ModelParts) -> None:
    inside = {id(module) for module in parts.model.vision_tower.modules()}
    meant = [module for name, module in parts.model.named_modules() if re.fullmatch(parts.model.lora_targets, name)]
    assert len(meant) > 4
    assert not any(id(module) in inside for module in meant)
    assert all(isinstance(module, torch.nn.Linear) for module in meant)


def test_a_saved_model_answers_and_trains_as_before(collate: Collator, parts: ModelParts, tmp_path: Path) -> None:
    save_model(parts, tmp_path / "saved", {})
    again = read(tmp_path / "saved")
    batch = collate(rows("0.png", "1.png"))
    other = Collator(collate.data, again.model)(rows("0.png", "1.png"))
    assert all(torch.equal(value, other[name]) for name, value in batch.items())
    assert summed(again.model.train(False), other) == pytest.approx(summed(parts.model.train(False), batch), abs=1e-5)
    prompt = [Prompt(load(tmp_path / "saved").encode_images([batch["pixels"][0].numpy()])[0], "how many", 2, 6)]
    assert load(tmp_path / "saved").generate(prompt)[0].tokens == parts.model.family.generate(prompt)[0].tokens
