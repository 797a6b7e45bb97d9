"""Reading and writing the official files: folder layouts, and one clear sentence for each thing that is wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from vqa_helpers import find_picture, read_questions

from training.data.vqa import (
    DataError,
    annotation_file,
    drawn_here,
    picture_file,
    picture_folder,
    question_file,
    read_annotations,
    read_results,
    write_json,
    write_results,
)

Edit = Callable[[dict[str, Any]], object]


def official(folder: Path, questions: int = 3) -> Path:
    """A small val split the way it is released."""
    asked = [{"question_id": 70 + i, "image_id": 7, "question": f"How many balls are {i}?"} for i in range(questions)]
    notes = [
        {
            "question_id": record["question_id"],
            "image_id": 7,
            "question_type": "how many",
            "answer_type": "number",
            "multiple_choice_answer": "2",
            "answers": [{"answer": "2", "answer_confidence": "yes", "answer_id": i} for i in range(1, 11)],
        }
        for record in asked
    ]
    choices = [{**record, "multiple_choices": [str(i) for i in range(18)]} for record in asked]
    folder.mkdir(exist_ok=True)
    write_json(folder / question_file("val"), {"info": {}, "questions": asked})
    write_json(folder / question_file("val", "MultipleChoice"), {"questions": choices})
    write_json(folder / annotation_file("val"), {"annotations": notes})
    return folder


def change(path: Path, edit: Edit) -> None:
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))


def test_questions_come_with_their_answers(tmp_path: Path) -> None:
    first, *_ = read_questions(official(tmp_path), "val")
    assert (first.question_id, first.image_id, first.question) == (70, 7, "How many balls are 0?")
    assert (first.answer, first.answers, first.choices) == ("2", ("2",) * 10, ())
    assert (first.question_type, first.answer_type) == ("how many", "number")


def test_multiple_choice_brings_the_18_choices(tmp_path: Path) -> None:
    questions = read_questions(official(tmp_path), "val", task="MultipleChoice")
    assert all(question.choices == tuple(str(i) for i in range(18)) for question in questions)


def test_test_questions_have_no_answers(tmp_path: Path) -> None:
    official(tmp_path)
    (tmp_path / question_file("val")).rename(tmp_path / question_file("test"))
    assert [question.answer for question in read_questions(tmp_path, "test")] == [None] * 3


def test_the_official_tools_folders_are_read_as_well(tmp_path: Path) -> None:
    official(tmp_path)
    for folder, name in (("Questions", question_file("val")), ("Annotations", annotation_file("val"))):
        (tmp_path / folder).mkdir()
        (tmp_path / name).rename(tmp_path / folder / name)
    assert len(read_questions(tmp_path, "val")) == 3


@pytest.mark.parametrize("folder", [".", picture_folder("val"), "Images/abstract_v002/val2015", "images"])
def test_pictures_are_found_flat_and_in_folders(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "abstract_v002_val2015_000000000007.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert find_picture(tmp_path, "val", 7).samefile(path)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=picture_file("val", 7)):
        find_picture(tmp_path, "val", 7)


QUESTIONS, CHOICES, NOTES = question_file("val"), question_file("val", "MultipleChoice"), annotation_file("val")


def _first(key: str, **values: object) -> Edit:
    return lambda content: content[key][0].update(values)


WRONG: dict[str, tuple[str, Edit, str]] = {
    "a question twice": (QUESTIONS, lambda c: c["questions"].append(c["questions"][0]), "question 70 is there twice"),
    "no questions": (QUESTIONS, lambda c: c["questions"].clear(), "no question in it"),
    "no list": (QUESTIONS, lambda c: c.pop("questions"), "no list of questions"),
    "no text": (QUESTIONS, _first("questions", question=None), r"record 0 \(question 70\).* no question"),
    "a text as number": (QUESTIONS, _first("questions", question_id="q70"), "question_id.*whole number"),
    "true as number": (QUESTIONS, _first("questions", image_id=True), "image_id.*whole number"),
    "a record that is none": (QUESTIONS, lambda c: c["questions"].insert(1, 5), "record 1 of questions"),
    "no annotation": (NOTES, lambda c: c["annotations"].pop(), "annotation of question 72 is missing"),
    "an annotation twice": (
        NOTES,
        lambda c: c["annotations"].append(c["annotations"][1]),
        "question 71 is there twice",
    ),
    "9 answers": (NOTES, lambda c: c["annotations"][1]["answers"].pop(), "question 71 has 9 answers instead of 10"),
    "an answer without text": (
        NOTES,
        lambda c: c["annotations"][0]["answers"][3].pop("answer"),
        "answer of question 70",
    ),
    "an answer that is none": (NOTES, lambda c: c["annotations"][0]["answers"].append(3), "answer of question 70"),
    "another picture": (NOTES, _first("annotations", image_id=8), "question 70 belongs to picture 8, but to picture 7"),
    "17 choices": (CHOICES, lambda c: c["questions"][2]["multiple_choices"].pop(), "question 72 has 17 choices"),
    "no choices": (CHOICES, lambda c: c["questions"][2].pop("multiple_choices"), "question 72 has no list"),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_damage_is_named_with_file_and_record(tmp_path: Path, what: str) -> None:
    name, edit, sentence = WRONG[what]
    change(official(tmp_path) / name, edit)
    with pytest.raises(DataError, match=sentence) as caught:
        read_questions(tmp_path, "val", task="MultipleChoice" if name == CHOICES else "OpenEnded")
    assert name in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"3"])
def test_what_is_no_json_of_the_right_form_is_named(tmp_path: Path, content: bytes) -> None:
    (official(tmp_path) / QUESTIONS).write_bytes(content)
    with pytest.raises(DataError, match=QUESTIONS):
        read_questions(tmp_path, "val")
    with pytest.raises(DataError, match=QUESTIONS):
        read_annotations(tmp_path / QUESTIONS)


@pytest.mark.parametrize("name", [QUESTIONS, NOTES])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (official(tmp_path) / name).unlink()
    with pytest.raises(DataError, match=f"{name} is missing"):
        read_questions(tmp_path, "val")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"There is no folder .*nowhere"):
        read_questions(tmp_path / "nowhere", "val")


def test_the_files_say_whether_they_were_drawn_here(tmp_path: Path) -> None:
    official(tmp_path)
    assert not drawn_here(tmp_path, "val")
    change(tmp_path / QUESTIONS, lambda content: content.update(info={"contributor": "vqabot"}))
    assert drawn_here(tmp_path, "val")


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    answers = {12: "yes", 3: 'café "on" grass', 7: ""}
    write_results(tmp_path / "results.json", answers)
    assert read_results(tmp_path / "results.json") == answers
    assert list(read_results(tmp_path / "results.json")) == [12, 3, 7], "in their order"
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"], "nothing half-written stays behind"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"question_id": 1, "answer": "x"}, "is a list"),
        ([{"question_id": 1}], r"record 0 \(question 1\) has no answer"),
        ([{"question_id": 1, "answer": 2}], r"record 0 \(question 1\) has no answer, or it is no text"),
        ([{"answer": "x"}], "record 0 has no question_id"),
        ([{"question_id": True, "answer": "x"}], "record 0 has no question_id"),
        (["x"], "record 0 has no question_id"),
        ([{"question_id": 1, "answer": "x"}, {"question_id": 1, "answer": "y"}], "question 1 is answered twice"),
    ],
)
def test_damaged_results_are_named(tmp_path: Path, content: object, sentence: str) -> None:
    write_json(tmp_path / "results.json", content)
    with pytest.raises(DataError, match=sentence) as caught:
        read_results(tmp_path / "results.json")
    assert "results.json" in str(caught.value)


def test_numbers_may_be_written_as_text_and_answers_as_numbers(tmp_path: Path) -> None:
    plain = read_questions(official(tmp_path), "val")
    change(tmp_path / QUESTIONS, _first("questions", question_id="70", image_id="7"))
    change(tmp_path / NOTES, lambda content: content["annotations"][0]["answers"][0].update(answer=3))
    first, *rest = read_questions(tmp_path, "val")
    assert (first.question_id, first.image_id, first.answers[0]) == (70, 7, "3")
    assert rest == plain[1:]


def test_the_commonest_answer_stands_in_for_one_that_is_not_given(tmp_path: Path) -> None:
    official(tmp_path)
    change(tmp_path / NOTES, lambda content: content["annotations"][1].pop("multiple_choice_answer"))
    note = read_annotations(tmp_path / NOTES)[71]
    assert note.answer == Counter(note.answers).most_common(1)[0][0]
    assert read_questions(tmp_path, "val")[1].answer == note.answer
