"""What happens to a drawing before anybody asks about it: margins, screens, photographed paper, messengers' JPEG."""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from training.builtin.architecture import HEIGHT, RESIZE, WIDTH
from training.builtin.cells import Transform


def taken(
    picture: Image.Image, rng: random.Random, *, view: random.Random | None = None, plain: bool = False
) -> tuple[Image.Image, Transform]:
    """Take a picture of a drawing and bring it to the model's input.

    Args:
        picture: The rendered scene.
        rng: Decides what happens to it.
        view: Decides from where it is taken, for pictures that are taken from the same place; `rng` by default.
        plain: Nothing happens but the change of size.

    Returns:
        RGB at the model's size, and where the scene lies on it.
    """
    transform = np.eye(3)
    if not plain:
        view = view or rng
        chance = view.random()
        if chance < 0.13:
            picture, transform = _margins(picture, view)
        elif chance < 0.25:
            picture, transform = _photographed(picture, view)
        if rng.random() < 0.06:
            small = rng.uniform(0.3, 0.6)
            picture = picture.resize((max(32, int(picture.width * small)), max(32, int(picture.height * small))))
            transform = np.diag([small, small, 1.0]) @ transform
            # The exact factor differs by less than a pixel.
        if rng.random() < 0.12:
            picture = _jpeg(picture, rng.randint(12, 50))
    left, top, width, height = RESIZE.place(picture.size)
    to_input = np.array([[width / picture.width, 0, left], [0, height / picture.height, top], [0, 0, 1.0]])
    shares = np.diag([1 / WIDTH, 1 / HEIGHT, 1.0]) @ to_input @ transform
    picture = RESIZE.apply(picture)
    return (picture if plain else vary(picture, rng)), shares


def _margins(picture: Image.Image, rng: random.Random) -> tuple[Image.Image, Transform]:
    """A scene within something larger, as on a screenshot: bars above and below now and then."""
    width, height = picture.size
    left, right, top, bottom = (rng.uniform(0, 0.22) * side for side in (width, width, height, height))
    tone = rng.choice(((255, 255, 255), (0, 0, 0), (32, 34, 40), tuple(rng.randrange(256) for _ in range(3))))
    sheet = Image.new("RGB", (int(width + left + right), int(height + top + bottom)), tone)
    if rng.random() < 0.4:
        bar = tuple(rng.randrange(256) for _ in range(3))
        sheet.paste(bar, (0, 0, sheet.width, int(top * rng.uniform(0.3, 1))))
    sheet.paste(picture, (int(left), int(top)))
    return sheet, np.array([[1, 0, int(left)], [0, 1, int(top)], [0, 0, 1]], np.float64)


def _photographed(picture: Image.Image, rng: random.Random) -> tuple[Image.Image, Transform]:
    """Paper on a table, from somewhat aslant, with a shadow and uneven light."""
    width, height = picture.size
    reach = rng.uniform(0.02, 0.12)
    corners = [
        (
            x + rng.uniform(0, reach) * width * (1 if x == 0 else -1),
            y + rng.uniform(0, reach) * height * (1 if y == 0 else -1),
        )
        for x, y in ((0, 0), (width, 0), (width, height), (0, height))
    ]
    back = _homography(corners, [(0, 0), (width, 0), (width, height), (0, height)])
    table = rng.choice(((120, 84, 56), (200, 190, 178), (70, 70, 76), (230, 228, 224), (150, 116, 84)))
    white = Image.new("L", (width, height), 255)
    flat = tuple((back / back[2, 2]).flatten()[:8])
    sheet = Image.new("RGB", (width, height), table)
    warped = picture.transform((width, height), Image.Transform.PERSPECTIVE, flat, Image.Resampling.BILINEAR)
    sheet.paste(warped, mask=white.transform((width, height), Image.Transform.PERSPECTIVE, flat))
    sheet = _lit(sheet, rng)
    return sheet, np.linalg.inv(back).astype(np.float64)


def _lit(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Light that falls off to one side, and now and then the shadow of whoever takes the picture."""
    angle, fall = rng.uniform(0, 6.28), rng.uniform(0.1, 0.45)
    x, y = np.linspace(-1, 1, picture.width), np.linspace(-1, 1, picture.height)[:, None]
    light = 1 - fall * (0.5 + 0.5 * np.clip(np.cos(angle) * x + np.sin(angle) * y, -1, 1))
    if rng.random() < 0.5:
        edge = rng.uniform(-0.8, 0.8)
        light = light * np.where(np.cos(angle + 1) * x + np.sin(angle + 1) * y > edge, 1.0, rng.uniform(0.6, 0.85))
    tint = np.array([rng.uniform(0.95, 1.05), 1.0, rng.uniform(0.85, 1.05)])
    lit = np.asarray(picture, np.float32) * light[..., None] * tint
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))


def _homography(source: list[tuple[float, float]], target: list[tuple[float, float]]) -> Transform:
    """The homography [3, 3] that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(values, float)), 1.0).reshape(3, 3)


def vary(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Vary a picture of the model's size as cameras and messengers do: blur, light, noise, JPEG."""
    if rng.random() < 0.12:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.9)))
    if rng.random() < 0.3:
        picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.8, 1.15))
        picture = ImageEnhance.Contrast(picture).enhance(rng.uniform(0.8, 1.15))
    if rng.random() < 0.12:
        grain = np.random.default_rng(rng.getrandbits(32)).normal(
            0, rng.uniform(2, 12), (picture.height, picture.width, 1)
        )
        picture = Image.fromarray(np.clip(np.asarray(picture, np.float32) + grain, 0, 255).astype(np.uint8))
    if rng.random() < 0.15:
        picture = _jpeg(picture, rng.randint(40, 95))
    return picture


def _jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")
