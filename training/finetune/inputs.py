"""What a training starts from, looked at before anything large is loaded: data, model and folder. Needs no torch."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model.loading import locate
from model.processor import Resize, read_image_settings
from training.data.prepared import (
    Example,
    check_pictures,
    prepared_model,
    prepared_size,
    read_examples,
    split_file,
)
from training.data.sources import splits_of
from training.data.vqa import DataError
from training.finetune.config import TrainConfig
from training.finetune.families import check_trainable
from training.finetune.folder import check_open


@dataclass(frozen=True, slots=True)
class Inputs:
    """The questions of a training."""

    rows: list[Example]
    """Those to learn from."""
    validation: list[Example]
    """Those of val that it is validated on; empty where it is not."""
    remark: str = ""
    """What to know before it begins, a sentence."""


def read_inputs(config: TrainConfig, data: Path, out: Path) -> Inputs:
    """Read the questions, and see that model, pictures and folder are there.

    Raises:
        DataError: The data are missing, damaged, not prepared, or for another model than would be trained unasked.
        ModelError: There is no such model, or it cannot be trained.
        TrainingError: `out` holds a finished training.
    """
    check_open(out)
    if not split_file(data, "train").is_file() or _is_raw(data):
        raise DataError(_not_prepared(data))
    prepared_for = prepared_model(data)
    unasked = "model" not in config.model_fields_set
    if unasked and prepared_for not in (None, config.model):
        raise DataError(
            f"{data} was prepared for the model {prepared_for}, and without --model it is {config.model} that is "
            f"trained: add --model {prepared_for}, or --model {config.model} where that is meant."
        )
    folder = locate(config.model)
    check_trainable(folder, config.model)
    rows = read_answered(data, "train", config.limit)
    validation = choose(_val(data), config.eval_questions, config.seed) if config.eval_questions else []
    return Inputs(rows, validation, "" if unasked else _other_size(config, data, folder, prepared_for))


def read_answered(data: Path, split: str, limit: int | None = None) -> list[Example]:
    """The first questions of a split, each with its answer and its picture.

    Raises:
        DataError: The split is missing, damaged or empty, or a question has no answer or no picture.
    """
    rows = read_examples(data, split)[:limit]
    for row in rows:
        if not row.answer:
            raise DataError(f"{split_file(data, split)}: question {row.question_id} has no answer to learn from.")
    check_pictures(data, split, rows)
    return rows


def choose(rows: Sequence[Example], most: int, seed: int) -> list[Example]:
    """At most so many questions, those of random pictures, side by side; the same for the same seed."""
    groups: dict[str, list[Example]] = defaultdict(list)
    for row in rows:
        groups[row.image].append(row)
    names = random.Random(f"judge/{seed}").sample(sorted(groups), len(groups))
    return [row for name in names for row in groups[name]][:most]


def _other_size(config: TrainConfig, data: Path, folder: Path, prepared_for: str | None) -> str:
    """That the pictures were prepared for another model, and have another size than this one sees; else empty."""
    size = prepared_size(data)
    if prepared_for in (None, config.model) or size is None or config.picture_size != "auto":
        return ""
    own = Resize.read(read_image_settings(folder)).size
    return (
        ""
        if size == own
        else (
            f"{data} was prepared for the model {prepared_for}: its pictures have {size[0]} x {size[1]} pixels, and "
            f"{config.model} sees {own[0]} x {own[1]}; `vqabot data prepare --model {config.model}` makes them anew."
        )
    )


def _val(data: Path) -> list[Example]:
    if not split_file(data, "val").is_file():
        raise DataError(
            f"{data} has no val.jsonl to judge by: hold pictures out with `vqabot data prepare --val-share 0.1`, "
            "or train with --eval-questions 0."
        )
    return read_answered(data, "val")


def _is_raw(data: Path) -> bool:
    """Whether train.jsonl is one of a person's own: its first question has not the numbers that preparing gives."""
    try:
        with split_file(data, "train").open(encoding="utf-8") as file:
            first = json.loads(file.readline())
    except (OSError, ValueError):
        return False  # reading it says what is wrong
    return isinstance(first, dict) and "image" in first and "image_id" not in first


def _not_prepared(data: Path) -> str:
    if not data.exists():
        return f"There is no folder {data}."
    try:
        raw = bool(splits_of(data))
    except DataError:
        raw = False
    if raw:
        return f"{data} holds data that are not prepared yet: run `vqabot data prepare {data} FOLDER` first."
    return f"{data} holds no train.jsonl: name a folder that `vqabot data prepare` wrote."
