"""What the built-in model is taught about two pictures: which cells show the same place, and to look there."""

import random

import numpy as np
import pytest
import torch

from training.builtin import architecture, data
from training.builtin.architecture import COLUMNS, HIDDEN, IMAGE_TOKENS, ROWS, load_tokenizer
from training.builtin.cells import CELLS, Transform, corresponding_cells
from training.builtin.data import SceneDataset
from training.builtin.losses import Answered, correspondence_loss
from training.scenes import pairs
from training.scenes.variety import WIDE


def test_cells_that_show_the_same_place() -> None:
    straight: Transform = np.diag([1 / 320, 1 / 224, 1.0])
    assert corresponding_cells(straight, straight).tolist() == list(range(CELLS))
    shifted = np.array([[1, 0, 1 / COLUMNS], [0, 1, 0], [0, 0, 1]]) @ straight  # the scene lies a column further right
    there = corresponding_cells(straight, shifted).reshape(ROWS, COLUMNS)
    assert there[:, :-1].tolist() == np.arange(CELLS).reshape(ROWS, COLUMNS)[:, 1:].tolist()
    assert (there[:, -1] == -1).all()
    slanted = np.array([[1, 0.05, 0.02], [0, 0.9, 0.03], [0.1, 0.05, 1]]) @ straight
    for cell, found in enumerate(corresponding_cells(straight, slanted)):
        x, y, scale = slanted @ [(cell % COLUMNS + 0.5) * 32, (cell // COLUMNS + 0.5) * 32, 1]
        column, row = int(x / scale * COLUMNS), int(y / scale * ROWS)
        assert found == (row * COLUMNS + column if column < COLUMNS and row < ROWS else -1)


def test_most_pairs_are_taken_from_the_same_place() -> None:
    samples = [SceneDataset("views", 0, 1)._pair(random.Random(number), WIDE, plain=False) for number in range(24)]
    same = []
    for sample in samples:
        assert sample.correspondences is not None
        assert sample.correspondences.shape == (2 * CELLS,)
        same.append(bool((sample.correspondences.reshape(2, CELLS) == np.arange(CELLS)).all()))
    assert 16 <= sum(same) < len(same)


def test_kinds_of_pairs_that_are_learnt_last_are_drawn_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = dict(zip(pairs.KINDS, data._PAIR_WEIGHTS, strict=True))
    usual = dict(zip(pairs.KINDS, pairs.WEIGHTS, strict=True))
    assert {kind for kind in pairs.KINDS if weights[kind] > usual[kind]} == {*data.PAIR_STRESS}
    monkeypatch.setattr(data, "_PAIR_WEIGHTS", [float(kind == "other") for kind in pairs.KINDS])
    samples = [SceneDataset("stress", 0, 1)._pair(random.Random(number), WIDE, plain=False) for number in range(4)]
    assert {pairs.KINDS[sample.change] for sample in samples} == {"other"}


def test_the_loss_is_nothing_where_a_head_looks_at_the_same_place_and_pads_are_not_looked_at() -> None:
    torch.manual_seed(0)
    model = architecture.build_model(len(load_tokenizer())).eval()
    layers = model.model.language_model.encoder.layers[:2]
    half = layers[0].self_attn.head_dim // 2
    codes = 6 * torch.randn(CELLS, half).sign()  # one for each place
    states = torch.zeros(1, 2 * IMAGE_TOKENS + 3, HIDDEN)
    states[0, 1:IMAGE_TOKENS, :half] = codes
    states[0, IMAGE_TOKENS + 1 : 2 * IMAGE_TOKENS, half : 2 * half] = codes
    states[0, -1] = 1e6  # padding
    mask = torch.ones(1, states.shape[1], dtype=torch.long)
    mask[0, -1] = 0
    nothing = torch.zeros(0)
    answered = Answered(nothing, nothing, (states, states), mask, [])
    correspondences = torch.arange(CELLS).repeat(1, 2)
    with torch.no_grad():
        for layer in layers:
            for projection in (layer.self_attn.q_proj, layer.self_attn.k_proj):
                projection.weight[-2 * half :] = torch.eye(2 * half, HIDDEN)
                projection.bias[-2 * half :] = 0
            # What a query of the one picture holds is where a key of the other one holds it.
            layer.self_attn.k_proj.weight[-2 * half :] = torch.eye(2 * half, HIDDEN).roll(half, 0)
        assert correspondence_loss(model, answered, correspondences) < 1e-3
        assert correspondence_loss(model, answered, correspondences.roll(1, 1)) > 10
        some = torch.where(
            torch.arange(2 * CELLS) % 2 == 0, correspondences, -1
        )  # what shows in one picture alone is not asked
        assert correspondence_loss(model, answered, some) < 1e-3
