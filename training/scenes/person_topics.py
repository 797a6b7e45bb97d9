"""Questions about people: what they do, hold, wear and feel, which of them does, and one thing found by another."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from training.scenes.catalogue import ACCESSORIES, FLAT, MOODS, POSES
from training.scenes.facts import SceneFacts
from training.scenes.people import hair_colour
from training.scenes.scene import Thing
from training.scenes.topics import no_or_yes, qa
from training.scenes.wording import QA, SCENERY, a, colour_word, name


def doing(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What is the boy doing?"""
    for thing in facts.singles():
        if thing.pose:
            what = name(thing.kind, rng)
            yield qa(
                "doing",
                rng.choice(
                    (
                        f"what is the {what} doing",
                        f"what is the {what} doing",
                        f"what is the {what} doing in the {rng.choice(SCENERY)}",
                    )
                ),
                thing.pose,
            )
            if rng.random() < 0.3:
                other = rng.choice(
                    [p for p in (POSES if thing.mood else ("standing", "sitting", "sleeping")) if p != thing.pose]
                )
                yield from no_or_yes("doing", rng, f"is the {what} {thing.pose}", f"is the {what} {other}")


def holding(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What is the girl holding? Empty hands are asked about now and then."""
    for person in facts.drawn_people:
        if facts.number(person.kind) > 1 or (person.holding is None and rng.random() < 0.75):
            continue
        who = name(person.kind, rng)
        hand = "his hand" if person.kind in ("man", "boy") else "her hand"
        forms = (
            f"what is the {who} holding",
            f"what is the {who} holding",
            f"what does the {who} have in {hand}",
            f"what is in the {who}'s hand",
            f"what is the {who} carrying",
        )
        yield qa("holding", rng.choice(forms), person.holding.kind if person.holding else "nothing")


def wearing(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What is the man wearing? Hat, crown, glasses or scarf."""
    for person in facts.drawn_people:
        if facts.number(person.kind) == 1:
            who = name(person.kind, rng)
            if person.wearing:
                yield qa(
                    "wearing",
                    rng.choice((f"what is the {who} wearing", f"what does the {who} have on")),
                    person.wearing,
                )
            if rng.random() < (0.6 if person.wearing else 0.2):
                others = [w for w in ACCESSORIES if w != person.wearing]

                def asks(item: str, who: str = who) -> str:
                    return f"is the {who} wearing {item if item == 'glasses' else a(item)}"

                yield from no_or_yes(
                    "wearing", rng, asks(person.wearing) if person.wearing else None, asks(rng.choice(others))
                )


def clothes_and_hair(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What colour are the man's trousers? What colour is the woman's hair?"""
    for person in facts.drawn_people:
        if facts.number(person.kind) > 1 or person.kind == "baby" or facts.scene.style.contour:
            continue
        who, shade = name(person.kind, rng), colour_word(rng)
        below = {"man": ("trousers", "pants"), "boy": ("shorts", "pants")}.get(person.kind, ("skirt",))
        item = rng.choice(below)
        forms = (
            f"what {shade} {'is' if item == 'skirt' else 'are'} the {who}'s {item}",
            f"what {shade} {item} is the {who} wearing",
        )
        yield qa("colour", rng.choice(forms), person.trousers)
        if (hair := hair_colour(person)) and person.wearing != "hat":
            yield qa(
                "colour",
                rng.choice((f"what {shade} is the {who}'s hair", f"what {shade} hair does the {who} have")),
                hair,
            )


def mood(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """How does the girl feel? Sleepers' faces do not tell."""
    for person in facts.drawn_people:
        if facts.number(person.kind) == 1 and person.pose not in FLAT:
            who = name(person.kind, rng)
            yield qa(
                "mood",
                rng.choice(
                    (
                        f"how does the {who} feel",
                        f"how is the {who} feeling",
                        f"what is the mood of the {who}",
                        f"what mood is the {who} in",
                    )
                ),
                person.mood,
            )
            if rng.random() < 0.4:
                yield from no_or_yes(
                    "mood",
                    rng,
                    f"is the {who} {person.mood}",
                    f"is the {who} {rng.choice([m for m in MOODS if m != person.mood])}",
                )


def who(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """Who is holding the ball? One person fits, and a second one is there to be wrong, mostly."""
    people = facts.people
    if len(facts.drawn_people) < len(people):
        return
    if not people or (len({p.kind for p in people}) == 1 and rng.random() < 0.6):
        return
    for person in people:
        traits = [("doing", person.pose, f"is {person.pose}")]
        if person.holding is not None:
            traits.append(
                (
                    "holding",
                    person.holding.kind,
                    rng.choice(
                        (
                            f"is holding the {person.holding.kind}",
                            f"has the {person.holding.kind}",
                            f"is holding {a(person.holding.kind)}",
                        )
                    ),
                )
            )
        if person.wearing:
            item = person.wearing if person.wearing == "glasses" else a(person.wearing)
            traits.append(("wearing", person.wearing, f"is wearing {item}"))
        if person.pose not in FLAT:
            traits.append(("mood", person.mood, f"is {person.mood}"))
        for trait, value, text in traits:
            if sum(_trait(p, trait) == value for p in people) == 1:
                yield qa("who", f"who {text}", person.kind)


def _trait(person: Thing, trait: str) -> str:
    values: dict[str, Callable[[], str]] = {
        "doing": lambda: person.pose,
        "holding": lambda: person.holding.kind if person.holding else "",
        "wearing": lambda: person.wearing,
        "mood": lambda: person.mood,
    }
    return values[trait]()


def person_by_trait(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What is the girl holding the ball doing? Find a person by one thing, then say another."""
    people = facts.people
    if len(facts.drawn_people) < len(people):
        return
    if len(people) < 2 and rng.random() < 0.8:
        return
    for person in people:
        ways = []
        if person.holding is not None and sum(_trait(p, "holding") == person.holding.kind for p in people) == 1:
            ways.append(("holding", f"holding the {person.holding.kind}"))
        if person.wearing and sum(p.wearing == person.wearing for p in people) == 1:
            ways.append(("wearing", f"with the {person.wearing}"))
        if sum(p.pose == person.pose for p in people) == 1:
            ways.append(("doing", f"who is {person.pose}"))
        if sum(p.colour == person.colour for p in people) == 1:
            ways.append(("shirt", f"in the {person.colour} shirt"))
        if not ways:
            continue
        by, phrase = rng.choice(ways)
        same = facts.number(person.kind) > 1
        noun = person.kind if same or rng.random() < 0.4 else "person"
        if by != "doing":
            yield qa("two-step", f"what is the {noun} {phrase} doing", person.pose)
        if by != "holding" and person.holding is not None:
            yield qa("two-step", f"what is the {noun} {phrase} holding", person.holding.kind)
        if by != "shirt":
            yield qa("two-step", f"what {colour_word(rng)} is the shirt of the {noun} {phrase}", person.colour)
        if person.pose not in FLAT:
            yield qa("two-step", f"how does the {noun} {phrase} feel", person.mood)
