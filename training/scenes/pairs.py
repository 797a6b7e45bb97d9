"""Pairs of scenes and what changed between them: added, gone, recoloured, moved, swapped, posed anew, weather, time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from training.scenes import layout, sprites
from training.scenes.art import aspect
from training.scenes.catalogue import CATALOGUE, COLOURLESS, FLAT, LATE_POSES, MOODS, POSES
from training.scenes.facts import facts_of, middle
from training.scenes.placement import arrange, fits
from training.scenes.scene import Scene, Thing
from training.scenes.variety import WIDE, Variety
from training.scenes.wording import a

NOTHING, EVERYTHING = "nothing", "everything"
CHANGES = ("added", "gone", "recoloured", "moved", "swapped", "pose", "mood", "weather", "time")
"""The kinds of changes."""
KINDS = (*CHANGES, "same", "other")
"""The kinds of pairs: one change, none, or two scenes that have nothing to do with each other."""
WEIGHTS = (2.0, 2.0, 4.0, 2.0, 3.0, 2.0, 1.6, 1.0, 1.0, 7.0, 0.6)
"""How often each of `KINDS` is wanted: what is learnt last more often."""
TRIES = 12
"""Scenes that are composed until one allows the change that is wanted."""
MOVED = 0.2
"""Least share of the picture's width by which a moved thing moves."""


@dataclass(slots=True)
class Pair:
    """Two scenes, the first one earlier."""

    first: Scene
    second: Scene
    kind: str
    """One of `KINDS`."""
    answer: str
    """What changed, in words."""
    changed: tuple[tuple[Thing, ...], tuple[Thing, ...]]
    """The things that changed, as each scene has them."""


def compose_pair(rng: random.Random, variety: Variety = WIDE, weights: Sequence[float] = WEIGHTS) -> Pair:
    """Compose a pair; where no scene in `TRIES` allows the wanted change, another kind is made.

    Args:
        rng: Decides what the scenes are and what changes.
        variety: What they may be like.
        weights: How often each of `KINDS` is wanted.
    """
    wanted = rng.choices(KINDS, weights)[0]
    scene = layout.compose(rng, variety)
    if wanted == "other":
        other = layout.compose(rng, variety)
        other.width, other.height = scene.width, scene.height
        other.things = [t for t in other.things if t.x + t.w <= other.width + 2 and t.y + t.h <= other.height + 2]
        return Pair(scene, other, "other", EVERYTHING, ((), ()))
    made = None
    for _ in range(TRIES if wanted != "same" else 0):
        if (made := _DO[wanted](scene, rng)) is not None:
            break
        scene = layout.compose(rng, variety)
    while made is None and wanted != "same":
        wanted = rng.choice(KINDS[:-1])
        made = _DO[wanted](scene, rng) if wanted != "same" else None
    pair = made or Pair(scene, deepcopy(scene), "same", NOTHING, ((), ()))
    if rng.random() < (0.7 if pair.kind == "same" else 0.4):
        _redraw(pair.second, rng, variety)
    return pair


def _redraw(scene: Scene, rng: random.Random, variety: Variety) -> None:
    """Draw the same once more: other shades, a hand that jitters, now and then another style."""
    dx, dy = rng.uniform(-5, 5), rng.uniform(-4, 4)
    for thing in scene.things:
        thing.x += dx + rng.uniform(-2, 2)
        thing.y += dy
        if rng.random() < 0.5:
            thing.seed = rng.getrandbits(32) | 1
    if rng.random() < 0.5:
        scene.seed = rng.getrandbits(32) | 1
    if rng.random() < 0.35:
        style = variety.style(rng)
        scene.style = replace(
            style, backdrop=scene.style.backdrop, contour=scene.style.contour, emoji_set=scene.style.emoji_set
        )


def described(thing: Thing, *, definite: bool = False) -> str:
    """A thing in words: "a red ball", "the girl"; its colour where it has one that can be asked for."""
    kind = CATALOGUE[thing.kind]
    plain = thing.kind in COLOURLESS or kind.group == "people" or not thing.colour
    text = thing.kind if plain else f"{thing.colour} {thing.kind}"
    return f"the {text}" if definite else a(text)


def _free(scene: Scene) -> list[Thing]:
    """Things that may change alone: nothing stands on them."""
    held_up = {id(thing.support) for thing in scene.things if thing.support is not None}
    return [t for t in scene.things if id(t) not in held_up and t.kind not in ("sun", "moon", "cloud", "rug", "pond")]


def _single(scene: Scene, things: list[Thing]) -> list[Thing]:
    number = facts_of(scene).number
    return [thing for thing in things if number(thing.kind) == 1]


def _without(scene: Scene, index: int) -> Scene:
    rest = deepcopy(scene)
    del rest.things[index]
    return rest


def _gone(scene: Scene, rng: random.Random) -> Pair | None:
    free = _free(scene)
    if len(free) < 2:
        return None
    thing = rng.choice(free)
    index = next(i for i, each in enumerate(scene.things) if each is thing)
    return Pair(scene, _without(scene, index), "gone", f"{described(thing)} is gone", ((thing,), ()))


def _added(scene: Scene, rng: random.Random) -> Pair | None:
    free = _free(scene)
    if len(free) < 2:
        return None
    thing = rng.choice(free)
    index = next(i for i, each in enumerate(scene.things) if each is thing)
    return Pair(_without(scene, index), scene, "added", f"{described(thing)} is new", ((), (thing,)))


def _pick(scene: Scene, things: list[Thing], rng: random.Random) -> tuple[Scene, Thing, Thing] | None:
    """A copy of the scene, one of the things, and that thing in the copy."""
    if not things:
        return None
    thing = rng.choice(things)
    index = next(i for i, each in enumerate(scene.things) if each is thing)
    other = deepcopy(scene)
    return other, thing, other.things[index]


def _recoloured(scene: Scene, rng: random.Random) -> Pair | None:
    def can(t: Thing) -> bool:
        if t.kind in COLOURLESS or not t.colour or len(CATALOGUE[t.kind].colours) < 2:
            return False
        return t.sprite < 0 or sprites.sprites(t.emoji_set)[t.sprite].hue >= 0

    picked = _pick(scene, [t for t in scene.things if can(t)], rng)
    if picked is None:
        return None
    other, thing, changed = picked
    taken = {t.colour for t in scene.things if t.kind == thing.kind}
    colours = [colour for colour in CATALOGUE[thing.kind].colours if colour not in taken]
    if not colours:
        return None
    changed.colour = rng.choice(colours)
    if CATALOGUE[thing.kind].group == "people":
        answer = f"the {thing.kind} wears {changed.colour} now"
    else:
        answer = f"{described(thing, definite=True)} is {changed.colour} now"
    return Pair(scene, other, "recoloured", answer, ((thing,), (changed,)))


def _moved(scene: Scene, rng: random.Random) -> Pair | None:
    things = [t for t in _free(scene) if t.support is None]
    for _ in range(4):
        picked = _pick(scene, things, rng)
        if picked is None:
            return None
        other, thing, changed = picked
        changed.x = rng.uniform(4, max(5.0, scene.width - thing.w - 4))
        step = changed.x - thing.x
        if abs(step) < MOVED * scene.width or not fits(other, changed):
            continue
        if thing.on in ("grass", "sand", "snow", "road", "floor", ""):
            arrange(other)
        way = "left" if step < 0 else "right"
        return Pair(scene, other, "moved", f"{described(thing, definite=True)} moved {way}", ((thing,), (changed,)))
    return None


def _swapped(scene: Scene, rng: random.Random) -> Pair | None:
    things = [t for t in _single(scene, _free(scene)) if t.support is None and t.holding is None]
    if len(things) < 2:
        return None
    for _ in range(4):
        one, two = rng.sample(things, 2)
        if one.on != two.on or abs(middle(one)[0] - middle(two)[0]) < MOVED * scene.width:
            continue
        other = deepcopy(scene)
        places = [next(i for i, each in enumerate(scene.things) if each is t) for t in (one, two)]
        first, second = (other.things[i] for i in places)
        (ax, ay), (bx, by) = ((t.x + t.w / 2, t.y + t.h) for t in (one, two))
        first.x, first.y = bx - first.w / 2, by - first.h
        second.x, second.y = ax - second.w / 2, ay - second.h
        if not (fits(other, first) and fits(other, second)):
            continue
        arrange(other)
        listed = sorted((one.kind, two.kind))
        answer = f"the {listed[0]} and the {listed[1]} swapped"
        return Pair(scene, other, "swapped", answer, ((one, two), (first, second)))
    return None


def _posed(scene: Scene, rng: random.Random) -> Pair | None:
    people = [t for t in scene.things if t.mood and t.pose not in FLAT and t.pose not in ("sitting", "kneeling")]
    picked = _pick(scene, _single(scene, people), rng)
    if picked is None:
        return None
    other, thing, changed = picked
    upright = [pose for pose in (*POSES, *LATE_POSES) if pose not in (thing.pose, *FLAT, "sitting")]
    changed.pose = rng.choice(upright)
    feet, centre = thing.y + thing.h, thing.x + thing.w / 2
    if changed.pose == "kneeling":
        changed.h *= 0.78
    changed.w = changed.h * aspect(changed.kind, changed.pose)
    changed.x, changed.y = centre - changed.w / 2, feet - changed.h
    return Pair(scene, other, "pose", f"the {thing.kind} is {changed.pose} now", ((thing,), (changed,)))


def _felt(scene: Scene, rng: random.Random) -> Pair | None:
    picked = _pick(scene, _single(scene, [t for t in scene.things if t.mood and t.pose not in FLAT]), rng)
    if picked is None:
        return None
    other, thing, changed = picked
    changed.mood = rng.choice([mood for mood in MOODS if mood != thing.mood])
    return Pair(scene, other, "mood", f"the {thing.kind} is {changed.mood} now", ((thing,), (changed,)))


def _weather(scene: Scene, rng: random.Random) -> Pair | None:
    if not scene.weather or scene.weather == "sunny":
        return None
    other = deepcopy(scene)
    other.weather = rng.choice([w for w in ("cloudy", "rainy", "snowy") if w != scene.weather])
    if scene.ground == "snow":
        return None
    return Pair(scene, other, "weather", f"it is {other.weather} now", ((), ()))


def _time(scene: Scene, rng: random.Random) -> Pair | None:
    if scene.indoors or scene.style.backdrop or any(t.kind in ("sun", "moon") for t in scene.things):
        return None
    if scene.weather not in ("", "sunny"):
        return None
    other = deepcopy(scene)
    other.night = not scene.night
    other.weather = "" if other.night else "sunny"
    return Pair(scene, other, "time", f"it is {'night' if other.night else 'day'} now", ((), ()))


_DO: dict[str, Callable[[Scene, random.Random], Pair | None]] = {
    "added": _added,
    "gone": _gone,
    "recoloured": _recoloured,
    "moved": _moved,
    "swapped": _swapped,
    "pose": _posed,
    "mood": _felt,
    "weather": _weather,
    "time": _time,
}
