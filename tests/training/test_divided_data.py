"""What learns and what judges: pictures that splits share are found, and the splits that avoid it can be had."""

import json
import random
import re
from pathlib import Path

import pytest
import shapes_and_colours
from click.testing import CliRunner
from finetune_helpers import tiny_model
from PIL import Image

from bot.cli import main
from training.data.partition import PreparedQuestion, divide, pooled
from training.data.prepared import Example, read_examples, split_file
from training.data.record_pictures import FoundPicture
from training.data.sources import SourceQuestion
from training.data.splits import has_answers, load_split
from training.data.vqa import DataError


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["data", *map(str, arguments)])
    assert done.exit_code == code, done.output
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.output


def data(folder: Path, **splits: range) -> Path:
    """Two questions a picture; pictures of the same number are the same in every split, under names of their own."""
    for split, numbers in splits.items():
        (folder / split).mkdir(parents=True)
        lines = []
        for number in numbers:
            seed = random.Random(number)
            Image.frombytes("RGB", (4, 3), seed.randbytes(36)).save(folder / split / f"{split}-{number}.png")
            for place in range(2):
                record = {"image": f"{split}-{number}.png", "question": f"what is {place}", "answer": "red"}
                lines.append(json.dumps(record))
        (folder / split / "annotations.jsonl").write_text("\n".join(lines))
    return folder


def shown(rows: list[Example]) -> set[str]:
    return {row.image for row in rows}


def test_pictures_that_train_and_val_share_are_told(tmp_path: Path) -> None:
    source = data(tmp_path / "data", train=range(20), valid=range(15, 25), test=range(30, 33))
    said = run("prepare", source, tmp_path / "out")
    assert "5 of 10 pictures of val are in train as well" in said
    assert "--split-by picture" in said
    assert json.loads((tmp_path / "out" / "prepare.json").read_text())["shared_pictures"] == {"val": {"train": 5}}
    assert "5 of 10 pictures of val are in train as well" in run("report", source, tmp_path / "page")
    page = (tmp_path / "page" / "report.html").read_text()
    assert "5 pictures of val are in train as well, byte for byte" in page
    assert re.search(r"pictures that train has as well</td><td>–</td><td class=\"wrong\">5 \(50\.0 %\)</td>", page)


def test_one_shared_picture_is_told_as_one(tmp_path: Path) -> None:
    source = data(tmp_path / "data", train=range(2), val=range(1, 2))
    assert "1 of 1 picture of val is in train as well: " in run("report", source, tmp_path / "page")
    page = (tmp_path / "page" / "report.html").read_text()
    assert "2 questions about 1 picture." in page and "1 picture of val is in train as well, byte for byte" in page


def test_nothing_is_told_where_nothing_is_shared(tmp_path: Path) -> None:
    source = data(tmp_path / "data", train=range(6), val=range(6, 9))
    said = run("prepare", source, tmp_path / "out")
    assert "as well" not in said
    run("report", source, tmp_path / "page")
    assert "as well" not in (tmp_path / "page" / "report.html").read_text()


def test_split_by_picture_puts_each_picture_on_one_side(tmp_path: Path) -> None:
    source, out = data(tmp_path / "data", train=range(20), valid=range(15, 25), test=range(30, 33)), tmp_path / "out"
    said = run("prepare", source, out, "--split-by", "picture")
    assert "as well" not in said
    train, val = read_examples(out, "train"), read_examples(out, "val")
    assert not shown(train) & shown(val)
    assert len(train) + len(val) == 60, "no question is lost"
    assert len(shown(val)) == 10, "val has as many pictures as before"
    assert len({row.question_id for row in (*train, *val)}) == 60
    assert len(read_examples(out, "test")) == 6
    run("prepare", source, tmp_path / "small", "--split-by", "picture", "--val-share", "0.2")
    assert len(shown(read_examples(tmp_path / "small", "val"))) == 5
    again = tmp_path / "again"
    run("prepare", source, again, "--split-by", "picture")
    assert read_examples(again, "val") == val, "the same seed gives the same sides"
    run("prepare", source, again, "--split-by", "picture", "--seed", 1)
    assert shown(read_examples(again, "val")) != shown(val)


def test_split_by_picture_leaves_the_test_alone(tmp_path: Path) -> None:
    source, out = data(tmp_path / "data", train=range(20), val=range(15, 25), test=range(10, 13)), tmp_path / "out"
    said = run("prepare", source, out)
    assert "3 of 3 pictures of test are in train as well" in said
    said = run("prepare", source, out, "--split-by", "picture")
    assert "Left out of train and val are 6 questions about pictures of test." in said
    assert "as well" not in said
    parts = [shown(read_examples(out, split)) for split in ("train", "val", "test")]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 25
    assert len(read_examples(out, "test")) == 6
    same = data(tmp_path / "same", train=range(3), test=range(3))
    assert "nothing would be left to train on" in run("prepare", same, out, "--split-by", "picture", code=1)


def test_held_out_pictures_are_known_by_what_they_show(tmp_path: Path) -> None:
    """One picture under several names must not end up on both sides."""
    source = data(tmp_path / "data", train=range(10))
    file = source / "train" / "annotations.jsonl"
    for number in range(10):
        copy = source / "train" / f"copy-{number}.png"
        copy.write_bytes((source / "train" / f"train-{number}.png").read_bytes())
        with file.open("a") as lines:
            lines.write("\n" + json.dumps({"image": copy.name, "question": "what", "answer": "red"}))
    run("prepare", source, tmp_path / "out", "--val-share", "0.3")
    train, val = read_examples(tmp_path / "out", "train"), read_examples(tmp_path / "out", "val")
    assert not shown(train) & shown(val)
    assert (len(train), len(val)) == (21, 9)


def test_val_is_divided_into_choosing_calibrating_and_judging(tmp_path: Path) -> None:
    source, out = data(tmp_path / "data", train=range(4), val=range(10, 19)), tmp_path / "out"
    run("prepare", source, out, "--divide-val")
    parts = [read_examples(out, split) for split in ("val", "calibration", "judging")]
    assert [len(part) for part in parts] == [6, 6, 6]
    assert len(set.union(*map(shown, parts))) == 9
    assert all(has_answers(out, split) for split in ("val", "calibration", "judging"))
    assert len(load_split(out, "judging").questions) == 6
    run("prepare", source, out)
    assert not split_file(out, "judging").exists(), "they are in val now"
    assert len(read_examples(out, "val")) == 18


def test_what_cannot_be_divided_gets_a_sentence(tmp_path: Path) -> None:
    source = data(tmp_path / "data", train=range(2), val=range(5, 7))
    assert "2 different pictures are too few to divide into 3 parts" in run(
        "prepare", source, tmp_path / "out", "--divide-val", code=1
    )
    alone = data(tmp_path / "alone", train=range(1))
    assert "There is no val to divide" in run("prepare", alone, tmp_path / "out", "--divide-val", code=1)
    assert "1 different picture is too few" in run("prepare", alone, tmp_path / "out", "--val-share", "0.1", code=1)


def test_every_side_gets_its_share() -> None:
    rows = [
        PreparedQuestion(SourceQuestion((FoundPicture(None, "", n),), "q", n, "a"), (f"{n % 50}.png",))
        for n in range(100)
    ]
    sides = divide(rows, (0.7, 0.2, 0.1), 3)
    assert [len({row.images for row in side}) for side in sides] == [35, 10, 5]
    assert sum(map(len, sides)) == 100
    tiny = divide(rows[:3], (0.98, 0.01, 0.01), 3)
    assert [len(side) for side in tiny] == [1, 1, 1]
    numbers = [row.source.question_id for row in pooled([rows[:3], rows[:2]])]
    assert len(set(numbers)) == 5


def test_ones_own_test_may_have_answers(tmp_path: Path) -> None:
    source, out = data(tmp_path / "data", train=range(3), test=range(5, 8)), tmp_path / "out"
    run("prepare", source, out)
    for place in (source, out):
        questions = load_split(place, "test", answered=True).questions
        assert [q.answer for q in questions] == ["red"] * 6
        assert questions[0].answers == ("red",) * 10
    file = source / "test" / "annotations.jsonl"
    file.write_text('{"image": "test-5.png", "question": "what is it"}\n' + file.read_text())
    with pytest.raises(DataError, match="the answer of question 1 is missing"):
        load_split(source, "test", answered=True)
    assert len(load_split(source, "test").questions) == 7


SHAPES = ("circle", "triangle", "teal", "red", "yes", "red")


def shapes(folder: Path) -> Path:
    data(folder, train=range(6))
    lines = [
        json.dumps({"image": f"train-{n}.png", "question": f"is it a {SHAPES[n]} thing", "answer": SHAPES[n]})
        for n in range(6)
    ]
    (folder / "train" / "annotations.jsonl").write_text("\n".join(lines))
    return folder


def test_words_that_the_model_does_not_know_are_told(tmp_path: Path) -> None:
    source = shapes(tmp_path / "data")
    name = str(tiny_model(tmp_path / "whole-words"))
    words = ("--model", name)
    said = run("prepare", source, tmp_path / "out", *words)
    assert f"3 of 6 (50.0 %) answers can never be right: {name} does not know “circle”, “triangle”, “teal”" in said
    unknown = json.loads((tmp_path / "out" / "prepare.json").read_text())["unknown_words"]
    assert unknown["answers"] == {"texts": 6, "touched": 3, "words": {"circle": 1, "triangle": 1, "teal": 1}}
    assert "answers can never be right" in run("report", source, tmp_path / "page", *words)
    page = (tmp_path / "page" / "report.html").read_text()
    assert f"Words that {name} does not know" in page
    assert "50.0 % of the answers (3 of 6) can never be right. circle (1), triangle (1), teal (1)" in page
    assert "never be right" not in run("report", source, tmp_path / "page", "--model", "none")
    assert "There is no model at" in run("prepare", source, tmp_path / "out", "--model", "nowhere", code=1)


def test_the_shapes_and_colours_of_the_docs_have_words_that_whole_words_lack(tmp_path: Path) -> None:
    data = shapes_and_colours.write(tmp_path / "shapes", train=40, val=5)
    words = ("--model", str(tiny_model(tmp_path / "model")))
    done = CliRunner().invoke(main, ["data", "prepare", str(data), str(tmp_path / "prepared"), *words])
    assert done.exit_code == 0, done.output
    unknown = json.loads((tmp_path / "prepared" / "prepare.json").read_text())["unknown_words"]["answers"]["words"]
    assert set(unknown) == set(shapes_and_colours.UNKNOWN)
