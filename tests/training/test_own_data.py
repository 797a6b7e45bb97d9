"""What people have is read: their files, their names, their packing."""

import base64
import csv
import gzip
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from own_data_helpers import ONE, colour_of, encoded, lines, picture, rows, run
from PIL import Image
from vqa_helpers import find_picture, read_questions

from bot.cli import main
from training.data.prepared import Example, read_examples
from training.data.vqa import annotation_file, picture_file, picture_folder, question_file
from training.scenes.official import Plan, write_scenes


@pytest.mark.parametrize(
    "name",
    [
        "valid/annotations.jsonl",
        "validation.jsonl",
        "val.json",
        "dev.csv",
        "validation/metadata.jsonl",
        "valid.jsonl.gz",
        "dataset/_annotations.valid.jsonl",
    ],
)
def test_every_usual_name_of_val_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "data"
    picture(folder / "a.png")
    lines(folder / "train.jsonl", ONE)
    file = folder / name
    picture(file.parent / "a.png")
    if name.endswith(".csv"):
        file.write_text("image;question;answer\na.png;What is it?;red\n")
    elif name.endswith(".gz"):
        file.write_bytes(gzip.compress(json.dumps(ONE).encode()))
    elif name.endswith(".json"):
        file.write_text(json.dumps([ONE]))
    else:
        lines(file, ONE)
    said = run(folder, tmp_path / "out")
    assert f"val is read from {file}" in said
    (example,) = read_examples(tmp_path / "out", "val")
    assert (example.question, example.answer) == ("what is it", "red")


def test_what_looks_like_questions_and_is_not_read_is_named(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    lines(tmp_path / "train.jsonl", ONE)
    lines(tmp_path / "holdout.jsonl", ONE)
    assert f"{tmp_path / 'holdout.jsonl'} is not read" in run(tmp_path, tmp_path / "out")


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
@pytest.mark.parametrize("wrap", [lambda text: text, lambda text: {"bytes": text, "path": None}])
def test_pictures_in_their_records(tmp_path: Path, prefix: str, wrap: Callable[[str], object]) -> None:
    given = [{**ONE, "image": wrap(prefix + encoded(colour)), "answer": colour} for colour in ("red", "blue", "red")]
    found = rows(lines(tmp_path / "data.jsonl", *given), tmp_path / "out")
    assert [e.answer for e in found] == ["red", "blue", "red"]
    assert [colour_of(tmp_path / "out", e) for e in found] == [(255, 0, 0), (0, 0, 255), (255, 0, 0)]
    assert found[0].image_id == found[2].image_id


def test_tokens_of_other_trainers_are_in_neither_question_nor_answer(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    file = lines(
        tmp_path / "own.jsonl",
        {**ONE, "question": "<image>\nWhat is it?", "answer": "<s>a red ball</s>"},
        {"image": "a.png", "prefix": "<VQA>Where?", "suffix": "on <loc_12> grass<|im_end|>"},
        {**ONE, "question": "is 3 < 4", "answer": "yes <3"},
    )
    found = rows(file, tmp_path / "out")
    assert [(e.question, e.answer) for e in found] == [
        ("what is it", "a red ball"),
        ("where", "on grass"),
        ("is 3 4", "yes <3"),
    ]
    assert found[0].answers == ("a red ball",) * 10


def test_answers_may_be_numbers_and_several(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    file = lines(
        tmp_path / "own.jsonl",
        {**ONE, "answer": 3},
        {**ONE, "answer": 2.0},
        {**ONE, "answer": 2.5},
        {**ONE, "answer": True},
        {"image": "a.png", "question": "q", "answers": ["sofa", "couch"]},
        {"image": "a.png", "question": "q", "answers": [{"answer": "Cup"}] * 6 + [{"answer": "mug"}] * 4},
    )
    found = rows(file, tmp_path / "out")
    assert [e.answer for e in found] == ["3", "2", "2.5", "yes", "sofa", "cup"]
    assert found[4].answers == ("sofa", "couch") * 5
    assert found[5].answers == ("cup",) * 6 + ("mug",) * 4


def test_ids_may_be_texts_and_missing(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    file = lines(
        tmp_path / "own.jsonl",
        ONE,
        {**ONE, "question_id": "q-17"},
        {**ONE, "question_id": "2"},
        {**ONE, "id": 1},
    )
    found = rows(file, tmp_path / "out")
    assert len({e.question_id for e in found}) == 4
    assert [e.own_id for e in found] == ["", "q-17", "2", ""]
    assert [e.question_id for e in found][2:] == [2, 1], "their own numbers stay theirs"


@pytest.mark.parametrize("key", ["conversations", "messages"])
def test_llava(tmp_path: Path, key: str) -> None:
    picture(tmp_path / "images" / "coco" / "a.png")
    who, what, names = (
        ("from", "value", ("human", "gpt"))
        if key == "conversations"
        else (
            "role",
            "content",
            ("user", "assistant"),
        )
    )
    talk = [
        {who: "system", what: "Be short."},
        {who: names[0], what: "<image>\nWhat color is the ball?"},
        {who: names[1], what: "Red."},
        {who: names[0], what: "Is there a dog?"},
        {who: names[1], what: "No"},
    ]
    records = [{"id": "000017", "image": "coco/a.png", key: talk}, {"id": "text", key: talk}]
    (tmp_path / "llava.json").write_text(json.dumps(records))
    said = run(tmp_path / "llava.json", tmp_path / "out")
    assert "1 missing picture, 2 questions without a picture" in said
    found = read_examples(tmp_path / "out", "train")
    assert [(e.question, e.answer) for e in found] == [("what color is the ball", "red."), ("is there a dog", "no")]
    assert found[0].image_id == found[1].image_id
    assert "it has no picture" in (tmp_path / "out" / "problems.jsonl").read_text()


def test_an_image_folder_of_hugging_face(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for split in ("train", "validation", "test"):
        picture(folder / split / "0001.jpg")
        lines(folder / split / "metadata.jsonl", {"file_name": "0001.jpg", "question": "What is it?", "answer": "red"})
    for split in ("train", "val", "test"):
        (example,) = rows(folder, tmp_path / "out", split)
        assert example.answers == ("red",) * 10
    plain = tmp_path / "plain"
    picture(plain / "a.png")
    (plain / "metadata.csv").write_text("file_name,question,answer\na.png,What is it?,red\n")
    assert len(rows(plain, tmp_path / "out2")) == 1


def test_csv_of_spreadsheets(tmp_path: Path) -> None:
    picture(tmp_path / "a b.png")
    with (tmp_path / "train.csv").open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([["image", "question", "answer", "note"], ["a b.png", 'What "is" it; really?', 3, ""]])
    (example,) = rows(tmp_path, tmp_path / "out")
    assert (example.question, example.answer) == ('what "is" it; really', "3")
    (tmp_path / "train.csv").write_text("Id ,Image,QUESTION,Answer\nx,a b.png,What?,red\n")
    (example,) = rows(tmp_path, tmp_path / "out")
    assert (example.question, example.answer, example.own_id) == ("what", "red", "x")


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own") / "scenes"
    write_scenes(folder, Plan("own", {"train": 3, "val": 2, "test": 1}), lambda _: None, workers=1)
    return folder


def official_rows(folder: Path, out: Path) -> dict[str, list[Example]]:
    run(folder, out)
    return {split: read_examples(out, split) for split in ("train", "val", "test")}


def zipped(files: list[Path], root: Path, archive: Path, top: str = "") -> None:
    with zipfile.ZipFile(archive, "w") as packed:
        for file in files:
            packed.write(file, top + str(file.relative_to(root)))
        packed.writestr("__MACOSX/._x", "")


def test_official_files_in_zips_and_gzip(scenes: Path, tmp_path: Path) -> None:
    plain = official_rows(scenes, tmp_path / "plain")
    everything = [path for path in scenes.rglob("*") if path.is_file()]
    zipped(everything, scenes, tmp_path / "all.zip", "download/")
    assert official_rows(tmp_path / "all.zip", tmp_path / "a") == plain
    apart = tmp_path / "apart"  # as they are offered for download
    apart.mkdir()
    for split in ("train", "val", "test"):
        pictures = list((scenes / picture_folder(split)).iterdir())
        zipped(pictures, scenes / picture_folder(split), apart / f"scene_img_abstract_v002_{split}2015.zip")
        zipped([scenes / question_file(split)], scenes, apart / f"Questions_{split.title()}_abstract_v002.zip")
    notes = [scenes / annotation_file(split) for split in ("train", "val")]
    zipped(notes, scenes, apart / "Annotations_abstract_v002.zip")
    assert official_rows(apart, tmp_path / "b") == plain
    packed = tmp_path / "packed"
    shutil.copytree(scenes, packed)
    for file in packed.glob("*.json"):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert official_rows(packed, tmp_path / "c") == plain


def test_ones_own_pictures_in_a_zip(tmp_path: Path) -> None:
    picture(tmp_path / "away" / "pictures" / "a.png", "blue")
    lines(tmp_path / "data" / "train.jsonl", ONE)
    zipped([tmp_path / "away" / "pictures" / "a.png"], tmp_path / "away", tmp_path / "data" / "pictures.zip")
    (example,) = rows(tmp_path / "data", tmp_path / "out")
    assert colour_of(tmp_path / "out", example) == (0, 0, 255)


def test_what_prepare_takes_can_be_evaluated_as_it_is(scenes: Path, tmp_path: Path) -> None:
    """Official files in a ZIP, and one's own file with its pictures in it: no preparation in between."""
    zipped([path for path in scenes.rglob("*") if path.is_file()], scenes, tmp_path / "all.zip")
    own = []
    for question in read_questions(scenes, "val"):
        data = find_picture(scenes, "val", question.image_id).read_bytes()
        own.append({"image": base64.b64encode(data).decode(), "question": question.question, "answer": question.answer})
    lines(tmp_path / "own" / "validation.jsonl", *own)
    lines(tmp_path / "own" / "test.jsonl", *own)
    figures = []
    for source, split in (
        (scenes, "val"),
        (tmp_path / "all.zip", "val"),
        *((tmp_path / "own", s) for s in ("val", "test")),
    ):
        done = CliRunner().invoke(main, ["evaluate", str(source), "--split", split, "--json"])
        assert done.exit_code == 0, done.output
        figures.append(json.loads(done.stdout)["exact"])
    assert figures == [figures[0]] * 4
    assert figures[0] > 0
    done = CliRunner().invoke(main, ["evaluate", str(scenes), "--split", "test"])
    assert done.exit_code == 1
    assert "answers" in done.output


def test_jpegs_under_official_names(scenes: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(scenes, folder)
    for file in folder.rglob("*.png"):
        with Image.open(file) as shown:
            shown.convert("RGB").save(file.with_suffix(".jpg"))
        file.unlink()
    assert len(official_rows(folder, tmp_path / "out")["train"]) == 9


@pytest.mark.parametrize("place", ["train2014", "Images/mscoco/train2014", "images", "."])
def test_names_of_vqa_v2(scenes: Path, tmp_path: Path, place: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(scenes / question_file("train"), folder / "v2_OpenEnded_mscoco_train2014_questions.json")
    shutil.copy(scenes / annotation_file("train"), folder / "v2_mscoco_train2014_annotations.json")
    for question in read_questions(scenes, "train"):
        picture(folder / place / f"COCO_train2014_{question.image_id:012d}.jpg")
    found = rows(folder, tmp_path / "out")
    assert [e.answer for e in found] == [q.answer for q in read_questions(scenes, "train")]


def test_a_missing_official_picture_is_named_with_the_places(scenes: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(scenes, folder)
    number = read_questions(scenes, "train")[0].image_id
    (folder / picture_folder("train") / picture_file("train", number)).unlink()
    run(folder, tmp_path / "out")
    told = (tmp_path / "out" / "problems.jsonl").read_text()
    assert picture_file("train", number) in told
    assert "Images/abstract_v002/train2015" in told
