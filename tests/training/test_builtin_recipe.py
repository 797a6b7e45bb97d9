"""The built-in model's training: resumable after kill -9, shared by processes, and its targets say what is drawn."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from training.builtin import architecture
from training.builtin.dense import _INDEX, LABELS, targets
from training.builtin.recipe import Recipe, picture_features, train
from training.scenes import art, layout

SMALL = {"dense_steps": 2, "question_steps": 4, "dense_batch": 2, "batch": 2, "per_picture": 2, "checkpoint_every": 1}
PROGRAM = """
import json, sys
from pathlib import Path
from training.builtin.recipe import Recipe, train
if __name__ == "__main__":
    train(Recipe(**json.loads(sys.argv[2])), Path(sys.argv[1]), print)
"""


def start(tmp_path: Path, folder: Path, **settings: int) -> "subprocess.Popen[bytes]":
    """A training in a process of its own, from a file, since its children import the main module again."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    return subprocess.Popen([sys.executable, str(program), str(folder), json.dumps({**SMALL, **settings})])


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model" / "model.safetensors")


def test_a_training_that_was_killed_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = start(tmp_path, killed, processes=1)
    while not (killed / "checkpoint.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (killed / "model").exists()
    threads = torch.get_num_threads()
    for folder in (whole, killed):
        train(Recipe(processes=1, **SMALL), folder, print)
    assert torch.get_num_threads() == threads
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(killed)[name]), name


def test_two_processes_share_a_batch_and_keep_one_model(tmp_path: Path) -> None:
    assert start(tmp_path, tmp_path / "two", processes=2, question_steps=1).wait(150) == 0
    assert all(torch.isfinite(value).all() for value in weights(tmp_path / "two").values())
    assert json.loads((tmp_path / "two" / "recipe.json").read_text())["processes"] == 2


def test_a_checkpoint_of_another_seed_and_a_batch_that_cannot_be_shared_are_refused(tmp_path: Path) -> None:
    torch.save({"seed": 5}, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="belongs to seed 5, not to seed 0"):
        train(Recipe(processes=1, **SMALL), tmp_path, print)
    with pytest.raises(ValueError, match="cannot be shared by 3"):
        train(Recipe(processes=3), tmp_path, print)


def test_the_towers_middle_comes_beside_the_features_that_answering_uses() -> None:
    words = architecture.vocabulary(["what is it"])
    model = architecture.build_model(words).eval()
    pixels = torch.randn(2, 3, architecture.HEIGHT, architecture.WIDTH)
    with torch.no_grad():
        features, middle = picture_features(model, pixels)
        assert torch.equal(features, model.get_image_features(pixels).pooler_output)
    assert middle.shape == (2, 128, 2 * architecture.ROWS, 2 * architecture.COLUMNS)


@pytest.mark.parametrize("fine", ["", "fine_"])
def test_targets_stand_where_the_things_are(fine: str) -> None:
    rows, columns = architecture.ROWS * (2 if fine else 1), architecture.COLUMNS * (2 if fine else 1)
    people = 0
    for number in range(20):
        rng = random.Random(f"targets/{number}")
        scene = layout.compose(rng)
        picture = art.render(scene, rng, 1.0)
        target = targets(scene, (0.0, 0.0, 1.0, 1.0))
        labels = target[f"{fine}labels"].reshape(rows, columns, LABELS)
        for thing in scene.things:
            column = int((thing.x + thing.w / 2) / picture.width * columns)
            row = int((thing.y + thing.h / 2) / picture.height * rows)
            if not (0 <= row < rows and 0 <= column < columns):
                continue
            assert labels[row, column, _INDEX["centre", thing.kind]] == 1
            assert target[f"{fine}has"].reshape(rows, columns)[row, column] == 1
            if thing.mood and thing.pose != "sleeping":
                assert thing.face is not None
                people += 1
                x, y = thing.face
                face = labels[int(y / picture.height * rows), int(x / picture.width * columns)]
                assert face[_INDEX["mood", thing.mood]] == 1
        kinds = {thing.kind for each in scene.things for thing in (each, each.holding) if thing is not None}
        marked = {
            word for (group, word), index in _INDEX.items() if group == "centre" and np.any(labels[..., index] == 1)
        }
        assert marked == kinds
    assert people > 5
