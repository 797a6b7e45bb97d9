"""Yes-or-no questions about one thing, as people ask them to make sure: is the ball red, is the cat on the sofa?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

from training.scenes.catalogue import CLOTHES, COLOURLESS, HOLDABLE
from training.scenes.facts import FAR, SceneFacts, gap, neighbours, place_of
from training.scenes.relations import LARGER, alike, comparable
from training.scenes.scene import Thing
from training.scenes.themes import EVERY_KIND
from training.scenes.topics import no_or_yes
from training.scenes.wording import QA, a, name, names

NUMBERS = {2: ("two", "2"), 3: ("three", "3"), 4: ("four", "4"), 5: ("five", "5")}
EMPTY = 0.6
"""Share that goes unasked of what could only be answered by no, or by yes: the words alone are to tell nothing."""
GROUNDS = ("on grass", "on sand", "on snow", "on road", "on floor")


def closed(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Is the ball red? Is the cat on the sofa? Is the girl holding a ball? Are there two dogs?"""
    for thing in facts.singles():
        yield from _colour(thing, rng)
        if id(thing) not in facts.holder:
            yield from _place(facts, thing, rng)
            yield from _next_to(facts, thing, rng)
    for person in facts.drawn_people:
        if facts.number(person.kind) == 1:
            yield from _holding(person, rng)
    yield from _number(facts, rng)
    yield from _bigger(facts, rng)


def _colour(thing: Thing, rng: random.Random) -> Iterator[QA]:
    kind = EVERY_KIND[thing.kind]
    if not thing.colour or (kind.group == "people" and thing.sprite >= 0) or thing.kind in COLOURLESS:
        return
    what, colours, form = name(thing.kind, rng), kind.colours, "is the {0} {1}"
    if kind.group == "people":
        colours, form = CLOTHES, rng.choice(("is the {0}'s shirt {1}", "is the {0} wearing a {1} shirt"))
    others = [colour for colour in colours if colour != thing.colour]
    wrong = form.format(what, rng.choice(others)) if others else None
    yield from no_or_yes("colour", rng, form.format(what, thing.colour), wrong)


def _place(facts: SceneFacts, thing: Thing, rng: random.Random) -> Iterator[QA]:
    place = place_of(thing)
    if not place or thing.kind in ("sun", "moon", "cloud", "window", "pond", "rug"):
        return
    # Asked about places that are there, mostly: that there is a sofa is to say nothing about what lies on it.
    there = {f"on {kind}" for kind in ("sofa", "bed", "table", "bench", "rug") if facts.number(kind)}
    there |= {"under table"} if facts.number("table") else set()
    there |= {place_of(other) for other in facts.scene.things} - {""}
    there = {where for where in there if where != place and thing.kind not in where}
    if thing.support is not None:  # what lies on a bench on grass is on grass, too, to some
        there -= set(GROUNDS)
    others = sorted(there if EVERY_KIND[thing.kind].air else there - {"in sky", "on wall"})
    if not others and rng.random() < EMPTY:
        return
    what = name(thing.kind, rng)

    def asks(where: str) -> str:
        return f"is the {what} {where.replace(' ', ' the ', 1)}"

    yield from no_or_yes("where", rng, asks(place), asks(rng.choice(others)) if others else None)


def _next_to(facts: SceneFacts, thing: Thing, rng: random.Random) -> Iterator[QA]:
    single = [other for other in facts.singles() if other is not thing and id(other) not in facts.holder]
    if thing.on in ("sky", "wall") or rng.random() < 0.5:
        return
    near = [other for other in neighbours(facts, thing) if any(other is one for one in single)]
    far = [other for other in single if gap(thing, other) >= FAR and other.on not in ("sky", "wall")]
    what, beside = name(thing.kind, rng), rng.choice(("next to", "beside", "near"))
    yes, no = (
        f"is the {what} {beside} the {name(rng.choice(found).kind, rng)}" if found else None for found in (near, far)
    )
    yield from no_or_yes("where", rng, yes, no)


def _holding(person: Thing, rng: random.Random) -> Iterator[QA]:
    who, held = name(person.kind, rng), person.holding.kind if person.holding else ""
    if not held and rng.random() < EMPTY:
        return
    other = rng.choice([kind for kind in HOLDABLE if kind != held])
    yes, no = (f"is the {who} holding {a(kind)}" if kind else None for kind in (held, other))
    yield from no_or_yes("holding", rng, yes, no)


def _number(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    several = [kind for kind, things in facts.by_kind.items() if 1 < len(things) <= 5 and kind != "cloud"]
    for kind in several:
        number = facts.number(kind)
        wrong = rng.choice([other for other in NUMBERS if other != number])
        yes, no = (f"are there {rng.choice(NUMBERS[each])} {names(kind, rng)}" for each in (number, wrong))
        yield from no_or_yes("count", rng, yes, no)
    alone = [thing.kind for thing in facts.singles() if thing.kind not in ("sun", "moon", "cloud")]
    one, many = (
        f"is there more than one {name(rng.choice(kinds), rng)}" if kinds else None for kinds in (alone, several)
    )
    if many or rng.random() > EMPTY:
        yield from no_or_yes("count", rng, many, one)


def _bigger(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    plain = comparable(facts)
    for one, two in pairwise(plain):
        ratio = one.w * one.h / (two.w * two.h)
        if alike(one, two) and not 1 / LARGER < ratio < LARGER:
            big, small = (one, two) if ratio > 1 else (two, one)
            word = rng.choice(("bigger", "bigger", "larger", "smaller"))
            first, second = (name(thing.kind, rng) for thing in ((small, big) if word == "smaller" else (big, small)))
            form = f"is the {{}} {word} than the {{}}"
            yield from no_or_yes("bigger", rng, form.format(first, second), form.format(second, first))
