"""One look at each picture: the same loss and gradients as the plain loop, and a frozen tower that is frozen."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from finetune_helpers import ANSWERS, Quiet, prepared, settings, tiny_model
from PIL import Image
from torch.nn import functional
from transformers import Florence2ForConditionalGeneration, Florence2Processor

from model.families.base import Prompt
from model.families.florence2.model import Florence2
from model.profile import Profile
from training.data.prepared import read_examples
from training.finetune.data import Collator, PictureSampler
from training.finetune.errors import TrainingError
from training.finetune.loading import load_parts
from training.finetune.run import assemble
from training.finetune.throughput import LORA, Task, compare

CPU = torch.device("cpu")


def gradients(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def ours(folder: Path, data: Path, rows: Any, **changed: Any) -> tuple[float, dict[str, torch.Tensor]]:
    parts = load_parts(settings(folder, **changed), CPU)
    parts.model.train()
    loss = parts.model(**Collator(data, parts.model)(rows))["loss"]
    loss.backward()
    return loss.item(), gradients(parts.model)


def plain(folder: Path, data: Path, rows: Any) -> tuple[float, dict[str, torch.Tensor]]:
    """The native model through its own processor, one picture a question."""
    model: Any = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).train()
    processor: Any = Florence2Processor.from_pretrained(folder)
    profile = Profile.read(folder)
    inputs = processor(
        text=[profile.prompt(row.question) for row in rows],
        images=[Image.open(data / row.image) for row in rows],
        padding=True,
        return_tensors="pt",
    )
    answers = processor.tokenizer([row.answer for row in rows], padding=True, return_tensors="pt")
    labels = answers["input_ids"].masked_fill(answers["attention_mask"] == 0, -100)
    output = model(**inputs, labels=labels)
    expected = functional.cross_entropy(output.logits.flatten(0, 1), labels.flatten())
    assert torch.allclose(output.loss, expected)  # releases before 5.13 shifted the labels twice
    output.loss.backward()
    return output.loss.item(), gradients(model)


@pytest.mark.parametrize("checkpointing", [False, True])
def test_loss_and_gradients_are_those_of_the_plain_loop(tmp_path: Path, checkpointing: bool) -> None:
    folder, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    rows = read_examples(data, "train")[:7]  # of three pictures: one, two and three questions of unequal lengths
    rows = [rows[index] for index in (0, 3, 5, 6, 4, 1, 2)]
    loss, found = ours(folder, data, rows, gradient_checkpointing=checkpointing)
    plain_loss, expected = plain(folder, data, rows)
    assert loss == pytest.approx(plain_loss, abs=1e-6)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert torch.allclose(found[name], value, atol=1e-5, rtol=1e-4), name
    assert found["model.vision_tower.convs.0.conv.weight"].abs().max() > 1e-4


def test_two_pictures_of_a_question_stand_as_in_the_native_prompt(tmp_path: Path) -> None:
    folder, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    model = load_parts(settings(folder), CPU).model
    rows = [row for row in read_examples(data, "train") if row.question_id in (0, 3)]
    batch = Collator(data, model)(rows)
    batch |= {name: batch[name][:1] for name in ("input_ids", "attention_mask", "labels")}
    batch["pictures"] = torch.tensor([[0, 1]])
    native: Any = Florence2ForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
    processor: Any = Florence2Processor.from_pretrained(folder)
    pixels = processor.image_processor([Image.open(data / row.image) for row in rows], return_tensors="pt").pixel_values
    places = torch.full((1, 2 * model.picture_tokens), native.config.image_token_id)
    ids = torch.cat([places, batch["input_ids"]], 1)
    with torch.no_grad():
        mask = torch.ones_like(ids)
        expected = native(pixel_values=pixels, input_ids=ids, attention_mask=mask, labels=batch["labels"])
        assert model.train(False)(**batch)["loss"].item() == pytest.approx(expected.loss.item(), abs=1e-5)


def test_two_pictures_of_a_question_learn_what_they_answer_with(tmp_path: Path) -> None:
    """Losses of two answers differ as the answers' own scores do, with the second picture's place; the place learns."""
    folder, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    one, two = (row for row in read_examples(data, "train") if row.question_id in (0, 3))
    row = replace(one, other_images=(two.image,))
    parts = load_parts(settings(folder), CPU, [row])
    assert (parts.new_places, parts.model.profile.pictures) == (["<second>"], 2)
    family, collate = parts.model.train(False).family, Collator(data, parts.model)
    assert isinstance(family, Florence2) and family.most_pictures == 2
    losses = []
    for answer in ANSWERS[:2]:  # what they begin with is forced, and the same
        batch = collate([replace(row, answer=answer)])
        losses.append(parts.model(**batch)["loss"] * (batch["labels"] != -100).sum())
    features = family.encode_images([family.prepare(Image.open(data / name)) for name in row.images])
    prompt = Prompt(family.join(*features), parts.model.profile.prompt(row.question), 1, 5)
    [[first, second]] = family.score([prompt], [ANSWERS[:2]])
    assert (losses[0] - losses[1]).item() == pytest.approx(second - first, abs=1e-4)
    losses[0].backward()
    embeddings: Any = parts.model.get_input_embeddings()
    assert embeddings.weight.grad[family.tokenizer.token_to_id("<second>")].abs().max() > 0


def test_more_pictures_than_a_model_takes_are_refused(tmp_path: Path) -> None:
    folder, data = tiny_model(tmp_path / "model", positions=20), prepared(tmp_path / "data")
    one, two = (row for row in read_examples(data, "train") if row.question_id in (0, 3))
    row = replace(one, other_images=(two.image,))
    with pytest.raises(TrainingError, match=r"takes 1 picture of 96x64.*smaller --picture-size"):
        load_parts(settings(folder), CPU, [row])
    with pytest.raises(TrainingError, match="without --lora-rank"):
        load_parts(settings(folder, lora_rank=2), CPU, [row])


def test_the_answers_of_a_batch_weigh_by_their_tokens(tmp_path: Path) -> None:
    """Accumulated batches divide by the labels of all of them, so that they make the step of one large batch."""
    folder, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    rows = read_examples(data, "train")[:4]
    parts = load_parts(settings(folder), CPU)
    collate = Collator(data, parts.model)
    whole = parts.model(**collate(rows))["loss"]
    labels = int((collate(rows)["labels"] != -100).sum())
    halves = [parts.model(**collate(part), num_items_in_batch=labels)["loss"] for part in (rows[:1], rows[1:])]
    assert torch.allclose(whole, halves[0] + halves[1])


def test_a_frozen_tower_stays_in_eval_mode_without_gradients(tmp_path: Path) -> None:
    folder, data = tiny_model(tmp_path / "model", drop_path=0.5, dropout=0.3), prepared(tmp_path / "data")
    rows = read_examples(data, "train")[:3]
    frozen = load_parts(settings(folder, freeze_vision=True), CPU)
    frozen.model.train()
    assert frozen.model.training
    assert not any(module.training for module in frozen.model.model.vision_tower.modules())
    assert any(module.training for module in frozen.model.model.language_model.modules())
    batch = Collator(data, frozen.model)(rows)
    assert torch.equal(frozen.model.tower_states(batch["pixels"]), frozen.model.tower_states(batch["pixels"]))
    frozen.model(**batch)["loss"].backward()
    named = gradients(frozen.model)
    assert not any("vision_tower" in name for name in named)
    assert "model.multi_modal_projector.image_projection.weight" in named
    # The same tower in training would drop paths.
    free = load_parts(settings(folder), CPU)
    free.model.train()
    assert not torch.equal(free.model.tower_states(batch["pixels"]), free.model.tower_states(batch["pixels"]))


def test_a_batch_of_looked_at_and_new_pictures_is_a_batch(tmp_path: Path) -> None:
    folder, data = tiny_model(tmp_path / "model"), prepared(tmp_path / "data")
    rows = read_examples(data, "train")[:6]
    ready = assemble(settings(folder, freeze_vision=True, eval_questions=0), data, tmp_path / "out", Quiet())
    model, collate = ready.parts.model, ready.trainer.collator
    kept = collate(rows)
    assert "pixels" not in kept
    assert kept["tower"].shape == (2, *model.states_shape(model.size))
    del collate.keys[rows[0].image]  # as if there were no room for the first
    mixed = collate(rows)
    assert mixed["pixels"].shape[0] == mixed["tower"].shape[0] == 1
    collate.keys.clear()
    fresh = collate(rows)
    with torch.no_grad():
        losses = [model(**batch)["loss"] for batch in (kept, mixed, fresh)]
    assert torch.allclose(losses[0], losses[1])
    assert torch.allclose(losses[0], losses[2])


def test_questions_of_a_picture_come_together_in_an_order_of_each_epoch(tmp_path: Path) -> None:
    rows = read_examples(prepared(tmp_path / "data", pictures=8), "train")
    sampler = PictureSampler(rows, seed=3)
    orders = []
    for epoch in (0, 1):
        sampler.set_epoch(epoch)
        orders.append(list(sampler))
    assert len(sampler) == len(rows)
    for order in orders:
        assert sorted(order) == list(range(len(rows)))
        names = [rows[index].image for index in order]
        assert sum(a != b for a, b in pairwise(names)) == 7
    assert orders[0] != orders[1]
    again = PictureSampler(rows, seed=3)
    again.set_epoch(1)
    assert list(again) == orders[1]
    assert list(PictureSampler(rows, seed=4)) != orders[0]


def test_the_measured_ways_train_alike(tmp_path: Path) -> None:
    """The losses of the plain loops and of ours agree step by step in fp32."""
    task = Task(tiny_model(tmp_path / "model"), prepared(tmp_path / "data", pictures=6), tmp_path / "work", 6, 3, "cpu")
    found = {name: way() for name, way in task.ways().items()}
    rows = compare(found, questions=6)
    assert list(rows) == list(task.ways())
    for name, row in rows.items():
        difference = row["largest_loss_difference"]
        assert (difference is None) == (name == LORA)  # adapters have no plain twin
        assert difference is None or difference < (1e-5 if "fp32" in name else 0.1), name
        assert len(found[name].seconds) == 2
        assert len(found[name].losses) == 3
    assert found["plain loop"].losses != found["plain loop, tower frozen"].losses
