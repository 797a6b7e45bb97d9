"""What kind of picture it is, by its pixels alone: edges, grain and colours, without what it shows.

A model's own tokens hardly tell a photo from a drawing when it has never had to: they can only say what it was trained
on. These statistics do, and they cost some milliseconds a picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.confidence.spaces import Vector

_STEPS = np.array([1, 2, 4, 8, 16, 32, 64, 128])
"""Differences between neighbours, 0 to 255, are counted between these."""
_CLASS = np.searchsorted(_STEPS, np.arange(1021), side="right")
_SCALES = 3
_LARGEST = 640 * 640
"""Of more pixels than this every second row and column is left out."""


def pixel_statistics(pixels: NDArray[np.uint8]) -> Vector:
    """Statistics of a picture at the model's input size, [H, W, 3] of 0 to 255, as a vector [P]; safe in any thread."""
    while pixels.shape[0] * pixels.shape[1] > _LARGEST:
        pixels = pixels[::2, ::2]
    wide = pixels.astype(np.int16)
    luminance = (wide @ np.array([77, 151, 28], np.int32)) >> 8  # [H, W], 0 to 255
    parts = []
    for _ in range(_SCALES):
        middle = luminance[1:-1, 1:-1]
        around = luminance[:-2, 1:-1] + luminance[2:, 1:-1] + luminance[1:-1, :-2] + luminance[1:-1, 2:]
        across, down, grain = np.diff(luminance, axis=1), np.diff(luminance, axis=0), 4 * middle - around
        parts += [_shares(np.abs(part)) for part in (across, down, grain)]
        height, width = (side // 2 * 2 for side in luminance.shape)
        quarters = luminance[:height, :width].reshape(height // 2, 2, width // 2, 2)
        luminance = quarters.sum((1, 3)) // 4
    parts += [_shares(wide.max(2) - wide.min(2)), _palette(pixels, 2), _concentration(pixels)]
    return np.concatenate(parts).astype(np.float32)


def _shares(differences: NDArray[np.int32]) -> NDArray[np.float64]:
    """Square roots of the shares of small and large differences, [9]: their distances are those of distributions."""
    counts = np.bincount(_CLASS[differences.ravel()], minlength=len(_STEPS) + 1)
    return np.sqrt(counts / max(1, differences.size))


def _codes(pixels: NDArray[np.uint8], bits: int) -> NDArray[np.int32]:
    coarse = (pixels >> (8 - bits)).astype(np.int32)
    return (coarse[..., 0] << (2 * bits)) + (coarse[..., 1] << bits) + coarse[..., 2]


def _palette(pixels: NDArray[np.uint8], bits: int) -> NDArray[np.float64]:
    codes = _codes(pixels, bits)
    return np.sqrt(np.bincount(codes.ravel(), minlength=8**bits) / codes.size)


def _concentration(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How few colours there are: shares of the commonest, how many there are, and their entropy, [5]."""
    codes = _codes(pixels, 4)
    shares = np.sort(np.bincount(codes.ravel()) / codes.size)[::-1]
    shares = shares[shares > 0]
    most = [np.sqrt(shares[:count].sum()) for count in (1, 4, 16)]
    return np.array([*most, np.log(len(shares)) / 8, -(shares * np.log(shares)).sum() / 8])
