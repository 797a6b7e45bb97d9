"""Divides val between the trials and the final judgement: whole pictures, and no trial sees those of the end."""

from __future__ import annotations

from pathlib import Path

from training.data import partition
from training.data.prepared import Example, split_file, write_examples
from training.data.vqa import DataError
from training.finetune.inputs import read_answered


def divide(data: Path, out: Path, share: float, seed: int) -> tuple[Path, list[Example]]:
    """Make a view of prepared data whose val holds the trials' questions alone.

    Args:
        data: What `vqabot data prepare` wrote.
        out: The tuning's folder; gets `data/`, which points to the files of `data`.
        share: Of val's pictures that are kept for the end.
        seed: Decides which.

    Returns:
        The view, and the questions of the end.

    Raises:
        DataError: There is no val, or too little of it.
    """
    if not split_file(data, "train").is_file() or not split_file(data, "val").is_file():
        raise DataError(
            f"{data} needs train.jsonl and val.jsonl, as `vqabot data prepare --val-share 0.1` writes them."
        )
    rows = read_answered(data, "val")
    seen, last = partition.divide(rows, [1 - share, share], seed)
    view = out / "data"
    view.mkdir(parents=True, exist_ok=True)
    for file in data.iterdir():
        place = view / file.name
        if file != split_file(data, "val") and not place.is_symlink():
            place.symlink_to(file.absolute())
    write_examples(view, "val", seen)
    return view, last
