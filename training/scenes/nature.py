"""Draws what grows, lies and shines outdoors."""

from __future__ import annotations

import math

from training.scenes.palette import RGB, darker, lighter, mix
from training.scenes.pen import Pen
from training.scenes.scene import Thing

BARK: RGB = (120, 78, 44)
INK: RGB = (34, 28, 28)


def tree(pen: Pen, thing: Thing, c: RGB) -> None:
    """A trunk with a crown of discs, one disc, or a fir's triangles."""
    pen.polygon([(0.42, 0.5), (0.58, 0.5), (0.6, 0.99), (0.4, 0.99)], BARK)
    form = pen.rng.randrange(3) if pen.style.detail > 0.4 else pen.rng.choice((1, 1, 2))
    if form == 0:
        discs = ((0.26, 0.44, 0.17), (0.74, 0.44, 0.17), (0.34, 0.24, 0.18), (0.66, 0.24, 0.18), (0.5, 0.17, 0.155))
        ratio = pen.h / pen.w
        pen.union(c, [*((x, y, r * ratio, r) for x, y, r in discs), (0.5, 0.4, 0.34, 0.19)])
        if pen.style.shading:
            pen.disc(0.38, 0.22, 0.08, lighter(c, 0.2), outline=False)
    elif form == 1:
        pen.ellipse(0.5, 0.33, 0.48, 0.32, c)
        if pen.style.shading:
            pen.ellipse(0.4, 0.24, 0.18, 0.11, lighter(c, 0.2), outline=False)
    else:
        for top, bottom, half in ((0.32, 0.72, 0.48), (0.16, 0.52, 0.38), (0.01, 0.32, 0.27)):
            pen.polygon([(0.5, top), (0.5 + half, bottom), (0.5 - half, bottom)], c)


def bush(pen: Pen, thing: Thing, c: RGB) -> None:
    """A low hump of leaves."""
    discs = ((0.23, 0.68, 0.28), (0.77, 0.68, 0.28), (0.38, 0.4, 0.36), (0.64, 0.42, 0.36))
    ratio = pen.h / pen.w
    pen.union(
        c, [(x, y, r * ratio, r) for x, y, r in discs], [[(0.14, 0.66), (0.86, 0.66), (0.82, 0.95), (0.18, 0.95)]]
    )
    if pen.detailed(0.6):
        for x, y in ((0.34, 0.3), (0.62, 0.5), (0.24, 0.68), (0.78, 0.72), (0.48, 0.74)):
            pen.arc(x, y, 0.07, 0.08, 200, 340, darker(c, 0.25), 0.03)


def flower(pen: Pen, thing: Thing, c: RGB) -> None:
    """A blossom on a stem with two leaves."""
    stem: RGB = (60, 150, 60)
    pen.line([(0.5, 0.36), (0.5, 0.98)], stem, 0.05)
    pen.ellipse(0.3, 0.76, 0.2, 0.06, stem, outline=False)
    pen.ellipse(0.7, 0.7, 0.2, 0.06, stem, outline=False)
    ratio = pen.h / pen.w
    if pen.style.detail < 0.2:
        pen.disc(0.5, 0.27, 0.26, c)
    else:
        petals = 5 + pen.rng.randrange(3)
        for i in range(petals):
            angle = 2 * math.pi * i / petals
            pen.disc(0.5 + 0.165 * math.cos(angle) * ratio, 0.27 + 0.165 * math.sin(angle), 0.12, c)
    pen.disc(0.5, 0.27, 0.09, (250, 210, 40) if c[2] > 80 or c[1] < 150 else (150, 90, 30))


def mushroom(pen: Pen, thing: Thing, c: RGB) -> None:
    """A cap with white dots on a pale stem."""
    pen.rect(0.36, 0.46, 0.64, 0.98, (245, 235, 215), radius=0.1)
    pen.pie(0.5, 0.54, 0.48, 0.5, 180, 360, c)
    for x, y, r in ((0.3, 0.38, 0.07), (0.52, 0.22, 0.08), (0.72, 0.4, 0.06)):
        pen.disc(x, y, r, (255, 255, 255), outline=False)


def plant(pen: Pen, thing: Thing, c: RGB) -> None:
    """Leaves in a pot."""
    for x0, x1, y in ((0.5, 0.08, 0.3), (0.5, 0.92, 0.3), (0.5, 0.26, 0.08), (0.5, 0.74, 0.08), (0.5, 0.5, 0.02)):
        pen.polygon([(x0 - 0.06, 0.66), (x1 - 0.07, y + 0.1), (x1, y), (x1 + 0.07, y + 0.1), (x0 + 0.06, 0.66)], c)
    pen.polygon([(0.24, 0.62), (0.76, 0.62), (0.66, 0.98), (0.34, 0.98)], (196, 104, 62))


def pond(pen: Pen, thing: Thing, c: RGB) -> None:
    """Still water with ripples."""
    pen.ellipse(0.5, 0.5, 0.49, 0.47, mix(c, (90, 170, 235), 0.6))
    for x, y in ((0.3, 0.4), (0.62, 0.62), (0.7, 0.3)):
        pen.line([(x - 0.08, y), (x + 0.08, y)], (205, 232, 250), 0.035)


def rock(pen: Pen, thing: Thing, c: RGB) -> None:
    """A grey or brown lump."""
    pen.polygon([(0.02, 0.98), (0.1, 0.5), (0.34, 0.16), (0.66, 0.1), (0.9, 0.48), (0.99, 0.98)], c)
    if pen.style.shading:
        pen.polygon([(0.34, 0.2), (0.64, 0.14), (0.5, 0.44)], lighter(c, 0.25), outline=False)


def sun(pen: Pen, thing: Thing, c: RGB) -> None:
    """A disc, mostly with rays."""
    ratio = pen.h / pen.w
    if pen.rng.random() < 0.7:
        for i in range(10):
            angle = math.pi * i / 5
            dx, dy = math.cos(angle), math.sin(angle)
            pen.line([(0.5 + 0.32 * dx * ratio, 0.5 + 0.32 * dy), (0.5 + 0.48 * dx * ratio, 0.5 + 0.48 * dy)], c, 0.06)
        pen.disc(0.5, 0.5, 0.3, c)
    else:
        pen.disc(0.5, 0.5, 0.45, c)


def moon(pen: Pen, thing: Thing, c: RGB) -> None:
    """A crescent or a full disc with craters."""
    pale = mix(c, (250, 244, 200), 0.5)
    if pen.rng.random() < 0.55:
        points = [(0.5 + 0.46 * math.cos(a / 10), 0.5 + 0.46 * math.sin(a / 10)) for a in range(-16, 17)]
        inner = [(0.36 + 0.36 * math.cos(a / 10), 0.5 + 0.42 * math.sin(a / 10)) for a in range(16, -17, -1)]
        pen.polygon(points + inner, pale)
    else:
        pen.disc(0.5, 0.5, 0.46, pale)
        for x, y, r in ((0.35, 0.4, 0.08), (0.6, 0.62, 0.1), (0.62, 0.3, 0.06)):
            pen.disc(x, y, r, darker(pale, 0.12), outline=False)


def cloud(pen: Pen, thing: Thing, c: RGB) -> None:
    """Three puffs on a flat base."""
    for x, y, r in ((0.24, 0.62, 0.32), (0.5, 0.42, 0.4), (0.76, 0.6, 0.34)):
        pen.disc(x, y, r, c, outline=False)
    pen.rect(0.14, 0.62, 0.88, 0.95, c, radius=0.3, outline=False)


DRAWINGS = {
    "tree": tree,
    "bush": bush,
    "flower": flower,
    "mushroom": mushroom,
    "plant": plant,
    "pond": pond,
    "rock": rock,
    "sun": sun,
    "moon": moon,
    "cloud": cloud,
}
ASPECTS = {
    "tree": 0.72,
    "bush": 1.35,
    "flower": 0.62,
    "mushroom": 1.0,
    "plant": 0.8,
    "pond": 3.6,
    "rock": 1.35,
    "sun": 1.0,
    "moon": 1.0,
    "cloud": 1.9,
}
