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
from training.builtin.data import SceneDataset, collate
from training.builtin.dense import _INDEX, LABELS, DenseHead, places_of, targets, words_naming
from training.builtin.recipe import Recipe, picture_features, train
from training.scenes import art, layout
from training.scenes.catalogue import CATALOGUE
from training.scenes.questions import ask
from training.scenes.wording import kind_of

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


def test_words_that_name_things_are_found_by_all_their_names() -> None:
    kinds = list(CATALOGUE)

    def named(question: str) -> list[tuple[int, str]]:
        return [(word, kinds[kind]) for word, kind in words_naming(question)]

    assert named("Is the cat left of the trees?") == [(2, "cat"), (6, "tree")]
    assert named("How many are there?") == []
    assert {(2, "teddy bear"), (3, "teddy bear")} == set(named("is the teddy bear big"))
    assert named("what does the guy wear") == [(3, "man")]


def test_each_word_is_told_where_its_thing_is() -> None:
    batch = collate([SceneDataset("places", 8, 0, 20)[number] for number in range(20)])
    questions, counts, dense = batch["questions"], batch["counts"], batch["dense"]
    assert isinstance(questions, list)
    assert isinstance(counts, torch.Tensor)
    assert isinstance(dense, dict)
    places = places_of(questions, counts, dense)
    words = [words_naming(question) for question in questions]
    assert len(places["word"]) == sum(len(each) for each in words) > 50
    assert set(places["alone"].tolist()) == {0.0, 1.0}
    for cells, centre, alone in zip(places["cells"], places["centres"], places["alone"], strict=True):
        if alone:  # the middle lies within the only marked cell
            column, row = centre[0] * architecture.COLUMNS, centre[1] * architecture.ROWS
            inside = divmod(int(cells.argmax()), architecture.COLUMNS)
            assert inside == (pytest.approx(int(row), abs=1), pytest.approx(int(column), abs=1))
            assert abs(row - inside[0] - 0.5) <= 0.51 or inside[0] in (0, architecture.ROWS - 1)
            assert abs(column - inside[1] - 0.5) <= 0.51 or inside[1] in (0, architecture.COLUMNS - 1)


def test_no_words_that_name_things_are_no_places() -> None:
    target = {"labels": torch.zeros(1, 60, LABELS), "measures": torch.zeros(1, 60, 4)}
    places = places_of(["is it raining"], torch.tensor([1]), target)
    assert places["cells"].shape == (0, 60)
    assert places["centres"].shape == (0, 2)
    head = DenseHead(architecture.vocabulary([]))
    loss = head.places_loss(torch.zeros(0, architecture.HIDDEN), places["cells"], places["centres"], places["alone"])
    assert loss == 0


def test_stressed_kinds_are_asked_more_often() -> None:
    def share(stress: dict[str, float]) -> float:
        asked = []
        for number in range(40):
            rng = random.Random(f"stress/{number}")
            scene = layout.compose(rng)
            art.render(scene, rng, 0.25)
            asked += [kind_of(qa.question) for qa in ask(scene, rng, 3, stress)]
        return asked.count("side") / len(asked)

    assert share({"side": 20.0}) > 2 * share({})
