"""Emoji that stand for things, with the colours that people would give them."""

from __future__ import annotations

import colorsys
import json
import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.scenes.palette import COLOURS, shade

SETS = ("fluent-emoji-flat", "noto", "noto-v1", "fxemoji")
"""Whose pictures there are."""
CELL, COLUMNS = 96, 12
"""Pixels of a sheet's cell; cells in a row."""
CLEAR = 0.5
"""Share of a picture that one colour must cover to be the picture's colour."""
_HUES = (
    ("red", 0, 12),
    ("orange", 20, 40),
    ("yellow", 47, 62),
    ("green", 70, 165),
    ("blue", 185, 248),
    ("purple", 255, 295),
    ("pink", 300, 342),
    ("red", 346, 361),
)
HALF = ("face", "man", "woman", "boy", "girl", "baby", "bear", "fox", "lion", "monkey-face", "chicken", "frog")
"""Names whose pictures show a head alone."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """One picture."""

    emoji_set: str
    number: int
    """Its place on the sheet."""
    kind: str
    name: str
    width: int
    height: int
    colour: str
    """What colour it is; empty where no colour covers enough of it."""
    hue: float
    """Hue, 0 to 1, of what can be given another colour; -1 where nothing can."""

    @property
    def head_only(self) -> bool:
        """Whether it shows a head alone."""
        return self.name in HALF or self.name.endswith("-face")


@cache
def _sheet(emoji_set: str) -> Image.Image:
    data = files("training.scenes").joinpath("emoji", f"{emoji_set}.webp").read_bytes()
    return Image.open(BytesIO(data)).convert("RGBA")


@cache
def sprites(emoji_set: str) -> tuple[Sprite, ...]:
    """All pictures of a set, by their numbers."""
    listed = json.loads(files("training.scenes").joinpath("emoji", f"{emoji_set}.json").read_text(encoding="utf-8"))
    found = []
    for number, (kind, name, width, height) in enumerate(listed):
        colour, hue = ("black", -1.0) if name == "black-cat" else _colour_of(_cut(emoji_set, number, width, height))
        found.append(Sprite(emoji_set, number, kind, name, width, height, colour, hue))
    return tuple(found)


@cache
def of_kind(emoji_set: str, kind: str) -> tuple[Sprite, ...]:
    """A set's pictures of a kind."""
    return tuple(sprite for sprite in sprites(emoji_set) if sprite.kind == kind)


def picture(sprite: Sprite, colour: str, rng: random.Random) -> Image.Image:
    """A sprite as RGBA, in a colour of `palette.COLOURS` where that is another than its own and it can be given."""
    cut = _cut(sprite.emoji_set, sprite.number, sprite.width, sprite.height)
    if not colour or colour == sprite.colour or sprite.hue < 0:
        return cut
    return _recoloured(cut, sprite.hue, shade(colour, rng))


def _cut(emoji_set: str, number: int, width: int, height: int) -> Image.Image:
    x, y = number % COLUMNS * CELL, number // COLUMNS * CELL
    return _sheet(emoji_set).crop((x, y, x + width, y + height))


def _hsv(cut: Image.Image) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Hue, saturation and value, 0 to 1, [H, W, 3], and where the picture is opaque."""
    values = np.asarray(cut.convert("RGB").convert("HSV"), np.float32) / np.float32(255)
    return values.astype(np.float32), np.asarray(cut.getchannel("A")) > 128


def _colour_of(cut: Image.Image) -> tuple[str, float]:
    values, opaque = _hsv(cut)
    hue, saturation, value = (values[..., i][opaque] for i in range(3))
    if not len(hue):
        return "", -1.0
    named = np.full(len(hue), -1)
    order = {name: index for index, name in enumerate(COLOURS)}
    degrees = hue * 360
    bright = (saturation > 0.35) & (value > 0.35)
    for name, low, high in _HUES:  # what lies between two has no name that all agree on
        named[bright & (degrees >= low) & (degrees < high)] = order[name]
    named[bright & (degrees >= 12) & (degrees < 45) & (value < 0.85)] = -1
    named[bright & (degrees >= 8) & (degrees < 45) & (value < 0.74)] = order["brown"]
    named[(saturation > 0.18) & (saturation < 0.62) & (value > 0.75) & ((degrees < 16) | (degrees > 310))] = order[
        "pink"
    ]
    named[(saturation < 0.14) & (value > 0.85)] = order["white"]
    named[(saturation < 0.2) & (value > 0.38) & (value < 0.8)] = order["gray"]
    named[value < 0.28] = order["black"]
    shares = np.bincount(named[named >= 0], minlength=len(COLOURS)) / len(named)
    best = int(shares.argmax())
    colour = COLOURS[best] if shares[best] >= CLEAR else ""
    strong = (saturation > 0.4) & (value > 0.3)
    if strong.mean() < 0.45:
        return colour, -1.0
    bins = np.bincount((hue[strong] * 36).astype(int) % 36, minlength=36)
    around = bins + np.roll(bins, 1) + np.roll(bins, -1)
    peak = int(around.argmax())
    return colour, (peak + 0.5) / 36 if around[peak] > 0.75 * strong.sum() else -1.0


def _recoloured(cut: Image.Image, hue: float, target: tuple[int, int, int]) -> Image.Image:
    """What has about the given hue gets the target's colour; its lights and shadows stay."""
    values, opaque = _hsv(cut)
    near = np.abs((values[..., 0] - hue + 0.5) % 1 - 0.5) < 0.075
    chosen = opaque & near & (values[..., 1] > 0.25)
    usual = float(np.median(values[..., 2][chosen])) if chosen.any() else 1.0
    rest = float(np.median(values[..., 1][chosen])) if chosen.any() else 1.0
    h, s, v = colorsys.rgb_to_hsv(*(part / 255 for part in target))
    changed = values.copy()
    changed[..., 0][chosen] = h
    changed[..., 1][chosen] = np.clip(s * values[..., 1][chosen] / max(rest, 0.05), 0, 1) if s > 0.1 else s
    changed[..., 2][chosen] = np.clip(v * values[..., 2][chosen] / max(usual, 0.05), 0, 1)
    result = Image.fromarray((changed * 255).astype(np.uint8), "HSV").convert("RGB")
    result.putalpha(cut.getchannel("A"))
    return result
