"""Draws pictures of two coloured shapes with questions, some of whose words the built-in model does not know.

`python tests/training/shapes_and_colours.py FOLDER` writes train.jsonl and val.jsonl; `docs/training.md` has figures.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from PIL import Image, ImageDraw

COLOURS = {
    "red": "#d62828",
    "blue": "#1d4ed8",
    "green": "#2a9d3a",
    "yellow": "#f4c20d",
    "purple": "#7b2cbf",
    "teal": "#14a3a0",
}
SHAPES = ("circle", "triangle", "rectangle")
UNKNOWN = ("circle", "triangle", "rectangle", "teal")
"""What a vocabulary of the scenes' whole words does not hold."""
SIZE = (320, 192)


def draw(seed: int) -> tuple[Image.Image, list[tuple[str, str]]]:
    """A picture and its questions with their answers; the same ones for the same seed."""
    rng = random.Random(f"shapes-and-colours/{seed}")
    picture = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(picture)
    (first, one), (second, other) = zip(rng.sample(SHAPES, 2), rng.sample(list(COLOURS), 2), strict=True)
    for place, (shape, colour) in enumerate(((first, one), (second, other))):
        half = rng.randint(30, 55)
        x, y = rng.randint(60, 100) + 160 * place - 10, rng.randint(60, 130)
        if shape == "circle":
            pen.ellipse((x - half, y - half, x + half, y + half), fill=COLOURS[colour])
        elif shape == "triangle":
            pen.polygon([(x, y - half), (x - half, y + half), (x + half, y + half)], fill=COLOURS[colour])
        else:
            pen.rectangle((x - half, y - half * 0.6, x + half, y + half * 0.6), fill=COLOURS[colour])
    there = rng.random() < 0.5
    asked = rng.choice((one, other)) if there else rng.choice([each for each in COLOURS if each not in (one, other)])
    return picture, [
        (f"What color is the {first}?", one),
        (f"What shape is {other}?", second),
        (f"Is there a {asked} shape?", "yes" if there else "no"),
    ]


def write(folder: Path, **pictures: int) -> Path:
    """Write so many pictures a split, three questions each."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    number = 0
    for split, count in pictures.items():
        lines = []
        for _ in range(count):
            number += 1
            picture, asked = draw(number)
            picture.save(folder / "images" / f"{number}.png")
            lines += [json.dumps({"image": f"{number}.png", "question": q, "answer": a}) for q, a in asked]
        (folder / f"{split}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    write(Path(sys.argv[1]), train=330, val=110)
