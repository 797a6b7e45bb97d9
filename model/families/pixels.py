"""From pictures at a model's size to what its vision tower reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from model.families.base import Pixels


class Normaliser:
    """(x / 255 - mean) / std as an image processor's settings say it: one multiplication and one subtraction."""

    def __init__(self, images: Mapping[str, Any], device: torch.device) -> None:
        """Take the settings that `read_image_settings` gives."""
        scale = images.get("rescale_factor", 1 / 255) if images.get("do_rescale", True) else 1.0
        mean, std = (images["image_mean"], images["image_std"]) if images.get("do_normalize", True) else ([0.0], [1.0])
        spread = torch.tensor(std, device=device).view(-1, 1, 1)
        self.gain = scale / spread
        """[3 or 1, 1, 1]"""
        self.shift = torch.tensor(mean, device=device).view(-1, 1, 1) / spread
        """[3 or 1, 1, 1]"""

    def __call__(self, pictures: Sequence[Pixels]) -> Tensor:
        """Pixels [B, 3, H, W] of pictures [H, W, 3] each."""
        batch = torch.from_numpy(np.stack(pictures)).to(self.gain.device)  # uint8 [B, H, W, 3]
        return batch.permute(0, 3, 1, 2).float() * self.gain - self.shift
