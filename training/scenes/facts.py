"""What is true in a scene, in the terms that questions use: who is who, what is where, what is near what."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from training.scenes.catalogue import EVERYBODY
from training.scenes.scene import Scene, Thing
from training.scenes.themes import EVERY_KIND

NEAR, FAR = 55.0, 150.0
"""Gap between two boxes, in pixels: at most NEAR is "next to", at least FAR is clearly not."""
CLEAR_GROUND = {
    "grass": "on grass",
    "sand": "on sand",
    "snow": "on snow",
    "road": "on road",
    "floor": "on floor",
    "sky": "in sky",
    "tree": "in tree",
    "pond": "in pond",
    "water": "in water",
    "space": "in space",
    "under table": "under table",
    "wall": "on wall",
}


@dataclass(slots=True)
class SceneFacts:
    """A scene as questions see it."""

    scene: Scene
    visible: list[Thing]
    """Every thing, also those that people hold."""
    by_kind: dict[str, list[Thing]]
    people: list[Thing]
    holder: dict[int, Thing]
    """Who holds a thing, by the thing's id()."""

    @property
    def drawn_people(self) -> list[Thing]:
        """The people whose clothes, poses and hands can be told: not those whom an emoji's head stands for."""
        return [person for person in self.people if person.sprite < 0]

    def number(self, kind: str) -> int:
        """How many of a kind there are."""
        return len(self.by_kind.get(kind, ()))

    def only(self, kind: str) -> Thing | None:
        """The one thing of its kind; None when there is none or more than one."""
        things = self.by_kind.get(kind, ())
        return things[0] if len(things) == 1 else None

    def singles(self) -> list[Thing]:
        """The things that "the <kind>" names without doubt."""
        return [things[0] for things in self.by_kind.values() if len(things) == 1]


def facts_of(scene: Scene) -> SceneFacts:
    """Collect what questions need to know about a scene."""
    visible: list[Thing] = []
    holder: dict[int, Thing] = {}
    for thing in scene.things:
        visible.append(thing)
        if thing.holding is not None:
            visible.append(thing.holding)
            holder[id(thing.holding)] = thing
    by_kind: dict[str, list[Thing]] = defaultdict(list)
    for thing in visible:
        by_kind[thing.kind].append(thing)
    return SceneFacts(scene, visible, dict(by_kind), [t for t in scene.things if t.kind in EVERYBODY], holder)


def place_of(thing: Thing) -> str:
    """The answer to "where is it": preposition and place, without an article, as annotators write; empty on paper."""
    return CLEAR_GROUND.get(thing.on) or (f"on {thing.on}" if thing.on else "")


def middle(thing: Thing) -> tuple[float, float]:
    """Centre of the box, in pixels."""
    return thing.x + thing.w / 2, thing.y + thing.h / 2


def gap(a: Thing, b: Thing) -> float:
    """Distance between two boxes in pixels; 0 when they touch."""
    across = max(a.x - b.x - b.w, b.x - a.x - a.w, 0.0)
    down = max(a.y - b.y - b.h, b.y - a.y - a.h, 0.0)
    return math.hypot(across, down)


def side(a: Thing, b: Thing) -> str:
    """ "left" or "right" when a is clearly on that side of b, else an empty string."""
    ax, bx = middle(a)[0], middle(b)[0]
    if abs(ax - bx) < max(75.0, 0.35 * (a.w + b.w)):
        return ""
    return "left" if ax < bx else "right"


def neighbours(facts: SceneFacts, thing: Thing) -> list[Thing]:
    """Things that a person would call next to this one."""
    return [
        other
        for other in facts.visible
        if other is not thing
        and other.on not in ("sky", "wall")
        and thing.on not in ("sky", "wall")
        and id(other) not in facts.holder
        and id(thing) not in facts.holder
        and other.support is not thing
        and thing.support is not other
        and gap(thing, other) <= NEAR
    ]


def usual_area(thing: Thing) -> float:
    """Area that one expects of a thing of this kind, in square pixels."""
    return (EVERY_KIND[thing.kind].height ** 2) * thing.w / max(thing.h, 1.0)
