"""The built-in model's training: resumable after kill -9, shared by processes, and its targets say what is drawn."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from training.builtin import architecture
from training.builtin.architecture import load_tokenizer
from training.builtin.cells import covered, extent, whole_canvas
from training.builtin.data import SceneDataset, collate
from training.builtin.dense import INDEX, LABELS, targets
from training.builtin.dense_head import DenseHead
from training.builtin.judging import accuracy_by_set
from training.builtin.losses import ask, losses_of, picture_features
from training.builtin.naming import places_of, words_naming
from training.builtin.recipe import Recipe, _Shares, train
from training.scenes import art, layout, questions
from training.scenes.catalogue import CATALOGUE
from training.scenes.pairs import KINDS
from training.scenes.wording import kind_of

SMALL = {"dense_steps": 2, "question_steps": 2, "dense_batch": 2, "batch": 4, "per_picture": 2, "per_pair": 1}
PROGRAM = """
import json, sys
from pathlib import Path
from training.builtin.recipe import Recipe, _Shares, train
if __name__ == "__main__":
    train(Recipe(**json.loads(sys.argv[2])), Path(sys.argv[1]), print)
"""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Two threads on busy cores wait for each other most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def start(tmp_path: Path, folder: Path, **settings: float) -> "subprocess.Popen[bytes]":
    """A training in a process of its own, from a file, since its children import the main module again."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    return subprocess.Popen([sys.executable, str(program), str(folder), json.dumps({**SMALL, **settings})])


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model" / "model.safetensors")


@pytest.mark.long
def test_a_training_that_was_killed_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    process = start(tmp_path, killed, processes=1, checkpoint_minutes=0)
    while not (killed / "checkpoint.pt").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not (killed / "model").exists()
    threads = torch.get_num_threads()
    for folder in (whole, killed):
        train(Recipe(processes=1, **SMALL), folder, print)  # type: ignore[arg-type]
    assert torch.get_num_threads() == threads
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(killed)[name]), name


def test_two_processes_share_a_batch_in_which_one_alone_learns_of_changes(tmp_path: Path) -> None:
    settings = {"seed": 1, "dense_steps": 0, "question_steps": 1, "batch": 4, "processes": 2}
    recipe = Recipe(**{**SMALL, **settings})  # type: ignore[arg-type]
    located = [bool((_Shares(recipe, rank)[0]["change_located"] > 0).any()) for rank in range(2)]  # type: ignore[operator]
    assert sorted(located) == [False, True], "the scenes are others now: find a seed of which this is true"
    assert start(tmp_path, tmp_path / "two", **settings).wait(600) == 0
    assert all(torch.isfinite(value).all() for value in weights(tmp_path / "two").values())
    assert json.loads((tmp_path / "two" / "recipe.json").read_text())["processes"] == 2


def test_a_checkpoint_of_another_seed_and_a_batch_that_cannot_be_shared_are_refused(tmp_path: Path) -> None:
    torch.save({"seed": 5}, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="belongs to seed 5, not to seed 0"):
        train(Recipe(processes=1, **SMALL), tmp_path, print)
    with pytest.raises(ValueError, match="cannot be shared by 5"):
        train(Recipe(processes=5), tmp_path, print)


def test_the_towers_middle_comes_beside_the_features_that_answering_uses() -> None:
    model = architecture.build_model(len(load_tokenizer())).eval()
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


def test_what_is_learnt_about_two_pictures_depends_on_both_and_on_their_order() -> None:
    batch = collate([SceneDataset("pairs", 1, 1)[number] for number in (0, 2)])
    torch.manual_seed(1)
    model = architecture.build_model(len(load_tokenizer())).eval()
    second = load_tokenizer().convert_tokens_to_ids(architecture.SECOND)
    with torch.no_grad():
        model.get_input_embeddings().weight[second] = torch.randn(architecture.HIDDEN)
        features = torch.randn(4, architecture.IMAGE_TOKENS, architecture.HIDDEN)
        asked = batch["double"]
        assert isinstance(asked, list)
        assert {len(one.pictures) for one in asked} == {2}
        plain = ask(model, load_tokenizer(), features, asked).logits
        turned = ask(model, load_tokenizer(), features[[1, 0, 3, 2]], asked).logits
        other = ask(model, load_tokenizer(), torch.cat([features[:1], torch.randn_like(features[:3])]), asked).logits
    assert not torch.allclose(plain, turned, atol=1e-4)
    assert not torch.allclose(plain, other, atol=1e-4)


def test_one_batch_is_learnt_by_heart() -> None:
    """All losses fall together: what the losses look at is what the model can change."""
    torch.manual_seed(0)
    batch = collate([SceneDataset("by-heart", 2, 1)[number] for number in (0,)])
    model, head = architecture.build_model(len(load_tokenizer())), DenseHead(load_tokenizer())
    optimizer = torch.optim.AdamW([*model.parameters(), *head.parameters()], 1e-3, betas=(0.9, 0.98))
    history = []
    for _ in range(10):
        losses = losses_of(model, head, batch, load_tokenizer(), torch.device("cpu"))
        optimizer.zero_grad()
        sum(losses.values()).backward()  # type: ignore[union-attr]
        optimizer.step()
        history.append({key: value.item() for key, value in losses.items()})
    pair_losses = {"pairs", "changes", "change kinds", "correspondences", "other picture"}
    assert set(history[0]) == {"dense", "questions", "mentions", "places", *pair_losses}
    for key in history[0]:
        assert history[-1][key] < history[0][key], key


def test_the_other_pictures_labels_and_the_kind_of_change_are_what_the_pair_losses_ask_for() -> None:
    head, cells, pairs = DenseHead(load_tokenizer()), 4, 2
    labels = torch.zeros(pairs, 2 * cells, LABELS)
    labels[:, 0, INDEX["colour", "red"]] = 1  # at the first cell the pictures differ
    labels[:, cells, INDEX["colour", "blue"]] = 1
    same_place = torch.arange(cells).repeat(pairs, 2)
    sure = 40 * labels - 20
    other = torch.cat(sure.chunk(2, 1)[::-1], 1)
    head.other_cells = torch.nn.Identity()  # type: ignore[assignment]
    assert head.other_cells_loss(other, labels, same_place) < 1e-6 < 1 < head.other_cells_loss(sure, labels, same_place)
    unseen = torch.full_like(same_place, -1)
    assert head.other_cells_loss(sure, labels, unseen) == 0, "what the other picture does not show is not asked for"

    head.change = torch.nn.Identity()  # type: ignore[assignment]
    kinds, marks = torch.tensor([1, 2]), torch.zeros(pairs, 2 * cells)
    logits = torch.zeros(pairs, 2 * (1 + cells), len(KINDS))
    logits[torch.arange(pairs), 1 + cells, kinds] = 20  # the second picture's mean
    assert head.change_kind_loss(logits, marks, kinds) < 1e-6
    marks[0, cells] = 1
    assert head.change_kind_loss(logits, marks, kinds) > 1, "the marked cell does not name it yet"
    logits[0, 2 + cells, kinds[0]] = 20
    assert head.change_kind_loss(logits, marks, kinds) < 1e-6


def test_no_typed_word_is_a_blank() -> None:
    for word in ("helicopter", "xylophone", "qwzx", "zzz", "42", "girl's", "CAFÉ"):
        ids = load_tokenizer()(word, add_special_tokens=False)["input_ids"]
        assert ids
        assert load_tokenizer().unk_token_id not in ids, word
    assert (
        load_tokenizer().decode(load_tokenizer()("no red ball")["input_ids"], skip_special_tokens=True) == "no red ball"
    )


def test_names_and_answers_are_whole_words() -> None:
    for kind in CATALOGUE.values():
        assert len(load_tokenizer()(kind.name, add_special_tokens=False)["input_ids"]) == len(kind.name.split()), kind
    for answer in ("a red ball is gone", "the cat and the dog swapped", "it is rainy now", "nothing", "under table"):
        assert len(load_tokenizer()(answer, add_special_tokens=False)["input_ids"]) == len(answer.split()), answer


def test_the_tokenizer_can_be_made_anew() -> None:
    made = architecture.build_tokenizer(["what color is the dog"] * 3, 120)
    assert len(made) <= 120
    assert made.convert_tokens_to_ids(list(architecture.SPECIAL)) == list(range(len(architecture.SPECIAL)))
    assert load_tokenizer().convert_tokens_to_ids(list(architecture.SPECIAL)) == list(range(len(architecture.SPECIAL)))


def test_it_is_judged_by_kind_of_question_and_by_drawings_of_other_code() -> None:
    figures = accuracy_by_set(architecture.build_model(len(load_tokenizer())), load_tokenizer(), samples=3)
    assert {"plain", "styles", "typed", "pairs plain", "other hand plain", "other hand typed"} <= set(figures)
    assert any(name.startswith("kind changed: ") for name in figures)
    assert all(0 <= value <= 1 for value in figures.values())
