"""Preparing data: the official files, one's own, what is missing or broken, and going on after an interruption."""

import json
import shutil
from pathlib import Path

import pytest
from own_data_helpers import run
from PIL import Image
from vqa_helpers import find_picture, read_questions

from model.text import normalise_question
from training.data.prepared import prepared_size, read_examples, split_file
from training.data.vqa import DataError, annotation_file, question_file
from training.scenes.official import Plan, write_scenes


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepare") / "scenes"
    write_scenes(folder, Plan("5", {"train": 6, "val": 3, "test": 2}), lambda _: None, workers=1)
    return folder


def test_official_files_become_lines_with_pictures_at_the_training_size(scenes: Path, tmp_path: Path) -> None:
    run(scenes, tmp_path)
    for split in ("train", "val", "test"):
        examples, questions = read_examples(tmp_path, split), read_questions(scenes, split)
        assert [e.question_id for e in examples] == [q.question_id for q in questions]
        for example, question in zip(examples, questions, strict=True):
            assert example.question == normalise_question(question.question)
            assert example.answer == question.answer
            assert example.answers == question.answers
            assert len(example.answers) == (0 if split == "test" else 10)
            with Image.open(tmp_path / example.image) as picture:
                assert (picture.size, picture.mode) == ((320, 224), "RGB")
    assert prepared_size(tmp_path) == (320, 224)
    summary = json.loads((tmp_path / "prepare.json").read_text())
    assert summary["splits"]["train"]["pictures"] == 6
    assert summary["config"]["task"] == "open-ended"


def test_transparency_lies_on_white(scenes: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(scenes, source)
    question = read_questions(source, "train")[0]
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(find_picture(source, "train", question.image_id))
    run(source, tmp_path / "out", "--size", "original")
    with Image.open(tmp_path / "out" / read_examples(tmp_path / "out", "train")[0].image) as picture:
        assert (picture.size, picture.getpixel((3, 3))) == ((8, 8), (255, 255, 255))
    assert prepared_size(tmp_path / "out") is None


def test_multiple_choice_keeps_its_choices(scenes: Path, tmp_path: Path) -> None:
    run(scenes, tmp_path, "--task", "multiple-choice")
    for example in read_examples(tmp_path, "val"):
        assert len(example.choices) == 18
        assert example.answer in example.choices


def test_missing_and_broken_pictures_are_counted_and_listed(scenes: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    shutil.copytree(scenes, source)
    numbers = sorted({q.image_id for q in read_questions(source, "train")})
    find_picture(source, "train", numbers[0]).unlink()
    find_picture(source, "train", numbers[1]).write_bytes(b"no picture at all")
    said = run(source, out)
    assert "1 missing picture, 1 broken picture, 6 questions without a picture" in said
    assert {e.image_id for e in read_examples(out, "train")} == set(numbers[2:])
    problems = [json.loads(line) for line in (out / "problems.jsonl").read_text().splitlines()]
    assert [(p["picture"], p["questions"]) for p in problems] == [(f"train picture {n}", 3) for n in numbers[:2]]


def test_pictures_that_are_done_are_not_done_again(scenes: Path, tmp_path: Path) -> None:
    run(scenes, tmp_path)
    pictures = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.png")}
    lost = min(pictures)
    lost.unlink()
    run(scenes, tmp_path)
    assert lost.exists()
    assert all(path.stat().st_mtime_ns == time for path, time in pictures.items() if path != lost)


def test_ones_own_lines_and_maestros(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), "red").save(tmp_path / "a.jpg")
    own = tmp_path / "own.jsonl"
    own.write_text('{"image": "a.jpg", "question": " What IS it? ", "answer": "A  Red thing"}\n\n')
    run(own, tmp_path / "out")
    (example,) = read_examples(tmp_path / "out", "train")
    assert (example.question, example.answer) == ("what is it", "a red thing")
    assert example.answers == ("a red thing",) * 10
    folder = tmp_path / "maestro"
    for split in ("train", "val"):
        (folder / split).mkdir(parents=True)
        Image.new("RGB", (30, 20), "blue").save(folder / split / "b.png")
        (folder / split / "annotations.jsonl").write_text(
            '{"image": "b.png", "prefix": "<VQA>What colour?", "suffix": "blue"}\n'
        )
    run(folder, tmp_path / "out2")
    for split in ("train", "val"):
        (example,) = read_examples(tmp_path / "out2", split)
        assert (example.question, example.answer) == ("what colour", "blue")


def test_held_out_pictures_are_on_one_side_only(tmp_path: Path) -> None:
    lines = []
    for number in range(20):
        Image.new("RGB", (4, 4), (number, 0, 0)).save(tmp_path / f"{number}.png")
        lines += [json.dumps({"image": f"{number}.png", "question": f"q {k}", "answer": "a"}) for k in range(2)]
    (tmp_path / "train.jsonl").write_text("\n".join(lines))
    run(tmp_path, tmp_path / "out", "--val-share", "0.2")
    train, val = (read_examples(tmp_path / "out", split) for split in ("train", "val"))
    assert (len(train), len(val)) == (32, 8)
    assert not {e.image_id for e in train} & {e.image_id for e in val}
    run(tmp_path, tmp_path / "out")
    assert len(read_examples(tmp_path / "out", "train")) == 40
    assert not split_file(tmp_path / "out", "val").exists(), "its pictures are trained on now"
    for source in (tmp_path, tmp_path / "train.jsonl"):
        assert "holds the data themselves" in run(source, tmp_path, code=1)
    assert (tmp_path / "train.jsonl").read_text() == "\n".join(lines)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "own.jsonl, line 2 is no JSON"),
        ("[1]", "line 2 is no object with image, question and answer"),
        ('{"image": "a.png", "question": "q"}', "line 2 has no answer or suffix, or it is no text"),
        ('{"image": "a.png", "question": "q", "answer": "a", "answers": [["a"]]}', "answers that are not 10 texts"),
        ('{"image": "a.png", "question": "q", "answer": "a", "question_id": 1}', "question 1 is there twice"),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(f'{{"image": "a.png", "question": "q", "answer": "a", "question_id": 1}}\n{line}\n')
    assert sentence in run(own, tmp_path / "out", code=1)


def test_what_cannot_be_prepared_gets_a_sentence(scenes: Path, tmp_path: Path) -> None:
    assert "There is no file or folder" in run(tmp_path / "none", tmp_path / "out", code=1)
    assert "There are no questions in" in run(tmp_path, tmp_path / "out", code=1)
    assert "size must be model, original, a side in pixels such as 224" in run(
        scenes, tmp_path / "out", "--size", "big", code=1
    )
    assert "has a val split already" in run(scenes, tmp_path / "out", "--val-share", "0.1", code=1)
    own = tmp_path / "train.jsonl"
    own.write_text('{"image": "gone.png", "question": "q", "answer": "a"}')
    said = run(own, tmp_path / "out", code=1)
    assert "No question is left in train: 1 missing picture, 1 question without a picture." in said
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / question_file("train")).write_text('{"questions": []}')
    (empty / annotation_file("train")).write_text('{"annotations": []}')
    assert "there is no question in it" in run(empty, tmp_path / "out", code=1)


def test_a_folder_that_cannot_be_written_is_a_sentence(scenes: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert f"cannot be written: no file can be made in {tmp_path / 'file'}." in run(
        scenes, tmp_path / "file" / "out", code=1
    )


def test_a_damaged_prepared_file_is_named_by_line(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text(
        '{"image": "a.png", "question": "q", "question_id": 1, "image_id": 1}\n{"a": 1}\n'
    )
    with pytest.raises(DataError, match=r"train\.jsonl, line 2 is no prepared question: image is missing"):
        read_examples(tmp_path, "train")
    (tmp_path / "val.jsonl").write_text("")
    with pytest.raises(DataError, match="holds no question"):
        read_examples(tmp_path, "val")
