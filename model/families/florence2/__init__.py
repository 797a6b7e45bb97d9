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
