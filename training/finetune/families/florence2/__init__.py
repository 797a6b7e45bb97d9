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
