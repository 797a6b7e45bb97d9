"""BLIP for visual question answering: all that differs between it and other families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.backends.placement import Placement
from model.profile import Profile

if TYPE_CHECKING:
    from transformers import BlipForQuestionAnswering

    from model.families.blip.model import Blip


def load(folder: Path, profile: Profile, placement: Placement) -> Blip:
    """Read a BLIP from its folder.

    Raises:
        ModelError: The folder's files do not make a complete BLIP for question answering.
    """
    from model.families.blip import model  # late: torch

    return model.load(folder, profile, placement)


def plain() -> tuple[type[BlipForQuestionAnswering], str]:
    """transformers' class that answers, and how its processor wants a prompt."""
    from transformers import BlipForQuestionAnswering

    return BlipForQuestionAnswering, "{}"
