"""PaliGemma in training: all that differs between it and other families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.finetune.families.paligemma.adapter import OnePassPaliGemma, PlainPaliGemma


def for_training(folder: Path) -> OnePassPaliGemma:
    """Read a PaliGemma that is trained, fp32, on the CPU.

    Raises:
        ModelError: The folder's files do not make a complete PaliGemma.
    """
    from training.finetune.families.paligemma.adapter import OnePassPaliGemma  # late: torch

    return OnePassPaliGemma.read(folder)


def for_plain_loop(folder: Path) -> PlainPaliGemma:
    """Read a PaliGemma as notebooks train it, fp32, on the CPU."""
    from training.finetune.families.paligemma.adapter import PlainPaliGemma

    return PlainPaliGemma(folder)


def save_random(shape: str, folder: Path, size: tuple[int, int], *, dropout: bool = True) -> Path:
    """Save a PaliGemma of a real one's shape with random weights."""
    from training.finetune.families.paligemma import shapes

    return shapes.save_random(shape, folder, size, dropout=dropout)


def without_weights(shape: str, side: int) -> OnePassPaliGemma:
    """A model of a real one's shape in training, for such pictures; to be made on torch's meta device."""
    from training.finetune.families.paligemma import shapes
    from training.finetune.families.paligemma.adapter import OnePassPaliGemma

    return OnePassPaliGemma(shapes.config_of(shape, side))
