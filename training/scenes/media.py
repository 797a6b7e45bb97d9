"""What scenes look drawn with and on: crayon, pencil, hatching, stickers, coarse pixels; paper and plain grounds."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from training.scenes.palette import RGB, darker, lighter, mix

MEDIA = ("crayon", "hatched", "pencil", "shaded", "watercolour", "sticker", "pixel", "glossy")
"""What scenes look drawn with, besides the plain vector drawing."""
BACKDROPS = ("white", "plain", "gradient", "texture", "ruled", "halves")
"""What lies behind things that stand in no place."""
_PASTELS: tuple[RGB, ...] = (
    (250, 240, 215),
    (222, 238, 250),
    (232, 246, 222),
    (250, 226, 230),
    (238, 230, 250),
    (214, 240, 236),
    (255, 250, 205),
    (236, 236, 236),
)
_GROUNDS: tuple[RGB, ...] = ((150, 205, 110), (226, 208, 164), (188, 192, 198))
"""As one might draw grass, sand and a floor, in one tone."""


def paper(kind: str, size: tuple[int, int], rng: random.Random) -> Image.Image:
    """A ground without any place in it: one of `BACKDROPS`."""
    width, height = size
    tone: RGB = (
        (255, 255, 255)
        if kind in ("white", "ruled") and rng.random() < 0.8
        else rng.choice(_PASTELS)
        if rng.random() < 0.6
        else (rng.randrange(70, 256), rng.randrange(70, 256), rng.randrange(70, 256))
    )
    sheet = Image.new("RGB", size, tone)
    if kind == "gradient":
        other = rng.choice((lighter(tone, 0.6), darker(tone, 0.35), rng.choice(_PASTELS)))
        ramp = Image.linear_gradient("L").resize(size)
        if rng.random() < 0.5:
            ramp = Image.linear_gradient("L").rotate(90).resize(size)
        sheet.paste(Image.new("RGB", size, other), mask=ramp)
    elif kind == "halves":
        other = rng.choice((darker(tone, 0.15), darker(tone, 0.35), rng.choice(_PASTELS), *_GROUNDS))
        sheet.paste(other, (0, round(height * rng.uniform(0.4, 0.75)), width, height))
    elif kind == "texture":
        grain = _noise((max(2, width // rng.choice((1, 2, 5, 12))), max(2, height // rng.choice((1, 2, 5)))), rng)
        strength = rng.uniform(0.06, 0.25)
        veil = grain.resize(size).point(lambda v: int(v * strength))
        sheet = ImageChops.subtract(sheet, Image.merge("RGB", (veil, veil, veil)))
    elif kind == "ruled":
        draw = ImageDraw.Draw(sheet)
        step, line = rng.randrange(14, 34), mix(tone, rng.choice(((90, 140, 210), (150, 150, 150))), 0.45)
        for y in range(step, height, step):
            draw.line((0, y, width, y), fill=line)
        if rng.random() < 0.5:
            for x in range(step, width, step):
                draw.line((x, 0, x, height), fill=line)
    return sheet


def laid_on(sheet: Image.Image, layer: Image.Image, medium: str, rng: random.Random, scale: float) -> None:
    """Lay a transparent drawing on a sheet as the medium shows it."""
    if medium in ("crayon", "pencil"):
        fine = 1 if medium == "pencil" else rng.choice((1, 2))
        grain = _noise((layer.width // fine, layer.height // fine), rng).resize(layer.size)
        gap = rng.randrange(25, 85)
        cover = grain.point([255 if value > gap else rng.randrange(40, 120) for value in range(256)])
        layer.putalpha(ImageChops.multiply(layer.getchannel("A"), cover))
    elif medium == "hatched":
        layer = _hatched(layer, rng, scale)
    elif medium == "shaded":
        layer = _shaded(layer, rng, scale)
    elif medium == "glossy":
        layer = _glossy(layer, rng)
    elif medium == "watercolour":
        wash = _noise((max(2, layer.width // 24), max(2, layer.height // 24)), rng).resize(layer.size)
        cover = wash.point([150 + value * 105 // 255 for value in range(256)])
        soft = layer.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.2) * scale))
        soft.putalpha(ImageChops.multiply(soft.getchannel("A"), cover))
        layer = soft
    elif medium == "sticker":
        width = rng.uniform(2, 5) * scale
        edge = layer.getchannel("A").filter(ImageFilter.GaussianBlur(width)).point([255 * (v > 18) for v in range(256)])
        if rng.random() < 0.6:
            shadow = ImageChops.offset(edge.filter(ImageFilter.GaussianBlur(3 * scale)), int(3 * scale), int(3 * scale))
            sheet.paste((40, 40, 50), mask=shadow.point([v * 2 // 5 for v in range(256)]))
        sheet.paste((255, 255, 255), mask=edge)
    sheet.paste(layer.convert("RGB"), mask=layer.getchannel("A"))


def coarse(picture: Image.Image, rng: random.Random) -> Image.Image:
    """The same in coarse pixels, of few colours now and then."""
    share = rng.uniform(0.26, 0.42)
    small = picture.resize(
        (max(1, int(picture.width * share)), max(1, int(picture.height * share))), Image.Resampling.BOX
    )
    if rng.random() < 0.5:
        small = small.quantize(rng.choice((24, 32, 64)), dither=Image.Dither.NONE).convert("RGB")
    return small.resize(picture.size, Image.Resampling.NEAREST)


def _noise(size: tuple[int, int], rng: random.Random) -> Image.Image:
    values = np.random.default_rng(rng.getrandbits(32)).integers(0, 256, (size[1], size[0]), np.uint8)
    return Image.fromarray(values)


def _times(layer: Image.Image, factor: NDArray[np.float32]) -> Image.Image:
    """Colours times a factor [H, W]; above 1 they go towards white."""
    colour = np.asarray(layer.convert("RGB"), np.float32)
    down, up = np.minimum(factor, 1)[..., None], np.clip(factor - 1, 0, 1)[..., None]
    colour *= down
    colour += (255 - colour) * up
    lit = Image.fromarray(np.clip(colour, 0, 255).astype(np.uint8))
    lit.putalpha(layer.getchannel("A"))
    return lit


def _hatched(layer: Image.Image, rng: random.Random, scale: float) -> Image.Image:
    step, angle = rng.uniform(5, 11) * scale, rng.uniform(0, 3.14)
    y, x = np.mgrid[: layer.height, : layer.width].astype(np.float32)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (6.28 / step))
    light, dark = rng.choice(((1.45, 1.0), (1.6, 1.0), (1.0, 0.72)))
    return _times(layer, np.where(wave > rng.uniform(-0.4, 0.5), light, dark).astype(np.float32))


def _shaded(layer: Image.Image, rng: random.Random, scale: float) -> Image.Image:
    alpha = layer.getchannel("A").resize((layer.width // 3, layer.height // 3))
    soft = alpha.filter(ImageFilter.GaussianBlur(rng.uniform(2, 4) * scale))
    dx, dy = rng.choice((-3, 3)), rng.choice((-3, -3, 3))
    relief = np.asarray(ImageChops.offset(soft, -dx, -dy).resize(layer.size), np.float32)
    relief -= np.asarray(ImageChops.offset(soft, dx, dy).resize(layer.size), np.float32)
    return _times(layer, np.clip(1 - relief / 255 * rng.uniform(0.35, 0.7), 0.5, 1.5))


def _glossy(layer: Image.Image, rng: random.Random) -> Image.Image:
    ramp = np.linspace(rng.uniform(1.15, 1.45), rng.uniform(0.65, 0.9), 24, dtype=np.float32)
    tiled = np.resize(np.repeat(ramp, max(1, layer.height // rng.choice((24, 48, 72)))), layer.height)
    return _times(layer, np.broadcast_to(tiled[:, None], (layer.height, layer.width)))
