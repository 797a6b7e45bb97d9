"""What people have is read: their files, their names, their packing; and what is wrong with it is a sentence."""

import base64
import csv
import gzip
import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from vqa_helpers import find_picture, read_questions

from bot.cli import main
from training.data.prepared import Example, read_examples
from training.data.vqa import annotation_file, picture_file, picture_folder, question_file
from training.scenes.official import Plan, write_scenes


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["data", "prepare", *map(str, arguments)])
    assert done.exit_code == code, done.output
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done.output


def rows(folder: Path, out: Path, split: str = "train") -> list[Example]:
    run(folder, out)
    return read_examples(out, split)


def picture(path: Path, colour: str = "red") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 10), colour).save(path)
    return path


def colour_of(out: Path, example: Example) -> tuple[int, ...]:
    with Image.open(out / example.image) as shown:
        pixel = shown.getpixel((3, 3))
        assert isinstance(pixel, tuple)
        return pixel


def encoded(colour: str = "red") -> str:
    stream = io.BytesIO()
    Image.new("RGB", (20, 10), colour).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


def lines(path: Path, *records: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(record) for record in records))
    return path


ONE: dict[str, Any] = {"image": "a.png", "question": "What is it?", "answer": "red"}


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


def test_a_file_of_another_name_is_named(tmp_path: Path) -> None:
    lines(tmp_path / "data" / "llava_mix.jsonl", ONE)
    said = run(tmp_path / "data", tmp_path / "out", code=1)
    assert f"If llava_mix.jsonl holds them, name it itself: {tmp_path / 'data' / 'llava_mix.jsonl'}." in said


def test_parquet_gets_a_hint(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train-00000.parquet").write_bytes(b"PAR1")
    assert "save the data set as an image folder" in run(tmp_path, tmp_path / "out", code=1)


WRONG: dict[str, tuple[str, bytes, str]] = {
    "no gzip": ("train.jsonl.gz", b"{}", "gzip cannot unpack it"),
    "cut gzip": ("train.jsonl.gz", gzip.compress(b'{"image": 1}' * 500)[:40], "gzip cannot unpack it"),
    "no ZIP": ("data.zip", b"PK nothing", "is no ZIP file that can be read"),
    "latin": ("train.jsonl", b'{"image": "\xe9"}', "is no text in UTF-8: byte 11 does not fit"),
    "no columns": ("train.csv", b"1,2,3\n4,5,6\n", "It names 1, 2, 3."),
    "a short row": ("train.csv", b"image,question,answer\na.png,q\n", "line 2 has not as many columns"),
    "an open quote": ("train.csv", b'image,question,answer\na.png,"q,a\n', "is no CSV"),
    "nothing": ("train.csv", b"", "its first line must name the columns"),
    "no picture": ("train.jsonl", b'{"question": "q", "answer": "a"}', "line 1 has no image, or it is no text"),
    "two pictures": ("train.jsonl", b'{"images": ["a", "b"], "question": "q", "answer": "a"}', "2 pictures"),
    "other names": (
        "train.jsonl",
        b'{"image": "a", "q": "?", "a": "b"}',
        "line 1 has no question or prefix, or it is no text. It has image, q, a.",
    ),
    "a tar": ("data.tar.gz", b"", "data.tar.gz is packed in a way that is not read: unpack it, or make a ZIP of it"),
    "a list": ("train.jsonl", b'{"image": "a", "question": ["q"], "answer": "a"}', "line 1 has no question"),
    "deep": ("train.json", b"[" * 100_000, "is no JSON"),
    "a talk alone": (
        "train.jsonl",
        b'{"image": "a", "conversations": [{"from": "human", "value": "q"}]}',
        "its last question has no answer",
    ),
    "a broken talk": ("train.jsonl", b'{"image": "a", "conversations": [3]}', "has no speaker or no text"),
    "an official file": ("own.json", b'{"questions": [{"image_id": 1, "question": "q"}]}', "name the folder"),
    "a number of a question": (
        "train.jsonl",
        b'{"image": "a", "question": "q", "answer": "a", "question_id": 1.5}',
        "neither a whole number nor a text",
    ),
    "a cell of answers": ("train.csv", b'image,question,answers\na,q,"[1"\n', "is no JSON"),
    "only addresses": (
        "train.jsonl",
        b'{"image": "https://example.org/a.png", "question": "q", "answer": "a"}',
        "it is an address",
    ),
    "a name that no file has": (
        "train.jsonl",
        b'{"image": "' + b"a/" * 3000 + b'", "question": "q", "answer": "a"}',
        "No question is left in train: 1 ",
    ),
    "a zero": ("train.jsonl", b'{"image": "a\\u0000b", "question": "q", "answer": "a"}', "1 missing picture"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, what: str) -> None:
    name, content, sentence = WRONG[what]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(content)
    source = tmp_path / "data" if name.startswith("train") else tmp_path / "data" / name
    said = run(source, tmp_path / "out", code=1)
    assert sentence in said
    assert said.count("Error: ") == 1


def test_halves_of_characters_are_no_traceback(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    file = tmp_path / "own.jsonl"
    file.write_text(
        '{"image": "a.png", "question": "what\\ud83d is\\u2028 it", "answer": "red\\ud83d", "id": "\\ud83d"}'
    )
    (example,) = rows(file, tmp_path / "out")
    assert (example.question, example.answer) == ("what is it", "red")


def test_any_json_is_either_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    """Records put together at random from what fields may hold."""
    rng = random.Random(5)
    picture(tmp_path / "a.png")
    values: list[Any] = [
        None,
        True,
        -1,
        0,
        10**30,
        1.5,
        "",
        " ",
        "a.png",
        "\ud800",
        "\u0000",
        "[1]",
        "data:,",
        [],
        [[]],
    ]
    values += [{}, {"bytes": 3}, [{"from": "human"}], [{"answer": None}], ["x"] * 11, "x" * 5000, encoded(), "..", "/"]
    names = ["image", "images", "question", "prefix", "answer", "answers", "suffix", "question_id", "id"]
    names += ["conversations", "messages", "question_type"]
    for _ in range(300):
        record = {"image": "a.png", "question": "q", "answer": "a"}
        record.update({rng.choice(names): rng.choice(values) for _ in range(rng.randrange(1, 4))})
        (tmp_path / "own.jsonl").write_text(json.dumps(record))
        done = CliRunner().invoke(
            main, ["data", "prepare", str(tmp_path / "own.jsonl"), str(tmp_path / "out"), "--size", "16"]
        )
        assert done.exit_code in (0, 1), (record, done.output)
        assert not done.exception or isinstance(done.exception, SystemExit), (record, done.exception)
