"""Draws what lies behind everything: sky and ground, or wall and floor; and the weather in front of it."""

from __future__ import annotations

import random

from PIL import ImageDraw

from training.scenes.palette import RGB, darker, lighter, mix
from training.scenes.scene import Scene
from training.scenes.style import HEIGHT

SKIES: dict[str, tuple[RGB, RGB]] = {
    "sunny": ((96, 180, 246), (190, 228, 252)),
    "cloudy": ((166, 182, 198), (206, 214, 222)),
    "rainy": ((116, 128, 142), (160, 168, 178)),
    "snowy": ((196, 208, 222), (226, 232, 240)),
    "night": ((14, 18, 48), (44, 52, 98)),
}
GROUNDS: dict[str, tuple[RGB, RGB]] = {
    "grass": ((92, 176, 72), (130, 200, 96)),
    "sand": ((236, 212, 150), (224, 190, 118)),
    "snow": ((240, 244, 250), (226, 234, 244)),
    "road": ((112, 112, 118), (140, 140, 144)),
}
WALLS: tuple[RGB, ...] = (
    (238, 226, 200),
    (206, 226, 236),
    (226, 210, 232),
    (214, 232, 206),
    (246, 214, 204),
    (232, 232, 226),
    (190, 206, 220),
    (250, 240, 190),
    (222, 196, 176),
)
FLOORS: tuple[RGB, ...] = (
    (186, 134, 84),
    (160, 112, 70),
    (208, 172, 128),
    (176, 176, 182),
    (150, 160, 150),
    (198, 150, 140),
)


def draw_backdrop(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, scale: float) -> None:
    """Paint the whole canvas; the horizon lies between 36 % and 58 % of its height."""
    if scene.indoors:
        _room(draw, scene, rng, scale)
    else:
        _landscape(draw, scene, rng, scale)


def _landscape(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, scale: float) -> None:
    top, low = SKIES["night" if scene.night else scene.weather or "sunny"]
    horizon = rng.uniform(150, 225) * scene.height / HEIGHT
    tint = rng.uniform(-0.12, 0.12)
    top, low = (darker(c, -tint) if tint < 0 else lighter(c, tint * (0.3 if scene.night else 1)) for c in (top, low))
    crude = scene.style.detail < 0.4
    if crude and not scene.night and scene.weather == "sunny" and rng.random() < 0.35:
        top = low = rng.choice(((250, 250, 250), (0, 160, 255), (135, 206, 250), (173, 216, 230), (255, 255, 255)))
    steps = 1 if crude else 24
    for i in range(steps):
        band = mix(top, low, i / max(1, steps - 1) if steps > 1 else 0.5)
        draw.rectangle(
            (0, horizon * i / steps * scale, scene.width * scale, (horizon * (i + 1) / steps + 1) * scale), fill=band
        )
    if scene.night:
        for _ in range(rng.randrange(8, 40)):
            x, y, r = rng.uniform(0, scene.width), rng.uniform(0, horizon), rng.uniform(0.6, 1.8)
            draw.ellipse([v * scale for v in (x - r, y - r, x + r, y + r)], fill=(255, 255, 225))
    near, far = GROUNDS[scene.ground]
    if crude and scene.ground == "grass" and rng.random() < 0.5:
        near = far = rng.choice(((0, 128, 0), (34, 139, 34), (0, 200, 0), (124, 205, 80), (60, 160, 60)))
    tone = rng.uniform(0, 0.04 if scene.ground == "snow" else 0.18)
    near, far = darker(near, tone), darker(far, tone)
    if scene.night:
        near, far = darker(near, 0.5), darker(far, 0.55)
    if not crude and scene.ground in ("grass", "snow", "sand") and rng.random() < 0.55:
        for _ in range(rng.randrange(1, 4)):
            x, w, h = rng.uniform(0, scene.width), rng.uniform(120, 320), rng.uniform(20, 70)
            draw.ellipse([v * scale for v in (x - w, horizon - h, x + w, horizon + h)], fill=darker(far, 0.1))
    for i in range(1 if crude else 10):
        share = i / 9 if not crude else 0.5
        y0 = horizon + (scene.height - horizon) * i / 10
        draw.rectangle((0, y0 * scale, scene.width * scale, scene.height * scale), fill=mix(far, near, share))
    if scene.ground == "road":
        y = horizon + (scene.height - horizon) * 0.45
        for x in range(rng.randrange(60), scene.width, 110):
            draw.rectangle(
                [v * scale for v in (x, y, x + 55, y + 7)], fill=(240, 236, 210) if not scene.night else (150, 148, 130)
            )
    elif not crude:
        for _ in range(rng.randrange(0, 46)):
            x, y = rng.uniform(0, scene.width), rng.uniform(horizon + 10, scene.height)
            fill = darker(near, 0.16)
            if scene.ground == "grass":
                draw.line(
                    [v * scale for v in (x, y, x + rng.uniform(-3, 3), y - 7)],
                    fill=fill,
                    width=max(1, round(1.5 * scale)),
                )
            else:
                draw.ellipse([v * scale for v in (x, y, x + 3, y + 2)], fill=fill)


def _room(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, scale: float) -> None:
    wall, floor = rng.choice(WALLS), rng.choice(FLOORS)
    wall, floor = (
        mix(wall, (rng.randrange(120, 256), rng.randrange(120, 256), rng.randrange(120, 256)), 0.15),
        darker(floor, rng.uniform(0, 0.15)),
    )
    if scene.night:
        wall, floor = darker(wall, 0.12), darker(floor, 0.12)
    line = rng.uniform(205, 240) * scene.height / HEIGHT
    draw.rectangle((0, 0, scene.width * scale, line * scale), fill=wall)
    pattern = rng.randrange(4) if scene.style.detail > 0.4 else 0
    if pattern == 1:
        for x in range(0, scene.width, rng.choice((36, 50, 70))):
            draw.rectangle([v * scale for v in (x, 0, x + 14, line)], fill=darker(wall, 0.05))
    elif pattern == 2:
        for x in range(20, scene.width, 60):
            for y in range(16, int(line), 46):
                draw.ellipse([v * scale for v in (x - 4, y - 4, x + 4, y + 4)], fill=darker(wall, 0.07))
    draw.rectangle((0, line * scale, scene.width * scale, scene.height * scale), fill=floor)
    boards = rng.randrange(3) if scene.style.detail > 0.4 else 0
    if boards == 1:
        for i in range(1, 7):
            y = line + (scene.height - line) * (i / 7) ** 1.4
            draw.line([v * scale for v in (0, y, scene.width, y)], fill=darker(floor, 0.14), width=max(1, round(scale)))
    elif boards == 2:
        for x in range(-300, scene.width + 300, 80):
            draw.line(
                [v * scale for v in (scene.width / 2 + (x - scene.width / 2) * 0.55, line, x, scene.height)],
                fill=darker(floor, 0.12),
                width=max(1, round(scale)),
            )
    if scene.style.detail > 0.2:
        draw.rectangle((0, (line - 7) * scale, scene.width * scale, line * scale), fill=lighter(wall, 0.5))


def draw_weather(draw: ImageDraw.ImageDraw, scene: Scene, rng: random.Random, scale: float) -> None:
    """Rain or snow in front of everything."""
    if scene.weather == "rainy":
        for _ in range(rng.randrange(70, 150)):
            x, y, length = rng.uniform(0, scene.width), rng.uniform(-10, scene.height), rng.uniform(12, 22)
            draw.line(
                [v * scale for v in (x, y, x - length * 0.3, y + length)],
                fill=(150, 190, 235),
                width=max(1, round(1.8 * scale)),
            )
    elif scene.weather == "snowy":
        for _ in range(rng.randrange(60, 130)):
            x, y, r = rng.uniform(0, scene.width), rng.uniform(0, scene.height), rng.uniform(2, 4.5)
            draw.ellipse(
                [v * scale for v in (x - r, y - r, x + r, y + r)], fill=(255, 255, 255), outline=(205, 215, 230)
            )
