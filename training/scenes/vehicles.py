"""Draws vehicles; all of them drive to the right."""

from __future__ import annotations

from training.scenes.palette import RGB, darker
from training.scenes.pen import Pen
from training.scenes.scene import Thing

GLASS: RGB = (190, 225, 245)
TYRE: RGB = (36, 36, 40)
METAL: RGB = (205, 208, 214)


def _wheel(pen: Pen, x: float, y: float, r: float) -> None:
    pen.disc(x, y, r, TYRE)
    pen.disc(x, y, r * 0.5, METAL, outline=False)


def car(pen: Pen, thing: Thing, c: RGB) -> None:
    """A low body with a cabin of two windows."""
    pen.polygon([(0.18, 0.46), (0.3, 0.08), (0.68, 0.08), (0.82, 0.46)], c)
    pen.polygon([(0.25, 0.44), (0.34, 0.16), (0.48, 0.16), (0.48, 0.44)], GLASS)
    pen.polygon([(0.53, 0.44), (0.53, 0.16), (0.65, 0.16), (0.75, 0.44)], GLASS)
    pen.rect(0.01, 0.42, 0.99, 0.8, c, radius=0.15)
    pen.rect(0.93, 0.5, 0.99, 0.6, (255, 240, 150), outline=False)
    for x in (0.23, 0.77):
        _wheel(pen, x, 0.79, 0.19)


def bus(pen: Pen, thing: Thing, c: RGB) -> None:
    """One long box with a row of windows."""
    pen.rect(0.01, 0.08, 0.99, 0.86, c, radius=0.08)
    for i in range(5):
        pen.rect(0.06 + 0.165 * i, 0.2, 0.19 + 0.165 * i, 0.46, GLASS)
    pen.rect(0.88, 0.2, 0.985, 0.52, GLASS)
    pen.rect(0.02, 0.58, 0.98, 0.64, darker(c, 0.3), outline=False)
    for x in (0.2, 0.78):
        _wheel(pen, x, 0.85, 0.13)


def truck(pen: Pen, thing: Thing, c: RGB) -> None:
    """A tall box behind a separate cab."""
    pen.rect(0.01, 0.04, 0.64, 0.76, c)
    pen.polygon([(0.67, 0.3), (0.85, 0.3), (0.99, 0.54), (0.99, 0.8), (0.67, 0.8)], darker(c, 0.15))
    pen.polygon([(0.72, 0.36), (0.83, 0.36), (0.92, 0.54), (0.72, 0.54)], GLASS)
    pen.rect(0.01, 0.76, 0.98, 0.83, (70, 70, 76), outline=False)
    for x in (0.16, 0.42, 0.82):
        _wheel(pen, x, 0.84, 0.145)


def bicycle(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two open wheels and a coloured frame."""
    for x in (0.22, 0.78):
        pen.arc(x, 0.68, 0.29 * pen.h / pen.w, 0.29, 0, 360, TYRE, 0.05)
        pen.disc(x, 0.68, 0.04, METAL, outline=False)
    frame = [(0.22, 0.68), (0.36, 0.3), (0.68, 0.3), (0.48, 0.68), (0.22, 0.68)]
    pen.line(frame, c, 0.075)
    pen.line([(0.36, 0.3), (0.48, 0.68)], c, 0.075)
    pen.line([(0.78, 0.68), (0.66, 0.14)], c, 0.075)
    pen.line([(0.56, 0.12), (0.76, 0.12)], TYRE, 0.06)
    pen.line([(0.26, 0.24), (0.46, 0.24)], TYRE, 0.09)


def airplane(pen: Pen, thing: Thing, c: RGB) -> None:
    """A fuselage with wings and a tail fin."""
    pen.polygon([(0.02, 0.1), (0.14, 0.1), (0.26, 0.42), (0.08, 0.46)], darker(c, 0.2))
    pen.polygon([(0.54, 0.42), (0.42, 0.02), (0.52, 0.02), (0.7, 0.42)], darker(c, 0.12))
    pen.ellipse(0.52, 0.5, 0.47, 0.2, c)
    pen.polygon([(0.44, 0.52), (0.22, 0.98), (0.36, 0.98), (0.68, 0.54)], darker(c, 0.25))
    for x in (0.46, 0.58, 0.7):
        pen.disc(x, 0.43, 0.055, GLASS)
    pen.pie(0.86, 0.48, 0.09, 0.13, 200, 340, GLASS)


DRAWINGS = {"car": car, "bus": bus, "truck": truck, "bicycle": bicycle, "airplane": airplane}
ASPECTS = {"car": 2.0, "bus": 2.2, "truck": 1.8, "bicycle": 1.5, "airplane": 2.1}
