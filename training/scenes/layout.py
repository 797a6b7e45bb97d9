"""Composes scenes: which things, where, how large, doing what. What it composes is legible by construction."""

from __future__ import annotations

import random
from dataclasses import replace

from training.scenes import people, sprites
from training.scenes.art import DRAWINGS, aspect
from training.scenes.catalogue import (
    ACCESSORIES,
    CATALOGUE,
    CLOTHES,
    FLAT,
    HOLDABLE,
    LATE_POSES,
    MOODS,
    PEOPLE,
    PET_POSES,
    POSES,
    SURFACES,
    Kind,
)
from training.scenes.scene import HEIGHT, Scene, Style, Thing
from training.scenes.variety import FIRST, Variety

FRONT, BACK = 392.0, 268.0
"""Lowest and highest line on which a thing's feet can stand, in pixels from the top of a scene of usual height."""
LARGEST_HIDDEN = 0.2
"""At most this share of a thing's box lies behind nearer things."""


def compose(rng: random.Random, variety: Variety = FIRST) -> Scene:
    """Compose one scene; the generator decides everything, so the same state gives the same scene."""
    scene = _empty(rng)
    crude = rng.random() < 0.25
    if variety.wide:
        scene.variety = variety
        scene.width, scene.height = variety.shape(rng)
        scene.style = variety.style(rng)
        scene.seed = rng.getrandbits(32) | 1
        if scene.style.backdrop:  # paper shows no place, no time and no weather
            scene.indoors, scene.night, scene.weather, scene.ground = rng.random() < 0.4, False, "", ""
    else:
        scene.style = _style(rng, crude)
    sparse = crude or rng.random() < 0.2
    if scene.indoors:
        _furnish(scene, rng, sparse)
    else:
        _open_sky(scene, rng, sparse)
    for kind, colours in _cast(scene, rng, sparse, variety):
        for colour in colours:
            _place(scene, _make(scene, kind, colour, rng), rng, large=sparse)
    arrange(scene)
    return scene


def arrange(scene: Scene) -> None:
    """Put the things into the order in which they are drawn."""
    scene.things.sort(key=_depth)


def fits(scene: Scene, thing: Thing) -> bool:
    """Whether a thing of the scene can be seen where it is, and hides no other one."""
    others = [other for other in scene.things if other is not thing]
    return _legible(replace(scene, things=others), thing)


def usual_kinds(indoors: bool, rng: random.Random, variety: Variety | None = None) -> set[str]:
    """Kinds that a scene of this setting might well hold, at the rate at which scenes hold them."""
    scene = Scene(indoors=indoors, night=rng.random() < 0.4, weather="", ground="floor" if indoors else "grass")
    kinds = {kind.name for kind, _ in _cast(scene, rng, False, variety or FIRST)}
    return kinds | set(
        rng.sample(
            ["sofa", "table", "rug", "bed", "lamp", "picture", "clock", "window"]
            if indoors
            else ["tree", "cloud", "table", "bench", "pond", "sun", "moon"],
            2,
        )
    )


def _empty(rng: random.Random) -> Scene:
    indoors = rng.random() < 0.36
    night = rng.random() < 0.42
    weather, ground = "", "floor"
    if not indoors:
        if not night:
            weather = rng.choice(("sunny", "sunny", "cloudy", "rainy", "snowy"))
        ground = (
            "snow"
            if weather == "snowy" and rng.random() < 0.8
            else rng.choices(("grass", "sand", "road"), (6, 2, 1.5))[0]
        )
    return Scene(indoors=indoors, night=night, weather=weather, ground=ground, seed=rng.getrandbits(32))


def _style(rng: random.Random, crude: bool) -> Style:
    if crude:
        return Style(
            outline=rng.choice((0.0, 0.0, 1.5, 3.0)),
            outline_dark=rng.choice((0.0, 0.4)),
            wobble=rng.choice((0.0, 0.5, 1.0)),
            detail=rng.choice((0.0, 0.0, 0.3)),
            shading=False,
        )
    return Style(
        outline=rng.choice((0.0, 1.5, 2.0, 2.5, 3.5)),
        outline_dark=rng.choice((0.0, 0.35, 0.5)),
        wobble=rng.choice((0.0, 0.0, 0.2, 0.5)),
        detail=rng.choice((0.5, 1.0, 1.0)),
        shading=rng.random() < 0.7,
    )


def _cast(scene: Scene, rng: random.Random, sparse: bool, variety: Variety) -> list[tuple[Kind, list[str]]]:
    """Who and what takes part: kinds with the colours of each copy."""
    fitting = [
        k
        for k in CATALOGUE.values()
        if k.name in variety.kinds
        and (k.name in DRAWINGS or any(sprites.of_kind(hand, k.name) for hand in variety.hands))
        and k.group not in ("people", "sky")
        and k.name not in SURFACES
        and not k.wall
        and k.name not in ("rug", "pond")
        and (k.indoors if scene.indoors else k.outdoors)
    ]
    number = rng.choices((0, 1, 2, 3), (6, 5, 1, 0) if sparse else (2, 4, 4, 2))[0]
    names = rng.choices(PEOPLE, k=number)
    if variety.wide:
        names = ["baby" if rng.random() < 0.1 else name for name in names]
    cast = [(CATALOGUE[name], [rng.choice(CLOTHES)]) for name in names]
    several = not (sparse and rng.random() < 0.6) and rng.random() < 0.75
    if several:
        kind = rng.choice([k for k in fitting if k.small])
        number = rng.choices((2, 3, 4, 5), (4, 4, 3, 2))[0]
        colours = (
            rng.sample(kind.colours, number)
            if len(kind.colours) >= number and rng.random() < 0.6
            else rng.choices(kind.colours, k=number)
        )
        cast.append((kind, colours))
        if rng.random() < 0.35 and not sparse:
            kind = rng.choice([k for k in fitting if k.small])
            cast.append((kind, rng.choices(kind.colours, k=rng.choice((2, 3)))))
    if not sparse and rng.random() < 0.3:
        kind = rng.choice([k for k in fitting if not k.small and k.height < 140])
        cast.append((kind, rng.choices(kind.colours, k=2)))
    singles = rng.choice((1, 1, 2, 3)) if sparse else rng.choice((1, 2, 3, 4))
    taken = {kind.name for kind, _ in cast}
    chosen = [kind for kind in rng.sample(fitting, min(singles, len(fitting))) if kind.name not in taken]
    cast += [(kind, [rng.choice(kind.colours)]) for kind in chosen]
    cast.sort(key=lambda member: -member[0].height)
    return cast


def _open_sky(scene: Scene, rng: random.Random, sparse: bool) -> None:
    if scene.night:
        if rng.random() < 0.75:
            _hang(scene, "moon", rng)
    elif scene.weather == "sunny" and not (sparse and rng.random() < 0.4):
        _hang(scene, "sun", rng)
    clouds = {"sunny": (0, 0, 1, 2), "cloudy": (2, 3, 4), "rainy": (1, 2, 3), "snowy": (0, 1, 2)}.get(
        scene.weather, (0, 0, 1)
    )
    for _ in range(rng.choice(clouds)):
        _hang(scene, "cloud", rng, colour="gray" if scene.weather == "rainy" or scene.night else "white")
    if rng.random() < (0.15 if sparse else 0.5):
        for name in rng.sample(("table", "bench", "pond"), rng.choice((1, 1, 2))):
            _place(scene, _make(scene, CATALOGUE[name], rng.choice(CATALOGUE[name].colours), rng), rng, large=False)


def _furnish(scene: Scene, rng: random.Random, sparse: bool) -> None:
    for name in rng.sample(("window", "picture", "clock"), rng.choice((0, 1) if sparse else (0, 1, 1, 2))):
        _hang(scene, name, rng)
    for name in rng.sample(("sofa", "bed", "table", "table", "rug"), rng.choice((0, 1, 1) if sparse else (1, 2, 2))):
        if not any(t.kind == name for t in scene.things):
            _place(scene, _make(scene, CATALOGUE[name], rng.choice(CATALOGUE[name].colours), rng), rng, large=False)


def _make(scene: Scene, kind: Kind, colour: str, rng: random.Random) -> Thing:
    """A thing without a place yet; people get their looks here."""
    thing = Thing(kind.name, colour, 0, 0, 0, 0, flip=rng.random() < 0.5)
    if scene.wide:
        thing.seed = rng.getrandbits(32) | 1
        if _take_sprite(scene, thing, rng):
            return thing
    if kind.group == "people":
        thing.pose = rng.choices(POSES, (4, 3, 3, 3, 3, 2))[0]
        if scene.wide and rng.random() < 0.2:
            thing.pose = rng.choice(LATE_POSES)
        thing.mood = rng.choice(MOODS)
        thing.wearing = rng.choice(ACCESSORIES) if rng.random() < 0.55 else ""
        thing.wearing_colour = rng.choice([c for c in CLOTHES if c not in ("gray", "white")])
        thing.trousers = rng.choice([c for c in CLOTHES if c != colour])
        thing.skin, thing.hair = rng.randrange(6), rng.randrange(6)
        if thing.pose not in FLAT and rng.random() < 0.55:
            held = CATALOGUE[rng.choice(HOLDABLE)]
            thing.holding = Thing(held.name, rng.choice(held.colours), 0, 0, 0, 0)
            if scene.wide:
                thing.holding.seed = rng.getrandbits(32) | 1
    elif kind.name in ("dog", "cat"):
        thing.pose = rng.choice(PET_POSES)
    return thing


def _take_sprite(scene: Scene, thing: Thing, rng: random.Random) -> bool:
    """Let a picture by another hand stand for a thing, where the style has one; it may change the colour."""
    hand = scene.style.hand
    if not hand and thing.kind in DRAWINGS or thing.kind in people.BUILDS and (not hand or rng.random() < 0.5):
        return False
    found = sprites.of_kind(hand, thing.kind) if hand else ()
    hands = scene.variety.hands if scene.variety else ()
    if not found and thing.kind not in DRAWINGS and thing.kind not in people.BUILDS:
        hand = rng.choice([name for name in hands if sprites.of_kind(name, thing.kind)])
        found = sprites.of_kind(hand, thing.kind)
    if not found:
        return False
    sprite = rng.choice(found)
    thing.hand, thing.sprite = hand, sprite.number
    if sprite.hue < 0 or (sprite.colour and rng.random() < 0.4):
        thing.colour = sprite.colour
    if thing.kind in people.BUILDS:
        thing.colour = ""  # a head wears nothing
    return True


def _place(scene: Scene, thing: Thing, rng: random.Random, large: bool) -> None:
    """Give a thing a legible place; when there is none it stays away."""
    kind = CATALOGUE[thing.kind]
    size = rng.uniform(1.0, 1.35) if kind.group == "people" else rng.uniform(0.9, 1.45)
    if large and kind.height < 130:
        size *= rng.uniform(1.0, 3.2 if kind.small else 1.9)
    if thing.pose in ("sitting", "kneeling") and kind.group == "people":
        size *= 0.78
    if thing.sprite >= 0 and kind.group == "people" and sprites.sprites(thing.hand)[thing.sprite].head_only:
        size *= rng.uniform(0.4, 0.7)
    if scene.wide and scene.style.backdrop and rng.random() < 0.5:  # on paper all is about as large
        size *= rng.uniform(60, 150) / kind.height
    tall = scene.height / HEIGHT
    for attempt in range(14):
        how = _where(scene, kind, thing, rng) if attempt < 10 else "ground"
        if how == "ground":
            feet = rng.uniform(BACK, FRONT) if thing.kind not in SURFACES else rng.uniform(BACK + 30, FRONT - 20)
            scale = size * (0.68 + 0.32 * (feet - BACK) / (FRONT - BACK))
            _resize(thing, kind, scale)
            if scene.wide and not scene.ground:
                feet = rng.uniform(min(thing.h / tall + 4, FRONT), FRONT)
            thing.x, thing.y = rng.uniform(4, max(5, scene.width - thing.w - 4)), feet * tall - thing.h
            thing.on, thing.support = scene.ground, None
        elif how == "air":
            _resize(thing, kind, size * rng.uniform(0.75, 1.1))
            thing.x = rng.uniform(4, scene.width - thing.w - 4)
            thing.y = rng.uniform(6, max(8, 150 * tall - thing.h))
            thing.on, thing.support = "" if scene.style.backdrop else "sky", None
        else:
            support = next(t for t in scene.things if t.kind == how)
            _onto(thing, kind, support, size, rng)
        if _legible(scene, thing):
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
    _resize(thing, kind, min(size, 1.1) * depth)
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
        _resize(thing, kind, min(1.0, support.h * 0.72 / thing.h) * min(size, 1.1) * depth)
        thing.x = support.x + support.w * 0.2 + rng.uniform(0, max(0.0, support.w * 0.6 - thing.w))
        thing.y = support.y + support.h * 0.99 - thing.h
    else:
        surface = SURFACES[support.kind] + (0.12 if kind.group == "people" and support.kind != "bed" else 0.0)
        thing.y = support.y + support.h * surface - thing.h * (0.78 if kind.group == "people" else 0.97)


def _hang(scene: Scene, name: str, rng: random.Random, colour: str = "") -> None:
    kind = CATALOGUE[name]
    thing = Thing(
        name, colour or rng.choice(kind.colours), 0, 0, 0, 0, flip=rng.random() < 0.5, on="wall" if kind.wall else "sky"
    )
    if scene.wide:
        thing.seed = rng.getrandbits(32) | 1
        _take_sprite(scene, thing, rng)
        if scene.style.backdrop:
            thing.on = ""
    tall = scene.height / HEIGHT
    for _ in range(12):
        _resize(thing, kind, rng.uniform(0.75, 1.25))
        thing.x = rng.uniform(6, scene.width - thing.w - 6)
        lowest = (130 if kind.wall else 110) * tall - thing.h
        thing.y = rng.uniform(8, max(10, lowest)) if kind.wall else rng.uniform(4, max(6, lowest))
        if _legible(scene, thing):
            scene.things.append(thing)
            return


def _resize(thing: Thing, kind: Kind, scale: float) -> None:
    thing.h = kind.height * scale * (0.42 if thing.pose in FLAT and kind.group == "people" else 1.0)
    if thing.pose == "sleeping" and kind.group == "animal":
        thing.h *= 0.75
    if thing.sprite >= 0:
        sprite = sprites.sprites(thing.hand)[thing.sprite]
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


def _legible(scene: Scene, thing: Thing) -> bool:
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
