"""`vqabot builtin --family`: small models of other families learn the project's scenes by the same recipe."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from model.answerer import Answerer
from model.loading import model_type
from model.types import Request
from training.builtin.architecture import HIDDEN
from training.builtin.other_families import _batch, _offsets, _question_states, _start, train_family
from training.builtin.recipe import Recipe, _Shares
from training.package import Sources, pack

BRIEF = Recipe(dense_steps=1, question_steps=1, dense_batch=2, batch=2, per_picture=2, warmup=1)


@pytest.mark.parametrize("family", ["blip", "paligemma"])
def test_a_small_model_is_trained_goes_on_and_answers(family: str, tmp_path: Path) -> None:
    train_family(family, replace(BRIEF, question_steps=0), tmp_path, lambda _: None)
    before = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["reader"]["head.where.bias"]
    train_family(family, BRIEF, tmp_path, lambda _: None)
    after = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["reader"]["head.where.bias"]
    assert not torch.equal(before, after), "questions teach where the things are that their words name"
    first = load_file(tmp_path / "model" / "model.safetensors")
    count = sum(value.numel() for value in first.values())
    assert 6_000_000 < count < 8_000_000, "of the built-in model's size"
    train_family(family, replace(BRIEF, question_steps=2), tmp_path, lambda _: None)
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 3
    later = load_file(tmp_path / "model" / "model.safetensors")
    assert any(not torch.equal(value, first[name]) for name, value in later.items())
    assert model_type(tmp_path / "model") == family
    picture = (files("bot") / "example.png").read_bytes()
    answer = Answerer.load(str(tmp_path / "model")).answer([Request("1", picture, "What colour is the ball?")])[0]
    assert answer.error is None
    other = {"blip": "paligemma", "paligemma": "blip"}[family]
    with pytest.raises(ValueError, match=f"belongs to {family} with seed 0"):
        train_family(other, BRIEF, tmp_path, lambda _: None)
    torch.save({"family": family, "seed": 0, "optimizer": {"state": {}}}, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="of an earlier version, which had another optimizer"):
        train_family(family, BRIEF, tmp_path, lambda _: None)
    if family == "blip":  # the hub keeps it without settings of generating
        (tmp_path / "model" / "generation_config.json").unlink(missing_ok=True)
        assert "model.safetensors" in pack(str(tmp_path / "model"), tmp_path / "blip.zip", Sources())


@pytest.mark.parametrize("step", [0, 1])
def test_scenes_of_one_style_are_the_same_for_each_family(step: int) -> None:
    narrow = replace(BRIEF, wide=False, per_pair=0, processes=1)
    theirs, ours, wide = _batch(narrow, step), _Shares(narrow, 0)[step], _batch(BRIEF, step)
    assert torch.equal(theirs["pictures"], ours["pictures"])
    assert theirs["single"] == ours["single"] and bool(ours["single"]) == bool(step)
    assert not torch.equal(theirs["pictures"], wide["pictures"])


@pytest.mark.parametrize("family", ["blip", "paligemma"])
def test_the_words_of_a_question_are_where_their_states_are_taken(family: str, tmp_path: Path) -> None:
    model = _start(family, BRIEF, tmp_path, torch.device("cpu")).model
    prompts = ["what colour is the red ball", "is the dog left of the umbrella"]
    made = model.collate(prompts, ["blue", "yes"], [1, 1])
    with _question_states(model) as kept:
        tokens = torch.zeros(1, model.picture_tokens, HIDDEN)
        model(**made, pictures=torch.zeros(2, 1, dtype=torch.long), tokens=tokens)
    before = {"blip": 0, "paligemma": model.picture_tokens}[family]
    assert [states.shape for states in kept] == [(2, before + made["input_ids"].shape[1], HIDDEN)]
    for row, (prompt, offsets) in enumerate(zip(prompts, _offsets(model, prompts), strict=True)):
        for token, (low, high) in list(enumerate(offsets))[1:]:
            said = model.family.tokenizer.decode([int(made["input_ids"][row, token])])
            assert said.strip() == prompt[low:high].strip() != ""
