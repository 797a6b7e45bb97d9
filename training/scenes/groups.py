"""Questions by the names of groups, as people ask: any food, how many kids, the child; and of sky and ground."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from training.scenes import person_topics, topics
from training.scenes.absent import NO
from training.scenes.facts import SceneFacts
from training.scenes.scene import Thing
from training.scenes.themes import EVERY_KIND
from training.scenes.topics import how_many, no_or_yes, qa
from training.scenes.wording import QA, SCENERY, SYNONYMS, a, colour_word


@dataclass(frozen=True, slots=True)
class Group:
    """A name of several kinds of things."""

    one: tuple[str, ...]
    """Names of a thing of it; empty for what is not counted, as food."""
    many: tuple[str, ...]
    """Names of all of it."""
    members: frozenset[str]
    """Kinds that everybody would call so."""
    perhaps: frozenset[str] = frozenset()
    """Kinds that only some would: where one of these is there, nothing is asked that depends on it."""


def _members(group: str) -> frozenset[str]:
    return frozenset(kind.name for kind in EVERY_KIND.values() if kind.group == group)


CHILD = Group(("child", "kid"), ("children", "kids"), frozenset({"boy", "girl", "baby"}))
PERSON = Group(("person",), ("people",), _members("people"), frozenset({"snowman", "doll", "robot"}))
ANIMAL = Group(("animal",), ("animals",), _members("animal"), frozenset({"teddy bear"}))
GROUPS = (
    CHILD,
    PERSON,
    ANIMAL,
    Group(("adult", "grown-up"), ("adults", "grown-ups"), frozenset({"man", "woman"})),
    Group(("pet",), ("pets",), frozenset({"dog", "cat"}), _members("animal")),
    Group(("insect", "bug"), ("insects", "bugs"), frozenset({"butterfly", "bee", "ladybug"}), frozenset({"snail"})),
    Group((), ("food",), _members("food"), frozenset({"cup", "bottle", "mushroom"})),
    Group((), ("fruit",), frozenset({"apple", "banana", "watermelon"}), frozenset({"pie"})),
    Group(
        (), ("furniture",), frozenset({"sofa", "chair", "table", "bed", "bookshelf", "stool"}), _members("furniture")
    ),
    Group(("toy",), ("toys",), frozenset({"ball", "teddy bear", "robot", "doll", "block", "kite"}), _members("toy")),
    Group(
        ("vehicle",),
        ("vehicles",),
        frozenset({"car", "bus", "truck", "train", "airplane", "boat"}),
        _members("vehicle"),
    ),
    Group(("building",), ("buildings",), frozenset({"house"}), _members("building")),
)
ABOUT_ONE: tuple[Callable[[SceneFacts, random.Random], Iterator[QA]], ...] = (
    topics.colour,
    topics.where,
    person_topics.doing,
    person_topics.holding,
    person_topics.wearing,
    person_topics.mood,
)
"""What is asked of "the child" where there is only one."""
SKY = {"sunny": "blue", "cloudy": "gray", "rainy": "gray"}
GROUND = {"grass": "green", "snow": "white", "road": "gray"}
MISSED = {"grass": 0.5, "sand": 0.2, "snow": 0.1, "road": 0.15, "sky": 0.5}
"""How often each is asked for where it is not, about as often as where it is: the words alone are to tell nothing."""
ALIKE = {"grass": {"bush"}, "sand": {"sandbox"}, "snow": {"snowman"}}
"""Things where somebody might see a ground that is not there."""
WITHIN = frozenset({"window", "picture"})
"""Things that show a piece of what is outdoors."""
DRAWN = 0.4
"""Least detail of drawings in which the sky's colour is the weather's."""


def group(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Is there any food? How many kids are there? What is the child doing?"""
    yield from _exists(facts, rng)
    yield from _count(facts, rng)
    yield from _about_the_only_one(facts, rng)


def _there(facts: SceneFacts, group: Group) -> list[Thing] | None:
    """The things of a group; None where somebody might count another one."""
    if any(thing.kind in group.perhaps - group.members for thing in facts.visible):
        return None
    return [thing for thing in facts.visible if thing.kind in group.members]


def _exists(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    here = [group for group in GROUPS if any(thing.kind in group.members for thing in facts.visible)]
    away = [group for group in GROUPS if _there(facts, group) == []]
    for _ in range(2):
        yes, no = (rng.choice(found) if found else None for found in (here, away))
        yield from no_or_yes("exists", rng, _is_there(yes, rng) if yes else None, _is_there(no, rng) if no else None)


def _is_there(group: Group, rng: random.Random) -> str:
    many, where = rng.choice(group.many), rng.choice(SCENERY)
    if not group.one:
        return rng.choice((f"is there any {many}", f"do you see any {many}", f"is there any {many} in the {where}"))
    one = a(rng.choice(group.one))
    forms = [
        f"is there {one}",
        f"are there any {many}",
        f"do you see any {many}",
        f"are there any {many} in the {where}",
    ]
    if group is PERSON:
        forms += ["is there anyone", "is there anybody", f"is there anybody in the {where}"]
    return rng.choice(forms)


def _count(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    for group in rng.sample(GROUPS, 4):
        things = _there(facts, group)
        if group.one and things is not None and len(things) <= 6 and (things or rng.random() < 0.3):
            if group is CHILD and "baby" in facts.by_kind and rng.random() < 0.5:
                continue  # not everybody counts babies: asked less often
            yield qa("count", how_many(rng.choice(group.many), rng), str(len(things)))


def _about_the_only_one(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    for group in (CHILD, PERSON, ANIMAL):
        called, things = rng.choice(group.one), _there(facts, group)
        if things is None or len(things) > 1:
            continue
        if not things:
            if rng.random() < 0.25:
                shade = colour_word(rng)
                form = f"what {shade} is the {called}" if group is ANIMAL else f"what is the {called} doing"
                yield qa("absent", rng.choice((f"where is the {called}", form)), f"{NO}{group.one[0]}")
            continue
        kind = things[0].kind
        named = re.compile(rf"\bthe (?:{'|'.join((kind, *SYNONYMS.get(kind, ())))})\b")
        found = [one for topic in ABOUT_ONE for one in topic(facts, rng) if named.search(one.question)]
        for one in rng.sample(found, min(3, len(found))):
            yield replace(one, question=named.sub(f"the {called}", one.question))


def sky_and_ground(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What colour is the grass? Is there any snow? Where there is none the answer says so."""
    scene, style = facts.scene, facts.scene.style
    if scene.theme or style.contour:
        return
    if style.detail >= DRAWN and not (scene.night or style.medium) and (colour := SKY.get(scene.weather)):
        yield qa("colour", f"what {colour_word(rng)} is the sky", colour)
    if scene.ground in GROUND and not (scene.night or style.medium) and rng.random() < 0.6:
        yield qa("colour", f"what {colour_word(rng)} is the {scene.ground}", GROUND[scene.ground])
    here = {scene.ground} & MISSED.keys() | (set() if scene.indoors or style.backdrop else {"sky"})
    for what in sorted(here):
        if rng.random() < 0.4 and (what != "sky" or style.detail >= DRAWN):
            yield qa("exists", _is_seen(what, rng), "yes")
    # A plain coloured sheet may be a lawn, and a gradient a sky.
    if style.backdrop not in ("", "white", "ruled") or not WITHIN.isdisjoint(facts.by_kind):
        return
    for what in sorted(MISSED.keys() - here):
        falls = what == "snow" and scene.weather == "snowy"
        if falls or rng.random() > MISSED[what] or not ALIKE.get(what, set()).isdisjoint(facts.by_kind):
            continue
        if rng.random() < 0.5:
            yield qa("exists", _is_seen(what, rng), "no")
        else:
            form = f"where is the {what}" if rng.random() < 0.2 else f"what {colour_word(rng)} is the {what}"
            yield qa("absent", form, f"{NO}{what}")


def _is_seen(what: str, rng: random.Random) -> str:
    article = "a" if what in ("road", "sky") else "any"
    return rng.choice((f"is there {article} {what}", f"do you see {article} {what}", f"can you see the {what}"))
