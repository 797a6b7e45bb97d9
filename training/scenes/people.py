"""Draws people: six poses, four moods, things worn and things held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from training.scenes.palette import RGB, darker, lighter, shade
from training.scenes.pen import Pen, Point
from training.scenes.scene import Thing

SKINS: tuple[RGB, ...] = (
    (255, 224, 196),
    (245, 205, 170),
    (225, 172, 128),
    (198, 140, 94),
    (150, 100, 66),
    (104, 68, 44),
)
HAIRS: tuple[RGB, ...] = ((40, 30, 26), (92, 58, 32), (150, 92, 44), (236, 200, 96), (190, 78, 34), (120, 120, 124))
INK: RGB = (38, 30, 30)

ASPECTS = {"standing": 0.56, "waving": 0.66, "running": 0.78, "jumping": 0.8, "sitting": 0.74, "sleeping": 2.3}
"""Width by height of each pose."""


@dataclass(frozen=True, slots=True)
class Build:
    """Proportions, in shares of the height of the standing figure."""

    head: float
    child: bool
    female: bool


BUILDS = {
    "man": Build(0.135, False, False),
    "woman": Build(0.135, False, True),
    "boy": Build(0.185, True, False),
    "girl": Build(0.185, True, True),
}


@dataclass(frozen=True, slots=True)
class Body:
    """Where the parts of a posed figure are: x from the middle, y from the top, both in shares of the height."""

    head: Point
    neck: Point
    hip: Point
    hands: tuple[Point, Point]
    elbows: tuple[Point, Point]
    feet: tuple[Point, Point]
    knees: tuple[Point, Point]


def _body(pose: str, build: Build, holding: bool) -> Body:
    r = build.head
    top, shoulder, hip = (0.07 + r, 0.07 + 2 * r + 0.02, 0.66 if not build.child else 0.7)
    left, right = (-0.17, hip - 0.03), (0.17, hip - 0.03)
    elbow_l, elbow_r = (-0.15, (shoulder + hip) / 2), (0.15, (shoulder + hip) / 2)
    feet, knees = ((-0.085, 0.965), (0.085, 0.965)), ((-0.08, (hip + 0.97) / 2), (0.08, (hip + 0.97) / 2))
    if holding:
        right, elbow_r = (0.235, hip - 0.13), (0.16, hip - 0.07)
    if pose == "waving":
        left, elbow_l = (-0.27, 0.14), (-0.22, shoulder + 0.1)
    elif pose == "running":
        feet, knees = ((-0.3, 0.86), (0.25, 0.95)), ((-0.1, 0.84), (0.19, 0.77))
        left, elbow_l = (-0.25, shoulder + 0.12), (-0.2, shoulder + 0.2)
        if not holding:
            right, elbow_r = (0.27, shoulder + 0.02), (0.2, shoulder + 0.17)
    elif pose == "jumping":
        hip -= 0.06
        feet, knees = ((-0.26, 0.86), (0.26, 0.86)), ((-0.24, hip + 0.07), (0.24, hip + 0.07))
        left, elbow_l = (-0.32, 0.1), (-0.25, shoulder + 0.06)
        right, elbow_r = (0.32, 0.12), (0.25, shoulder + 0.06)
    elif pose == "sitting":
        hip = 0.78
        top, shoulder = 0.07 + r * 1.2, 0.07 + r * 2.4 + 0.02
        feet, knees = ((0.2, 0.965), (0.3, 0.965)), ((0.22, hip - 0.01), (0.31, hip - 0.01))
        left, elbow_l = (-0.16, hip - 0.03), (-0.16, hip - 0.18)
        right, elbow_r = ((0.27, hip - 0.18) if holding else (0.2, hip - 0.05)), (0.15, hip - 0.12)
    return Body((0, top), (0, shoulder), (0, hip), (left, right), (elbow_l, elbow_r), feet, knees)


def draw_person(pen: Pen, thing: Thing, draw_held: Callable[[Thing], None]) -> None:
    """Draw a person in its box; `draw_held` draws what it holds once that has its place."""
    build = BUILDS[thing.kind]
    rng = pen.rng
    shirt, trousers = shade(thing.colour, rng), shade(thing.trousers or "blue", rng)
    skin, hair = SKINS[thing.skin % 6], HAIRS[thing.hair % 6]
    if thing.pose == "sleeping":
        _draw_sleeper(pen, thing, build, shirt, trousers, skin, hair)
        return
    body = _body(thing.pose, build, thing.holding is not None)
    ratio = pen.h / pen.w

    def at(p: Point) -> Point:
        return 0.5 + p[0] * ratio, p[1]

    limb = 0.062 if build.child else 0.056
    r = build.head * (1.2 if thing.pose == "sitting" else 1.0)
    if thing.pose == "jumping":
        pen.ellipse(0.5, 0.975, 0.3, 0.02, (90, 90, 90), outline=False)
    if build.female:
        _long_hair(pen, at(body.head), r, ratio, hair, build.child)
    for knee, foot in zip(body.knees, body.feet, strict=True):
        hip = (body.hip[0] + (0.045 if knee[0] > 0 else -0.045), body.hip[1])
        bare = build.child or build.female
        pen.line([at(hip), at(knee)], trousers if not build.female else skin, limb * 1.25)
        pen.line([at(knee), at(foot)], skin if bare else trousers, limb * (1.0 if bare else 1.25))
        pen.ellipse(*at((foot[0] + 0.025, foot[1])), 0.055 * ratio, 0.028, INK, outline=False)
    pen.line([at((-0.075, body.neck[1] + 0.03)), at(body.elbows[0]), at(body.hands[0])], darker(shirt, 0.12), limb)
    pen.ellipse(*at(body.hands[0]), 0.036 * ratio, 0.036, skin, outline=False)
    width = 0.105
    pen.polygon(
        [
            at((-width, body.neck[1])),
            at((width, body.neck[1])),
            at((width * 1.02, body.hip[1] + 0.02)),
            at((-width * 1.02, body.hip[1] + 0.02)),
        ],
        shirt,
    )
    if build.female:
        length = 0.13 if build.child else 0.19
        reach = 0.2 if thing.pose == "sitting" else 0.165
        bottom = min(0.97, body.hip[1] + length * (0.55 if thing.pose == "sitting" else 1))
        pen.polygon(
            [
                at((-width, body.hip[1] - 0.03)),
                at((width, body.hip[1] - 0.03)),
                at((reach, bottom)),
                at((-reach, bottom)),
            ],
            trousers,
        )
    elif pen.detailed(0.6):
        pen.line([at((0, body.neck[1] + 0.05)), at((0, body.hip[1] - 0.02))], darker(shirt, 0.3), 0.008)
    _head(pen, thing, at(body.head), r, ratio, skin, hair, build)
    if thing.wearing == "scarf":
        scarf = shade(thing.wearing_colour, rng)
        pen.rect(*at((-0.11, body.neck[1] - 0.035)), *at((0.11, body.neck[1] + 0.035)), scarf, radius=0.03)
        pen.rect(*at((0.03, body.neck[1])), *at((0.095, body.neck[1] + 0.17)), scarf, radius=0.02)
    if thing.holding is not None:
        _place_held(thing, at(body.hands[1]), pen)
        draw_held(thing.holding)
    pen.line([at((0.075, body.neck[1] + 0.03)), at(body.elbows[1]), at(body.hands[1])], lighter(shirt, 0.08), limb)
    pen.ellipse(*at(body.hands[1]), 0.038 * ratio, 0.038, skin, outline=False)


HELD_SIZES = {
    "balloon": 0.42,
    "kite": 0.4,
    "umbrella": 0.42,
    "guitar": 0.42,
    "flower": 0.34,
    "ball": 0.25,
    "teddy bear": 0.34,
    "ice cream": 0.3,
    "book": 0.24,
    "apple": 0.2,
    "cup": 0.21,
}


def _place_held(person: Thing, hand: Point, pen: Pen) -> None:
    """Give what is held its box, in scene pixels: above the hand for what flies, at the hand otherwise."""
    held = person.holding
    assert held is not None
    from training.scenes.art import aspect

    height = HELD_SIZES[held.kind] * person.h / (0.85 if person.pose != "sitting" else 0.7)
    held.h, held.w = height, height * aspect(held.kind, "")
    held.flip = person.flip
    x = person.x + person.w * (1 - hand[0] if person.flip else hand[0])
    y = person.y + person.h * hand[1]
    up = {"balloon": 0.98, "kite": 0.98, "umbrella": 0.93, "flower": 0.8, "ice cream": 0.85, "guitar": 0.45}.get(
        held.kind, 0.62
    )
    aside = 0.0 if held.kind in ("balloon", "umbrella", "flower", "ice cream") else held.w * 0.3
    x += -aside if person.flip else aside
    held.x, held.y = x - held.w / 2, max(0.0, y - held.h * up)


def _head(pen: Pen, thing: Thing, centre: Point, r: float, ratio: float, skin: RGB, hair: RGB, build: Build) -> None:
    x, y = centre
    rx = r * ratio
    pen.ellipse(x, y, rx, r, skin)
    if build.female:
        pen.pie(x, y - r * 0.06, rx * 1.04, r * 1.04, 185, 355, hair)
    elif not build.child and pen.rng.random() < 0.2:
        pen.pie(x, y, rx * 1.03, r * 1.03, 150, 195, hair)
        pen.pie(x, y, rx * 1.03, r * 1.03, 345, 390, hair)
    else:
        pen.pie(x, y - r * 0.08, rx * 1.05, r * 1.02, 190, 350, hair)
        if build.child:
            pen.polygon(
                [(x - rx * 0.1, y - r * 0.95), (x + rx * 0.28, y - r * 1.32), (x + rx * 0.3, y - r * 0.9)],
                hair,
                outline=False,
            )
    if not build.child and not build.female:  # men are told by a beard or a moustache
        if pen.rng.random() < 0.5:
            pen.pie(x, y + r * 0.12, rx * 0.96, r * 0.9, 15, 165, hair)
            pen.ellipse(x, y + r * 0.42, rx * 0.5, r * 0.3, lighter(skin, 0.15), outline=False)
        else:
            pen.ellipse(x, y + r * 0.26, rx * 0.46, r * 0.11, hair, outline=False)
    _face(pen, x, y, rx, r, thing.mood, skin)
    _headwear(pen, thing, x, y, rx, r)


def _face(pen: Pen, x: float, y: float, rx: float, r: float, mood: str, skin: RGB) -> None:
    white = (252, 252, 252)
    wide = 1.45 if mood == "surprised" else 1.0
    stroke = max(r * 0.13, 0.011)
    for side in (-1, 1):
        ex, ey = x + side * rx * 0.4, y - r * 0.1
        pen.ellipse(ex, ey, rx * 0.19 * wide, r * 0.2 * wide, white, outline=False)
        pen.ellipse(ex + rx * 0.03, ey, rx * 0.09, r * 0.12, INK, outline=False)
        brow = {"angry": (-0.24, -0.52), "sad": (-0.56, -0.36), "surprised": (-0.66, -0.66)}.get(mood)
        if brow is not None:  # inner end, outer end
            pen.line(
                [(x + side * rx * 0.14, y + r * brow[0]), (x + side * rx * 0.66, y + r * brow[1])], INK, stroke * 0.9
            )
    mouth = y + r * 0.48
    if mood == "happy":
        pen.pie(x, mouth - r * 0.12, rx * 0.52, r * 0.4, 5, 175, (178, 40, 48))
        pen.rect(x - rx * 0.4, mouth - r * 0.1, x + rx * 0.4, mouth - r * 0.02, white, outline=False)
    elif mood == "sad":
        pen.arc(x, mouth + r * 0.22, rx * 0.42, r * 0.28, 200, 340, INK, stroke)
        pen.ellipse(x - rx * 0.5, y + r * 0.28, rx * 0.11, r * 0.2, (60, 150, 240), outline=False)
    elif mood == "angry":
        for side in (-1, 1):
            pen.ellipse(x + side * rx * 0.62, y + r * 0.24, rx * 0.2, r * 0.15, (226, 84, 70), outline=False)
        pen.rect(x - rx * 0.42, mouth - r * 0.1, x + rx * 0.42, mouth + r * 0.18, white, outline=True)
        pen.line([(x - rx * 0.42, mouth + r * 0.04), (x + rx * 0.42, mouth + r * 0.04)], INK, stroke * 0.6)
    else:
        pen.ellipse(x, mouth + r * 0.06, rx * 0.24, r * 0.34, (110, 28, 36))


def _long_hair(pen: Pen, centre: Point, r: float, ratio: float, hair: RGB, child: bool) -> None:
    x, y = centre
    rx = r * ratio
    if child:
        for side in (-1, 1):
            pen.ellipse(x + side * rx * 1.18, y + r * 0.3, rx * 0.38, r * 0.55, hair)
    else:
        pen.rect(x - rx * 1.18, y - r * 0.5, x + rx * 1.18, y + r * 1.55, hair, radius=r * 1.2)


def _headwear(pen: Pen, thing: Thing, x: float, y: float, rx: float, r: float) -> None:
    if thing.wearing in ("", "scarf"):
        return
    fill = shade(thing.wearing_colour, pen.rng)
    if thing.wearing == "hat":
        pen.rect(x - rx * 0.75, y - r * 1.42, x + rx * 0.75, y - r * 0.66, fill, radius=0.05)
        pen.ellipse(x, y - r * 0.62, rx * 1.35, r * 0.2, fill)
    elif thing.wearing == "crown":
        top, base = y - r * 1.46, y - r * 0.62
        spikes = [
            (x - rx * 0.8, base),
            (x - rx * 0.88, top),
            (x - rx * 0.4, y - r * 0.98),
            (x, top - r * 0.06),
            (x + rx * 0.4, y - r * 0.98),
            (x + rx * 0.88, top),
            (x + rx * 0.8, base),
        ]
        pen.polygon(spikes, fill)
    else:
        for side in (-1, 1):
            ex, ey = x + side * rx * 0.42, y - r * 0.1
            pen.ellipse(ex, ey, rx * 0.4, r * 0.36, fill, outline=False)
            pen.ellipse(ex, ey, rx * 0.26, r * 0.23, (225, 240, 250), outline=False)
            pen.ellipse(ex, ey, rx * 0.1, r * 0.12, INK, outline=False)
        pen.line([(x - rx * 0.1, y - r * 0.12), (x + rx * 0.1, y - r * 0.12)], fill, r * 0.12)


def _draw_sleeper(pen: Pen, thing: Thing, build: Build, shirt: RGB, trousers: RGB, skin: RGB, hair: RGB) -> None:
    """Lying on the back, head at the left end, eyes closed."""
    ratio = pen.h / pen.w
    r = 0.4 if build.child else 0.33
    x, y = 0.02 + r * ratio * 1.1, 0.92 - r
    body = x + r * ratio * 0.9
    if build.female:
        pen.ellipse(x - r * ratio * 0.3, y + r * 0.35, r * ratio * 0.95, r * 0.75, hair)
    pen.rect(0.66, 0.68, 0.93, 0.92, skin if build.female or build.child else trousers, radius=0.1)
    pen.ellipse(0.95, 0.74, 0.03, 0.2, INK, outline=False)
    pen.rect(0.55, 0.58, 0.8 if not build.child else 0.72, 0.94, trousers, radius=0.05)
    pen.rect(body, 0.52, 0.6, 0.95, shirt, radius=0.1)
    pen.line([(body + 0.06, 0.66), (body + 0.2, 0.82)], darker(shirt, 0.2), 0.13)
    pen.ellipse(x, y, r * ratio, r, skin)
    pen.pie(x, y, r * ratio * 1.04, r * 1.04, 130, 300, hair)
    if not build.child and not build.female:
        pen.ellipse(x + r * ratio * 0.2, y + r * 0.36, r * ratio * 0.4, r * 0.13, hair, outline=False)
    for dx in (-0.1, 0.5):
        pen.arc(x + r * ratio * dx, y - r * 0.08, r * ratio * 0.2, r * 0.16, 10, 170, INK, 0.035)
    pen.line([(x + r * ratio * 0.1, y + r * 0.6), (x + r * ratio * 0.45, y + r * 0.58)], INK, 0.03)
    _headwear(pen, thing, x, y, r * ratio, r)
    if thing.wearing == "scarf":
        pen.rect(body - 0.01, 0.5, body + 0.06, 0.96, shade(thing.wearing_colour, pen.rng), radius=0.05)
    for i, size in enumerate((0.07, 0.1)):  # two letters Z float above
        zx, zy = x + 0.08 + 0.07 * i, 0.2 - 0.13 * i
        w = size * ratio
        points = [(zx, zy), (zx + w, zy), (zx, zy + size * 1.2), (zx + w, zy + size * 1.2)]
        points = points if not pen.flip else [(zx + w, zy), (zx, zy), (zx + w, zy + size * 1.2), (zx, zy + size * 1.2)]
        pen.line(points, (70, 80, 160), 0.03)
