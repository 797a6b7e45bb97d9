"""Draws toys and what people carry."""

from __future__ import annotations

import math

from training.scenes.palette import RGB, darker, lighter
from training.scenes.pen import Pen
from training.scenes.scene import Thing

INK: RGB = (34, 28, 28)
WHITE: RGB = (252, 252, 252)
WOOD: RGB = (150, 98, 52)
METAL: RGB = (190, 194, 202)


def ball(pen: Pen, thing: Thing, c: RGB) -> None:
    """A plain disc, or one with a band, a star, a beach ball's segment."""
    pen.disc(0.5, 0.5, 0.48, c)
    form = pen.rng.randrange(5) if pen.style.detail > 0.4 else 0
    light = WHITE if sum(c) < 640 else (200, 200, 205)
    if form == 1:
        pen.ellipse(0.5, 0.5, 0.47, 0.12, light, outline=False)
    elif form == 2:
        pen.polygon(
            [
                (
                    0.5 + (0.22 if i % 2 == 0 else 0.09) * math.sin(i * math.pi / 5),
                    0.5 - (0.22 if i % 2 == 0 else 0.09) * math.cos(i * math.pi / 5),
                )
                for i in range(10)
            ],
            light,
            outline=False,
        )
    elif form == 3:
        pen.pie(0.5, 0.5, 0.47, 0.47, 240, 290, light)
        pen.pie(0.5, 0.5, 0.47, 0.47, 60, 110, light)
    elif pen.style.shading:
        pen.disc(0.35, 0.32, 0.12, lighter(c, 0.45), outline=False)


def kite(pen: Pen, thing: Thing, c: RGB) -> None:
    """A diamond with a tail of bows."""
    pen.line([(0.46, 0.64), (0.3, 0.76), (0.44, 0.86), (0.34, 0.99)], (90, 90, 90), 0.025)
    for x, y in ((0.33, 0.76), (0.42, 0.87)):
        pen.polygon(
            [(x - 0.1, y - 0.05), (x + 0.1, y + 0.05), (x + 0.1, y - 0.05), (x - 0.1, y + 0.05)],
            darker(c, 0.2),
            outline=False,
        )
    pen.polygon([(0.5, 0.01), (0.95, 0.28), (0.47, 0.68), (0.06, 0.26)], c)
    pen.line([(0.5, 0.01), (0.47, 0.68)], darker(c, 0.35), 0.02)
    pen.line([(0.06, 0.26), (0.95, 0.28)], darker(c, 0.35), 0.02)


def balloon(pen: Pen, thing: Thing, c: RGB) -> None:
    """An oval on a string."""
    pen.line([(0.5, 0.62), (0.46, 0.8), (0.52, 0.99)], (90, 90, 90), 0.022)
    pen.polygon([(0.5, 0.58), (0.38, 0.68), (0.62, 0.68)], c)
    pen.ellipse(0.5, 0.32, 0.45, 0.3, c)
    if pen.style.shading:
        pen.ellipse(0.34, 0.22, 0.09, 0.08, lighter(c, 0.55), outline=False)


def teddy_bear(pen: Pen, thing: Thing, c: RGB) -> None:
    """A sitting bear with round ears."""
    pale = lighter(c, 0.45)
    for x in (0.24, 0.76):
        pen.disc(x, 0.1, 0.11, c)
        pen.ellipse(x - 0.06 if x < 0.5 else x + 0.06, 0.62, 0.12, 0.12, c)
        pen.ellipse(x, 0.86, 0.17, 0.12, c)
        pen.ellipse(x, 0.87, 0.08, 0.06, pale, outline=False)
    pen.ellipse(0.5, 0.7, 0.3, 0.25, c)
    pen.ellipse(0.5, 0.72, 0.17, 0.15, pale, outline=False)
    pen.ellipse(0.5, 0.28, 0.34, 0.25, c)
    pen.ellipse(0.5, 0.36, 0.16, 0.11, pale, outline=False)
    pen.ellipse(0.5, 0.32, 0.06, 0.04, INK, outline=False)
    for x in (0.36, 0.64):
        pen.disc(x, 0.23, 0.035, INK, outline=False)


def book(pen: Pen, thing: Thing, c: RGB) -> None:
    """Closed and upright, or open."""
    if pen.rng.random() < 0.5:
        pen.rect(0.08, 0.04, 0.92, 0.97, c)
        pen.rect(0.08, 0.04, 0.2, 0.97, darker(c, 0.3) if sum(c) > 140 else (90, 90, 90))
        pen.rect(0.32, 0.2, 0.8, 0.36, WHITE if sum(c) < 640 else (190, 190, 196), outline=False)
    else:
        pen.polygon([(0.0, 0.06), (0.5, 0.2), (1.0, 0.06), (1.0, 0.86), (0.5, 0.99), (0.0, 0.86)], c)
        pen.polygon([(0.16, 0.16), (0.5, 0.26), (0.5, 0.76), (0.16, 0.64)], (250, 246, 232))
        pen.polygon([(0.84, 0.16), (0.5, 0.26), (0.5, 0.76), (0.84, 0.64)], (250, 246, 232))


def robot(pen: Pen, thing: Thing, c: RGB) -> None:
    """A square head on a square body, an aerial."""
    pen.line([(0.5, 0.14), (0.5, 0.03)], METAL, 0.03)
    pen.disc(0.5, 0.04, 0.04, (230, 60, 50))
    pen.rect(0.24, 0.12, 0.76, 0.42, c)
    for x in (0.38, 0.62):
        pen.disc(x, 0.24, 0.06, (255, 250, 170))
        pen.disc(x, 0.24, 0.025, INK, outline=False)
    pen.rect(0.36, 0.34, 0.64, 0.38, INK, outline=False)
    for x in (0.02, 0.82):
        pen.rect(x, 0.48, x + 0.16, 0.74, METAL, radius=0.04)
    pen.rect(0.16, 0.45, 0.84, 0.8, c)
    pen.rect(0.34, 0.53, 0.66, 0.66, METAL)
    for x in (0.24, 0.56):
        pen.rect(x, 0.8, x + 0.2, 0.98, METAL)


def drum(pen: Pen, thing: Thing, c: RGB) -> None:
    """A cylinder with zigzag cords and two sticks."""
    pen.union(c, [(0.5, 0.84, 0.44, 0.14)], [[(0.06, 0.34), (0.94, 0.34), (0.94, 0.84), (0.06, 0.84)]])
    pen.line([(0.08, 0.82), (0.29, 0.44), (0.5, 0.92), (0.71, 0.44), (0.92, 0.82)], WHITE, 0.035)
    pen.ellipse(0.5, 0.34, 0.46, 0.16, (250, 244, 226))
    pen.line([(0.3, 0.3), (0.72, 0.04)], WOOD, 0.05)
    pen.line([(0.7, 0.32), (0.36, 0.03)], WOOD, 0.05)


def skateboard(pen: Pen, thing: Thing, c: RGB) -> None:
    """A board turned up at its ends, on four wheels."""
    pen.polygon(
        [(0.0, 0.1), (0.07, 0.08), (0.18, 0.36), (0.82, 0.36), (0.93, 0.08), (1.0, 0.1), (0.88, 0.6), (0.12, 0.6)], c
    )
    for x in (0.24, 0.76):
        pen.disc(x, 0.77, 0.2, INK)
        pen.disc(x, 0.77, 0.08, METAL, outline=False)


def bucket(pen: Pen, thing: Thing, c: RGB) -> None:
    """A pail with its handle up."""
    pen.arc(0.5, 0.32, 0.4, 0.3, 180, 360, (110, 110, 116), 0.05)
    pen.polygon([(0.06, 0.32), (0.94, 0.32), (0.78, 0.98), (0.22, 0.98)], c)
    pen.ellipse(0.5, 0.32, 0.44, 0.1, darker(c, 0.3))


def block(pen: Pen, thing: Thing, c: RGB) -> None:
    """A toy cube."""
    pen.polygon([(0.02, 0.26), (0.26, 0.03), (0.98, 0.03), (0.74, 0.26)], lighter(c, 0.35))
    pen.polygon([(0.74, 0.26), (0.98, 0.03), (0.98, 0.74), (0.74, 0.98)], darker(c, 0.3))
    pen.rect(0.02, 0.26, 0.74, 0.98, c)


def umbrella(pen: Pen, thing: Thing, c: RGB) -> None:
    """Open, with a hooked handle."""
    pen.line([(0.5, 0.1), (0.5, 0.9), (0.58, 0.97), (0.66, 0.9)], (96, 70, 50), 0.035)
    pen.pie(0.5, 0.5, 0.49, 0.48, 180, 360, c)
    for x in (0.18, 0.5, 0.82):
        pen.pie(x, 0.51, 0.16, 0.07, 180, 360, darker(c, 0.25) if sum(c) > 140 else (80, 80, 80))


def guitar(pen: Pen, thing: Thing, c: RGB) -> None:
    """A body of two rounds with a sound hole and a long neck."""
    pen.rect(0.43, 0.08, 0.57, 0.56, (92, 60, 36))
    pen.rect(0.38, 0.01, 0.62, 0.12, (60, 42, 30))
    pen.ellipse(0.5, 0.56, 0.32, 0.14, c)
    pen.ellipse(0.5, 0.8, 0.44, 0.19, c)
    pen.rect(0.3, 0.58, 0.7, 0.78, c, outline=False)
    pen.disc(0.5, 0.66, 0.07, INK, outline=False)
    pen.rect(0.36, 0.85, 0.64, 0.88, INK, outline=False)
    pen.line([(0.5, 0.08), (0.5, 0.86)], (240, 236, 220), 0.012)


DRAWINGS = {
    "ball": ball,
    "kite": kite,
    "balloon": balloon,
    "teddy bear": teddy_bear,
    "book": book,
    "robot": robot,
    "drum": drum,
    "skateboard": skateboard,
    "bucket": bucket,
    "block": block,
    "umbrella": umbrella,
    "guitar": guitar,
}
ASPECTS = {
    "ball": 1.0,
    "kite": 0.85,
    "balloon": 0.62,
    "teddy bear": 0.85,
    "book": 1.05,
    "robot": 0.75,
    "drum": 1.1,
    "skateboard": 2.7,
    "bucket": 0.95,
    "block": 1.0,
    "umbrella": 1.05,
    "guitar": 0.42,
}
