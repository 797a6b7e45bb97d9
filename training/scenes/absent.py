"""Questions about what is not there: their answer says so, instead of guessing a colour or a place."""

from __future__ import annotations

import random
from collections.abc import Iterator

from training.scenes.catalogue import ACCESSORIES, CATALOGUE, COLOURLESS
from training.scenes.facts import SceneFacts
from training.scenes.layout import usual_kinds
from training.scenes.topics import qa
from training.scenes.wording import QA, colour_word, name

NO = "no "
"""Begins the answer to a question about what is not there: "no dog", "no red ball"."""


def absent(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What colour is the dog? No dog. Mostly something like it is there, and it is asked for as often as what is."""
    variety = facts.scene.variety
    away = sorted((usual_kinds(facts.scene.indoors, rng, variety) | _near_misses(facts)) - set(facts.by_kind))
    for kind in rng.sample(away, min(4, len(away))):
        yield from _about(kind, "", rng)
    coloured = [t for t in facts.visible if t.kind not in COLOURLESS and CATALOGUE[t.kind].group != "people"]
    if coloured:
        kind = rng.choice(coloured).kind
        here = {t.colour for t in facts.by_kind[kind]}
        others = [colour for colour in CATALOGUE[kind].colours if colour not in here]
        if others and "" not in here:
            yield from _about(kind, rng.choice(others), rng)
    for person in facts.drawn_people:
        if facts.number(person.kind) == 1:
            item = rng.choice([item for item in ACCESSORIES if item not in (person.wearing, "glasses")])
            text = f"what {colour_word(rng)} is the {name(person.kind, rng)}'s {item}"
            yield qa("absent", text, f"{NO}{item}")


def _near_misses(facts: SceneFacts) -> set[str]:
    """Kinds of the groups that are there: a cat where a dog is."""
    groups = {CATALOGUE[kind].group for kind in facts.by_kind}
    kinds = facts.scene.variety.kinds if facts.scene.variety else CATALOGUE
    return {kind for kind in kinds if CATALOGUE[kind].group in groups - {"sky"}}


def _about(kind: str, colour: str, rng: random.Random) -> Iterator[QA]:
    what = f"{colour} {name(kind, rng)}".strip()
    answer = f"{NO}{f'{colour} {kind}'.strip()}"
    forms = [f"where is the {what}", f"where can you see the {what}"]
    if CATALOGUE[kind].group == "people":
        forms += [
            f"what is the {what} doing",
            f"what is the {what} holding",
            f"what is the {what} wearing",
            f"how does the {what} feel",
            f"what {colour_word(rng)} is the {what}'s shirt",
        ]
    elif not colour and kind not in COLOURLESS:
        shade = colour_word(rng)
        forms += [f"what {shade} is the {what}"] * 3 + [f"what is the {shade} of the {what}"]
    if kind in ("dog", "cat"):
        forms.append(f"what is the {what} doing")
    if kind in ("table", "bench", "sofa", "bed") and not colour:
        forms += [f"what is on the {what}"] * 2
    yield qa("absent", rng.choice(forms), answer)


__all__ = ["NO", "absent"]
