"""Draws people in eight poses, with what they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from training.scenes.catalogue import FLAT
from training.scenes.heads import INK, Build, draw_head, draw_headwear, draw_long_hair
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
HAIR_COLOURS = ("black", "brown", "brown", "yellow", "", "gray")
"""What people call them; empty where some say red and others orange."""

ASPECTS = {
    "standing": 0.56,
    "waving": 0.66,
    "running": 0.78,
    "jumping": 0.8,
    "sitting": 0.74,
    "sleeping": 2.3,
    "kneeling": 0.74,
    "lying": 2.3,
}
"""Width by height of each pose."""


LOW = ("sitting", "kneeling")
"""Poses in which people are about three quarters as tall."""

BUILDS = {
    "man": Build(0.135, False, False),
    "woman": Build(0.135, False, True),
    "boy": Build(0.185, True, False),
    "girl": Build(0.185, True, True),
    "baby": Build(0.25, True, False),
}


def hair_colour(person: Thing) -> str:
    """What people call the colour of a drawn person's hair; empty where that is open."""
    return HAIR_COLOURS[person.hair % 6]


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


def _body(pose: str, build: Build, held: str) -> Body:
    r = build.head
    top, shoulder, hip = (0.07 + r, 0.07 + 2 * r + 0.02, 0.66 if not build.child else 0.7)
    left, right = (-0.17, hip - 0.03), (0.17, hip - 0.03)
    elbow_l, elbow_r = (-0.15, (shoulder + hip) / 2), (0.15, (shoulder + hip) / 2)
    feet, knees = ((-0.085, 0.965), (0.085, 0.965)), ((-0.08, (hip + 0.97) / 2), (0.08, (hip + 0.97) / 2))
    if held in ALOFT:
        right, elbow_r = (0.25, shoulder + 0.07), (0.2, shoulder + 0.19)
    elif held:
        right, elbow_r = (0.235, hip - 0.13), (0.16, hip - 0.07)
    if pose == "waving":
        left, elbow_l = (-0.27, 0.14), (-0.22, shoulder + 0.1)
    elif pose == "running":
        feet, knees = ((-0.3, 0.86), (0.25, 0.95)), ((-0.1, 0.84), (0.19, 0.77))
        left, elbow_l = (-0.25, shoulder + 0.12), (-0.2, shoulder + 0.2)
        if not held:
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
        right, elbow_r = ((0.27, hip - 0.18) if held else (0.2, hip - 0.05)), (0.15, hip - 0.12)
    elif pose == "kneeling":  # thighs upright, shins on the ground behind
        hip = 0.72
        top, shoulder = 0.07 + r * 1.2, 0.07 + r * 2.4 + 0.02
        feet, knees = ((-0.3, 0.95), (-0.2, 0.965)), ((0.02, 0.95), (0.1, 0.96))
        left, elbow_l = (-0.16, hip - 0.03), (-0.16, hip - 0.18)
        right, elbow_r = ((0.27, hip - 0.18) if held else (0.2, hip - 0.05)), (0.15, hip - 0.12)
    return Body((0, top), (0, shoulder), (0, hip), (left, right), (elbow_l, elbow_r), feet, knees)


def draw_person(pen: Pen, thing: Thing, held_aspect: float, draw_held: Callable[[Thing], None]) -> None:
    """Draw a person in its box.

    Args:
        pen: A pen for the person's box.
        thing: The person.
        held_aspect: Width by height of what the person holds.
        draw_held: Draws what the person holds, once that has its place.
    """
    build = BUILDS[thing.kind]
    rng = pen.rng
    shirt, trousers = shade(thing.colour, rng), shade(thing.trousers or "blue", rng)
    skin, hair = SKINS[thing.skin % 6], HAIRS[thing.hair % 6]
    if thing.pose in FLAT:
        _draw_sleeper(pen, thing, build, shirt, trousers, skin, hair)
        return
    body = _body(thing.pose, build, thing.holding.kind if thing.holding else "")
    ratio = pen.h / pen.w

    def at(p: Point) -> Point:
        return 0.5 + p[0] * ratio, p[1]

    thing.face = _in_scene(thing, at(body.head))
    limb = (0.062 if build.child else 0.056) * pen.style.limb
    r = build.head * (1.2 if thing.pose in LOW else 1.0) * pen.style.head
    if thing.pose == "jumping":
        pen.ellipse(0.5, 0.975, 0.3, 0.02, (90, 90, 90), outline=False)
    if thing.holding is not None:
        _place_held(thing, at(body.hands[1]), held_aspect)
        if thing.holding.kind in ALOFT:  # behind the head: it must not hide the face
            draw_held(thing.holding)
    if build.female:
        draw_long_hair(pen, at(body.head), r, ratio, hair, build.child)
    for knee, foot in zip(body.knees, body.feet, strict=True):
        hip = (body.hip[0] + (0.045 if knee[0] > 0 else -0.045), body.hip[1])
        if build.child and not build.female:  # shorts
            pen.line([at(knee), at(foot)], skin, limb, outline=True)
            pen.line([at(hip), at(knee)], trousers, limb * 1.3, outline=True)
        else:
            bare = build.female
            pen.line([at(hip), at(knee), at(foot)], skin if bare else trousers, limb * (1 if bare else 1.25), True)
        pen.ellipse(*at((foot[0] + 0.025, foot[1])), 0.055 * ratio, 0.028, INK, outline=False)
    pen.line([at((-0.075, body.neck[1] + 0.03)), at(body.elbows[0]), at(body.hands[0])], darker(shirt, 0.1), limb, True)
    pen.ellipse(*at(body.hands[0]), 0.04 * ratio, 0.04, skin)
    pen.line([at(body.head), at((0, body.neck[1] + 0.02))], darker(skin, 0.1), 0.07)
    width = 0.105
    if not build.female:
        pen.rect(*at((-width, body.hip[1] - 0.06)), *at((width, body.hip[1] + 0.035)), trousers, radius=0.03)
    pen.rect(*at((-width, body.neck[1])), *at((width, body.hip[1] + 0.005)), shirt, radius=0.09)
    if build.female:
        length = 0.13 if build.child else 0.19
        reach = 0.2 if thing.pose in LOW else 0.165
        bottom = min(0.97, body.hip[1] + length * (0.55 if thing.pose in LOW else 1))
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
    draw_head(pen, thing, at(body.head), r, ratio, skin, hair, build)
    if thing.wearing == "scarf":
        scarf = shade(thing.wearing_colour, rng)
        pen.rect(*at((-0.11, body.neck[1] - 0.035)), *at((0.11, body.neck[1] + 0.035)), scarf, radius=0.03)
        pen.rect(*at((0.03, body.neck[1])), *at((0.095, body.neck[1] + 0.17)), scarf, radius=0.02)
    if thing.holding is not None and thing.holding.kind not in ALOFT:
        draw_held(thing.holding)
    pen.line(
        [at((0.075, body.neck[1] + 0.03)), at(body.elbows[1]), at(body.hands[1])], lighter(shirt, 0.06), limb, True
    )
    pen.ellipse(*at(body.hands[1]), 0.042 * ratio, 0.042, skin)


ALOFT = ("umbrella", "balloon", "kite")
"""Held things that reach over the head."""
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


def _place_held(person: Thing, hand: Point, aspect: float) -> None:
    """Give what is held its box, in scene pixels: above the hand for what flies, at the hand otherwise."""
    held = person.holding
    assert held is not None
    height = HELD_SIZES[held.kind] * person.h / (0.85 if person.pose not in LOW else 0.7)
    held.h, held.w = height, height * aspect
    held.flip = person.flip
    x, y = _in_scene(person, hand)
    up = {"balloon": 0.98, "kite": 0.98, "umbrella": 0.93, "flower": 0.8, "ice cream": 0.85, "guitar": 0.45}.get(
        held.kind, 0.62
    )
    aside = held.w * {"balloon": 0.14, "umbrella": 0.14, "flower": 0.0, "ice cream": 0.0}.get(held.kind, 0.3)
    x += -aside if person.flip else aside
    held.x, held.y = x - held.w / 2, max(0.0, y - held.h * up)


def _in_scene(person: Thing, point: Point) -> Point:
    """A point of a person's box, in shares of the box, in scene pixels."""
    return person.x + person.w * (1 - point[0] if person.flip else point[0]), person.y + person.h * point[1]


def _draw_sleeper(pen: Pen, thing: Thing, build: Build, shirt: RGB, trousers: RGB, skin: RGB, hair: RGB) -> None:
    """Lying on the back, head at the left end; sleepers' eyes are closed."""
    ratio = pen.h / pen.w
    r = 0.4 if build.child else 0.33
    x, y = 0.02 + r * ratio * 1.1, 0.92 - r
    thing.face = _in_scene(thing, (x, y))
    body = x + r * ratio * 0.9
    if build.female:
        pen.ellipse(x - r * ratio * 0.3, y + r * 0.35, r * ratio * 0.95, r * 0.75, hair)
    pen.rect(0.66, 0.68, 0.93, 0.92, skin if build.female or build.child else trousers, radius=0.1)
    pen.ellipse(0.95, 0.74, 0.03, 0.2, INK, outline=False)
    pen.rect(0.55, 0.58, 0.8 if not build.child else 0.72, 0.94, trousers, radius=0.05)
    pen.rect(body, 0.52, 0.6, 0.95, shirt, radius=0.1)
    pen.line([(body + 0.07, 0.66), (body + 0.19, 0.8)], darker(shirt, 0.1), 0.13, True)
    pen.ellipse(body + 0.21, 0.81, 0.09 * ratio, 0.09, skin)
    pen.ellipse(x, y, r * ratio, r, skin)
    pen.cap(x, y, r * ratio * 1.06, r * 1.06, 165, 295, hair)
    if not build.child and not build.female:
        pen.ellipse(x + r * ratio * 0.2, y + r * 0.36, r * ratio * 0.4, r * 0.13, hair, outline=False)
    for dx in (-0.1, 0.5):
        if thing.pose == "lying":  # awake
            pen.ellipse(x + r * ratio * dx, y - r * 0.08, r * ratio * 0.2, r * 0.22, (252, 252, 252), outline=False)
            pen.ellipse(x + r * ratio * dx, y - r * 0.08, r * ratio * 0.1, r * 0.13, INK, outline=False)
            continue
        pen.arc(x + r * ratio * dx, y - r * 0.08, r * ratio * 0.2, r * 0.16, 10, 170, INK, 0.035)
    pen.line([(x + r * ratio * 0.1, y + r * 0.6), (x + r * ratio * 0.45, y + r * 0.58)], INK, 0.03)
    draw_headwear(pen, thing, x, y, r * ratio, r)
    if thing.wearing == "scarf":
        pen.rect(body - 0.01, 0.5, body + 0.06, 0.96, shade(thing.wearing_colour, pen.rng), radius=0.05)
    for i, size in enumerate((0.07, 0.1) if thing.pose == "sleeping" else ()):  # two letters Z float above
        zx, zy = x + r * ratio + 0.05 + 0.07 * i, 0.24 - 0.15 * i
        w = size * ratio
        points = [(zx, zy), (zx + w, zy), (zx, zy + size * 1.2), (zx + w, zy + size * 1.2)]
        points = points if not pen.flip else [(zx + w, zy), (zx, zy), (zx + w, zy + size * 1.2), (zx, zy + size * 1.2)]
        pen.line(points, (70, 80, 160), 0.03)
