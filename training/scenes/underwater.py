"""Draws the theme "underwater": the sea, and what lives and lies in it."""

from __future__ import annotations

import math
import random

from PIL import ImageDraw

from training.scenes.palette import RGB, darker, lighter, mix
from training.scenes.pen import Pen
from training.scenes.scene import Scene, Thing

INK: RGB = (34, 28, 28)
WHITE: RGB = (252, 252, 252)
GOLD: RGB = (240, 200, 80)
METAL: RGB = (188, 194, 202)


def _eye(pen: Pen, x: float, y: float, r: float) -> None:
    pen.disc(x, y, r, WHITE, outline=False)
    pen.disc(x + 0.25 * r * pen.h / pen.w, y, r * 0.55, INK, outline=False)


def octopus(pen: Pen, thing: Thing, c: RGB) -> None:
    """A large head on curling arms."""
    for x, knee, tip, low in ((0.36, 0.2, 0.04, 0.8), (0.44, 0.34, 0.24, 0.94), (0.5, 0.52, 0.42, 0.95)):
        for way in (1, -1):
            at = [0.5 + way * (value - 0.5) for value in (x, knee, tip)]
            pen.line([(at[0], 0.6), (at[1], low - 0.04), (at[2], low)], c, 0.085, True)
    pen.union(c, [(0.5, 0.34, 0.31, 0.33)], [[(0.3, 0.46), (0.7, 0.46), (0.74, 0.72), (0.26, 0.72)]])
    for x in (0.4, 0.6):
        _eye(pen, x, 0.38, 0.07)
    pen.arc(0.5, 0.5, 0.1, 0.09, 20, 160, darker(c, 0.6), 0.03)
    if pen.style.shading:
        pen.ellipse(0.36, 0.18, 0.08, 0.06, lighter(c, 0.4), outline=False)


def crab(pen: Pen, thing: Thing, c: RGB) -> None:
    """A flat body with raised claws, eyes on stalks."""
    for way in (1, -1):
        for y, tip in ((0.62, 0.66), (0.72, 0.84), (0.8, 0.97)):
            pen.line([(0.5 - way * 0.24, y), (0.5 - way * 0.44, y - 0.02), (0.5 - way * 0.48, tip)], c, 0.06, True)
        pen.line([(0.5 - way * 0.26, 0.6), (0.5 - way * 0.4, 0.46), (0.5 - way * 0.36, 0.3)], c, 0.09, True)
        pen.pie(0.5 - way * 0.36, 0.2, 0.13, 0.19, -50, 235, c)
        pen.line([(0.5 - way * 0.09, 0.5), (0.5 - way * 0.11, 0.3)], c, 0.05)
    pen.ellipse(0.5, 0.68, 0.33, 0.26, c)
    for x in (0.39, 0.61):
        _eye(pen, x, 0.28, 0.085)
    pen.arc(0.5, 0.7, 0.14, 0.1, 20, 160, darker(c, 0.6), 0.04)


def whale(pen: Pen, thing: Thing, c: RGB) -> None:
    """A huge head, a pale belly, a raised fluke and a spout."""
    for x in (0.66, 0.78):
        pen.line([(0.72, 0.26), (0.72, 0.12), (x, 0.02)], (214, 240, 250), 0.05)
    pen.polygon([(0.1, 0.42), (0.0, 0.1), (0.12, 0.16), (0.24, 0.06), (0.24, 0.42)], c)
    pen.union(c, [(0.6, 0.6, 0.39, 0.36)], [[(0.1, 0.36), (0.22, 0.36), (0.5, 0.5), (0.4, 0.86), (0.14, 0.62)]])
    pen.cap(0.62, 0.6, 0.36, 0.34, 20, 135, lighter(c, 0.65))
    pen.ellipse(0.52, 0.8, 0.06, 0.12, darker(c, 0.3))
    _eye(pen, 0.8, 0.54, 0.06)
    pen.arc(0.92, 0.62, 0.1, 0.1, 90, 190, darker(c, 0.6), 0.025)


def shark(pen: Pen, thing: Thing, c: RGB) -> None:
    """A long body with a high fin, gills and teeth."""
    pen.polygon([(0.12, 0.5), (0.0, 0.06), (0.1, 0.16), (0.22, 0.44)], c)
    pen.polygon([(0.12, 0.5), (0.02, 0.92), (0.1, 0.84), (0.22, 0.58)], c)
    pen.polygon([(0.42, 0.34), (0.46, 0.0), (0.64, 0.32)], c)
    pen.polygon([(0.52, 0.66), (0.4, 0.99), (0.66, 0.7)], darker(c, 0.25))
    pen.polygon(
        [(0.1, 0.5), (0.3, 0.34), (0.56, 0.26), (0.82, 0.32), (1.0, 0.5), (0.84, 0.7), (0.56, 0.76), (0.3, 0.64)], c
    )
    pen.polygon([(0.26, 0.6), (0.56, 0.66), (0.8, 0.62), (0.82, 0.7), (0.56, 0.75)], WHITE, outline=False)
    pen.polygon([(0.78, 0.56), (0.96, 0.52), (0.84, 0.68)], (150, 30, 50))
    pen.polygon([(0.8, 0.56), (0.94, 0.53), (0.9, 0.6), (0.87, 0.55), (0.84, 0.61)], WHITE, outline=False)
    for x in (0.6, 0.64, 0.68):
        pen.line([(x, 0.4), (x - 0.015, 0.56)], darker(c, 0.5), 0.025)
    _eye(pen, 0.82, 0.42, 0.055)


def jellyfish(pen: Pen, thing: Thing, c: RGB) -> None:
    """A dome with wavy arms below."""
    for x in (0.18, 0.34, 0.5, 0.66, 0.82):
        wave = [(x + (0.05 if i % 2 else -0.05), 0.44 + i * 0.13) for i in range(5)]
        pen.line(wave, lighter(c, 0.3), 0.05)
    pen.cap(0.5, 0.46, 0.48, 0.46, 180, 360, c)
    for x in (0.1, 0.3, 0.5, 0.7, 0.9):
        pen.ellipse(x, 0.46, 0.1, 0.05, darker(c, 0.15), outline=False)
    for x in (0.38, 0.62):
        _eye(pen, x, 0.3, 0.055)
    if pen.style.shading:
        pen.ellipse(0.32, 0.14, 0.1, 0.05, lighter(c, 0.5), outline=False)


def seahorse(pen: Pen, thing: Thing, c: RGB) -> None:
    """A long snout, a round belly, a curled tail, a fin on the back."""
    pen.polygon([(0.26, 0.34), (0.04, 0.3), (0.02, 0.46), (0.26, 0.54)], darker(c, 0.25))
    pen.line([(0.46, 0.58), (0.34, 0.78), (0.5, 0.94), (0.76, 0.9), (0.72, 0.78), (0.58, 0.8)], c, 0.085, True)
    pen.polygon([(0.34, 0.1), (0.4, 0.0), (0.5, 0.06), (0.58, 0.0), (0.62, 0.12)], darker(c, 0.2))
    ellipses = [(0.48, 0.46, 0.26, 0.17), (0.46, 0.17, 0.24, 0.11)]
    pen.union(
        c, ellipses, [[(0.6, 0.14), (0.98, 0.17), (0.98, 0.24), (0.6, 0.24)], [(0.3, 0.2), (0.6, 0.2), (0.5, 0.5)]]
    )
    for y in (0.4, 0.47, 0.54):
        pen.arc(0.56, y, 0.16, 0.04, 20, 160, darker(c, 0.35), 0.016)
    _eye(pen, 0.54, 0.15, 0.04)


def starfish(pen: Pen, thing: Thing, c: RGB) -> None:
    """Five round arms with dots."""
    ratio = pen.h / pen.w
    turns = [2 * math.pi * i / 5 - math.pi / 2 for i in range(5)]
    tips = [(0.5 + 0.38 * math.cos(t) * ratio, 0.53 + 0.38 * math.sin(t), 0.11 * ratio, 0.11) for t in turns]
    across = 0.16
    arms = [
        [
            (0.5 + across * math.sin(t) * ratio, 0.53 - across * math.cos(t)),
            (x + 0.1 * math.sin(t) * ratio, y - 0.1 * math.cos(t)),
            (x - 0.1 * math.sin(t) * ratio, y + 0.1 * math.cos(t)),
            (0.5 - across * math.sin(t) * ratio, 0.53 + across * math.cos(t)),
        ]
        for t, (x, y, _, _) in zip(turns, tips, strict=True)
    ]
    pen.union(c, [(0.5, 0.53, 0.23 * ratio, 0.23), *tips], arms)
    for t in turns:
        for r in (0.2, 0.33):
            pen.disc(0.5 + r * math.cos(t) * ratio, 0.53 + r * math.sin(t), 0.032, lighter(c, 0.55), outline=False)


def shell(pen: Pen, thing: Thing, c: RGB) -> None:
    """A ribbed fan on a small base."""
    pen.rect(0.34, 0.82, 0.66, 0.98, darker(c, 0.2), radius=0.06)
    discs = [
        (0.5 - 0.4 * math.cos(a), 0.52 - 0.36 * math.sin(a), 0.11, 0.12) for a in (0.1, 0.65, 1.25, 1.9, 2.5, 3.04)
    ]
    pen.union(c, discs, [[(0.5, 0.94), *((x, y) for x, y, _, _ in discs)]])
    for x, y, _, _ in discs:
        pen.line([(0.5, 0.88), (x * 0.94 + 0.03, y + 0.02)], darker(c, 0.35), 0.03)


def coral(pen: Pen, thing: Thing, c: RGB) -> None:
    """A branching trunk."""
    branches = (
        [(0.5, 0.97), (0.5, 0.2)],
        [(0.5, 0.74), (0.2, 0.5), (0.14, 0.2)],
        [(0.5, 0.66), (0.78, 0.44), (0.84, 0.14)],
        [(0.22, 0.5), (0.34, 0.3)],
        [(0.76, 0.46), (0.64, 0.26)],
        [(0.5, 0.4), (0.42, 0.08)],
    )
    pen.union(c, [(0.5, 0.92, 0.2, 0.07)], [])
    for branch in branches:
        pen.line(branch, c, 0.11, True)
    for branch in branches:  # once more without outlines: the branches are one
        pen.line(branch, c, 0.1)
    for x, y in ((0.14, 0.22), (0.84, 0.16), (0.5, 0.22), (0.34, 0.3), (0.64, 0.28)):
        pen.disc(x, y, 0.03, lighter(c, 0.5), outline=False)


def submarine(pen: Pen, thing: Thing, c: RGB) -> None:
    """A round hull with windows, a tower with a periscope, a screw."""
    pen.polygon([(0.1, 0.64), (0.0, 0.42), (0.06, 0.4), (0.14, 0.58)], METAL)
    pen.polygon([(0.1, 0.64), (0.0, 0.9), (0.06, 0.92), (0.14, 0.7)], METAL)
    pen.line([(0.6, 0.24), (0.6, 0.04), (0.7, 0.04)], METAL, 0.05, True)
    pen.rect(0.42, 0.18, 0.66, 0.48, darker(c, 0.2), radius=0.06)
    pen.ellipse(0.54, 0.66, 0.45, 0.32, c)
    for x in (0.34, 0.54, 0.74):
        pen.disc(x, 0.62, 0.1, METAL)
        pen.disc(x, 0.62, 0.065, (196, 232, 248), outline=False)
    pen.line([(0.16, 0.82), (0.9, 0.82)], darker(c, 0.35), 0.03)


def anchor(pen: Pen, thing: Thing, c: RGB) -> None:
    """A ring, a cross-bar and two curved arms."""
    ratio = pen.h / pen.w
    pen.arc(0.5, 0.12, 0.1 * ratio, 0.1, 0, 360, c, 0.055)
    pen.arc(0.5, 0.56, 0.4, 0.38, 10, 170, c, 0.1)
    for way in (1, -1):
        pen.polygon([(0.5 + way * 0.48, 0.5), (0.5 + way * 0.46, 0.74), (0.5 + way * 0.26, 0.62)], c)
    pen.rect(0.43, 0.2, 0.57, 0.95, c)
    pen.rect(0.22, 0.27, 0.78, 0.37, c, radius=0.04)


def chest(pen: Pen, thing: Thing, c: RGB) -> None:
    """A box with a curved lid, gold at its corners, a lock."""
    pen.rect(0.03, 0.04, 0.97, 0.56, c, radius=0.16)
    pen.rect(0.03, 0.42, 0.97, 0.98, c)
    for x in (0.08, 0.8):
        pen.rect(x, 0.06, x + 0.12, 0.96, GOLD, outline=False)
    pen.rect(0.02, 0.4, 0.98, 0.48, darker(c, 0.5), outline=False)
    pen.rect(0.42, 0.36, 0.58, 0.62, GOLD)
    pen.disc(0.5, 0.48, 0.05, INK, outline=False)


def wreck(pen: Pen, thing: Thing, c: RGB) -> None:
    """A ship that sank: a hull with a hole, a broken mast with a torn sail."""
    pen.line([(0.22, 0.5), (0.16, 0.02)], (112, 78, 50), 0.06, True)
    pen.polygon([(0.19, 0.08), (0.4, 0.14), (0.34, 0.22), (0.4, 0.32), (0.22, 0.3)], (236, 228, 208))
    pen.polygon([(0.0, 0.4), (0.1, 0.48), (0.92, 0.48), (1.0, 0.34), (0.86, 0.98), (0.16, 0.98)], c)
    for y in (0.62, 0.78):
        pen.line([(0.1, y), (0.9, y)], darker(c, 0.3) if sum(c) > 140 else lighter(c, 0.3), 0.025)
    pen.polygon([(0.48, 0.6), (0.6, 0.56), (0.66, 0.7), (0.6, 0.86), (0.5, 0.82), (0.44, 0.72)], INK)
    for x in (0.26, 0.78):
        pen.disc(x, 0.7, 0.07, (196, 214, 220))


DRAWINGS = {
    "octopus": octopus,
    "crab": crab,
    "whale": whale,
    "shark": shark,
    "jellyfish": jellyfish,
    "seahorse": seahorse,
    "starfish": starfish,
    "shell": shell,
    "coral": coral,
    "submarine": submarine,
    "anchor": anchor,
    "chest": chest,
    "wreck": wreck,
}
ASPECTS = {
    "octopus": 1.15,
    "crab": 1.45,
    "whale": 1.65,
    "shark": 2.1,
    "jellyfish": 0.8,
    "seahorse": 0.6,
    "starfish": 1.02,
    "shell": 1.1,
    "coral": 0.9,
    "submarine": 1.7,
    "anchor": 0.85,
    "chest": 1.3,
    "wreck": 1.9,
}


def backdrop(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, scale: float) -> None:
    """The sea: light falling from above, sand, weed and bubbles.

    Args:
        draw: Blends colours that are not opaque.
        scene: For its size.
        rng: Chooses the tone of the water and where everything is.
        scale: Canvas pixels to a scene pixel.
    """

    def scaled(*values: float) -> list[float]:
        return [value * scale for value in values]

    width, height = scene.width, scene.height
    top, low = rng.choice(
        (((150, 222, 232), (52, 128, 160)), ((132, 212, 216), (40, 116, 132)), ((168, 216, 240), (72, 120, 180)))
    )
    floor = rng.uniform(232, 268)
    for row in range(0, round(floor) + 1, 4):
        draw.rectangle(scaled(0, row, width, row + 4), fill=mix(top, low, row / floor))
    for _ in range(rng.randrange(2, 6)):
        x, slant, wide = rng.uniform(0, width), rng.uniform(40, 130), rng.uniform(20, 60)
        ray = [(x, 0), (x + wide, 0), (x + wide * 1.8 - slant, floor), (x - slant, floor)]
        draw.polygon([(a * scale, b * scale) for a, b in ray], fill=(255, 255, 255, 26))
    sand = mix((236, 214, 160), low, rng.uniform(0.05, 0.3))
    for _ in range(3):
        x, wide, hill = rng.uniform(0, width), rng.uniform(150, 330), rng.uniform(14, 40)
        draw.ellipse(scaled(x - wide, floor - hill, x + wide, floor + hill), fill=darker(sand, 0.1))
    for i in range(8):
        y = floor + (height - floor) * i / 8
        draw.rectangle(scaled(0, y, width, height), fill=lighter(sand, 0.05 * i))
    for _ in range(rng.randrange(8, 30)):
        x, y, wide = rng.uniform(0, width), rng.uniform(floor + 8, height), rng.uniform(10, 34)
        draw.arc(
            scaled(x, y, x + wide, y + wide * 0.4), 190, 350, fill=darker(sand, 0.12), width=max(1, round(1.5 * scale))
        )
    for _ in range(rng.randrange(0, 5)):  # weed, too pale to be asked about
        x, foot, long = rng.uniform(0, width), rng.uniform(floor - 4, floor + 24), rng.uniform(40, 110)
        for blade in (-8, 0, 8):
            points = [(x + blade + 6 * math.sin(i * 1.1 + x), foot - long * i / 6) for i in range(7)]
            draw.line(
                [(a * scale, b * scale) for a, b in points],
                fill=mix(low, (40, 130, 90), 0.35),
                width=round(5 * scale),
                joint="curve",
            )
    for _ in range(rng.randrange(4, 22)):
        x, y, r = rng.uniform(0, width), rng.uniform(0, floor), rng.uniform(1.5, 5)
        draw.ellipse(scaled(x - r, y - r, x + r, y + r), fill=(255, 255, 255, 70), outline=(255, 255, 255, 150))
