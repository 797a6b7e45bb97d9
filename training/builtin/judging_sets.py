"""Sets to judge the built-in model by, not by its generator: other drawings, people's wordings, foreign pictures.

OUT/other-hand-plain, other-hand-typed, emoji-plain and emoji-typed hold pictures and `val.jsonl`; OUT/foreign only
pictures.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.atomic import write_text
from training.builtin.independent_drawings import WORDINGS, DrawnQuestion, drawn

EMOJI = "noto"
PHOTOS = (("skimage", "data"), ("sklearn", "datasets/images"), ("matplotlib", "mpl-data/sample_data"))
"""Packages that bring sample photos, where they are installed."""
QUALITY = 88
_LARGEST = 1280


def write_sets(out: Path, seed: str, pictures: int) -> int:
    """Write all sets. Returns how many foreign pictures there are.

    Args:
        out: Created when missing.
        seed: Names the pictures.
        pictures: How many of each kind of drawing; of foreign ones there are some 200.

    Raises:
        OSError: They cannot be written.
    """
    for name, emoji in (("other-hand", ""), ("emoji", EMOJI)):
        sheets, asked = drawn(f"{name}/{seed}", pictures, emoji)
        for wording in WORDINGS:
            _write(out / f"{name}-{wording}", sheets, [one for one in asked if one.wording == wording])
    place = out / "foreign"
    place.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, (name, picture) in enumerate(foreign(random.Random(f"foreign/{seed}")), 1):
        picture.thumbnail((_LARGEST, _LARGEST))
        picture.save(place / f"{count:03d}-{name}.jpg", quality=QUALITY)
    return count


def _write(folder: Path, sheets: list[Image.Image], asked: list[DrawnQuestion]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, sheet in enumerate(sheets):
        sheet.save(folder / f"{number:04d}.jpg", quality=QUALITY)
    records = [{"image": f"{one.picture:04d}.jpg", "question": one.question, "answer": one.answer} for one in asked]
    write_text(folder / "val.jsonl", "".join(f"{json.dumps(record)}\n" for record in records))


def foreign(rng: random.Random) -> Iterator[tuple[str, Image.Image]]:
    """Photos and parts of them, noise, one colour, text, and what looks like a screen."""
    for photo in _photos():
        yield "photo", photo
        for _ in range(3 if min(photo.size) > 200 else 0):
            width, height = (round(rng.uniform(0.4, 0.8) * side) for side in photo.size)
            left, top = rng.randint(0, photo.width - width), rng.randint(0, photo.height - height)
            yield "photo", photo.crop((left, top, left + width, top + height))
    draw = np.random.default_rng(rng.getrandbits(32))
    for number in range(50):
        yield "noise", _noise(number % 4, draw)
    for _ in range(50):
        tone = tuple(int(value) for value in draw.integers(0, 256, 3))
        plain = rng.choice(((255, 255, 255), (0, 0, 0), tone, tone))
        yield "blank", Image.new("RGB", (rng.randint(200, 900), rng.randint(200, 900)), plain)
    for number in range(100):
        yield ("screen", "text")[number % 2], _page(rng, screen=number % 2 == 0)


def _photos() -> Iterator[Image.Image]:
    for package, folder in PHOTOS:
        found = find_spec(package)
        if found is None or found.origin is None:
            continue
        for path in sorted((Path(found.origin).parent / folder).glob("*")):
            if path.suffix in (".png", ".jpg"):
                with Image.open(path) as picture:
                    yield picture.convert("RGB")


def _noise(kind: int, draw: np.random.Generator) -> Image.Image:
    if kind == 0:
        return Image.fromarray(draw.integers(0, 256, (300, 400, 3), np.uint8))
    if kind == 1:
        return Image.fromarray(draw.integers(0, 256, (300, 400), np.uint8)).convert("RGB")
    if kind == 2:
        grain = draw.normal(draw.integers(40, 215), 30, (300, 400, 3))
        return Image.fromarray(np.clip(grain, 0, 255).astype(np.uint8))
    few = Image.fromarray(draw.integers(0, 256, (12, 16, 3), np.uint8))
    return few.resize((400, 300), Image.Resampling.BICUBIC)


def _page(rng: random.Random, *, screen: bool) -> Image.Image:
    ground, ink = rng.choice((("white", "black"), ("#f4f4f4", "#222"), ("#1e1e1e", "#ddd"), ("#fdf6e3", "#333")))
    page = Image.new("RGB", (rng.choice((400, 600, 800)), rng.choice((400, 600, 800))), ground)
    pen, size, left = ImageDraw.Draw(page), rng.choice((12, 16, 22, 30)), 20
    if screen:
        left = rng.randint(80, 180)
        pen.rectangle((0, 0, page.width, 40), fill=rng.choice(("#3b5998", "#0088cc", "#eeeeee", "#222222")))
        pen.rectangle((0, 40, left - 10, page.height), fill=rng.choice(("#eeeeee", "#dddddd", "#2b2b2b")))
    for top in range(50, page.height - size, round(size * 1.5)):
        words = ("".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(rng.randint(3, 12)))
        pen.text((left, top), " ".join(words), fill=ink, font=ImageFont.load_default(size))
    return page
