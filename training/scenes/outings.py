"""Draws what only scenes of wide variety hold: a playground, a picnic, the seaside."""

from __future__ import annotations

from training.scenes.palette import RGB, darker, lighter
from training.scenes.pen import Pen
from training.scenes.scene import Thing

INK: RGB = (34, 28, 28)
WOOD: RGB = (150, 100, 58)


def log(pen: Pen, thing: Thing, c: RGB) -> None:
    """A lying trunk with rings at its end."""
    pen.rect(0.06, 0.18, 0.9, 0.92, c, radius=0.25)
    for y in (0.4, 0.58, 0.74):
        pen.line([(0.16, y), (0.6, y)], darker(c, 0.3), 0.04)
    pen.ellipse(0.88, 0.55, 0.11, 0.37, lighter(c, 0.5))
    pen.ellipse(0.88, 0.55, 0.06, 0.2, lighter(c, 0.2), outline=False)


def campfire(pen: Pen, thing: Thing, c: RGB) -> None:
    """Flames over crossed wood."""
    pen.polygon([(0.16, 0.8), (0.12, 0.42), (0.3, 0.54), (0.48, 0.02), (0.64, 0.46), (0.84, 0.3), (0.84, 0.8)], c)
    pen.polygon([(0.34, 0.82), (0.36, 0.58), (0.5, 0.36), (0.64, 0.6), (0.66, 0.82)], lighter(c, 0.55), outline=False)
    pen.line([(0.06, 0.94), (0.92, 0.8)], WOOD, 0.11, True)
    pen.line([(0.06, 0.8), (0.94, 0.94)], WOOD, 0.11, True)


def sandbox(pen: Pen, thing: Thing, c: RGB) -> None:
    """A wooden frame with sand in it."""
    pen.polygon([(0.14, 0.2), (0.86, 0.2), (1.0, 0.72), (0.0, 0.72)], (238, 210, 140))
    pen.ellipse(0.42, 0.36, 0.2, 0.18, (226, 192, 116), outline=False)
    pen.line([(0.14, 0.2), (0.86, 0.2)], darker(c, 0.15), 0.1)
    pen.line([(0.13, 0.2), (0.02, 0.72)], darker(c, 0.1), 0.1)
    pen.line([(0.87, 0.2), (0.98, 0.72)], darker(c, 0.1), 0.1)
    pen.rect(0.0, 0.68, 1.0, 0.97, c)


def swing(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two pairs of legs, a beam and a seat on ropes."""
    for side in (0.1, 0.9):
        for foot in (-0.09, 0.09):
            pen.line([(side, 0.05), (side + foot, 0.98)], c, 0.06)
    pen.rect(0.06, 0.02, 0.94, 0.1, c)
    for x in (0.38, 0.62):
        pen.rect(x - 0.012, 0.08, x + 0.012, 0.7, (110, 100, 90), outline=False)
    pen.rect(0.33, 0.68, 0.67, 0.74, WOOD)


def boat(pen: Pen, thing: Thing, c: RGB) -> None:
    """A hull with two sails."""
    pen.line([(0.48, 0.04), (0.48, 0.74)], WOOD, 0.03)
    pen.polygon([(0.52, 0.06), (0.52, 0.66), (0.92, 0.66)], (248, 246, 240) if sum(c) < 660 else (200, 220, 240))
    pen.polygon([(0.44, 0.16), (0.44, 0.66), (0.14, 0.66)], lighter(c, 0.45))
    pen.polygon([(0.02, 0.72), (0.98, 0.72), (0.82, 0.98), (0.18, 0.98)], c)


def train(pen: Pen, thing: Thing, c: RGB) -> None:
    """A steam engine: boiler, chimney, cab, wheels."""
    pen.rect(0.04, 0.1, 0.38, 0.78, c)
    pen.rect(0.1, 0.2, 0.31, 0.44, (196, 228, 246))
    pen.rect(0.36, 0.38, 0.92, 0.76, c, radius=0.12)
    pen.polygon([(0.7, 0.38), (0.66, 0.12), (0.86, 0.12), (0.82, 0.38)], darker(c, 0.35))
    pen.polygon([(0.9, 0.76), (1.0, 0.9), (0.84, 0.9)], (120, 120, 126))
    for x, r in ((0.2, 0.17), (0.5, 0.13), (0.76, 0.13)):
        pen.disc(x, 0.98 - r, r, INK)
        pen.disc(x, 0.98 - r, r * 0.45, (205, 208, 214), outline=False)


def scooter(pen: Pen, thing: Thing, c: RGB) -> None:
    """A board on two small wheels with a tall handle."""
    pen.line([(0.14, 0.82), (0.7, 0.82), (0.84, 0.1)], c, 0.07, True)
    pen.line([(0.68, 0.08), (0.98, 0.12)], INK, 0.06)
    for x in (0.14, 0.78):
        pen.disc(x, 0.87, 0.11, INK)
        pen.disc(x, 0.87, 0.04, (205, 208, 214), outline=False)


def doll(pen: Pen, thing: Thing, c: RGB) -> None:
    """A small figure in a dress with plaits."""
    hair = (120, 70, 36)
    for x in (0.22, 0.78):
        pen.ellipse(x, 0.34, 0.1, 0.16, hair)
    for x in (0.4, 0.6):
        pen.line([(x, 0.8), (x, 0.96)], (248, 214, 184), 0.06)
    pen.line([(0.1, 0.66), (0.5, 0.54), (0.9, 0.66)], (248, 214, 184), 0.06)
    pen.polygon([(0.4, 0.44), (0.6, 0.44), (0.84, 0.86), (0.16, 0.86)], c)
    pen.ellipse(0.5, 0.24, 0.28, 0.21, (248, 214, 184))
    pen.cap(0.5, 0.22, 0.3, 0.22, 185, 355, hair)
    for x in (0.4, 0.6):
        pen.disc(x, 0.27, 0.025, INK, outline=False)


def present(pen: Pen, thing: Thing, c: RGB) -> None:
    """A box with a ribbon and a bow."""
    band = (250, 220, 60) if c[0] < 200 or c[2] > 120 else (250, 250, 250)
    for side in (-1, 1):
        pen.ellipse(0.5 + side * 0.15, 0.14, 0.15, 0.1, band)
    pen.rect(0.1, 0.4, 0.9, 0.98, c)
    pen.rect(0.04, 0.22, 0.96, 0.42, c)
    pen.rect(0.42, 0.22, 0.58, 0.98, band, outline=False)


def star(pen: Pen, thing: Thing, c: RGB) -> None:
    """Five points."""
    points = [(0.5, 0.0), (0.62, 0.36), (1.0, 0.38), (0.7, 0.61), (0.81, 0.98)]
    points += [(0.5, 0.76), (0.19, 0.98), (0.3, 0.61), (0.0, 0.38), (0.38, 0.36)]
    pen.polygon(points, c)


def snowman(pen: Pen, thing: Thing, c: RGB) -> None:
    """Three balls of snow with a carrot and a hat."""
    white = (246, 249, 253)
    for y, r in ((0.78, 0.21), (0.47, 0.155), (0.24, 0.11)):
        pen.disc(0.5, y, r, white)
    pen.rect(0.33, 0.02, 0.67, 0.15, INK)
    pen.rect(0.2, 0.13, 0.8, 0.17, INK)
    pen.polygon([(0.5, 0.22), (0.8, 0.26), (0.5, 0.27)], (240, 130, 30))
    for x in (0.4, 0.56):
        pen.disc(x, 0.21, 0.014, INK, outline=False)
    for y in (0.42, 0.52):
        pen.disc(0.5, y, 0.016, INK, outline=False)
    for side in (-1, 1):
        pen.line([(0.5 + side * 0.28, 0.44), (0.5 + side * 0.49, 0.32)], WOOD, 0.02)


def basket(pen: Pen, thing: Thing, c: RGB) -> None:
    """Woven, with a handle."""
    pen.arc(0.5, 0.5, 0.4, 0.44, 180, 360, darker(c, 0.25), 0.07)
    pen.polygon([(0.04, 0.46), (0.96, 0.46), (0.82, 0.98), (0.18, 0.98)], c)
    for y in (0.62, 0.78):
        pen.line([(0.1, y), (0.9, y)], darker(c, 0.3), 0.03)
    for x in (0.3, 0.5, 0.7):
        pen.line([(x, 0.48), (x, 0.96)], darker(c, 0.3), 0.03)


def bone(pen: Pen, thing: Thing, c: RGB) -> None:
    """Two knobs at each end."""
    white = (245, 240, 226)
    knobs = [(x, y, 0.13, 0.24) for x in (0.13, 0.87) for y in (0.28, 0.72)]
    pen.union(white, knobs, [[(0.14, 0.32), (0.86, 0.32), (0.86, 0.68), (0.14, 0.68)]])


def carrot(pen: Pen, thing: Thing, c: RGB) -> None:
    """A long wedge with green leaves."""
    for x in (0.02, 0.1, 0.2):
        pen.line([(0.3, 0.4), (x, 0.1 + x)], (60, 160, 60), 0.12)
    pen.polygon([(0.24, 0.2), (0.44, 0.2), (1.0, 0.92), (0.3, 0.66)], c)
    for x, y in ((0.42, 0.46), (0.56, 0.58)):
        pen.line([(x, y), (x + 0.1, y - 0.06)], darker(c, 0.25), 0.03)


def donut(pen: Pen, thing: Thing, c: RGB) -> None:
    """A ring with icing and sprinkles."""
    pen.ellipse(0.5, 0.5, 0.48, 0.48, (214, 160, 96))
    pen.ellipse(0.5, 0.46, 0.42, 0.4, c)
    for x, y, tone in ((0.24, 0.36, (250, 240, 120)), (0.7, 0.26, (250, 250, 250)), (0.76, 0.6, (110, 200, 240))):
        pen.line([(x, y), (x + 0.08, y + 0.05)], tone, 0.05)
    pen.ellipse(0.5, 0.48, 0.15, 0.14, (250, 246, 236))


def burger(pen: Pen, thing: Thing, c: RGB) -> None:
    """A bun, lettuce, meat, a bun."""
    pen.rect(0.08, 0.74, 0.92, 0.97, c, radius=0.1)
    pen.rect(0.06, 0.58, 0.94, 0.76, (110, 62, 34), radius=0.08)
    pen.polygon(
        [(0.02, 0.5), (0.98, 0.5), (0.86, 0.64), (0.7, 0.54), (0.5, 0.66), (0.3, 0.54), (0.14, 0.64)], (80, 180, 70)
    )
    pen.cap(0.5, 0.52, 0.45, 0.5, 180, 360, c)


def pie(pen: Pen, thing: Thing, c: RGB) -> None:
    """A dish with a crust."""
    pen.cap(0.5, 0.56, 0.4, 0.42, 180, 360, c)
    for x in (0.34, 0.5, 0.66):
        pen.line([(x, 0.26), (x + 0.04, 0.44)], darker(c, 0.35), 0.05)
    pen.polygon([(0.02, 0.54), (0.98, 0.54), (0.82, 0.96), (0.18, 0.96)], (196, 200, 208))


def stool(pen: Pen, thing: Thing, c: RGB) -> None:
    """A seat on three legs, without a back."""
    for x, foot in ((0.24, 0.12), (0.5, 0.5), (0.76, 0.88)):
        pen.line([(x, 0.26), (foot, 0.98)], darker(c, 0.2), 0.08)
    pen.line([(0.2, 0.7), (0.8, 0.7)], darker(c, 0.3), 0.05)
    pen.rect(0.06, 0.06, 0.94, 0.26, c, radius=0.08)


def laptop(pen: Pen, thing: Thing, c: RGB) -> None:
    """An open screen on its keyboard."""
    pen.rect(0.14, 0.02, 0.86, 0.68, c, radius=0.05)
    pen.rect(0.2, 0.1, 0.8, 0.6, (150, 205, 240), outline=False)
    pen.polygon([(0.12, 0.7), (0.88, 0.7), (1.0, 0.96), (0.0, 0.96)], lighter(c, 0.25))
    pen.polygon([(0.2, 0.74), (0.8, 0.74), (0.86, 0.86), (0.14, 0.86)], INK, outline=False)


DRAWINGS = {
    "log": log,
    "campfire": campfire,
    "sandbox": sandbox,
    "swing": swing,
    "boat": boat,
    "train": train,
    "scooter": scooter,
    "doll": doll,
    "present": present,
    "star": star,
    "snowman": snowman,
    "basket": basket,
    "bone": bone,
    "carrot": carrot,
    "donut": donut,
    "burger": burger,
    "pie": pie,
    "stool": stool,
    "laptop": laptop,
}
ASPECTS = {
    "log": 1.9,
    "campfire": 1.0,
    "sandbox": 2.3,
    "swing": 1.15,
    "boat": 1.1,
    "train": 1.5,
    "scooter": 1.0,
    "doll": 0.7,
    "present": 0.95,
    "star": 1.05,
    "snowman": 0.65,
    "basket": 1.0,
    "bone": 2.0,
    "carrot": 1.3,
    "donut": 1.1,
    "burger": 1.15,
    "pie": 1.5,
    "stool": 0.8,
    "laptop": 1.35,
}
