"""Where questions about pictures come from: the official files, one's own JSON, or maestro's."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.vqa import (
    PEOPLE,
    SPLITS,
    DataError,
    find_picture,
    question_file,
    read_questions,
)

_TASK = re.compile(r"<[A-Za-z_]+>")
"""A task token at the front of a maestro prefix."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a source has it."""

    picture: Path | None
    """None when the picture is missing."""
    name: str
    """The picture's name, for people."""
    question: str
    question_id: int
    image_id: int
    answer: str | None = None
    answers: tuple[str, ...] = ()
    question_type: str = ""
    answer_type: str = ""
    choices: tuple[str, ...] = ()


def splits_of(source: Path) -> list[str]:
    """The splits that a source has, in the usual order.

    Raises:
        DataError: There is none; the text says what was looked for.
    """
    if source.is_file():
        return ["train"]
    if not source.is_dir():
        raise DataError(f"There is no file or folder {source}.")
    found = [split for split in SPLITS if _official(source, split) or _own_file(source, split)]
    if not found:
        raise DataError(
            f"There are no questions in {source}: neither the official {question_file('train')}, "
            "nor train.jsonl or train.json of one's own, nor train/annotations.jsonl."
        )
    return found


def read_split(source: Path, split: str, *, multiple_choice: bool = False) -> list[Asked]:
    """The questions of a split, from whatever form the source has.

    Args:
        source: A folder (official files, or one file a split of one's own) or a single JSON or JSONL file.
        split: train, val or test.
        multiple_choice: Take the multiple-choice questions with their choices; official files only.

    Raises:
        DataError: A file is missing or damaged; the text names file and record.
    """
    own = source if source.is_file() else _own_file(source, split)
    if own is None or _official(source, split):
        return _read_official(source, split, "MultipleChoice" if multiple_choice else "OpenEnded")
    if multiple_choice:
        raise DataError(f"{own}: only the official files have multiple-choice questions.")
    return _read_own(own, split)


def hold_out(asked: list[Asked], share: float, seed: int) -> tuple[list[Asked], list[Asked]]:
    """Split by pictures, so that no picture is on both sides: (kept, held out)."""
    pictures = sorted({each.image_id for each in asked})
    random.Random(f"hold-out/{seed}").shuffle(pictures)
    out = set(pictures[: max(1, round(len(pictures) * share))])
    return [each for each in asked if each.image_id not in out], [each for each in asked if each.image_id in out]


def _official(source: Path, split: str) -> bool:
    name = question_file(split)
    return any((folder / name).is_file() for folder in (source, source / "Questions", source / "Annotations"))


def _own_file(source: Path, split: str) -> Path | None:
    places = (source / f"{split}.jsonl", source / f"{split}.json", source / split / "annotations.jsonl")
    return next((place for place in places if place.is_file()), None)


def _read_official(source: Path, split: str, task: str) -> list[Asked]:
    pictures: dict[int, Path | None] = {}
    asked = []
    for q in read_questions(source, split, task=task):
        if q.image_id not in pictures:
            try:
                pictures[q.image_id] = find_picture(source, split, q.image_id)
            except DataError:
                pictures[q.image_id] = None
        asked.append(
            Asked(
                picture=pictures[q.image_id],
                name=f"{split} picture {q.image_id}",
                question=q.question,
                question_id=q.question_id,
                image_id=q.image_id,
                answer=q.answer,
                answers=q.answers,
                question_type=q.question_type,
                answer_type=q.answer_type,
                choices=q.choices,
            )
        )
    return asked


def _read_own(path: Path, split: str) -> list[Asked]:
    """{image, question, answer} or maestro's {image, prefix, suffix}; pictures are looked for beside the file."""
    numbers: dict[str, int] = {}
    asked: list[Asked] = []
    seen: set[int] = set()
    for where, record in _records(path):
        image, question = _text(record, ("image",), where), _text(record, ("question", "prefix"), where)
        answer = None
        if split != "test" or "answer" in record or "suffix" in record:
            answer = _text(record, ("answer", "suffix"), where)
        answers = record.get("answers")
        if answers is not None and not (
            isinstance(answers, list) and len(answers) == PEOPLE and all(isinstance(each, str) for each in answers)
        ):
            raise DataError(f"{where} has answers that are not {PEOPLE} texts.")
        number = record.get("question_id", len(asked) + 1)
        if type(number) is not int:
            raise DataError(f"{where} has a question_id that is no whole number.")
        if number in seen:
            raise DataError(f"{where}: question {number} is there twice.")
        seen.add(number)
        file = path.parent / image
        asked.append(
            Asked(
                picture=file if file.is_file() else None,
                name=image,
                question=_TASK.sub("", question, count=1) if "prefix" in record else question,
                question_id=number,
                image_id=numbers.setdefault(image, len(numbers) + 1),
                answer=answer,
                # One answer stands for ten people who agree: the official accuracy is then an exact match.
                answers=tuple(answers) if answers else () if answer is None else (answer,) * PEOPLE,
                question_type=str(record.get("question_type", "")),
                answer_type=str(record.get("answer_type", "")),
            )
        )
    if not asked:
        raise DataError(f"{path}: there is no question in it.")
    return asked


def _records(path: Path) -> list[tuple[str, Mapping[str, Any]]]:
    """The records of a JSON list or of JSON Lines, each with its place for people."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The file {path} cannot be read: {error}.") from error
    records: list[tuple[str, Any]] = []
    if path.suffix.lower() == ".json":
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DataError(f"The file {path} is no JSON: {error}.") from error
        if not isinstance(content, list):
            raise DataError(f"{path}: it must be a list of objects with image, question and answer.")
        records = [(f"{path}: record {place}", record) for place, record in enumerate(content)]
    else:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    records.append((f"{path}, line {number}", json.loads(line)))
                except (ValueError, RecursionError) as error:
                    raise DataError(f"{path}, line {number} is no JSON: {error}.") from error
    for where, record in records:
        if not isinstance(record, dict):
            raise DataError(f"{where} is no object with image, question and answer.")
    return records


def _text(record: Mapping[str, Any], names: tuple[str, ...], where: str) -> str:
    for name in names:
        if isinstance(record.get(name), str) and record[name].strip():
            value: str = record[name]
            return value
    raise DataError(f"{where} has no {' or '.join(names)}, or it is no text.")
