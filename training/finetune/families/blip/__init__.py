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
