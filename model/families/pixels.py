"""From pictures at a model's size to what its vision tower reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from model.families.base import Pixels


def stacked(pictures: Sequence[Pixels]) -> Tensor:
    """Pictures [H, W, 3] of one size as a batch, uint8 [B, H, W, 3]."""
    return torch.from_numpy(np.stack(pictures))


class Normaliser(nn.Module):
    """(x / 255 - mean) / std as an image processor's settings say it: one multiplication and one subtraction."""

    gain: Tensor
    """[3 or 1, 1, 1]"""
    shift: Tensor
    """[3 or 1, 1, 1]"""

    def __init__(self, images: Mapping[str, Any], device: torch.device) -> None:
        """Take the settings that `read_image_settings` gives."""
        super().__init__()
        scale = images.get("rescale_factor", 1 / 255) if images.get("do_rescale", True) else 1.0
        mean, std = (images["image_mean"], images["image_std"]) if images.get("do_normalize", True) else ([0.0], [1.0])
        spread = torch.tensor(std, device=device).view(-1, 1, 1)
        self.register_buffer("gain", scale / spread, persistent=False)
        self.register_buffer("shift", torch.tensor(mean, device=device).view(-1, 1, 1) / spread, persistent=False)

    def forward(self, pictures: Tensor) -> Tensor:
        """Pixels [B, 3, H, W] of pictures, uint8 [B, H, W, 3]."""
        return pictures.to(self.gain.device).permute(0, 3, 1, 2).float() * self.gain - self.shift
