"""Florence-2: all that differs between it and other families."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model.backends.placement import Placement
from model.profile import Profile

if TYPE_CHECKING:
    from model.families.florence2.model import Florence2


def load(folder: Path, profile: Profile, placement: Placement) -> Florence2:
    """Read a Florence-2 from its folder.

    Raises:
        ModelError: The folder's files do not make a complete native Florence-2.
    """
    from model.families.florence2 import model  # late: torch

    return model.load(folder, profile, placement)


def profile() -> Profile:
    """How the stock checkpoints want their questions; their tokenizer reads the task as ordinary text."""
    return Profile(prompt_prefix="<VQA>")


def native_id(hub_id: str) -> str | None:
    """Where the hub has the same weights for transformers' own classes, for a model that needs code of others."""
    owner, _, name = hub_id.partition("/")
    return (
        f"florence-community/{name}" if owner.lower() == "microsoft" and name.lower().startswith("florence-2") else None
    )


def count_flops(folder: Path, size: tuple[int, int], beams: int, tokens: int) -> tuple[float, float]:
    """Floating-point operations of one picture and of one question about it; see `flops`."""
    from model.families.florence2 import flops

    return flops.count_flops(folder, size, beams, tokens)
