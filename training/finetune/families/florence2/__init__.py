"""Florence-2 in training: all that differs between it and other families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.finetune.families.florence2.adapter import OnePassFlorence2, PlainFlorence2


def for_training(folder: Path) -> OnePassFlorence2:
    """Read a Florence-2 that is trained, fp32, on the CPU.

    Raises:
        ModelError: The folder's files do not make a complete native Florence-2.
    """
    from training.finetune.families.florence2.adapter import OnePassFlorence2  # late: torch

    return OnePassFlorence2.read(folder)


def for_plain_loop(folder: Path) -> PlainFlorence2:
    """Read a Florence-2 as notebooks train it, fp32, on the CPU."""
    from training.finetune.families.florence2.adapter import PlainFlorence2

    return PlainFlorence2(folder)


def save_random(shape: str, folder: Path, size: tuple[int, int], *, dropout: bool = True) -> Path:
    """Save a Florence-2 of a real one's shape with random weights."""
    from training.finetune.families.florence2 import shapes

    return shapes.save_random(shape, folder, size, dropout=dropout)


def without_weights(shape: str, side: int) -> OnePassFlorence2:
    """A model of a real one's shape in training, for such pictures; to be made on torch's meta device."""
    from training.finetune.families.florence2 import shapes
    from training.finetune.families.florence2.adapter import OnePassFlorence2

    return OnePassFlorence2(shapes.config_of(shape))
