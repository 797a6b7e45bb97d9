"""Reads and writes the official VQA v1 files: questions, annotations, results, and the pictures' names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPLITS = ("train", "val", "test")
PEOPLE = 10
_PREFIX = "abstract_v002"


class DataError(Exception):
    """The data cannot be used; the text names the file and the record."""


@dataclass(frozen=True, slots=True)
class VqaQuestion:
    """A question of the official files, with its answers where they are known."""

    question_id: int
    image_id: int
    question: str
    choices: tuple[str, ...] = ()
    """The 18 choices of the multiple-choice task; empty for the open-ended one."""
    answer: str | None = None
    """The majority's answer; None for test questions."""
    answers: tuple[str, ...] = ()
    """What ten people said."""
    question_type: str = ""
    answer_type: str = ""
    """yes/no, number or other."""


def question_file(split: str, task: str = "OpenEnded") -> str:
    """The name of a question file; task is OpenEnded or MultipleChoice."""
    return f"{task}_{_PREFIX}_{split}2015_questions.json"


def annotation_file(split: str) -> str:
    """The name of an annotation file."""
    return f"{_PREFIX}_{split}2015_annotations.json"


def picture_file(split: str, image_id: int) -> str:
    """The name of a picture."""
    return f"{_PREFIX}_{split}2015_{image_id:012d}.png"


def picture_folder(split: str) -> str:
    """The folder that holds a split's pictures."""
    return f"{_PREFIX}_{split}2015"


def find_picture(data: Path, split: str, image_id: int) -> Path:
    """Where a picture is: in the split's folder, in `images/`, or beside the question files.

    Raises:
        DataError: It is nowhere there.
    """
    name = picture_file(split, image_id)
    for folder in (data / picture_folder(split), data / "images", data):
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"The picture {name} is missing in {data} (looked in {picture_folder(split)}/, images/ and there).")


def read_questions(data: Path, split: str, *, task: str = "OpenEnded") -> list[VqaQuestion]:
    """Read a split's questions, with their answers where there is an annotation file.

    Args:
        data: The folder of the official files.
        split: train, val or test.
        task: OpenEnded or MultipleChoice.

    Returns:
        The questions in the file's order.

    Raises:
        DataError: A file is missing or damaged, a question is there twice, lacks its annotation or has not ten answers.
    """
    path = _find(data, question_file(split, task))
    asked = _records(path, "questions", {"question_id": int, "image_id": int, "question": str})
    notes_path = _find(data, annotation_file(split), required=split != "test")
    notes = {} if notes_path is None else read_annotations(notes_path)
    questions, seen = [], set[int]()
    assert path is not None
    for record in asked:
        number = record["question_id"]
        if number in seen:
            raise DataError(f"{path}: question {number} is there twice.")
        seen.add(number)
        note = notes.get(number)
        if notes and note is None:
            raise DataError(f"{notes_path}: the annotation of question {number} is missing.")
        questions.append(
            VqaQuestion(
                question_id=number,
                image_id=record["image_id"],
                question=record["question"],
                choices=tuple(record.get("multiple_choices", ())),
                answer=note.answer if note else None,
                answers=note.answers if note else (),
                question_type=note.question_type if note else "",
                answer_type=note.answer_type if note else "",
            )
        )
    if not questions:
        raise DataError(f"{path}: there is no question in it.")
    return questions


def read_annotations(path: Path) -> dict[int, VqaQuestion]:
    """Read annotations, by question number; the questions' words are not in this file and stay empty.

    Raises:
        DataError: The file is missing or damaged, or a question is there twice or has not ten answers.
    """
    fields = {"question_id": int, "image_id": int, "answers": list, "multiple_choice_answer": str}
    notes: dict[int, VqaQuestion] = {}
    for record in _records(path, "annotations", fields):
        number = record["question_id"]
        if number in notes:
            raise DataError(f"{path}: the annotation of question {number} is there twice.")
        try:
            answers = tuple(str(answer["answer"]) for answer in record["answers"])
        except (TypeError, KeyError):
            raise DataError(f"{path}: an answer of question {number} has no text.") from None
        if len(answers) != PEOPLE:
            raise DataError(f"{path}: question {number} has {len(answers)} answers instead of {PEOPLE}.")
        notes[number] = VqaQuestion(
            question_id=number,
            image_id=record["image_id"],
            question="",
            answer=record["multiple_choice_answer"],
            answers=answers,
            question_type=str(record.get("question_type", "")),
            answer_type=str(record.get("answer_type", "")),
        )
    return notes


def read_results(path: Path) -> dict[int, str]:
    """Read a results file: question number to answer.

    Raises:
        DataError: The file is missing or damaged, or a question is there twice.
    """
    listed = _load(path)
    if not isinstance(listed, list):
        raise DataError(f"{path}: a results file is a list of objects with question_id and answer.")
    results: dict[int, str] = {}
    for place, record in enumerate(listed):
        if not isinstance(record, dict) or not isinstance(record.get("question_id"), int) or "answer" not in record:
            raise DataError(f"{path}: record {place} lacks question_id or answer.")
        if record["question_id"] in results:
            raise DataError(f"{path}: question {record['question_id']} is answered twice.")
        results[record["question_id"]] = str(record["answer"])
    return results


def write_json(path: Path, value: object) -> None:
    """Write a JSON file, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)


def _find(data: Path, name: str, *, required: bool = True) -> Path | None:
    for folder in (data, data / "Questions", data / "Annotations"):
        if (folder / name).is_file():
            return folder / name
    if required:
        raise DataError(f"The file {name} is missing in {data}.")
    return None


def _records(path: Path | None, key: str, fields: Mapping[str, type]) -> Sequence[dict[str, Any]]:
    assert path is not None
    content = _load(path)
    records = content.get(key) if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise DataError(f"{path}: there is no list of {key} in it.")
    for place, record in enumerate(records):
        for name, kind in fields.items():
            if not isinstance(record, dict) or not isinstance(record.get(name), kind):
                raise DataError(f"{path}: record {place} of {key} lacks {name}, or it is no {kind.__name__}.")
    return records


def _load(path: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"The file {path} is missing.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The file {path} cannot be read: {error}.") from error
    except ValueError as error:
        raise DataError(f"The file {path} is no JSON: {error}.") from error
