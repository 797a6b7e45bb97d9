"""A test set that shares nothing with the generator but the names: plain drawings and wordings of its own.

What a model knows of scenes that its own generator draws says little about anybody else's. These drawings are made
by other code, from other shapes, and no training sees them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw

from training.scenes import sprites

COLOURS = {
    "red": "#d8232a",
    "orange": "#f58a1f",
    "yellow": "#f7d514",
    "green": "#2e9e44",
    "blue": "#2463c9",
    "purple": "#7d3fa8",
    "pink": "#f79ac0",
    "brown": "#7a4a24",
    "black": "#1c1c1c",
}
Drawing = Callable[[ImageDraw.ImageDraw, float, float, float, str], None]
"""Draws into a square: its left, its top, its side in pixels, the colour."""


def _ball(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.ellipse((x, y, x + s, y + s), fill=c)
    d.arc((x + s * 0.2, y - s * 0.3, x + s * 1.2, y + s * 0.7), 90, 180, fill="#ffffff", width=max(2, int(s / 18)))


def _car(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.pieslice((x + s * 0.15, y + s * 0.2, x + s * 0.85, y + s * 0.9), 180, 360, fill=c)
    d.rectangle((x + s * 0.3, y + s * 0.32, x + s * 0.7, y + s * 0.5), fill="#cfe8f5")
    d.rectangle((x, y + s * 0.5, x + s, y + s * 0.78), fill=c)
    for wheel in (0.12, 0.66):
        d.ellipse((x + s * wheel, y + s * 0.66, x + s * (wheel + 0.22), y + s * 0.88), fill="#222222")


def _house(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.rectangle((x + s * 0.1, y + s * 0.45, x + s * 0.9, y + s), fill=c)
    d.polygon([(x, y + s * 0.47), (x + s * 0.5, y), (x + s, y + s * 0.47)], fill="#8c3b2e")
    d.rectangle((x + s * 0.42, y + s * 0.65, x + s * 0.6, y + s), fill="#4a3020")
    d.rectangle((x + s * 0.18, y + s * 0.58, x + s * 0.34, y + s * 0.74), fill="#d9efff")


def _tree(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.rectangle((x + s * 0.43, y + s * 0.55, x + s * 0.57, y + s), fill="#6b4423")
    for top, wide in ((0.0, 0.25), (0.18, 0.33), (0.36, 0.4)):
        middle = x + s * 0.5
        d.polygon(
            [
                (middle, y + s * top),
                (middle - s * wide, y + s * (top + 0.32)),
                (middle + s * wide, y + s * (top + 0.32)),
            ],
            fill=c,
        )


def _flower(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.line((x + s / 2, y + s * 0.35, x + s / 2, y + s), fill="#2f8f3a", width=max(2, int(s / 14)))
    for petal in range(6):
        px, py = (s * 0.17 * turn(petal * math.pi / 3) for turn in (math.cos, math.sin))
        middle = (x + s / 2 + px, y + s * 0.3 + py)
        d.ellipse((middle[0] - s * 0.12, middle[1] - s * 0.12, middle[0] + s * 0.12, middle[1] + s * 0.12), fill=c)
    d.ellipse((x + s * 0.42, y + s * 0.22, x + s * 0.58, y + s * 0.38), fill="#ffffff")


def _cup(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.arc((x + s * 0.6, y + s * 0.3, x + s, y + s * 0.75), -90, 90, fill=c, width=max(3, int(s / 10)))
    d.rectangle((x + s * 0.1, y + s * 0.15, x + s * 0.75, y + s * 0.95), fill=c)


def _fish(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.polygon([(x + s * 0.7, y + s * 0.5), (x + s, y + s * 0.25), (x + s, y + s * 0.75)], fill=c)
    d.ellipse((x, y + s * 0.25, x + s * 0.8, y + s * 0.75), fill=c)
    d.ellipse((x + s * 0.12, y + s * 0.38, x + s * 0.22, y + s * 0.48), fill="#ffffff")
    d.ellipse((x + s * 0.15, y + s * 0.41, x + s * 0.2, y + s * 0.46), fill="#000000")


def _cat(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.ellipse((x + s * 0.25, y + s * 0.45, x + s * 0.8, y + s), fill=c)
    d.ellipse((x + s * 0.05, y + s * 0.15, x + s * 0.55, y + s * 0.6), fill=c)
    for ear in (0.05, 0.35):
        d.polygon([(x + s * ear, y + s * 0.3), (x + s * (ear + 0.08), y), (x + s * (ear + 0.2), y + s * 0.22)], fill=c)
    d.line(
        [(x + s * 0.78, y + s * 0.85), (x + s * 0.97, y + s * 0.6), (x + s * 0.9, y + s * 0.35)],
        fill=c,
        width=int(s / 12) + 1,
    )
    for eye in (0.18, 0.38):
        d.ellipse((x + s * eye, y + s * 0.32, x + s * (eye + 0.06), y + s * 0.4), fill="#9be05a")
    d.line((x + s * 0.3, y + s * 0.45, x - s * 0.02, y + s * 0.42), fill="#888888")


def _balloon(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.line([(x + s / 2, y + s * 0.6), (x + s * 0.45, y + s * 0.8), (x + s * 0.55, y + s)], fill="#555555", width=2)
    d.ellipse((x + s * 0.22, y, x + s * 0.78, y + s * 0.64), fill=c)


def _umbrella(d: ImageDraw.ImageDraw, x: float, y: float, s: float, c: str) -> None:
    d.line((x + s / 2, y + s * 0.1, x + s / 2, y + s * 0.95), fill="#444444", width=max(2, int(s / 20)))
    d.pieslice((x, y + s * 0.05, x + s, y + s * 1.0), 180, 360, fill=c)


DRAWINGS: dict[str, Drawing] = {
    "ball": _ball,
    "car": _car,
    "house": _house,
    "tree": _tree,
    "flower": _flower,
    "cup": _cup,
    "fish": _fish,
    "cat": _cat,
    "balloon": _balloon,
    "umbrella": _umbrella,
}
PLURALS = {"fish": "fish"}
GIVEN = {"tree": ("green",), "cat": ("black", "brown", "orange"), "fish": ("red", "orange", "blue")}
"""Colours of things that have not just any."""
PLAIN, TYPED = "plain", "typed"
WORDINGS: dict[str, dict[str, tuple[str, ...]]] = {
    PLAIN: {
        "colour": ("What color is the {0}?", "What is the color of the {0}?"),
        "exists": ("Is there a {0} in the picture?", "Is there a {0}?"),
        "count": ("How many {1} are there?", "How many {1} do you see?"),
        "side": ("Is the {0} left or right of the {2}?",),
    },
    TYPED: {
        "colour": ("color of {0}?", "wat colour is the {0}", "{0} what color", "whats the colour of {0}"),
        "exists": ("{0}?", "any {1}?", "is der a {0}", "see a {0} anywhere?", "u see a {0}?"),
        "count": ("how many {1}", "{1} - how many?", "no of {1}", "how mny {1}?"),
        "side": ("{0} left or right of {2}?", "is {0} on the left or the right of the {2}"),
    },
}


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """One question about one of these drawings."""

    picture: int
    question: str
    answer: str
    kind: str
    wording: str
    """`PLAIN` or `TYPED`."""


def drawn(seed: str, pictures: int, emoji: str = "") -> tuple[list[Image.Image], list[DrawnQuestion]]:
    """Draw pictures and ask about them, each question in both wordings.

    Args:
        seed: Names the pictures.
        pictures: How many.
        emoji: Whose emoji (`sprites.SETS`) stand for the drawings; none are drawn by this file.
    """
    sheets, asked = [], []
    for number in range(pictures):
        rng = random.Random(f"other-hand/{seed}/{number}")
        sheet, placed = _draw(rng, emoji)
        sheets.append(sheet)
        for kind, names, answer in _ask(placed, rng):
            for wording, forms in WORDINGS.items():
                text = rng.choice(forms[kind]).format(*names).replace(" a umbrella", " an umbrella")
                asked.append(DrawnQuestion(number, text, answer, kind, wording))
    return sheets, asked


def _draw(rng: random.Random, emoji: str) -> tuple[Image.Image, list[tuple[str, str, float]]]:
    """A picture, and what is on it: kind, colour, middle in shares of the width."""
    width, height = rng.choice(((600, 450), (700, 400), (480, 640), (500, 500)))
    sheet = Image.new("RGB", (width, height), rng.choice(("#ffffff", "#fdf6e3", "#e8f4fb", "#eef7ea")))
    pen = ImageDraw.Draw(sheet)
    if rng.random() < 0.5:
        pen.rectangle((0, height * 0.55, width, height), fill=rng.choice(("#9ccf6b", "#e6d3a3", "#bfc4c9")))
    kinds = rng.sample([kind for kind in sorted(DRAWINGS) if not emoji or sprites.of_kind(emoji, kind)], 3)
    kinds += [kinds[0]] * rng.choice((0, 0, 1, 2))
    columns = len(kinds)
    rng.shuffle(kinds)
    placed = []
    for place, kind in enumerate(kinds):
        room = width / columns
        side = min(room * rng.uniform(0.7, 0.92), height * 0.4)
        x = place * room + (room - side) / 2
        y = height * rng.uniform(0.3, 0.55)
        colour = rng.choice(GIVEN.get(kind, tuple(COLOURS)))
        if emoji:
            one = rng.choice(sprites.of_kind(emoji, kind))
            colour = colour if one.hue >= 0 else one.colour
            cut = sprites.picture(one, colour, rng).resize((round(side), round(side)))
            sheet.paste(cut, (round(x), round(y)), cut)
        else:
            DRAWINGS[kind](pen, x, y, side, COLOURS[colour])
        placed.append((kind, colour, (x + side / 2) / width))
    return sheet, placed


def _ask(placed: list[tuple[str, str, float]], rng: random.Random) -> list[tuple[str, tuple[str, str, str], str]]:
    """Kind of question, the thing's name, its plural and another thing's name, and the answer."""
    kinds = [kind for kind, _, _ in placed]
    single = [one for one in placed if kinds.count(one[0]) == 1]
    away = sorted(set(DRAWINGS) - set(kinds))

    def words(kind: str, other: str = "") -> tuple[str, str, str]:
        return kind, PLURALS.get(kind, f"{kind}s"), other

    asked = [("colour", words(kind), colour) for kind, colour, _ in single[:1] if colour]
    missing, there = rng.choice(away), rng.choice(kinds)
    asked.append(("colour", words(missing), f"no {missing}"))
    asked.append(("exists", words(there), "yes") if rng.random() < 0.5 else ("exists", words(missing), "no"))
    asked.append(("count", words(there), str(kinds.count(there))))
    if len(single) > 1:
        (one, _, x), (two, _, other) = rng.sample(single, 2)
        asked.append(("side", words(one, two), "left" if x < other else "right"))
    return asked
