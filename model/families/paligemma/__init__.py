"""PaliGemma and PaliGemma 2: all that differs between them and other families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.backends.placement import Placement
from model.profile import Profile

if TYPE_CHECKING:
    from transformers import PaliGemmaForConditionalGeneration

    from model.families.paligemma.model import PaliGemma


def load(folder: Path, profile: Profile, placement: Placement) -> PaliGemma:
    """Read a PaliGemma from its folder.

    Raises:
        ModelError: The folder's files do not make a complete PaliGemma.
    """
    from model.families.paligemma import model  # late: torch

    return model.load(folder, profile, placement)


def profile() -> Profile:
    """How the stock checkpoints want their questions: the task, the language, the question."""
    return Profile(prompt_prefix="answer en ")


def plain() -> tuple[type[PaliGemmaForConditionalGeneration], str]:
    """transformers' class that answers, and how its processor wants a prompt."""
    from transformers import PaliGemmaForConditionalGeneration

    return PaliGemmaForConditionalGeneration, "<image>{}"
