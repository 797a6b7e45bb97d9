"""The prepared format: a line of JSON a question, with the pictures at the training size beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from training.vqa import DataError, write_json

SUMMARY = "prepare.json"


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
    """What ten people said."""
    question_type: str = ""
    answer_type: str = ""
    choices: tuple[str, ...] = ()
    """The 18 choices, when multiple choice was asked for."""


_EXAMPLE = TypeAdapter(Example)


def split_file(data: Path, split: str) -> Path:
    """The file of a split."""
    return data / f"{split}.jsonl"


def write_examples(data: Path, split: str, examples: Iterable[Example]) -> None:
    """Write a split's file, whole or not at all; what is empty is left out of a line."""
    path = split_file(data, split)
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        for example in examples:
            fields = {name: value for name, value in asdict(example).items() if value not in (None, "", ())}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")
    partial.replace(path)


def read_examples(data: Path, split: str) -> list[Example]:
    """The questions of a split.

    Raises:
        DataError: The file is missing or damaged, or it holds no question; the text names the line.
    """
    path = split_file(data, split)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise DataError(f"The file {path} is missing: {data} is not what `vqabot data prepare` wrote.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The file {path} cannot be read: {error}.") from error
    examples = []
    for number, line in enumerate(lines, 1):
        try:
            examples.append(_EXAMPLE.validate_json(line))
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(str(part) for part in problem["loc"]) or "the line"
            raise DataError(f"{path}, line {number} is no prepared question: {where}: {problem['msg']}.") from error
    if not examples:
        raise DataError(f"{path} holds no question.")
    return examples


def prepared_size(data: Path) -> tuple[int, int] | None:
    """Width and height of the prepared pictures; None where they keep sizes of their own."""
    try:
        size = json.loads((data / SUMMARY).read_text(encoding="utf-8"))["size"]
    except (OSError, ValueError, KeyError):
        return None
    return (size[0], size[1]) if size else None


def write_summary(data: Path, summary: dict[str, Any]) -> None:
    """Write prepare.json: the resolved settings, `size` ([width, height] or null) and the counts."""
    write_json(data / SUMMARY, summary)
