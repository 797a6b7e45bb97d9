"""Draws furniture, buildings and what stands in gardens."""

from __future__ import annotations

import math

from training.scenes.palette import RGB, darker, lighter, shade
from training.scenes.pen import Pen
from training.scenes.scene import Thing

INK: RGB = (34, 28, 28)
GLASS: RGB = (190, 225, 245)
WOOD: RGB = (146, 96, 54)
METAL: RGB = (176, 180, 188)


def sofa(pen: Pen, thing: Thing, c: RGB) -> None:
    """A back, two arms and a seat of two cushions."""
    for x in (0.08, 0.88):
        pen.rect(x, 0.9, x + 0.05, 0.99, INK, outline=False)
    pen.rect(0.06, 0.06, 0.94, 0.7, c, radius=0.12)
    pen.rect(0.1, 0.52, 0.5, 0.76, lighter(c, 0.18), radius=0.08)
    pen.rect(0.5, 0.52, 0.9, 0.76, lighter(c, 0.18), radius=0.08)
    pen.rect(0.08, 0.72, 0.92, 0.92, darker(c, 0.12))
    pen.rect(0.0, 0.34, 0.14, 0.92, c, radius=0.1)
    pen.rect(0.86, 0.34, 1.0, 0.92, c, radius=0.1)


def chair(pen: Pen, thing: Thing, c: RGB) -> None:
    """Four legs, a seat, a slatted back."""
    for x in (0.3, 0.84):
        pen.rect(x, 0.58, x + 0.08, 0.88, darker(c, 0.25))
    for y in (0.08, 0.22, 0.36):
        pen.polygon([(0.12, y), (0.36, y + 0.03), (0.36, y + 0.11), (0.12, y + 0.09)], darker(c, 0.12))
    pen.rect(0.3, 0.06, 0.4, 0.56, c)
    pen.polygon([(0.28, 0.52), (0.96, 0.52), (0.84, 0.62), (0.06, 0.62)], lighter(c, 0.18))
    pen.rect(0.06, 0.61, 0.84, 0.69, c)
    pen.rect(0.06, 0.02, 0.17, 0.98, c)
    pen.rect(0.73, 0.66, 0.84, 0.98, c)


def table(pen: Pen, thing: Thing, c: RGB) -> None:
    """A top on two pairs of legs."""
    for x in (0.08, 0.86):
        pen.rect(x, 0.14, x + 0.06, 0.99, darker(c, 0.1))
    for x in (0.18, 0.78):
        pen.rect(x, 0.14, x + 0.04, 0.86, darker(c, 0.3), outline=False)
    pen.polygon([(0.08, 0.04), (0.92, 0.04), (1.0, 0.16), (0.0, 0.16)], lighter(c, 0.12))
    pen.rect(0.0, 0.15, 1.0, 0.24, c)


def lamp(pen: Pen, thing: Thing, c: RGB) -> None:
    """A shade on a tall stand."""
    pen.rect(0.45, 0.3, 0.55, 0.95, METAL)
    pen.ellipse(0.5, 0.95, 0.3, 0.045, METAL)
    pen.polygon([(0.26, 0.02), (0.74, 0.02), (1.0, 0.36), (0.0, 0.36)], c)


def bed(pen: Pen, thing: Thing, c: RGB) -> None:
    """A headboard, a pillow, a blanket in the bed's colour."""
    pen.rect(0.0, 0.02, 0.07, 0.98, WOOD)
    pen.rect(0.93, 0.36, 1.0, 0.98, WOOD)
    pen.rect(0.04, 0.72, 0.96, 0.84, WOOD)
    pen.rect(0.06, 0.52, 0.94, 0.74, (248, 246, 240))
    pen.rect(0.09, 0.34, 0.28, 0.54, (252, 252, 252), radius=0.08)
    pen.rect(0.32, 0.44, 0.95, 0.78, c, radius=0.05)


def bookshelf(pen: Pen, thing: Thing, c: RGB) -> None:
    """Shelves full of books."""
    pen.rect(0.0, 0.0, 1.0, 0.99, c)
    back = darker(c, 0.4) if sum(c) > 140 else (80, 80, 84)
    for row in range(4):
        top = 0.05 + 0.235 * row
        pen.rect(0.07, top, 0.93, top + 0.19, back, outline=False)
        x = 0.09
        while x < 0.82:
            width, height = pen.rng.uniform(0.06, 0.12), pen.rng.uniform(0.11, 0.18)
            pen.rect(
                x,
                top + 0.19 - height,
                x + width,
                top + 0.19,
                shade(pen.rng.choice(("red", "blue", "green", "yellow", "purple", "orange")), pen.rng),
                outline=False,
            )
            x += width + 0.01


def television(pen: Pen, thing: Thing, c: RGB) -> None:
    """A screen in a frame, on a foot."""
    pen.rect(0.42, 0.78, 0.58, 0.94, c)
    pen.rect(0.26, 0.92, 0.74, 0.99, c)
    pen.rect(0.0, 0.04, 1.0, 0.82, c, radius=0.05)
    pen.rect(0.06, 0.12, 0.94, 0.74, (120, 190, 220) if pen.rng.random() < 0.7 else (70, 84, 96), outline=False)
    pen.polygon([(0.14, 0.66), (0.3, 0.2), (0.38, 0.2), (0.22, 0.66)], (210, 235, 246), outline=False)


def rug(pen: Pen, thing: Thing, c: RGB) -> None:
    """An oval or a rectangle seen flat, with a border."""
    if pen.rng.random() < 0.6:
        pen.ellipse(0.5, 0.5, 0.49, 0.48, c)
        pen.ellipse(0.5, 0.5, 0.36, 0.33, lighter(c, 0.25), outline=False)
    else:
        pen.polygon([(0.12, 0.04), (0.88, 0.04), (1.0, 0.97), (0.0, 0.97)], c)
        pen.polygon([(0.2, 0.2), (0.8, 0.2), (0.87, 0.8), (0.13, 0.8)], lighter(c, 0.25), outline=False)


def clock(pen: Pen, thing: Thing, c: RGB) -> None:
    """A round dial with two hands."""
    pen.disc(0.5, 0.5, 0.48, c)
    pen.disc(0.5, 0.5, 0.36, (252, 250, 240), outline=False)
    for i in range(12):
        angle = math.pi * i / 6
        pen.disc(0.5 + 0.3 * math.cos(angle), 0.5 + 0.3 * math.sin(angle), 0.02, INK, outline=False)
    angle = pen.rng.uniform(0, 6.28)
    pen.line([(0.5, 0.5), (0.5 + 0.16 * math.cos(angle), 0.5 + 0.16 * math.sin(angle))], INK, 0.05)
    pen.line([(0.5, 0.5), (0.5, 0.24)], INK, 0.035)


def picture(pen: Pen, thing: Thing, c: RGB) -> None:
    """A framed landscape."""
    pen.rect(0.0, 0.0, 1.0, 1.0, c)
    pen.rect(0.1, 0.13, 0.9, 0.87, (170, 214, 240), outline=False)
    pen.polygon(
        [(0.1, 0.87), (0.1, 0.62), (0.34, 0.36), (0.56, 0.62), (0.7, 0.5), (0.9, 0.72), (0.9, 0.87)],
        (110, 150, 110),
        outline=False,
    )
    pen.disc(0.74, 0.28, 0.08, (250, 214, 80), outline=False)


def window(pen: Pen, thing: Thing, c: RGB, night: bool = False) -> None:
    """Four panes that show whether it is day or night."""
    pen.rect(0.0, 0.0, 1.0, 1.0, c)
    if night:
        pen.rect(0.08, 0.08, 0.92, 0.92, (22, 28, 64), outline=False)
        pen.disc(0.68, 0.28, 0.1, (250, 240, 190), outline=False)
        for x, y in ((0.2, 0.2), (0.34, 0.66), (0.78, 0.74), (0.24, 0.42)):
            pen.disc(x, y, 0.02, (255, 255, 230), outline=False)
    else:
        pen.rect(0.08, 0.08, 0.92, 0.92, (150, 208, 250), outline=False)
        pen.rect(0.08, 0.74, 0.92, 0.92, (120, 190, 90), outline=False)
        if pen.rng.random() < 0.5:
            pen.ellipse(0.3, 0.26, 0.14, 0.07, (250, 252, 255), outline=False)
    pen.rect(0.47, 0.04, 0.53, 0.96, c, outline=False)
    pen.rect(0.04, 0.47, 0.96, 0.53, c, outline=False)


def fireplace(pen: Pen, thing: Thing, c: RGB) -> None:
    """A chimney breast with a fire."""
    pen.rect(0.06, 0.1, 0.94, 0.99, c)
    pen.rect(0.0, 0.0, 1.0, 0.14, darker(c, 0.25))
    if pen.detailed(0.7):
        for row in range(6):
            y = 0.22 + 0.13 * row
            for x in (0.12, 0.8) if row % 2 else (0.16, 0.84):
                pen.rect(x, y, x + 0.09, y + 0.05, darker(c, 0.14), outline=False)
    pen.rect(0.24, 0.4, 0.76, 0.99, (40, 34, 34))
    pen.polygon(
        [(0.32, 0.96), (0.36, 0.7), (0.44, 0.8), (0.5, 0.54), (0.58, 0.78), (0.64, 0.68), (0.68, 0.96)],
        (250, 130, 30),
        outline=False,
    )
    pen.polygon([(0.42, 0.96), (0.46, 0.8), (0.52, 0.72), (0.58, 0.96)], (255, 226, 90), outline=False)


def house(pen: Pen, thing: Thing, c: RGB) -> None:
    """Walls in the house's colour, a roof, a door, two windows."""
    roof = shade("brown" if thing.colour != "brown" else "gray", pen.rng)
    if pen.detailed(0.6):
        pen.rect(0.7, 0.04, 0.8, 0.3, darker(roof, 0.2))
    pen.rect(0.08, 0.38, 0.92, 0.99, c)
    pen.polygon([(0.5, 0.01), (1.0, 0.4), (0.0, 0.4)], roof)
    pen.rect(0.41, 0.62, 0.59, 0.99, (110, 74, 46))
    fine = pen.detailed(0.8)
    if fine:
        pen.disc(0.55, 0.81, 0.014, (250, 210, 70), outline=False)
    for x in (0.16, 0.66):
        pen.rect(x, 0.5, x + 0.18, 0.7, GLASS)
        if fine:
            pen.line([(x + 0.09, 0.51), (x + 0.09, 0.69)], (250, 250, 250), 0.015)
            pen.line([(x + 0.01, 0.6), (x + 0.17, 0.6)], (250, 250, 250), 0.015)


def fence(pen: Pen, thing: Thing, c: RGB) -> None:
    """Pointed boards on two rails."""
    for y in (0.32, 0.68):
        pen.rect(0.0, y, 1.0, y + 0.12, darker(c, 0.12))
    for i in range(7):
        x = 0.02 + 0.14 * i
        pen.polygon([(x, 0.98), (x, 0.2), (x + 0.05, 0.02), (x + 0.1, 0.2), (x + 0.1, 0.98)], c)


def bench(pen: Pen, thing: Thing, c: RGB) -> None:
    """A slatted seat with a back."""
    for x in (0.1, 0.84):
        pen.rect(x, 0.1, x + 0.06, 0.98, (80, 80, 86))
    for y in (0.06, 0.26):
        pen.rect(0.0, y, 1.0, y + 0.14, c)
    pen.polygon([(0.04, 0.52), (0.96, 0.52), (1.0, 0.66), (0.0, 0.66)], c)


def slide(pen: Pen, thing: Thing, c: RGB) -> None:
    """A ladder on the left, a chute to the right."""
    for x in (0.06, 0.24):
        pen.line([(x, 0.98), (x, 0.08)], METAL, 0.035)
    for y in (0.3, 0.48, 0.66, 0.84):
        pen.line([(0.06, y), (0.24, y)], METAL, 0.03)
    pen.polygon(
        [(0.06, 0.22), (0.34, 0.2), (0.78, 0.84), (0.99, 0.86), (0.99, 0.97), (0.7, 0.96), (0.26, 0.34), (0.06, 0.34)],
        c,
    )


def tent(pen: Pen, thing: Thing, c: RGB) -> None:
    """A triangle with an open flap."""
    pen.polygon([(0.5, 0.03), (1.0, 0.98), (0.0, 0.98)], c)
    pen.polygon([(0.5, 0.2), (0.68, 0.98), (0.34, 0.98)], darker(c, 0.6))
    pen.polygon([(0.5, 0.2), (0.34, 0.98), (0.22, 0.98)], lighter(c, 0.35))


DRAWINGS = {
    "sofa": sofa,
    "chair": chair,
    "table": table,
    "lamp": lamp,
    "bed": bed,
    "bookshelf": bookshelf,
    "television": television,
    "rug": rug,
    "clock": clock,
    "picture": picture,
    "window": window,
    "fireplace": fireplace,
    "house": house,
    "fence": fence,
    "bench": bench,
    "slide": slide,
    "tent": tent,
}
ASPECTS = {
    "sofa": 2.0,
    "chair": 0.72,
    "table": 1.75,
    "lamp": 0.5,
    "bed": 2.1,
    "bookshelf": 0.75,
    "television": 1.45,
    "rug": 4.0,
    "clock": 1.0,
    "picture": 1.35,
    "window": 1.05,
    "fireplace": 1.2,
    "house": 1.05,
    "fence": 2.6,
    "bench": 1.9,
    "slide": 1.4,
    "tent": 1.35,
}
