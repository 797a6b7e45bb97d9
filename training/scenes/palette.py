"""Colours by name: a scene paints with shades that anybody would call by that name."""

from __future__ import annotations

import colorsys
import random

RGB = tuple[int, int, int]

COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray")

# Hue in degrees, saturation and value in percent: ranges that do not meet.
_RANGES: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "red": ((-10, 6), (78, 100), (72, 100)),
    "orange": ((22, 39), (82, 100), (90, 100)),
    "yellow": ((48, 60), (68, 100), (92, 100)),
    "green": ((88, 150), (50, 100), (45, 100)),
    "blue": ((202, 240), (58, 100), (60, 100)),
    "purple": ((266, 301), (50, 95), (45, 78)),
    "pink": ((318, 350), (25, 62), (95, 100)),
    "brown": ((18, 30), (55, 87), (34, 55)),
    "black": ((0, 360), (0, 12), (4, 15)),
    "white": ((0, 360), (0, 4), (95, 100)),
    "gray": ((0, 360), (0, 6), (46, 66)),
}


def shade(name: str, rng: random.Random) -> RGB:
    """A random shade that is clearly of the named colour.

    Args:
        name: One of `COLOURS`.
        rng: Chooses within the colour's range.

    Returns:
        Red, green and blue, 0 to 255.
    """
    hue, saturation, value = (rng.uniform(*bounds) for bounds in _RANGES[name])
    red, green, blue = colorsys.hsv_to_rgb(hue % 360 / 360, saturation / 100, value / 100)
    return round(red * 255), round(green * 255), round(blue * 255)


def mix(one: RGB, two: RGB, share: float) -> RGB:
    """The colour that lies `share` (0 to 1) of the way from one to two."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, two, strict=True))  # type: ignore[return-value]


def darker(colour: RGB, share: float = 0.25) -> RGB:
    """The colour mixed with black."""
    return mix(colour, (0, 0, 0), share)


def lighter(colour: RGB, share: float = 0.3) -> RGB:
    """The colour mixed with white."""
    return mix(colour, (255, 255, 255), share)
