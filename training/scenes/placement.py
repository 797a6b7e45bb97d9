"""Gives things their places in a scene: on the ground, in the air, on, in or under other things; all stay legible."""

from __future__ import annotations

import random
from dataclasses import replace

from training.scenes import sprites
from training.scenes.art import aspect
from training.scenes.catalogue import FLAT, Kind
from training.scenes.scene import Scene, Thing
from training.scenes.style import HEIGHT
from training.scenes.themes import EVERY_KIND, SURFACES, THEMES

FRONT, BACK = 392.0, 268.0
"""Lowest and highest line on which a thing's feet can stand, in pixels from the top of a scene of usual height."""
LARGEST_HIDDEN = 0.2
"""At most this share of a thing's box lies behind nearer things."""


def arrange(scene: Scene) -> None:
    """Put the things into the order in which they are drawn."""
    scene.things.sort(key=_depth)


def fits(scene: Scene, thing: Thing) -> bool:
    """Whether a thing of the scene can be seen where it is, and hides no other one."""
    others = [other for other in scene.things if other is not thing]
    return legible(replace(scene, things=others), thing)


def place(scene: Scene, thing: Thing, rng: random.Random, large: bool) -> None:
    """Give a thing a legible place; when there is none it stays away."""
    kind = EVERY_KIND[thing.kind]
    size = rng.uniform(1.0, 1.35) if kind.group == "people" else rng.uniform(0.9, 1.45)
    if large and kind.height < 130:
        size *= rng.uniform(1.0, 3.2 if kind.small else 1.9)
    if thing.pose in ("sitting", "kneeling") and kind.group == "people":
        size *= 0.78
    if thing.sprite >= 0 and kind.group == "people" and sprites.sprites(thing.emoji_set)[thing.sprite].head_only:
        size *= rng.uniform(0.4, 0.7)
    if scene.wide and scene.style.backdrop and rng.random() < 0.5:  # on paper all is about as large
        size *= rng.uniform(60, 150) / kind.height
    tall = scene.height / HEIGHT
    for attempt in range(14):
        how = _where(scene, kind, thing, rng) if attempt < 10 else "ground"
        if how == "ground":
            feet = rng.uniform(BACK, FRONT) if thing.kind not in SURFACES else rng.uniform(BACK + 30, FRONT - 20)
            scale = size * (0.68 + 0.32 * (feet - BACK) / (FRONT - BACK))
            resize(thing, kind, scale)
            if scene.wide and not scene.ground:
                feet = rng.uniform(min(thing.h / tall + 4, FRONT), FRONT)
            thing.x, thing.y = rng.uniform(4, max(5, scene.width - thing.w - 4)), feet * tall - thing.h
            thing.on, thing.support = scene.ground, None
        elif how == "air":
            resize(thing, kind, size * rng.uniform(0.75, 1.1))
            thing.x = rng.uniform(4, scene.width - thing.w - 4)
            theme = THEMES.get(scene.theme)
            thing.y = rng.uniform(6, max(8, (theme.lowest if theme else 150) * tall - thing.h))
            thing.on, thing.support = theme.around if theme else "" if scene.style.backdrop else "sky", None
        else:
            support = next(t for t in scene.things if t.kind == how)
            _onto(thing, kind, support, size, rng)
        if legible(scene, thing):
            scene.things.append(thing)
            return


def _where(scene: Scene, kind: Kind, thing: Thing, rng: random.Random) -> str:
    """ "ground", "air", or the kind of a support that stands in the scene."""
    if kind.air and not scene.indoors and rng.random() < 0.8:
        return "air"
    supports = [t.kind for t in scene.things if t.kind in SURFACES or t.kind == "rug"]
    if kind.group == "people":
        seats = [s for s in supports if s in ("sofa", "bench", "bed")]
        return rng.choice(seats) if thing.pose == "sitting" and seats and rng.random() < 0.7 else "ground"
    if kind.small and supports and rng.random() < 0.7:
        return rng.choice(supports)
    if kind.name == "bird" and any(t.kind == "tree" for t in scene.things) and rng.random() < 0.8:
        return "tree"
    if kind.name in ("duck", "frog") and any(t.kind == "pond" for t in scene.things):
        return "pond"
    return "ground"


def _onto(thing: Thing, kind: Kind, support: Thing, size: float, rng: random.Random) -> None:
    """Put a thing on, in or under its support."""
    depth = min(1.0, max(0.6, (support.y + support.h - BACK) / (FRONT - BACK) * 0.32 + 0.68))
    resize(thing, kind, min(size, 1.1) * depth)
    slack = max(0.0, support.w * 0.9 - thing.w)
    thing.x = support.x + support.w * 0.05 + rng.uniform(0, slack) if slack else support.x + (support.w - thing.w) / 2
    thing.support, thing.on = support, support.kind
    if support.kind == "tree":
        thing.x = support.x + rng.uniform(0.15, 0.85) * support.w - thing.w / 2
        thing.y = support.y + rng.uniform(0.12, 0.45) * support.h - thing.h / 2
    elif support.kind in ("rug", "pond"):
        thing.y = support.y + support.h * rng.uniform(0.45, 0.7) - thing.h
    elif (
        support.kind == "table"
        and thing.kind in ("dog", "cat", "ball", "rabbit", "teddy bear", "bucket")
        and rng.random() < 0.5
    ):
        thing.on = "under table"
        resize(thing, kind, min(1.0, support.h * 0.72 / thing.h) * min(size, 1.1) * depth)
        thing.x = support.x + support.w * 0.2 + rng.uniform(0, max(0.0, support.w * 0.6 - thing.w))
        thing.y = support.y + support.h * 0.99 - thing.h
    else:
        surface = SURFACES[support.kind] + (0.12 if kind.group == "people" and support.kind != "bed" else 0.0)
        thing.y = support.y + support.h * surface - thing.h * (0.78 if kind.group == "people" else 0.97)


def resize(thing: Thing, kind: Kind, scale: float) -> None:
    """Give a thing its size, in pixels: `scale` times what is usual, at most what a scene has room for."""
    thing.h = kind.height * scale * (0.42 if thing.pose in FLAT and kind.group == "people" else 1.0)
    if thing.pose == "sleeping" and kind.group == "animal":
        thing.h *= 0.75
    if thing.sprite >= 0:
        sprite = sprites.sprites(thing.emoji_set)[thing.sprite]
        thing.w = thing.h * sprite.width / sprite.height
    else:
        thing.w = thing.h * aspect(thing.kind, thing.pose)
    if thing.h > 330:
        thing.w, thing.h = thing.w * 330 / thing.h, 330.0
    if thing.w > 420:
        thing.w, thing.h = 420.0, thing.h * 420 / thing.w


def _reach(thing: Thing) -> tuple[float, float, float, float]:
    """The box that a thing needs: a person's reaches to what is held."""
    x, y, w, h = thing.x, thing.y, thing.w, thing.h
    if thing.holding is not None:
        side = 0.22 * h
        x, w = (x - side, w + side) if thing.flip else (x, w + side)
        if thing.holding.kind in ("balloon", "kite", "umbrella"):
            y, h = y - 0.25 * thing.h, h + 0.25 * thing.h
    return x, y, w, h


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Area, in square pixels, that two boxes share."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, across) * max(0.0, down)


def _depth(thing: Thing) -> float:
    """Sorting key for drawing: what hangs in the back first, what stands in front last."""
    if thing.on in ("sky", "wall"):
        return 0.0 if thing.kind in ("sun", "moon") else 0.5 if thing.kind == "cloud" else 1.0
    if thing.kind in ("rug", "pond"):
        return 2.0
    if thing.support is not None:
        return _depth(thing.support) + 0.4 if thing.support.kind not in ("rug", "pond") else thing.y + thing.h
    return thing.y + thing.h


def legible(scene: Scene, thing: Thing) -> bool:
    """Whether a thing, placed as it is, can be seen and hides no other thing."""
    x, y, w, h = _reach(thing)
    if x < -2 or y < 0 or x + w > scene.width + 2 or y + h > scene.height + 2:
        return False
    for other in scene.things:
        beneath = other.kind in ("rug", "pond", "cloud") and thing.kind not in ("rug", "pond")
        if other is thing.support or (beneath and thing.on not in ("sky", "wall")):
            continue
        shared = _overlap((x, y, w, h), _reach(other))
        if other.support is thing and shared:
            continue
        limit = LARGEST_HIDDEN if not {thing.kind, other.kind} & {"tree", "house", "slide"} else LARGEST_HIDDEN + 0.08
        if thing.on in ("sky", "wall") or other.on in ("sky", "wall"):
            limit = 0.06
        if shared > limit * min(w * h, other.w * other.h):
            return False
    return True
