"""Draws animals; all of them face right."""

from __future__ import annotations

from training.scenes.palette import RGB, darker, lighter
from training.scenes.pen import Pen
from training.scenes.scene import Thing

INK: RGB = (34, 28, 28)
WHITE: RGB = (252, 252, 252)


def _eye(pen: Pen, x: float, y: float, r: float) -> None:
    pen.disc(x, y, r, WHITE, outline=False)
    pen.disc(x + r * 0.3 * pen.h / pen.w, y, r * 0.6, INK, outline=False)


def _legs(pen: Pen, xs: tuple[float, ...], top: float, fill: RGB, width: float = 0.08, foot: RGB | None = None) -> None:
    for x in xs:
        pen.rect(x - width / 2, top, x + width / 2, 0.98, fill, radius=0.03)
        if foot:
            pen.rect(x - width / 2, 0.92, x + width / 2, 0.98, foot, outline=False)


def dog(pen: Pen, thing: Thing, c: RGB) -> None:
    """Long muzzle, hanging ears, a tail that stands up."""
    dark = darker(c, 0.35) if sum(c) > 150 else (90, 90, 90)
    if thing.pose == "sleeping":
        pen.ellipse(0.56, 0.66, 0.4, 0.3, c)
        pen.ellipse(0.3, 0.76, 0.17, 0.2, c)
        pen.line([(0.16, 0.8), (0.05, 0.9)], c, 0.1, True)
        pen.ellipse(0.6, 0.93, 0.15, 0.055, c)
        pen.ellipse(0.76, 0.7, 0.19, 0.22, lighter(c, 0.12))
        pen.ellipse(0.92, 0.78, 0.09, 0.12, lighter(c, 0.25))
        pen.ellipse(0.98, 0.73, 0.025, 0.05, INK, outline=False)
        pen.ellipse(0.66, 0.72, 0.07, 0.2, dark)
        pen.line([(0.76, 0.66), (0.84, 0.67)], INK, 0.04)
        _snore(pen, 0.78, 0.3)
        return
    if thing.pose == "sitting":
        pen.line([(0.18, 0.9), (0.05, 0.7)], c, 0.08, True)
        pen.ellipse(0.36, 0.74, 0.25, 0.24, c)
        pen.polygon([(0.3, 0.62), (0.42, 0.36), (0.68, 0.4), (0.66, 0.96), (0.4, 0.96)], c)
        pen.rect(0.54, 0.6, 0.66, 0.97, c, radius=0.04)
        hx, hy = 0.6, 0.28
    else:
        pen.line([(0.15, 0.5), (0.05, 0.24)], c, 0.08, True)
        _legs(pen, (0.2, 0.32, 0.58, 0.7), 0.62, c, 0.085)
        pen.rect(0.12, 0.42, 0.76, 0.74, c, radius=0.15)
        hx, hy = 0.74, 0.32
    pen.ellipse(hx, hy, 0.17, 0.2, c)
    pen.ellipse(hx + 0.17, hy + 0.07, 0.11, 0.1, lighter(c, 0.25) if sum(c) > 150 else (120, 110, 110))
    pen.ellipse(hx + 0.26, hy + 0.03, 0.035, 0.04, INK, outline=False)
    pen.ellipse(hx - 0.12, hy + 0.06, 0.065, 0.18, dark)
    _eye(pen, hx + 0.05, hy - 0.05, 0.05)
    pen.arc(hx + 0.16, hy + 0.1, 0.07, 0.06, 20, 160, INK, 0.02)
    if pen.detailed(0.5):
        pen.rect(hx - 0.1, hy + 0.2, hx + 0.08, hy + 0.26, (210, 40, 40), outline=False)


def cat(pen: Pen, thing: Thing, c: RGB) -> None:
    """Round head seen from the front, pointed ears, whiskers, a curled tail."""
    if thing.pose == "sleeping":
        pen.ellipse(0.5, 0.68, 0.44, 0.29, c)
        pen.ellipse(0.72, 0.76, 0.17, 0.19, c)
        pen.line([(0.9, 0.8), (0.76, 0.91), (0.56, 0.92), (0.44, 0.88)], c, 0.09, True)
        hx, hy, r = 0.3, 0.6, 0.2
        _snore(pen, 0.42, 0.26)
    elif thing.pose == "sitting":
        pen.line([(0.6, 0.92), (0.8, 0.92), (0.9, 0.84), (0.91, 0.7), (0.85, 0.6)], c, 0.085, True)
        pen.ellipse(0.46, 0.74, 0.27, 0.25, c)
        pen.rect(0.34, 0.66, 0.44, 0.98, c, radius=0.04)
        pen.rect(0.5, 0.66, 0.6, 0.98, c, radius=0.04)
        hx, hy, r = 0.46, 0.33, 0.22
    else:
        pen.line([(0.14, 0.56), (0.06, 0.36), (0.11, 0.16)], c, 0.085, True)
        _legs(pen, (0.2, 0.31, 0.6, 0.71), 0.66, c, 0.08)
        pen.ellipse(0.44, 0.6, 0.34, 0.17, c)
        hx, hy, r = 0.76, 0.4, 0.2
    rx = r * pen.h / pen.w * 0.95
    for side in (-1, 1):
        pen.polygon(
            [
                (hx + side * rx * 0.95, hy - r * 0.35),
                (hx + side * rx * 0.85, hy - r * 1.5),
                (hx + side * rx * 0.15, hy - r * 0.8),
            ],
            c,
        )
        pen.polygon(
            [
                (hx + side * rx * 0.8, hy - r * 0.6),
                (hx + side * rx * 0.75, hy - r * 1.15),
                (hx + side * rx * 0.4, hy - r * 0.8),
            ],
            (245, 160, 170),
            outline=False,
        )
    pen.ellipse(hx, hy, rx, r * 0.92, c)
    pale = (235, 235, 235) if sum(c) < 500 else INK
    for side in (-1, 1):
        if thing.pose == "sleeping":
            pen.line(
                [(hx + side * rx * 0.2, hy - r * 0.05), (hx + side * rx * 0.6, hy - r * 0.05)],
                INK if sum(c) > 200 else pale,
                0.03,
            )
        else:
            pen.ellipse(hx + side * rx * 0.42, hy - r * 0.12, rx * 0.22, r * 0.26, (170, 220, 90), outline=False)
            pen.ellipse(hx + side * rx * 0.42, hy - r * 0.12, rx * 0.09, r * 0.22, INK, outline=False)
        pen.line([(hx + side * rx * 0.35, hy + r * 0.35), (hx + side * rx * 1.3, hy + r * 0.22)], pale, 0.012)
        pen.line([(hx + side * rx * 0.35, hy + r * 0.45), (hx + side * rx * 1.25, hy + r * 0.52)], pale, 0.012)
    pen.polygon(
        [(hx - rx * 0.14, hy + r * 0.22), (hx + rx * 0.14, hy + r * 0.22), (hx, hy + r * 0.4)],
        (240, 130, 140),
        outline=False,
    )


def _snore(pen: Pen, x: float, y: float) -> None:
    w = 0.09
    points = [(x, y - 0.16), (x + w, y - 0.16), (x, y), (x + w, y)]
    points = points if not pen.flip else [(x + w, y - 0.16), (x, y - 0.16), (x + w, y), (x, y)]
    pen.line(points, (70, 80, 160), 0.04)


def bird(pen: Pen, thing: Thing, c: RGB) -> None:
    """A round body, a beak, one raised wing."""
    pen.polygon([(0.22, 0.5), (0.0, 0.36), (0.02, 0.66)], darker(c, 0.2))
    pen.ellipse(0.48, 0.56, 0.32, 0.28, c)
    pen.ellipse(0.74, 0.36, 0.18, 0.2, c)
    pen.polygon([(0.88, 0.3), (1.0, 0.38), (0.88, 0.46)], (250, 170, 30))
    pen.polygon([(0.3, 0.54), (0.48, 0.6), (0.6, 0.5), (0.52, 0.26), (0.3, 0.04), (0.24, 0.26)], darker(c, 0.25))
    _eye(pen, 0.78, 0.32, 0.055)
    for x in (0.44, 0.54):
        pen.line([(x, 0.82), (x, 0.97)], (230, 140, 30), 0.03)


def duck(pen: Pen, thing: Thing, c: RGB) -> None:
    """A boat-shaped body, a long neck, a flat beak."""
    pen.union(
        c,
        [(0.68, 0.22, 0.16, 0.19), (0.45, 0.74, 0.37, 0.22)],
        [[(0.02, 0.46), (0.3, 0.58), (0.3, 0.88), (0.12, 0.78)], [(0.57, 0.3), (0.77, 0.3), (0.8, 0.74), (0.52, 0.74)]],
    )
    pen.rect(0.8, 0.2, 1.0, 0.31, (250, 140, 20), radius=0.04)
    pen.ellipse(0.4, 0.72, 0.19, 0.11, darker(c, 0.15))
    _eye(pen, 0.72, 0.17, 0.045)


def rabbit(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two long ears above everything, a round tail."""
    for x in (0.56, 0.7):
        pen.ellipse(x, 0.2, 0.075, 0.2, c)
        pen.ellipse(x, 0.21, 0.035, 0.14, (250, 170, 185), outline=False)
    pen.disc(0.12, 0.76, 0.09, lighter(c, 0.5))
    pen.ellipse(0.42, 0.74, 0.32, 0.24, c)
    pen.ellipse(0.66, 0.5, 0.22, 0.18, c)
    pen.ellipse(0.3, 0.94, 0.16, 0.05, c)
    pen.ellipse(0.66, 0.94, 0.12, 0.05, c)
    _eye(pen, 0.72, 0.46, 0.045)
    pen.ellipse(0.86, 0.52, 0.035, 0.03, (240, 110, 130), outline=False)


def horse(pen: Pen, thing: Thing, c: RGB) -> None:
    """Tall legs, an arched neck with a mane, a long face."""
    mane = darker(c, 0.55) if sum(c) > 200 else (140, 120, 100)
    pen.polygon([(0.1, 0.44), (0.02, 0.5), (0.03, 0.84), (0.11, 0.7)], mane)
    _legs(pen, (0.18, 0.28, 0.58, 0.67), 0.6, c, 0.07, INK)
    pen.union(
        c,
        [(0.24, 0.54, 0.15, 0.14), (0.58, 0.54, 0.16, 0.15)],
        [
            [(0.24, 0.41), (0.6, 0.42), (0.6, 0.66), (0.24, 0.66)],
            [(0.5, 0.46), (0.66, 0.1), (0.83, 0.12), (0.73, 0.58)],
            [(0.67, 0.08), (0.82, 0.06), (0.98, 0.27), (0.96, 0.34), (0.88, 0.36), (0.76, 0.28)],
            [(0.7, 0.12), (0.72, 0.02), (0.78, 0.08)],
        ],
    )
    pen.polygon([(0.52, 0.44), (0.66, 0.05), (0.71, 0.1), (0.6, 0.44)], mane)
    _eye(pen, 0.82, 0.15, 0.025)


def cow(pen: Pen, thing: Thing, c: RGB) -> None:
    """A heavy spotted body, horns, a pink muzzle."""
    spot = (40, 36, 34) if sum(c) > 500 else WHITE
    _legs(pen, (0.18, 0.3, 0.58, 0.7), 0.66, c, 0.08, INK)
    pen.line([(0.08, 0.36), (0.02, 0.7)], darker(c, 0.3), 0.03)
    pen.rect(0.06, 0.3, 0.76, 0.78, c, radius=0.1)
    pen.ellipse(0.24, 0.46, 0.1, 0.1, spot, outline=False)
    pen.ellipse(0.48, 0.58, 0.12, 0.1, spot, outline=False)
    pen.ellipse(0.4, 0.78, 0.07, 0.06, (250, 170, 180))
    pen.polygon([(0.74, 0.16), (0.7, 0.02), (0.79, 0.12)], (240, 228, 190))
    pen.polygon([(0.9, 0.16), (0.96, 0.02), (0.87, 0.12)], (240, 228, 190))
    for x in (0.68, 0.96):
        pen.ellipse(x, 0.2, 0.045, 0.045, c)
    pen.rect(0.7, 0.12, 0.94, 0.5, c, radius=0.1)
    pen.ellipse(0.83, 0.46, 0.14, 0.1, (250, 176, 184))
    for x in (0.78, 0.88):
        pen.ellipse(x, 0.46, 0.015, 0.025, INK, outline=False)
        _eye(pen, x, 0.26, 0.035)


def pig(pen: Pen, thing: Thing, c: RGB) -> None:
    """A barrel on short legs, a snout, a curly tail."""
    _legs(pen, (0.24, 0.36, 0.58, 0.7), 0.72, darker(c, 0.1), 0.09)
    pen.arc(0.06, 0.46, 0.06, 0.08, 0, 300, c, 0.05)
    pen.ellipse(0.46, 0.56, 0.38, 0.32, c)
    pen.ellipse(0.76, 0.46, 0.19, 0.25, c)
    pen.polygon([(0.66, 0.3), (0.66, 0.08), (0.78, 0.24)], darker(c, 0.15))
    pen.ellipse(0.91, 0.52, 0.08, 0.12, darker(c, 0.2) if sum(c) > 150 else (240, 150, 160))
    for x in (0.89, 0.94):
        pen.ellipse(x, 0.52, 0.012, 0.04, INK, outline=False)
    _eye(pen, 0.8, 0.38, 0.05)


def sheep(pen: Pen, thing: Thing, c: RGB) -> None:
    """A cloud of wool with a dark face."""
    face = (60, 52, 50) if sum(c) > 200 else (220, 205, 190)
    _legs(pen, (0.26, 0.38, 0.56, 0.68), 0.68, face, 0.06)
    ratio = pen.h / pen.w
    puffs = ((0.2, 0.5), (0.3, 0.36), (0.44, 0.3), (0.58, 0.36), (0.66, 0.52), (0.54, 0.66), (0.36, 0.66))
    pen.union(c, [*((x, y, 0.17 * ratio, 0.17) for x, y in puffs), (0.44, 0.5, 0.24, 0.2)])
    pen.ellipse(0.82, 0.42, 0.13, 0.2, face)
    pen.ellipse(0.72, 0.34, 0.09, 0.05, face)
    pen.union(c, [(x, 0.24, 0.07 * ratio, 0.07) for x in (0.76, 0.83)])
    _eye(pen, 0.85, 0.38, 0.04)


def mouse(pen: Pen, thing: Thing, c: RGB) -> None:
    """One big round ear, a pointed nose, a long thin tail."""
    pen.line([(0.2, 0.86), (0.06, 0.8), (0.02, 0.5)], (235, 150, 160), 0.05)
    pen.union(c, [(0.4, 0.68, 0.28, 0.27)], [[(0.48, 0.44), (0.98, 0.76), (0.5, 0.94)]])
    pen.disc(0.5, 0.34, 0.24, c)
    pen.disc(0.5, 0.34, 0.14, (250, 170, 185), outline=False)
    pen.disc(0.96, 0.76, 0.06, (240, 90, 110), outline=False)
    _eye(pen, 0.7, 0.64, 0.065)


def butterfly(pen: Pen, thing: Thing, c: RGB) -> None:
    """Four wings about a thin body."""
    for side in (-1, 1):
        pen.ellipse(0.5 + side * 0.25, 0.32, 0.23, 0.28, c)
        pen.ellipse(0.5 + side * 0.2, 0.72, 0.18, 0.22, c)
        pen.ellipse(0.5 + side * 0.27, 0.3, 0.09, 0.1, lighter(c, 0.65), outline=False)
        pen.line([(0.5, 0.2), (0.5 + side * 0.12, 0.02)], INK, 0.03)
    pen.ellipse(0.5, 0.52, 0.05, 0.36, INK, outline=False)


def frog(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two eyes on top of a wide face, bent legs."""
    pen.ellipse(0.2, 0.8, 0.2, 0.15, darker(c, 0.12))
    pen.ellipse(0.8, 0.8, 0.2, 0.15, darker(c, 0.12))
    pen.ellipse(0.5, 0.68, 0.34, 0.28, c)
    pen.ellipse(0.5, 0.44, 0.36, 0.24, c)
    for x in (0.28, 0.72):
        pen.disc(x, 0.22, 0.16, c)
        pen.disc(x, 0.21, 0.1, WHITE, outline=False)
        pen.disc(x, 0.21, 0.055, INK, outline=False)
    pen.arc(0.5, 0.42, 0.24, 0.14, 15, 165, INK, 0.04)


DRAWINGS = {
    "dog": dog,
    "cat": cat,
    "bird": bird,
    "duck": duck,
    "rabbit": rabbit,
    "horse": horse,
    "cow": cow,
    "pig": pig,
    "sheep": sheep,
    "mouse": mouse,
    "butterfly": butterfly,
    "frog": frog,
}
ASPECTS = {
    "dog": 1.3,
    "cat": 1.15,
    "bird": 1.25,
    "duck": 1.15,
    "rabbit": 0.95,
    "horse": 1.25,
    "cow": 1.4,
    "pig": 1.35,
    "sheep": 1.3,
    "mouse": 1.35,
    "butterfly": 1.15,
    "frog": 1.15,
}
POSED = {("dog", "sleeping"): 1.9, ("cat", "sleeping"): 1.6, ("dog", "sitting"): 1.0, ("cat", "sitting"): 0.9}
