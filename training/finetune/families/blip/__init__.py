"""BLIP in training: all that differs between it and other families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.finetune.families.blip.adapter import OnePassBlip, PlainBlip


def for_training(folder: Path) -> OnePassBlip:
    """Read a BLIP that is trained, fp32, on the CPU.

    Raises:
        ModelError: The folder's files do not make a complete BLIP for question answering.
    """
    from training.finetune.families.blip.adapter import OnePassBlip  # late: torch

    return OnePassBlip.read(folder)


def for_plain_loop(folder: Path) -> PlainBlip:
    """Read a BLIP as notebooks train it, fp32, on the CPU."""
    from training.finetune.families.blip.adapter import PlainBlip

    return PlainBlip(folder)


def save_random(shape: str, folder: Path, size: tuple[int, int], *, dropout: bool = True) -> Path:
    """Save a BLIP of a real one's shape with random weights."""
    from training.finetune.families.blip import shapes

    return shapes.save_random(shape, folder, size, dropout=dropout)


def without_weights(shape: str, side: int) -> OnePassBlip:
    """A model of a real one's shape in training, for such pictures; to be made on torch's meta device."""
    from training.finetune.families.blip import shapes
    from training.finetune.families.blip.adapter import OnePassBlip

    return OnePassBlip(shapes.config_of(shape, side))
