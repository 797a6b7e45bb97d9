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
