"""Draws the theme "space": the ground of a moon under a sky full of stars, and who and what comes there."""

from __future__ import annotations

import random

from PIL import ImageDraw

from training.scenes.palette import RGB, darker, lighter, mix
from training.scenes.pen import Pen
from training.scenes.scene import Scene, Thing

INK: RGB = (34, 28, 28)
WHITE: RGB = (252, 252, 252)
GLASS: RGB = (176, 222, 246)
METAL: RGB = (188, 194, 202)
FIRE: RGB = (255, 160, 40)


def _eye(pen: Pen, x: float, y: float, r: float) -> None:
    pen.disc(x, y, r, WHITE, outline=False)
    pen.disc(x, y, r * 0.55, INK, outline=False)


def rocket(pen: Pen, thing: Thing, c: RGB) -> None:
    """A pointed body with fins, a window and a flame."""
    pen.polygon([(0.36, 0.8), (0.5, 1.0), (0.64, 0.8)], FIRE)
    pen.polygon([(0.3, 0.52), (0.0, 0.86), (0.32, 0.8)], darker(c, 0.3))
    pen.polygon([(0.7, 0.52), (1.0, 0.86), (0.68, 0.8)], darker(c, 0.3))
    body = [(0.5, 0.0), (0.66, 0.14), (0.74, 0.36), (0.74, 0.6), (0.66, 0.82), (0.34, 0.82)]
    pen.polygon([*body, (0.26, 0.6), (0.26, 0.36), (0.34, 0.14)], c)
    pen.polygon([(0.5, 0.0), (0.66, 0.14), (0.34, 0.14)], WHITE if sum(c) < 660 else METAL)
    pen.disc(0.5, 0.36, 0.09, METAL)
    pen.disc(0.5, 0.36, 0.06, GLASS, outline=False)


def planet(pen: Pen, thing: Thing, c: RGB) -> None:
    """A ball with a wide ring."""
    ring = mix(c, (250, 236, 200), 0.7)
    pen.disc(0.5, 0.5, 0.42, c)
    for x, y, r in ((0.42, 0.26, 0.07), (0.6, 0.32, 0.05), (0.46, 0.76, 0.06)):
        pen.disc(x, y, r, darker(c, 0.2), outline=False)
    pen.line([(0.02, 0.64), (0.2, 0.67), (0.5, 0.6), (0.8, 0.46), (0.98, 0.3)], ring, 0.09, True)


def alien(pen: Pen, thing: Thing, c: RGB) -> None:
    """A large head with three eyes, feelers, a small body."""
    for way in (1, -1):
        pen.line([(0.5 - way * 0.1, 0.2), (0.5 - way * 0.26, 0.04)], c, 0.035)
        pen.disc(0.5 - way * 0.26, 0.05, 0.045, lighter(c, 0.3))
        pen.line([(0.5 - way * 0.16, 0.66), (0.5 - way * 0.4, 0.76), (0.5 - way * 0.44, 0.64)], c, 0.06, True)
        pen.line([(0.5 - way * 0.12, 0.84), (0.5 - way * 0.16, 0.97)], c, 0.07, True)
    pen.union(c, [(0.5, 0.36, 0.42, 0.24), (0.5, 0.74, 0.24, 0.18)])
    for x in (0.27, 0.5, 0.73):
        _eye(pen, x, 0.34, 0.075)
    pen.arc(0.5, 0.44, 0.14, 0.08, 20, 160, darker(c, 0.6), 0.025)


def comet(pen: Pen, thing: Thing, c: RGB) -> None:
    """A ball with a tail of three points."""
    pale = lighter(c, 0.5)
    pen.polygon([(0.76, 0.2), (0.0, 0.1), (0.4, 0.38), (0.06, 0.48), (0.4, 0.62), (0.1, 0.9), (0.76, 0.98)], pale)
    pen.disc(0.76, 0.6, 0.38, c)
    pen.disc(0.7, 0.5, 0.1, lighter(c, 0.35), outline=False)


def satellite(pen: Pen, thing: Thing, c: RGB) -> None:
    """A box with a dish between two wings."""
    pen.line([(0.1, 0.54), (0.9, 0.54)], METAL, 0.07)
    for x in (0.0, 0.7):
        pen.rect(x, 0.24, x + 0.3, 0.86, c)
        for line in (0.1, 0.2):
            pen.line([(x + line, 0.26), (x + line, 0.84)], lighter(c, 0.45) if sum(c) < 400 else darker(c, 0.4), 0.03)
    pen.rect(0.4, 0.34, 0.6, 0.96, METAL)
    pen.line([(0.5, 0.34), (0.5, 0.14)], METAL, 0.06)
    pen.cap(0.5, 0.08, 0.1, 0.2, 0, 180, WHITE)


def astronaut(pen: Pen, thing: Thing, c: RGB) -> None:
    """A suit with a round helmet, a pack on the back."""
    pen.rect(0.2, 0.38, 0.8, 0.74, METAL, radius=0.08)
    for way in (1, -1):
        pen.line([(0.5 - way * 0.2, 0.46), (0.5 - way * 0.4, 0.62)], c, 0.11, True)
        pen.disc(0.5 - way * 0.42, 0.64, 0.05, METAL)
        pen.line([(0.5 - way * 0.12, 0.74), (0.5 - way * 0.15, 0.9)], c, 0.13, True)
        pen.rect(0.5 - way * 0.15 - 0.13, 0.89, 0.5 - way * 0.15 + 0.13, 0.98, METAL, radius=0.03)
    pen.rect(0.28, 0.38, 0.72, 0.8, c, radius=0.1)
    pen.rect(0.38, 0.5, 0.62, 0.62, WHITE if sum(c) < 660 else METAL)
    pen.disc(0.5, 0.22, 0.21, c)
    pen.ellipse(0.54, 0.23, 0.2, 0.13, (60, 80, 120))
    pen.ellipse(0.46, 0.18, 0.05, 0.03, WHITE, outline=False)


def rover(pen: Pen, thing: Thing, c: RGB) -> None:
    """A flat car on six wheels with a mast that looks ahead."""
    pen.line([(0.72, 0.5), (0.72, 0.12)], METAL, 0.05, True)
    pen.rect(0.6, 0.02, 0.88, 0.2, c)
    pen.disc(0.82, 0.11, 0.05, INK, outline=False)
    pen.polygon([(0.06, 0.32), (0.46, 0.32), (0.52, 0.46), (0.0, 0.46)], (50, 70, 130))
    pen.rect(0.08, 0.44, 0.92, 0.72, c, radius=0.05)
    for x in (0.17, 0.5, 0.83):
        pen.disc(x, 0.82, 0.16, INK)
        pen.disc(x, 0.82, 0.07, METAL, outline=False)


def flag(pen: Pen, thing: Thing, c: RGB) -> None:
    """A waving cloth on a pole."""
    pen.polygon([(0.16, 0.06), (0.5, 0.12), (0.98, 0.04), (0.92, 0.3), (0.98, 0.54), (0.5, 0.6), (0.16, 0.54)], c)
    pen.disc(0.52, 0.33, 0.1, WHITE if sum(c) < 660 else METAL, outline=False)
    pen.line([(0.12, 0.03), (0.12, 0.97)], METAL, 0.06, True)
    pen.ellipse(0.12, 0.95, 0.12, 0.04, (120, 120, 126))


def ufo(pen: Pen, thing: Thing, c: RGB) -> None:
    """A flat disc with a dome of glass and lights."""
    pen.cap(0.5, 0.46, 0.26, 0.44, 180, 360, GLASS)
    pen.disc(0.5, 0.34, 0.15, (120, 190, 90), outline=False)
    for x in (0.47, 0.53):
        pen.disc(x, 0.32, 0.04, INK, outline=False)
    pen.ellipse(0.5, 0.62, 0.49, 0.26, c)
    pen.ellipse(0.5, 0.54, 0.34, 0.12, lighter(c, 0.3), outline=False)
    for x in (0.16, 0.38, 0.62, 0.84):
        pen.disc(x, 0.68, 0.06, (255, 240, 140), outline=False)
    for x in (0.3, 0.7):
        pen.line([(x, 0.84), (x, 0.97)], METAL, 0.07)


def meteor(pen: Pen, thing: Thing, c: RGB) -> None:
    """A lump of rock with holes."""
    pen.polygon(
        [(0.04, 0.5), (0.16, 0.18), (0.44, 0.03), (0.76, 0.12), (0.97, 0.42), (0.88, 0.78), (0.58, 0.97), (0.22, 0.86)],
        c,
    )
    for x, y, r in ((0.34, 0.36, 0.12), (0.66, 0.5, 0.14), (0.4, 0.72, 0.09), (0.66, 0.22, 0.06)):
        pen.disc(x, y, r, darker(c, 0.35), outline=False)


def telescope(pen: Pen, thing: Thing, c: RGB) -> None:
    """A tube on three legs that looks up."""
    for foot in (0.14, 0.46, 0.78):
        pen.line([(0.46, 0.5), (foot, 0.97)], METAL, 0.05, True)
    pen.polygon([(0.0, 0.58), (0.1, 0.74), (0.84, 0.36), (0.7, 0.12)], c)
    pen.polygon([(0.68, 0.1), (0.84, 0.38), (1.0, 0.28), (0.82, 0.0)], darker(c, 0.35) if sum(c) > 140 else METAL)
    pen.disc(0.46, 0.5, 0.07, METAL)


def crate(pen: Pen, thing: Thing, c: RGB) -> None:
    """A box with struts across."""
    pen.rect(0.02, 0.04, 0.98, 0.98, c)
    pen.line([(0.14, 0.16), (0.86, 0.86)], darker(c, 0.3), 0.08)
    pen.line([(0.86, 0.16), (0.14, 0.86)], darker(c, 0.3), 0.08)
    for x0, y0, x1, y1 in (
        (0.02, 0.04, 0.98, 0.16),
        (0.02, 0.86, 0.98, 0.98),
        (0.02, 0.04, 0.12, 0.98),
        (0.88, 0.04, 0.98, 0.98),
    ):
        pen.rect(x0, y0, x1, y1, lighter(c, 0.25))


def base(pen: Pen, thing: Thing, c: RGB) -> None:
    """A flat house with a door, windows and a mast."""
    pen.line([(0.9, 0.3), (0.9, 0.02)], METAL, 0.04, True)
    pen.disc(0.9, 0.05, 0.05, (230, 60, 50))
    pen.rect(0.04, 0.4, 0.96, 0.98, c)
    pen.rect(0.0, 0.28, 1.0, 0.42, METAL, radius=0.04)
    pen.rect(0.42, 0.58, 0.58, 0.98, darker(c, 0.4) if sum(c) > 140 else METAL)
    for x in (0.16, 0.3, 0.7, 0.84):
        pen.disc(x, 0.62, 0.075, GLASS)


DRAWINGS = {
    "rocket": rocket,
    "planet": planet,
    "alien": alien,
    "comet": comet,
    "satellite": satellite,
    "astronaut": astronaut,
    "rover": rover,
    "flag": flag,
    "ufo": ufo,
    "meteor": meteor,
    "telescope": telescope,
    "crate": crate,
    "base": base,
}
ASPECTS = {
    "rocket": 0.56,
    "planet": 1.35,
    "alien": 0.8,
    "comet": 1.7,
    "satellite": 1.9,
    "astronaut": 0.75,
    "rover": 1.35,
    "flag": 0.9,
    "ufo": 1.9,
    "meteor": 1.15,
    "telescope": 1.1,
    "crate": 1.05,
    "base": 1.9,
}


def backdrop(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, scale: float) -> None:
    """A dark sky with stars and a veil of light, and the pale ground of a moon with craters.

    Args:
        draw: Blends colours that are not opaque.
        scene: For its size.
        rng: Chooses the tone of sky and ground and where everything is.
        scale: Canvas pixels to a scene pixel.
    """

    def scaled(*values: float) -> list[float]:
        return [value * scale for value in values]

    width, height = scene.width, scene.height
    top, low = rng.choice(
        (((16, 16, 44), (62, 52, 112)), ((10, 22, 50), (34, 74, 118)), ((30, 14, 48), (104, 52, 104)))
    )
    horizon = rng.uniform(236, 268)
    for row in range(0, round(horizon) + 1, 4):
        draw.rectangle(scaled(0, row, width, row + 4), fill=mix(top, low, row / horizon))
    veil, middle, slope = (
        rng.choice(((120, 90, 200), (80, 140, 200), (200, 110, 160))),
        rng.uniform(40, 150),
        rng.uniform(-0.2, 0.2),
    )
    for _ in range(26):
        x, r = rng.uniform(-40, width + 40), rng.uniform(14, 60)
        y = middle + slope * (x - width / 2) + rng.gauss(0, 20)
        draw.ellipse(scaled(x - 2 * r, y - r * 0.6, x + 2 * r, y + r * 0.6), fill=(*veil, 9))
    for _ in range(rng.randrange(60, 140)):
        x, y, r = rng.uniform(0, width), rng.uniform(0, horizon), rng.uniform(0.4, 1.5)
        draw.ellipse(scaled(x - r, y - r, x + r, y + r), fill=(255, 250, 230, rng.randrange(90, 230)))
    ground = mix(rng.choice(((204, 200, 206), (214, 196, 180), (190, 200, 214))), low, 0.1)
    for _ in range(3):
        x, wide, hill = rng.uniform(0, width), rng.uniform(150, 330), rng.uniform(14, 40)
        draw.ellipse(scaled(x - wide, horizon - hill, x + wide, horizon + hill), fill=darker(ground, 0.16))
    for i in range(8):
        y = horizon + (height - horizon) * i / 8
        draw.rectangle(scaled(0, y, width, height), fill=lighter(darker(ground, 0.08), 0.04 * i))
    for _ in range(rng.randrange(3, 9)):
        y = rng.uniform(horizon + 12, height - 4)
        x, wide = rng.uniform(0, width), rng.uniform(14, 60) * (0.5 + (y - horizon) / (height - horizon))
        draw.ellipse(scaled(x, y, x + wide, y + wide * 0.3), fill=darker(ground, 0.2))
        draw.arc(
            scaled(x, y, x + wide, y + wide * 0.3), 10, 170, fill=lighter(ground, 0.5), width=max(1, round(2 * scale))
        )
