"""The prepared format: a line of JSON a question, with the pictures at the training size beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.texts.failures import wording
from model.atomic import replacing
from training.data.partition import PARTS
from training.data.vqa import PEOPLE, SPLITS, DataError, write_json

SUMMARY = "prepare.json"
PREPARED_SPLITS = (*SPLITS, *PARTS)
"""What a prepared folder may hold."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question about a prepared picture."""

    image: str
    """The picture's file, relative to the folder of the split's file."""
    question: str
    """Lower case, trimmed, without a mark at the end: as the bot makes it."""
    question_id: int
    image_id: int
    answer: str | None = None
    """The majority's answer; None where it is not known."""
    answers: tuple[str, ...] = ()
    """What ten people said; empty where it is not known."""
    question_type: str = ""
    answer_type: str = ""
    choices: tuple[str, ...] = ()
    """The 18 choices, when multiple choice was asked for."""
    own_id: str = ""
    """The question's id in the source, where it is no whole number."""
    other_images: tuple[str, ...] = ()
    """The further pictures of a question about several, in their order."""

    @property
    def images(self) -> tuple[str, ...]:
        """The files of all pictures that the question is about, in their order."""
        return (self.image, *self.other_images)


_EXAMPLE = TypeAdapter(Example)


def split_file(data: Path, split: str) -> Path:
    """The file of a split."""
    return data / f"{split}.jsonl"


def write_examples(data: Path, split: str, examples: Iterable[Example]) -> None:
    """Write a split's file, whole or not at all; what is empty is left out of a line."""
    path = split_file(data, split)
    with replacing(path) as partial, partial.open("w", encoding="utf-8") as file:
        for example in examples:
            fields = {name: value for name, value in asdict(example).items() if value not in (None, "", ())}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")


def read_examples(data: Path, split: str) -> list[Example]:
    """The questions of a split.

    Raises:
        DataError: The file is missing or damaged, or it holds no question; a question is there twice, has not ten
            answers, or another file than others of its picture. The text names the file and the line or the question.
    """
    path = split_file(data, split)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        more = " With --divide-val it makes one of val." if split in PARTS else ""
        raise DataError(
            f"The file {path} is missing: `vqabot data prepare` wrote no {split} split there.{more}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The file {path} cannot be read: it is no text, or may not be read.") from error
    examples: dict[int, Example] = {}
    images: dict[int, str] = {}
    for line_number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            example = _EXAMPLE.validate_json(line)
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in problem["loc"]) or "the line"
            raise DataError(
                f"{path}, line {line_number} is no prepared question: {where} {wording(problem)}."
            ) from error
        number = example.question_id
        if number in examples:
            raise DataError(f"{path}: question {number} is there twice.")
        if len(example.answers) not in (0, PEOPLE):
            raise DataError(f"{path}: question {number} has {len(example.answers)} answers instead of {PEOPLE}.")
        if images.setdefault(example.image_id, example.image) != example.image:
            raise DataError(f"{path}: question {number} has another file than others of picture {example.image_id}.")
        examples[number] = example
    if not examples:
        raise DataError(f"{path} holds no question.")
    return list(examples.values())


def check_pictures(data: Path, split: str, examples: Iterable[Example]) -> None:
    """See that the pictures are there, before hours of work that one of them would end.

    Raises:
        DataError: One is missing; the text names it and its question.
    """
    seen: set[str] = set()
    for example in examples:
        for image in example.images:
            if image not in seen and not (data / image).is_file():
                where = f"{split_file(data, split)}: the picture {image} of question {example.question_id}"
                raise DataError(f"{where} is missing.")
            seen.add(image)


def prepared_size(data: Path) -> tuple[int, int] | None:
    """Width and height of the prepared pictures; None where they keep sizes of their own."""
    try:
        size = json.loads((data / SUMMARY).read_text(encoding="utf-8"))["size"]
    except (OSError, ValueError, KeyError):
        return None
    return (size[0], size[1]) if size else None


def prepared_model(data: Path) -> str | None:
    """The model that data were prepared for, as it was named; None where nothing says so."""
    try:
        return str(json.loads((data / SUMMARY).read_text(encoding="utf-8"))["config"]["model"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_summary(data: Path, summary: dict[str, Any]) -> None:
    """Write prepare.json: the resolved settings, `size` ([width, height] or null) and the counts."""
    write_json(data / SUMMARY, summary)
