"""Reads and writes the official files of VQA v1 abstract scenes: questions, annotations, results, pictures' names.

The JSON files may lie in one folder or in its `Questions/` and `Annotations/`; the pictures in a folder of their split,
in the official tools' `Images/abstract_v002/<split>2015/`, in `images/`, or beside the JSON files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SPLITS = ("train", "val", "test")
PEOPLE = 10
"""Answers to a question."""
CHOICES = 18
"""Choices of a multiple-choice question."""
MAKER = "vqabot"
"""Contributor of the project's own scenes, in their files' `info`."""
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
    """Where a picture is.

    Raises:
        DataError: It is in none of the places where pictures may be.
    """
    name = picture_file(split, image_id)
    folders = (
        picture_folder(split),
        f"Images/abstract_v002/{split}2015",
        f"scene_img_{picture_folder(split)}",
        "images",
    )
    for folder in (*(data / name for name in folders), data):
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"The picture {name} is missing in {data} (looked there and in {', '.join(folders)}).")


def read_questions(data: Path, split: str, *, task: str = "OpenEnded") -> list[VqaQuestion]:
    """Read a split's questions, with their answers where there is an annotation file.

    Args:
        data: The folder of the official files.
        split: train, val or test.
        task: OpenEnded or MultipleChoice.

    Returns:
        The questions in the file's order.

    Raises:
        DataError: A file is missing or damaged, a question is there twice, has no annotation or another picture there,
            or not the number of choices or answers that it should have.
    """
    path = _find(data, question_file(split, task))
    notes_path = _find(data, annotation_file(split)) if split != "test" else None
    notes = read_annotations(notes_path) if notes_path else {}
    questions: dict[int, VqaQuestion] = {}
    for record in _records(path, "questions", {"question_id": int, "image_id": int, "question": str}):
        number = record["question_id"]
        if number in questions:
            raise DataError(f"{path}: question {number} is there twice.")
        question = VqaQuestion(number, record["image_id"], record["question"], _choices(path, record, task))
        if notes_path is not None:
            note = notes.get(number)
            if note is None:
                raise DataError(f"{notes_path}: the annotation of question {number} is missing.")
            if note.image_id != question.image_id:
                raise DataError(
                    f"{notes_path}: question {number} belongs to picture {note.image_id}, "
                    f"but to picture {question.image_id} in {path.name}."
                )
            question = replace(note, question=question.question, choices=question.choices)
        questions[number] = question
    if not questions:
        raise DataError(f"{path}: there is no question in it.")
    return list(questions.values())


def drawn_here(data: Path, split: str, *, task: str = "OpenEnded") -> bool:
    """Whether a split holds the project's own scenes, whose questions have kinds.

    Raises:
        DataError: The question file is missing or damaged.
    """
    content = _load(_find(data, question_file(split, task)))
    info = content.get("info") if isinstance(content, dict) else None
    return isinstance(info, dict) and info.get("contributor") == MAKER


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
        given = [answer.get("answer") if isinstance(answer, dict) else None for answer in record["answers"]]
        answers = tuple(answer for answer in given if isinstance(answer, str))
        if len(answers) != len(given):
            raise DataError(f"{path}: an answer of question {number} has no text.")
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
        number = record.get("question_id") if isinstance(record, dict) else None
        if type(number) is not int:
            raise DataError(f"{path}: record {place} has no question_id, or it is no whole number.")
        if not isinstance(record.get("answer"), str):
            raise DataError(f"{path}: record {place} (question {number}) has no answer, or it is no text.")
        if number in results:
            raise DataError(f"{path}: question {number} is answered twice.")
        results[number] = record["answer"]
    return results


def write_results(path: Path, answers: Mapping[int, str]) -> None:
    """Write a results file: question number to answer, in their order, whole or not at all."""
    write_json(path, [{"question_id": number, "answer": answer} for number, answer in answers.items()])


def write_json(path: Path, value: object) -> None:
    """Write a JSON file, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)


def _find(data: Path, name: str) -> Path:
    for folder in (data, data / "Questions", data / "Annotations"):
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"The file {name} is missing in {data}." if data.is_dir() else f"There is no folder {data}.")


def _choices(path: Path, record: dict[str, Any], task: str) -> tuple[str, ...]:
    if task != "MultipleChoice":
        return ()
    choices = record.get("multiple_choices")
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise DataError(f"{path}: question {record['question_id']} has no list of texts as multiple_choices.")
    if len(choices) != CHOICES:
        raise DataError(f"{path}: question {record['question_id']} has {len(choices)} choices instead of {CHOICES}.")
    return tuple(choices)


def _records(path: Path, key: str, fields: Mapping[str, type]) -> Sequence[dict[str, Any]]:
    content = _load(path)
    records = content.get(key) if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise DataError(f"{path}: there is no list of {key} in it.")
    for place, record in enumerate(records):
        for name, kind in fields.items():
            if not isinstance(record, dict) or type(record.get(name)) is not kind:  # True is no number here
                known = (
                    f" (question {record['question_id']})"
                    if isinstance(record, dict) and "question_id" in record
                    else ""
                )
                raise DataError(f"{path}: record {place}{known} of {key} has no {name}, or it is no {_NAMES[kind]}.")
    return records


_NAMES = {int: "whole number", str: "text", list: "list"}


def _load(path: Path) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"The file {path} is missing.") from None
    except OSError as error:
        raise DataError(f"The file {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"The file {path} is no text in UTF-8: byte {error.start} does not fit.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"The file {path} is no JSON: {error}.") from error
