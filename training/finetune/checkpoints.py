"""The checkpoints of a training on disk: which are whole, and which a killed process left behind. Needs no torch."""

from __future__ import annotations

import shutil
from pathlib import Path

COMPLETE = "complete"
"""Written into a checkpoint last: without it the checkpoint is a killed process's half."""
BEST = "best"
"""Beside the checkpoints: the best weights so far, as a model that every command takes."""


def name_of(step: int | str) -> str:
    """The folder of a checkpoint, as transformers' Trainer names it."""
    return f"checkpoint-{step}"


def complete_checkpoints(folder: Path) -> list[Path]:
    """The complete checkpoints in a folder, the newest last."""
    found = [path for path in folder.glob(name_of("*")) if (path / COMPLETE).exists()]
    return sorted(found, key=step_of)


def clear_halves(folder: Path) -> None:
    """Remove what killed processes left half written."""
    for path in folder.glob(name_of("*")):
        if not (path / COMPLETE).exists():
            shutil.rmtree(path)


def step_of(checkpoint: Path) -> int:
    """After how many steps a checkpoint was written."""
    return int(checkpoint.name.rpartition("-")[2])
