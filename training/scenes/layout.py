"""Composes scenes: which things, where, how large, doing what. What it composes is legible by construction."""

from __future__ import annotations

import random

from training.scenes import people, sprites
from training.scenes.art import DRAWINGS
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
    Kind,
)
from training.scenes.placement import arrange, legible, place, resize
from training.scenes.scene import Scene, Thing
from training.scenes.style import HEIGHT, Style
from training.scenes.themes import EVERY_KIND, SURFACES, THEMES
from training.scenes.variety import FIRST, Variety

ALONE = 0.12
"""Share of the scenes on paper with things of one kind alone."""


def compose(rng: random.Random, variety: Variety = FIRST) -> Scene:
    """Compose one scene; the generator decides everything, so the same state gives the same scene."""
    if variety.theme:
        return _of_theme(rng, variety)
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
    alone = bool(scene.style.backdrop) and rng.random() < ALONE
    if not alone:
        (_furnish if scene.indoors else _open_sky)(scene, rng, sparse)
    cast = _cast(scene, rng, sparse or alone, variety)
    for kind, colours in [rng.choice(cast)] if alone else cast:
        for colour in colours:
            place(scene, _make(scene, kind, colour, rng), rng, large=sparse)
    arrange(scene)
    return scene


def usual_kinds(indoors: bool, rng: random.Random, variety: Variety | None = None) -> set[str]:
    """Kinds that a scene of this setting might well hold, at the rate at which scenes hold them."""
    scene = Scene(indoors=indoors, night=rng.random() < 0.4, weather="", ground="floor" if indoors else "grass")
    kinds = {kind.name for kind, _ in _cast(scene, rng, False, variety or FIRST)}
    if variety is not None and variety.theme:
        return kinds | set(rng.sample(sorted(THEMES[variety.theme].surfaces), 1))
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


def _of_theme(rng: random.Random, variety: Variety) -> Scene:
    theme = THEMES[variety.theme]
    scene = Scene(
        indoors=False, night=False, weather="", ground=theme.ground, seed=rng.getrandbits(32), variety=variety
    )
    scene.style = _style(rng, crude=False)
    sparse = rng.random() < 0.2
    for name in rng.sample(sorted(theme.surfaces), rng.choice((0, 1, 1))):
        place(scene, _make(scene, theme.kinds[name], rng.choice(theme.kinds[name].colours), rng), rng, large=False)
    for kind, colours in _cast(scene, rng, sparse, variety):
        for colour in colours:
            place(scene, _make(scene, kind, colour, rng), rng, large=sparse)
    arrange(scene)
    return scene


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
        for k in EVERY_KIND.values()
        if k.name in variety.kinds
        and (k.name in DRAWINGS or any(sprites.of_kind(emoji_set, k.name) for emoji_set in variety.emoji_sets))
        and k.group not in ("people", "sky")
        and k.name not in SURFACES
        and not k.wall
        and k.name not in ("rug", "pond")
        and (scene.style.backdrop or (k.indoors if scene.indoors else k.outdoors))
    ]
    number = 0 if variety.theme else rng.choices((0, 1, 2, 3), (6, 5, 1, 0) if sparse else (2, 4, 4, 2))[0]
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
            place(scene, _make(scene, CATALOGUE[name], rng.choice(CATALOGUE[name].colours), rng), rng, large=False)


def _furnish(scene: Scene, rng: random.Random, sparse: bool) -> None:
    for name in rng.sample(("window", "picture", "clock"), rng.choice((0, 1) if sparse else (0, 1, 1, 2))):
        _hang(scene, name, rng)
    for name in rng.sample(("sofa", "bed", "table", "table", "rug"), rng.choice((0, 1, 1) if sparse else (1, 2, 2))):
        if not any(t.kind == name for t in scene.things):
            place(scene, _make(scene, CATALOGUE[name], rng.choice(CATALOGUE[name].colours), rng), rng, large=False)


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
    """Let an emoji stand for a thing, where the style has one; it may change the colour."""
    emoji_set = scene.style.emoji_set
    if (not emoji_set and thing.kind in DRAWINGS) or (
        thing.kind in people.BUILDS and (not emoji_set or rng.random() < 0.5)
    ):
        return False
    found = sprites.of_kind(emoji_set, thing.kind) if emoji_set else ()
    emoji_sets = scene.variety.emoji_sets if scene.variety else ()
    if not found and thing.kind not in DRAWINGS and thing.kind not in people.BUILDS:
        emoji_set = rng.choice([name for name in emoji_sets if sprites.of_kind(name, thing.kind)])
        found = sprites.of_kind(emoji_set, thing.kind)
    if not found:
        return False
    sprite = rng.choice(found)
    thing.emoji_set, thing.sprite = emoji_set, sprite.number
    if sprite.hue < 0 or (sprite.colour and rng.random() < 0.4):
        thing.colour = sprite.colour
    if thing.kind in people.BUILDS:
        thing.colour = ""  # a head wears nothing
    return True


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
        resize(thing, kind, rng.uniform(0.75, 1.25))
        thing.x = rng.uniform(6, scene.width - thing.w - 6)
        lowest = (130 if kind.wall else 110) * tall - thing.h
        thing.y = rng.uniform(8, max(10, lowest)) if kind.wall else rng.uniform(4, max(6, lowest))
        if legible(scene, thing):
            scene.things.append(thing)
            return
