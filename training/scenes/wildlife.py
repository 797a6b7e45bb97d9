"""Draws animals that only scenes of wide variety hold."""

from __future__ import annotations

from training.scenes.palette import RGB, darker, lighter
from training.scenes.pen import Pen
from training.scenes.scene import Thing

INK: RGB = (34, 28, 28)
WHITE: RGB = (252, 252, 252)


def _eye(pen: Pen, x: float, y: float, r: float) -> None:
    pen.disc(x, y, r, WHITE, outline=False)
    pen.disc(x, y, r * 0.55, INK, outline=False)


def fish(pen: Pen, thing: Thing, c: RGB) -> None:
    """An oval with a forked tail and a fin."""
    pen.polygon([(0.3, 0.5), (0.0, 0.12), (0.08, 0.5), (0.0, 0.88)], darker(c, 0.2))
    pen.polygon([(0.42, 0.24), (0.6, 0.02), (0.72, 0.24)], darker(c, 0.2))
    pen.ellipse(0.6, 0.5, 0.38, 0.32, c)
    _eye(pen, 0.8, 0.42, 0.08)
    pen.arc(0.64, 0.5, 0.08, 0.22, -80, 80, darker(c, 0.35), 0.03)


def turtle(pen: Pen, thing: Thing, c: RGB) -> None:
    """A domed shell on short legs, a head in front."""
    skin = lighter(c, 0.35)
    pen.ellipse(0.88, 0.52, 0.11, 0.17, skin)
    for x in (0.26, 0.62):
        pen.rect(x, 0.7, x + 0.13, 0.98, skin, radius=0.05)
    pen.polygon([(0.12, 0.74), (0.0, 0.84), (0.14, 0.82)], skin)
    pen.cap(0.45, 0.76, 0.38, 0.7, 180, 360, c)
    for x, y in ((0.34, 0.5), (0.5, 0.34), (0.6, 0.56)):
        pen.disc(x, y, 0.08, darker(c, 0.25), outline=False)
    _eye(pen, 0.9, 0.46, 0.05)


def snake(pen: Pen, thing: Thing, c: RGB) -> None:
    """A wavy body with a tongue."""
    pen.line([(0.02, 0.86), (0.18, 0.6), (0.34, 0.86), (0.5, 0.6), (0.66, 0.84), (0.76, 0.4)], c, 0.2, True)
    pen.ellipse(0.82, 0.3, 0.13, 0.2, c)
    pen.line([(0.93, 0.34), (1.0, 0.4)], (220, 30, 50), 0.05)
    _eye(pen, 0.84, 0.24, 0.06)


def bee(pen: Pen, thing: Thing, c: RGB) -> None:
    """A striped oval with two wings."""
    for x in (0.4, 0.56):
        pen.ellipse(x, 0.24, 0.14, 0.23, (222, 238, 250))
    pen.ellipse(0.5, 0.62, 0.4, 0.32, c)
    for x in (0.3, 0.46, 0.62):
        pen.rect(x, 0.36, x + 0.07, 0.9, INK, outline=False)
    pen.polygon([(0.1, 0.56), (0.0, 0.62), (0.1, 0.68)], INK, outline=False)
    _eye(pen, 0.8, 0.54, 0.08)


def snail(pen: Pen, thing: Thing, c: RGB) -> None:
    """A spiral shell on a long foot, two horns."""
    skin = (226, 196, 150)
    pen.rect(0.04, 0.78, 0.92, 0.98, skin, radius=0.09)
    pen.rect(0.76, 0.44, 0.93, 0.92, skin, radius=0.08)
    for x in (0.8, 0.94):
        pen.line([(0.84, 0.48), (x, 0.2)], skin, 0.05)
        pen.disc(x, 0.2, 0.04, INK, outline=False)
    pen.disc(0.42, 0.52, 0.38, c)
    for r in (0.26, 0.14):
        pen.arc(0.42, 0.52, r * pen.h / pen.w, r, 20, 330, darker(c, 0.4), 0.05)


def ladybug(pen: Pen, thing: Thing, c: RGB) -> None:
    """A round red back with dots."""
    pen.disc(0.84, 0.52, 0.2, INK)
    pen.ellipse(0.45, 0.52, 0.42, 0.44, c)
    pen.line([(0.04, 0.52), (0.86, 0.52)], INK, 0.05)
    for x, y in ((0.26, 0.3), (0.56, 0.28), (0.3, 0.74), (0.6, 0.76), (0.44, 0.4)):
        pen.disc(x, y, 0.08, INK, outline=False)


def penguin(pen: Pen, thing: Thing, c: RGB) -> None:
    """Black with a white front, an orange beak and feet."""
    for x in (0.34, 0.62):
        pen.ellipse(x, 0.95, 0.13, 0.04, (245, 150, 30))
    pen.ellipse(0.5, 0.55, 0.4, 0.42, c)
    pen.ellipse(0.5, 0.22, 0.28, 0.21, c)
    pen.ellipse(0.54, 0.6, 0.26, 0.33, WHITE, outline=False)
    pen.ellipse(0.58, 0.23, 0.16, 0.13, WHITE, outline=False)
    pen.polygon([(0.66, 0.22), (0.96, 0.28), (0.66, 0.33)], (245, 150, 30))
    pen.disc(0.58, 0.19, 0.03, INK, outline=False)


def chicken(pen: Pen, thing: Thing, c: RGB) -> None:
    """A round body with a red comb and a pointed tail."""
    for x in (0.42, 0.56):
        pen.line([(x, 0.8), (x, 0.98)], (236, 150, 40), 0.035)
    pen.polygon([(0.3, 0.5), (0.0, 0.24), (0.1, 0.66)], darker(c, 0.18))
    pen.ellipse(0.44, 0.62, 0.34, 0.26, c)
    pen.polygon([(0.56, 0.66), (0.6, 0.24), (0.84, 0.24), (0.76, 0.7)], c)
    for x in (0.62, 0.7, 0.78):
        pen.disc(x, 0.1, 0.065, (214, 30, 40), outline=False)
    pen.ellipse(0.72, 0.24, 0.15, 0.15, c)
    pen.polygon([(0.85, 0.2), (1.0, 0.27), (0.85, 0.32)], (245, 160, 30))
    pen.disc(0.82, 0.38, 0.05, (214, 30, 40), outline=False)
    _eye(pen, 0.76, 0.2, 0.04)


DRAWINGS = {
    "fish": fish,
    "turtle": turtle,
    "snake": snake,
    "bee": bee,
    "snail": snail,
    "ladybug": ladybug,
    "penguin": penguin,
    "chicken": chicken,
}
ASPECTS = {
    "fish": 1.6,
    "turtle": 1.5,
    "snake": 1.9,
    "bee": 1.25,
    "snail": 1.3,
    "ladybug": 1.25,
    "penguin": 0.75,
    "chicken": 1.05,
}
