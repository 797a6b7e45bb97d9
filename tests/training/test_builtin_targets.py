"""What the built-in model's training shows it: questions, and where the things are that they name."""

import random

import numpy as np
import pytest
import torch

from training.builtin import architecture
from training.builtin.architecture import load_tokenizer
from training.builtin.cells import covered, extent, whole_canvas
from training.builtin.data import SceneDataset, collate
from training.builtin.dense import INDEX, LABELS, targets
from training.builtin.dense_head import DenseHead
from training.builtin.naming import places_of, words_naming
from training.scenes import art, layout, questions
from training.scenes.catalogue import CATALOGUE
from training.scenes.wording import kind_of


@pytest.mark.parametrize("fine", ["", "fine_"])
def test_targets_stand_where_the_things_are(fine: str) -> None:
    rows, columns = architecture.ROWS * (2 if fine else 1), architecture.COLUMNS * (2 if fine else 1)
    people = 0
    for number in range(20):
        rng = random.Random(f"targets/{number}")
        scene = layout.compose(rng)
        picture = art.render(scene, rng, 1.0)
        target = targets(scene, whole_canvas(scene))
        labels = target[f"{fine}labels"].reshape(rows, columns, LABELS)
        for thing in scene.things:
            column = int((thing.x + thing.w / 2) / picture.width * columns)
            row = int((thing.y + thing.h / 2) / picture.height * rows)
            if not (0 <= row < rows and 0 <= column < columns):
                continue
            assert labels[row, column, INDEX["centre", thing.kind]] == 1
            assert target[f"{fine}has"].reshape(rows, columns)[row, column] == 1
            if thing.mood and thing.pose not in ("sleeping", "lying"):
                assert thing.face is not None
                people += 1
                x, y = thing.face
                face = labels[int(y / picture.height * rows), int(x / picture.width * columns)]
                assert face[INDEX["mood", thing.mood]] == 1
        kinds = {thing.kind for each in scene.things for thing in (each, each.holding) if thing is not None}
        marked = {
            word for (group, word), index in INDEX.items() if group == "centre" and np.any(labels[..., index] == 1)
        }
        assert marked == kinds
    assert people > 5


def test_words_that_name_things_are_found_by_all_their_names() -> None:
    kinds = list(CATALOGUE)

    def named(question: str) -> list[tuple[str, str]]:
        return [(question[begin:end], kinds[kind]) for begin, end, kind in words_naming(question)]

    assert named("is the cat left of the trees") == [("cat", "cat"), ("trees", "tree")]
    assert named("how many are there") == []
    assert {("teddy", "teddy bear"), ("bear", "teddy bear")} <= set(named("is the teddy bear big"))
    assert named("what does the guy wear") == [("guy", "man")]
    assert named("the girls hat") == [("girls", "girl")]


def test_each_word_is_told_where_its_thing_is() -> None:
    batch = collate([SceneDataset("places", 8, 0, plain=True)[number] for number in range(16)])
    single, dense = batch["single"], batch["dense"]
    assert isinstance(single, list)
    assert isinstance(dense, dict)
    texts = [one.question for one in single]
    offsets = load_tokenizer()(texts, return_offsets_mapping=True)["offset_mapping"]
    places = places_of(texts, offsets, torch.tensor([one.pictures[0] for one in single]), dense)
    assert len(places["token"]) >= sum(len(words_naming(text)) for text in texts) > 50
    for question, token in zip(places["question"].tolist(), places["token"].tolist(), strict=True):
        low, high = offsets[question][token]
        assert low < high
        assert any(begin <= low < end for begin, end, _ in words_naming(texts[question]))
    assert set(places["alone"].tolist()) == {0.0, 1.0}
    for cells, centre, alone in zip(places["cells"], places["centres"], places["alone"], strict=True):
        if alone:  # the middle lies within the only marked cell
            column, row = centre[0] * architecture.COLUMNS, centre[1] * architecture.ROWS
            inside = divmod(int(cells.argmax()), architecture.COLUMNS)
            assert inside == (pytest.approx(int(row), abs=1), pytest.approx(int(column), abs=1))
            assert abs(row - inside[0] - 0.5) <= 0.51 or inside[0] in (0, architecture.ROWS - 1)
            assert abs(column - inside[1] - 0.5) <= 0.51 or inside[1] in (0, architecture.COLUMNS - 1)


def test_no_words_that_name_things_are_no_places() -> None:
    cells = architecture.ROWS * architecture.COLUMNS
    target = {"labels": torch.zeros(1, cells, LABELS), "measures": torch.zeros(1, cells, 4)}
    places = places_of(["is it raining"], [[(0, 2), (3, 5)]], torch.tensor([0]), target)
    assert places["cells"].shape == (0, cells)
    assert places["centres"].shape == (0, 2)
    head = DenseHead(load_tokenizer())
    loss = head.places_loss(torch.zeros(0, architecture.HIDDEN), places["cells"], places["centres"], places["alone"])
    assert loss == 0


def test_stressed_kinds_are_asked_more_often() -> None:
    def share(stress: dict[str, float]) -> float:
        asked = []
        for number in range(40):
            rng = random.Random(f"stress/{number}")
            scene = layout.compose(rng)
            art.render(scene, rng, 0.25)
            asked += [kind_of(qa.question) for qa in questions.ask(scene, rng, 3, stress)]
        return asked.count("side") / len(asked)

    assert share({"side": 20.0}) > 2 * share({})


def test_things_lie_where_the_camera_put_them() -> None:
    """The centre of a thing's box on the input has the thing's own colour, whatever was done to the picture."""
    data = SceneDataset("camera", 0, 0)
    seen = 0
    for number in range(30):
        sample = data[number]
        labels = sample.dense[0]["labels"].reshape(architecture.ROWS, architecture.COLUMNS, LABELS)
        assert labels[..., : len(CATALOGUE)].sum() >= 1
        measures = sample.dense[0]["measures"]
        assert np.all(np.isfinite(measures))
        seen += int(sample.dense[0]["has"].sum())
    assert seen > 60


def test_a_thing_that_is_added_is_marked_where_it_lies() -> None:
    scene = layout.compose(random.Random(3))
    thing = max(scene.things, key=lambda each: each.w * each.h)
    marks = covered([thing], whole_canvas(scene)).reshape(architecture.ROWS, architecture.COLUMNS)
    left, top, right, bottom = extent(thing, whole_canvas(scene))
    row, column = int((top + bottom) / 2 * architecture.ROWS), int((left + right) / 2 * architecture.COLUMNS)
    assert marks[row, column] == 1
    assert marks.sum() <= (round((right - left) * architecture.COLUMNS) + 1) * (
        round((bottom - top) * architecture.ROWS) + 1
    )
