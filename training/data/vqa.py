"""Reads and writes the official VQA files: questions, annotations, results, pictures' names.

The JSON files may lie in one folder or in its `Questions/` and `Annotations/`; the pictures in a folder of their split,
in the official tools' `Images/abstract_v002/<split>2015/`, in `images/`, or beside the JSON files. A JSON file may be
packed by gzip, and each file may lie in a ZIP.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model.atomic import write_text
from training.data.fields import commonest, is_number, said
from training.data.files import File, Tree, read_json
from training.data.releases import ABSTRACT, FOLDERS, RELEASES, Release
from training.errors import DataError as DataError

SPLITS = ("train", "val", "test")
PEOPLE = 10
"""Answers to a question."""
CHOICES = 18
"""Choices of a multiple-choice question."""
MAKER = "vqabot"
"""Contributor of the project's own scenes, in their files' `info`."""


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
    other_image_ids: tuple[int, ...] = ()
    """The further pictures of a question about several, in their order; the official files have none."""

    @property
    def image_ids(self) -> tuple[int, ...]:
        """All pictures, in their order."""
        return (self.image_id, *self.other_image_ids)


def question_file(split: str, task: str = "OpenEnded") -> str:
    """The name of a question file of the abstract scenes; task is OpenEnded or MultipleChoice."""
    return ABSTRACT.question_file(f"{split}2015", task)


def annotation_file(split: str) -> str:
    """The name of an annotation file of the abstract scenes."""
    return ABSTRACT.annotation_file(f"{split}2015")


def picture_file(split: str, image_id: int) -> str:
    """The name of a picture of the abstract scenes."""
    return ABSTRACT.picture_file(f"{split}2015", image_id)


def picture_folder(split: str) -> str:
    """The folder that holds a split's pictures of the abstract scenes."""
    return ABSTRACT.picture_folder(f"{split}2015")


@dataclass(frozen=True, slots=True)
class Official:
    """A split of official files that is there."""

    tree: Tree
    release: Release
    subtype: str
    questions: File
    annotations: File | None
    """None where there is none, as for test."""

    def picture(self, image_id: int) -> File:
        """Where a picture is.

        Raises:
            DataError: It is in none of the places where pictures may be.
        """
        found = self.tree.find(*self.release.picture_places(self.subtype, image_id))
        if found is None:
            name = self.release.picture_file(self.subtype, image_id)
            raise DataError(f"The picture {name} is missing in {self.tree.root} (looked there and in {self._folders}).")
        return found

    def looked_for(self, image_id: int) -> str:
        """What is said of a picture that is not there, in a list of such."""
        name = self.release.picture_file(self.subtype, image_id)
        return f"it is missing: looked for {name} in {self.tree.root} and there in {self._folders}"

    @property
    def _folders(self) -> str:
        return ", ".join(self.release.folders(self.subtype))


def find_split(data: Path | Tree, split: str, task: str = "OpenEnded") -> Official | None:
    """The official files of a split, of the first release that has its questions; None where none has.

    Raises:
        DataError: There is no such folder or ZIP, or a ZIP in it is damaged.
    """
    tree = data if isinstance(data, Tree) else Tree(data)
    for release in RELEASES:
        for subtype in release.subtypes[split]:
            questions = tree.find(*(folder + release.question_file(subtype, task) for folder in FOLDERS), packed=True)
            if questions is not None:
                notes = tree.find(*(folder + release.annotation_file(subtype) for folder in FOLDERS), packed=True)
                return Official(tree, release, subtype, questions, notes)
    return None


def open_split(data: Path | Tree, split: str, task: str = "OpenEnded") -> Official:
    """The official files of a split.

    Raises:
        DataError: There are none; the text names the file that was looked for.
    """
    found = find_split(data, split, task)
    if found is None:
        root = data.root if isinstance(data, Tree) else data
        raise DataError(f"The file {question_file(split, task)} is missing in {root}.")
    if found.annotations is None and split != "test":
        raise DataError(f"The file {found.release.annotation_file(found.subtype)} is missing in {found.tree.root}.")
    return found


def read_official(here: Official, task: str = "OpenEnded") -> list[VqaQuestion]:
    """Read a split's questions, with their answers where there is an annotation file.

    Args:
        here: The files.
        task: OpenEnded or MultipleChoice.

    Returns:
        The questions in the file's order.

    Raises:
        DataError: A file is missing or damaged, a question is there twice, has no annotation or another picture there,
            or not the number of choices or answers that it should have.
    """
    path, notes_path = here.questions, here.annotations
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
    content = read_json(open_split(data, split, task).questions)
    info = content.get("info") if isinstance(content, dict) else None
    return isinstance(info, dict) and info.get("contributor") == MAKER


def read_annotations(path: File | Path) -> dict[int, VqaQuestion]:
    """Read annotations, by question number; the questions' words are not in this file and stay empty.

    Where the majority's answer is not given, it is the commonest of the ten, the first of these on a tie.

    Raises:
        DataError: The file is missing or damaged, or a question is there twice or has not ten answers.
    """
    notes: dict[int, VqaQuestion] = {}
    for record in _records(path, "annotations", {"question_id": int, "image_id": int, "answers": list}):
        number = record["question_id"]
        if number in notes:
            raise DataError(f"{path}: the annotation of question {number} is there twice.")
        given = [said(answer.get("answer") if isinstance(answer, dict) else None) for answer in record["answers"]]
        answers = tuple(answer for answer in given if answer is not None)
        if len(answers) != len(given):
            raise DataError(f"{path}: an answer of question {number} has no text.")
        if len(answers) != PEOPLE:
            raise DataError(f"{path}: question {number} has {len(answers)} answers instead of {PEOPLE}.")
        notes[number] = VqaQuestion(
            question_id=number,
            image_id=record["image_id"],
            question="",
            answer=said(record.get("multiple_choice_answer")) or commonest(answers),
            answers=answers,
            question_type=str(record.get("question_type") or ""),
            answer_type=str(record.get("answer_type") or ""),
        )
    return notes


def read_results(path: Path) -> dict[int, str]:
    """Read a results file: question number to answer.

    Raises:
        DataError: The file is missing or damaged, or a question is there twice.
    """
    listed = read_json(path)
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
    write_text(path, json.dumps(value, ensure_ascii=False))


def _choices(path: File, record: dict[str, Any], task: str) -> tuple[str, ...]:
    if task != "MultipleChoice":
        return ()
    choices = record.get("multiple_choices")
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise DataError(f"{path}: question {record['question_id']} has no list of texts as multiple_choices.")
    if len(choices) != CHOICES:
        raise DataError(f"{path}: question {record['question_id']} has {len(choices)} choices instead of {CHOICES}.")
    return tuple(choices)


def _records(path: File | Path, key: str, fields: Mapping[str, type]) -> Sequence[dict[str, Any]]:
    content = read_json(path)
    records = content.get(key) if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise DataError(f"{path}: there is no list of {key} in it.")
    for place, record in enumerate(records):
        for name in ("question_id", "image_id"):
            if isinstance(record, dict) and isinstance(text := record.get(name), str) and is_number(text):
                record[name] = int(text)
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
