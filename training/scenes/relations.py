"""Questions that relate things: which is bigger, what stands left of what, and two steps in one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

from training.scenes.catalogue import COLOURLESS, EVERYBODY
from training.scenes.facts import FAR, SceneFacts, gap, middle, neighbours, place_of, side, usual_area
from training.scenes.person_topics import person_by_trait
from training.scenes.scene import Thing
from training.scenes.themes import EVERY_KIND
from training.scenes.topics import no_or_yes, qa
from training.scenes.wording import QA, colour_word, name, names

LARGER = 1.6
"""Of two things one is bigger when its box is so many times as large."""


def comparable(facts: SceneFacts) -> list[Thing]:
    """The things whose sizes can be compared."""
    return [
        t
        for t in facts.singles()
        if not t.pose and EVERY_KIND[t.kind].group not in ("sky", "people") and id(t) not in facts.holder
    ]


def alike(one: Thing, two: Thing) -> bool:
    """Whether two things are usually about as large, so that knowing them does not tell which is bigger."""
    return 0.55 < usual_area(one) / usual_area(two) < 1.8


def bigger(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Which is bigger? Only things of like usual size are compared."""
    plain = comparable(facts)
    for i, one in enumerate(plain):
        for two in plain[i + 1 :]:
            if alike(one, two):
                yield from _compare(
                    one, two, f"the {name(one.kind, rng)}", f"the {name(two.kind, rng)}", one.kind, two.kind, rng
                )
    for kind, things in facts.by_kind.items():
        if (
            len(things) == 2
            and things[0].colour != things[1].colour
            and all(t.colour for t in things)
            and kind not in COLOURLESS
            and kind not in EVERYBODY
            and not things[0].pose
        ):
            one, two = things
            yield from _compare(
                one, two, f"the {one.colour} {name(kind, rng)}", f"the {two.colour} one", one.colour, two.colour, rng
            )


def _compare(
    one: Thing, two: Thing, first: str, second: str, name_one: str, name_two: str, rng: random.Random
) -> Iterator[QA]:
    ratio = one.w * one.h / (two.w * two.h)
    if 1 / LARGER < ratio < LARGER:
        return
    big, small = (name_one, name_two) if ratio > 1 else (name_two, name_one)
    word = rng.choice(("bigger", "bigger", "larger", "smaller"))
    shuffled = (first, second) if rng.random() < 0.5 or "one" in second else (second, first)
    text = rng.choice(
        (
            f"which is {word}, {shuffled[0]} or {shuffled[1]}",
            f"what is {word}, {shuffled[0]} or {shuffled[1]}",
            f"which one is {word}, {shuffled[0]} or {shuffled[1]}",
        )
    )
    yield qa("bigger", text, small if word == "smaller" else big)


def more(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Are there more dogs or cats?"""
    kinds = [k for k in facts.by_kind if k not in ("sun", "moon")]
    several = [k for k in kinds if facts.number(k) > 1]
    for kind in several:
        others = [k for k in kinds if facts.number(k) != facts.number(kind) and k != kind]
        if not others:
            continue
        richer = [k for k in others if facts.number(k) > 1]
        other = rng.choice(richer if richer and rng.random() < 0.7 else others)
        many, few = (kind, other) if facts.number(kind) > facts.number(other) else (other, kind)
        one, two = rng.sample((many, few), 2)
        yield qa(
            "more",
            rng.choice(
                (
                    f"are there more {names(one, rng)} or {names(two, rng)}",
                    f"what are there more of, {names(one, rng)} or {names(two, rng)}",
                )
            ),
            EVERY_KIND[many].many,
        )
        yield from no_or_yes(
            "more",
            rng,
            f"are there more {names(many, rng)} than {names(few, rng)}",
            f"are there more {names(few, rng)} than {names(many, rng)}",
        )


def side_of(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Is the ball left or right of the tree? Which side of the picture is the dog on?"""
    singles = [t for t in facts.singles() if t.kind not in ("pond", "rug", "cloud")]
    rng.shuffle(singles)
    for one, two in pairwise(singles):
        where = side(one, two)
        if where and facts.holder.get(id(one)) is not two and facts.holder.get(id(two)) is not one:
            first, second = name(one.kind, rng), name(two.kind, rng)
            yield qa(
                "side",
                rng.choice(
                    (
                        f"is the {first} on the left or right of the {second}",
                        f"is the {first} to the left or right of the {second}",
                        f"is the {first} left or right of the {second}",
                    )
                ),
                where,
            )
            wrong = "right" if where == "left" else "left"
            form = rng.choice(
                ("is the {0} to the {1} of the {2}", "is the {0} {1} of the {2}", "is the {0} on the {1} of the {2}")
            )
            yield from no_or_yes("side", rng, form.format(first, where, second), form.format(first, wrong, second))
    for thing in singles[:3]:
        centre = middle(thing)[0] / facts.scene.width
        if not 0.38 < centre < 0.62:
            what = name(thing.kind, rng)
            yield qa(
                "side",
                rng.choice(
                    (
                        f"which side of the picture is the {what} on",
                        f"is the {what} on the left or right side of the picture",
                        f"is the {what} on the left or right",
                    )
                ),
                "left" if centre < 0.5 else "right",
            )


def what(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What is on the table? What animal is there?"""
    on: dict[str, list[Thing]] = {}
    for thing in facts.scene.things:
        on.setdefault(place_of(thing), []).append(thing)
    for place, things in on.items():
        if (
            place
            and len(things) == 1
            and things[0].kind not in ("sun", "moon", "cloud")
            and (place not in ("on grass", "on sand", "on snow", "on road", "on floor"))
        ):
            if EVERY_KIND[things[0].kind].group == "people":
                continue
            preposition, noun = place.split(" ", 1)
            yield qa(
                "what",
                rng.choice(
                    (
                        f"what is {preposition} the {noun}",
                        f"what is {preposition} the {noun}",
                        f"what do you see {preposition} the {noun}",
                    )
                ),
                things[0].kind,
            )
    for group, word in (("animal", "animal"), ("vehicle", "vehicle"), ("food", "food")):
        members = {t.kind for t in facts.visible if EVERY_KIND[t.kind].group == group}
        if len(members) == 1:
            forms = (
                f"what {word} is there",
                f"what {word} is in the picture",
                f"which {word} do you see",
                f"what {word} is this",
                f"what kind of {word} is there",
            )
            yield qa("what", rng.choice(forms), members.pop())
    for thing in facts.singles():
        near = neighbours(facts, thing)
        if len(near) == 1 and facts.number(near[0].kind) == 1 and near[0].kind not in EVERYBODY:
            yield qa(
                "what",
                rng.choice(
                    (f"what is next to the {name(thing.kind, rng)}", f"what is beside the {name(thing.kind, rng)}")
                ),
                near[0].kind,
            )


def two_step(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Find one thing by another, then say something of it."""
    yield from _thing_by_place(facts, rng)
    yield from person_by_trait(facts, rng)
    for thing in facts.singles():
        near = [t for t in neighbours(facts, thing) if EVERY_KIND[t.kind].group == "animal"]
        if (
            len({t.kind for t in near}) == 1
            and sum(EVERY_KIND[t.kind].group == "animal" for t in facts.visible) > 1
            and EVERY_KIND[thing.kind].group != "animal"
        ):
            yield qa(
                "two-step",
                f"what animal is {rng.choice(('next to', 'beside'))} the {name(thing.kind, rng)}",
                near[0].kind,
            )


def _thing_by_place(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    for kind, things in facts.by_kind.items():
        if kind in COLOURLESS or kind in EVERYBODY or (len(things) == 1 and rng.random() < 0.8):
            continue
        for thing in things:
            rest = [t for t in things if t is not thing]
            if not thing.colour or any(t.colour in ("", thing.colour) for t in rest):
                continue
            what = name(kind, rng)
            if (
                thing.support is not None
                and facts.number(thing.support.kind) == 1
                and all(t.support is not thing.support for t in rest)
                and thing.on not in EVERYBODY
            ):
                preposition = place_of(thing).split(" ")[0]
                yield qa(
                    "two-step",
                    f"what {colour_word(rng)} is the {what} {preposition} the {name(thing.support.kind, rng)}",
                    thing.colour,
                )
            holder = facts.holder.get(id(thing))
            if holder is not None and facts.number(holder.kind) == 1:
                yield qa(
                    "two-step",
                    f"what {colour_word(rng)} is the {what} that the {name(holder.kind, rng)} is holding",
                    thing.colour,
                )
                continue
            for other in neighbours(facts, thing):
                if facts.number(other.kind) == 1 and other.kind != kind and all(gap(t, other) >= FAR for t in rest):
                    beside = rng.choice(("next to", "next to", "beside"))
                    text = f"what {colour_word(rng)} is the {what} {beside} the {name(other.kind, rng)}"
                    yield qa("two-step", text, thing.colour)
