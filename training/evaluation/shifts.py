"""Data that is unlike a model's own, made from it: what happens to pictures on their way, and how people type.

The answers stay what they were, so how often the model is right there can be learnt. Pictures of nothing are made as
well: no answer about them is right.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

Shift = Callable[[Image.Image, random.Random], Image.Image]

_ARTICLES = {"the", "a", "an"}
_TYPED = {
    "what": "wat",
    "color": "colour",
    "colour": "color",
    "people": "ppl",
    "are": "r",
    "you": "u",
    "there": "ther",
    "picture": "pic",
    "please": "pls",
    "many": "mny",
    "where": "wher",
    "and": "&",
}


def _blur(picture: Image.Image, rng: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.004, 0.015) * max(picture.size)))


def _noise(picture: Image.Image, rng: random.Random) -> Image.Image:
    draw = np.random.default_rng(rng.getrandbits(32))
    grain = draw.normal(0, rng.uniform(15, 60), (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.asarray(picture, np.float32) + grain, 0, 255).astype(np.uint8))


def _jpeg(picture: Image.Image, rng: random.Random) -> Image.Image:
    return compressed(picture, rng.randint(6, 30))


def _tone(picture: Image.Image, rng: random.Random) -> Image.Image:
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = enhance(picture).enhance(rng.choice((rng.uniform(0.4, 0.8), rng.uniform(1.2, 1.8))))
    return picture


def _crop(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Most of it: what the questions are about is mostly still there."""
    share = rng.uniform(0.8, 0.95)
    width, height = (max(1, round(share * side)) for side in picture.size)
    left, top = rng.randint(0, picture.width - width), rng.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def _margins(picture: Image.Image, rng: random.Random) -> Image.Image:
    """A picture within something larger, as on a screenshot."""
    share = rng.uniform(1.15, 1.7)
    width, height = (round(share * side) for side in picture.size)
    sheet = Image.new("RGB", (width, height), tuple(rng.choice((0, 30, 128, 240, 255)) for _ in range(3)))
    sheet.paste(picture, (rng.randint(0, width - picture.width), rng.randint(0, height - picture.height)))
    return sheet


SHIFTS: dict[str, Shift] = {
    "blurred": _blur,
    "noisy": _noise,
    "JPEG": _jpeg,
    "other tones": _tone,
    "cropped": _crop,
    "with margins": _margins,
}
TYPED = "as typed"
"""The set of questions as people type them, about pictures as they are."""
NOTHING = "nothing to see"
"""The set of pictures without anything that could be asked about."""


def compressed(picture: Image.Image, quality: int) -> Image.Image:
    """A picture after JPEG of a quality, 1 to 95."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def nothing(picture: Image.Image, rng: random.Random) -> Image.Image:
    """A picture of the size of another in which nothing is to be seen: noise, one colour, or that picture's shreds."""
    draw, size = np.random.default_rng(rng.getrandbits(32)), picture.size
    kind = rng.randrange(4)
    if kind == 0:
        return Image.new("RGB", size, tuple(int(tone) for tone in draw.integers(0, 256, 3)))
    if kind == 1:
        return Image.fromarray(draw.integers(0, 256, (size[1], size[0], 3), np.uint8))
    if kind == 2:
        few = Image.fromarray(draw.integers(0, 256, (rng.randint(3, 12), rng.randint(3, 12), 3), np.uint8))
        return few.resize(size, Image.Resampling.BICUBIC)
    side = max(1, min(size) // rng.randint(8, 20))
    tiles = np.asarray(picture)[: size[1] // side * side, : size[0] // side * side]
    rows, columns = tiles.shape[0] // side, tiles.shape[1] // side
    flat = tiles.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(rows * columns, side, side, 3)
    mixed = flat[draw.permutation(len(flat))].reshape(rows, columns, side, side, 3).swapaxes(1, 2)
    return Image.fromarray(mixed.reshape(tiles.shape)).resize(size)


def typed(question: str, rng: random.Random) -> str:
    """A question as somebody types it in a hurry: fewer marks and articles, short forms, slips of the fingers."""
    words = re.sub(r"[?!.]+\s*$", "", question.lower()).replace("'", "").split()
    if rng.random() < 0.7:
        words = [word for word in words if word not in _ARTICLES] or words
    words = [_TYPED[word] if word in _TYPED and rng.random() < 0.5 else word for word in words]
    if rng.random() < 0.4:
        place = rng.randrange(len(words)) if words else 0
        words[place : place + 1] = [_slip(word, rng) for word in words[place : place + 1]]
    return " ".join(words) + rng.choice(("", "", "?", "??"))


def _slip(word: str, rng: random.Random) -> str:
    if len(word) < 4:
        return word
    place = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
        )
    )
