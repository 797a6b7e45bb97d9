"""Draws heads: hair, the four moods, and what is worn on them."""

from __future__ import annotations

from dataclasses import dataclass

from training.scenes.palette import RGB, lighter, shade
from training.scenes.pen import Pen, Point
from training.scenes.scene import Thing

INK: RGB = (38, 30, 30)


@dataclass(frozen=True, slots=True)
class Build:
    """Proportions, in shares of the height of the standing figure."""

    head: float
    child: bool
    female: bool


def draw_head(
    pen: Pen, thing: Thing, centre: Point, r: float, ratio: float, skin: RGB, hair: RGB, build: Build
) -> None:
    """The head by its centre and radius (share of the height; `ratio` is the box's height by its width)."""
    x, y = centre
    rx = r * ratio
    pen.ellipse(x, y, rx, r, skin)
    if build.female:
        _fringe(pen, x, y, rx, r, skin, hair)
    elif not build.child and pen.rng.random() < 0.2:
        pen.pie(x, y, rx * 1.03, r * 1.03, 150, 195, hair)
        pen.pie(x, y, rx * 1.03, r * 1.03, 345, 390, hair)
    else:
        _fringe(pen, x, y, rx, r, skin, hair)
        if build.child:
            pen.polygon(
                [(x - rx * 0.1, y - r * 0.95), (x + rx * 0.28, y - r * 1.32), (x + rx * 0.3, y - r * 0.9)],
                hair,
                outline=False,
            )
    if not build.child and not build.female:  # men are told by a beard or a moustache
        if pen.rng.random() < 0.5:
            pen.pie(x, y + r * 0.12, rx * 0.96, r * 0.9, 15, 165, hair)
            pen.ellipse(x, y + r * 0.42, rx * 0.5, r * 0.3, lighter(skin, 0.15), outline=False)
        else:
            pen.ellipse(x, y + r * 0.26, rx * 0.46, r * 0.11, hair, outline=False)
    _face(pen, x, y, rx, r, thing.mood)
    draw_headwear(pen, thing, x, y, rx, r)


def _fringe(pen: Pen, x: float, y: float, rx: float, r: float, skin: RGB, hair: RGB) -> None:
    pen.cap(x, y - r * 0.04, rx * 1.08, r * 1.07, 184, 356, hair)
    pen.ellipse(x, y + r * 0.22, rx * 0.91, r * 0.75, skin, outline=False)


def _face(pen: Pen, x: float, y: float, rx: float, r: float, mood: str) -> None:
    white = (252, 252, 252)
    wide = 1.45 if mood == "surprised" else 1.0
    stroke = max(r * 0.13, 0.011)
    for side in (-1, 1):
        ex, ey = x + side * rx * 0.4, y - r * 0.08
        if pen.style.face == "dots":
            pen.ellipse(ex, ey, rx * 0.1 * wide, r * 0.13 * wide, INK, outline=False)
        elif pen.style.face == "round":
            pen.ellipse(ex, ey, rx * 0.27 * wide, r * 0.26 * wide, white)
            pen.ellipse(ex, ey + r * 0.03, rx * 0.14, r * 0.16, INK, outline=False)
        else:
            pen.ellipse(ex, ey, rx * 0.19 * wide, r * 0.2 * wide, white, outline=False)
            pen.ellipse(ex + rx * 0.03, ey, rx * 0.09, r * 0.12, INK, outline=False)
        brow = {"angry": (-0.22, -0.5), "sad": (-0.48, -0.28), "surprised": (-0.5, -0.5)}.get(mood)
        if brow is not None:  # inner end, outer end
            pen.line(
                [(x + side * rx * 0.14, y + r * brow[0]), (x + side * rx * 0.66, y + r * brow[1])], INK, stroke * 0.9
            )
    mouth = y + r * 0.48
    if mood == "happy" and pen.style.face == "dots":
        pen.arc(x, mouth - r * 0.2, rx * 0.5, r * 0.4, 20, 160, INK, stroke)
    elif mood == "happy":
        pen.pie(x, mouth - r * 0.12, rx * 0.52, r * 0.4, 5, 175, (178, 40, 48))
        pen.rect(x - rx * 0.4, mouth - r * 0.1, x + rx * 0.4, mouth - r * 0.02, white, outline=False)
    elif mood == "sad":
        pen.arc(x, mouth + r * 0.22, rx * 0.42, r * 0.28, 200, 340, INK, stroke)
        if pen.style.face != "dots":
            pen.ellipse(x - rx * 0.5, y + r * 0.28, rx * 0.11, r * 0.2, (60, 150, 240), outline=False)
    elif mood == "angry" and pen.style.face == "dots":
        pen.line([(x - rx * 0.36, mouth + r * 0.06), (x + rx * 0.36, mouth + r * 0.06)], INK, stroke)
    elif mood == "angry":
        for side in (-1, 1):
            pen.ellipse(x + side * rx * 0.62, y + r * 0.24, rx * 0.2, r * 0.15, (226, 84, 70), outline=False)
        pen.rect(x - rx * 0.42, mouth - r * 0.1, x + rx * 0.42, mouth + r * 0.18, white, outline=True)
        pen.line([(x - rx * 0.42, mouth + r * 0.04), (x + rx * 0.42, mouth + r * 0.04)], INK, stroke * 0.6)
    else:
        pen.ellipse(x, mouth + r * 0.06, rx * 0.24, r * 0.34, (110, 28, 36))


def draw_long_hair(pen: Pen, centre: Point, r: float, ratio: float, hair: RGB, child: bool) -> None:
    """Hair behind the head: to the shoulders, or a girl's bunches."""
    x, y = centre
    rx = r * ratio
    if child:
        for side in (-1, 1):
            pen.ellipse(x + side * rx * 1.18, y + r * 0.3, rx * 0.38, r * 0.55, hair)
    else:
        pen.rect(x - rx * 1.18, y - r * 0.5, x + rx * 1.18, y + r * 1.55, hair, radius=r * 1.2)


def draw_headwear(pen: Pen, thing: Thing, x: float, y: float, rx: float, r: float) -> None:
    """A hat, a crown or glasses; a scarf is not worn on the head."""
    if thing.wearing in ("", "scarf"):
        return
    fill = shade(thing.wearing_colour, pen.rng)
    if thing.wearing == "hat":
        pen.rect(x - rx * 0.75, y - r * 1.42, x + rx * 0.75, y - r * 0.66, fill, radius=0.05)
        pen.ellipse(x, y - r * 0.62, rx * 1.35, r * 0.2, fill)
    elif thing.wearing == "crown":
        top, base = y - r * 1.46, y - r * 0.62
        spikes = [
            (x - rx * 0.8, base),
            (x - rx * 0.88, top),
            (x - rx * 0.4, y - r * 0.98),
            (x, top - r * 0.06),
            (x + rx * 0.4, y - r * 0.98),
            (x + rx * 0.88, top),
            (x + rx * 0.8, base),
        ]
        pen.polygon(spikes, fill)
    else:
        for side in (-1, 1):
            ex, ey = x + side * rx * 0.42, y - r * 0.1
            pen.ellipse(ex, ey, rx * 0.4, r * 0.36, fill, outline=False)
            pen.ellipse(ex, ey, rx * 0.26, r * 0.23, (225, 240, 250), outline=False)
            pen.ellipse(ex, ey, rx * 0.1, r * 0.12, INK, outline=False)
        pen.line([(x - rx * 0.1, y - r * 0.12), (x + rx * 0.1, y - r * 0.12)], fill, r * 0.12)
