"""Prepared data as the training reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from training.vqa import DataError


@dataclass(frozen=True, slots=True)
class Question:
    """A prepared question with its answer."""

    image: str
    question: str
    answer: str
    answers: tuple[str, ...] = ()


def read_examples(data: Path, split: str) -> list[Question]:
    """The questions of a split.

    Raises:
        DataError: The file is missing or damaged, or it holds no question.
    """
    file = data / f"{split}.jsonl"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise DataError(f"The file {file} is missing: {data} is not what `vqabot data prepare` wrote.") from None
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            rows.append(Question(row["image"], row["question"], row["answer"], tuple(row.get("answers", ()))))
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{file}, line {number}: {error}") from error
    if not rows:
        raise DataError(f"{file} holds no question.")
    return rows


def prepared_size(data: Path) -> tuple[int, int] | None:
    """Width and height of the prepared pictures, where they share one."""
    return None
