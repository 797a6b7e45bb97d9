"""Draws food and what it is served in."""

from __future__ import annotations

import math

from training.scenes.palette import RGB, darker, lighter
from training.scenes.pen import Pen
from training.scenes.scene import Thing

CRUST: RGB = (206, 142, 66)
WHITE: RGB = (252, 252, 252)


def apple(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two cheeks, a stalk and a leaf."""
    pen.union(c, [(0.35, 0.6, 0.32, 0.37), (0.65, 0.6, 0.32, 0.37)])
    if pen.style.shading:
        pen.ellipse(0.24, 0.46, 0.07, 0.09, lighter(c, 0.5), outline=False)
    pen.line([(0.5, 0.3), (0.54, 0.06)], (96, 64, 36), 0.07)
    pen.ellipse(0.72, 0.12, 0.18, 0.09, (60, 150, 60))


def banana(pen: Pen, thing: Thing, c: RGB) -> None:
    """A curved fruit with dark tips."""
    outer = [(0.5 + 0.48 * math.cos(a / 10), 0.06 + 0.88 * math.sin(a / 10)) for a in range(2, 31, 2)]
    inner = [(0.5 + 0.36 * math.cos(a / 10), 0.0 + 0.52 * math.sin(a / 10)) for a in range(30, 1, -2)]
    pen.polygon(outer + inner, c)
    pen.disc(0.93, 0.18, 0.09, (80, 56, 30), outline=False)
    pen.disc(0.06, 0.14, 0.06, (80, 56, 30), outline=False)


def pizza(pen: Pen, thing: Thing, c: RGB) -> None:
    """A slice with salami."""
    pen.polygon([(0.04, 0.16), (0.96, 0.16), (0.5, 0.99)], c)
    pen.rect(0.0, 0.03, 1.0, 0.22, CRUST, radius=0.09)
    for x, y in ((0.3, 0.38), (0.64, 0.36), (0.5, 0.64)):
        pen.disc(x, y, 0.1, (206, 46, 38))


def cake(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two layers, icing and candles."""
    for x in (0.3, 0.5, 0.7):
        pen.rect(x - 0.025, 0.12, x + 0.025, 0.36, (90, 160, 230), outline=False)
        pen.ellipse(x, 0.07, 0.03, 0.065, (255, 170, 30), outline=False)
    pen.rect(0.18, 0.34, 0.82, 0.64, c, radius=0.04)
    pen.rect(0.04, 0.6, 0.96, 0.95, c, radius=0.04)
    icing = WHITE if sum(c) < 690 else (250, 150, 175)
    for i in range(6):
        pen.ellipse(0.12 + 0.152 * i, 0.64, 0.075, 0.07, icing, outline=False)
    pen.rect(0.0, 0.94, 1.0, 0.99, (200, 205, 212), outline=False)


def sandwich(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two slices of bread with lettuce and cheese between."""
    pen.rect(0.04, 0.7, 0.96, 0.96, (214, 160, 92), radius=0.08)
    pen.polygon(
        [(0.0, 0.6), (1.0, 0.6), (0.9, 0.74), (0.74, 0.62), (0.58, 0.74), (0.4, 0.62), (0.22, 0.74)],
        (110, 190, 70),
        outline=False,
    )
    pen.rect(0.06, 0.46, 0.94, 0.6, (226, 70, 60), outline=False)
    pen.rect(0.04, 0.36, 0.96, 0.5, (252, 206, 60), outline=False)
    pen.polygon([(0.12, 0.08), (0.88, 0.08), (0.97, 0.26), (0.03, 0.26)], (246, 218, 160))
    pen.rect(0.03, 0.24, 0.97, 0.4, (206, 148, 80), radius=0.04)


def ice_cream(pen: Pen, thing: Thing, c: RGB) -> None:
    """A scoop on a cone."""
    pen.polygon([(0.16, 0.42), (0.84, 0.42), (0.5, 0.99)], (222, 166, 92))
    if pen.detailed():
        pen.line([(0.3, 0.44), (0.6, 0.8)], (176, 120, 60), 0.02)
        pen.line([(0.7, 0.44), (0.4, 0.8)], (176, 120, 60), 0.02)
    pen.ellipse(0.5, 0.28, 0.42, 0.26, c)
    if pen.style.shading:
        pen.ellipse(0.38, 0.18, 0.1, 0.06, lighter(c, 0.5), outline=False)


def watermelon(pen: Pen, thing: Thing, c: RGB) -> None:
    """A slice: green rind, red flesh, black seeds."""
    pen.pie(0.5, 0.1, 0.49, 0.88, 0, 180, (46, 140, 60))
    pen.pie(0.5, 0.1, 0.4, 0.7, 0, 180, (236, 60, 72))
    for x, y in ((0.34, 0.3), (0.5, 0.5), (0.66, 0.3)):
        pen.ellipse(x, y, 0.03, 0.07, (30, 24, 24), outline=False)


def cup(pen: Pen, thing: Thing, c: RGB) -> None:
    """A mug with its handle on the right, sometimes steaming."""
    pen.arc(0.78, 0.58, 0.19, 0.22, -90, 90, darker(c, 0.15) if sum(c) < 640 else (205, 205, 210), 0.1)
    pen.rect(0.08, 0.2, 0.78, 0.97, c, radius=0.12)
    pen.ellipse(0.43, 0.22, 0.35, 0.09, darker(c, 0.4) if sum(c) > 140 else (90, 70, 60))


def bottle(pen: Pen, thing: Thing, c: RGB) -> None:
    """A narrow neck on a straight body with a label."""
    pen.rect(0.36, 0.02, 0.64, 0.12, (90, 70, 60), outline=False)
    pen.rect(0.36, 0.1, 0.64, 0.42, c)
    pen.rect(0.12, 0.34, 0.88, 0.98, c, radius=0.2)
    pen.rect(0.12, 0.56, 0.88, 0.8, WHITE if sum(c) < 690 else (120, 170, 220), outline=False)


DRAWINGS = {
    "apple": apple,
    "banana": banana,
    "pizza": pizza,
    "cake": cake,
    "sandwich": sandwich,
    "ice cream": ice_cream,
    "watermelon": watermelon,
    "cup": cup,
    "bottle": bottle,
}
ASPECTS = {
    "apple": 0.95,
    "banana": 1.5,
    "pizza": 0.95,
    "cake": 1.15,
    "sandwich": 1.4,
    "ice cream": 0.6,
    "watermelon": 1.8,
    "cup": 1.05,
    "bottle": 0.4,
}
