"""Questions about a picture as a whole, which people ask first: what do you see, what is this, what is going on?"""

from __future__ import annotations

import random
from collections.abc import Iterator

from training.scenes.catalogue import EVERYBODY
from training.scenes.facts import SceneFacts
from training.scenes.scene import Thing
from training.scenes.themes import EVERY_KIND
from training.scenes.topics import qa
from training.scenes.wording import QA, SCENERY

MOST = 3
"""Kinds of things that an answer names."""
CLEAR = 1.3
"""How many times as large the last thing that is named is as the largest that is not: else which one is named would be
chance."""


def this(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What is this? Where one kind of thing is to be seen."""
    if len(facts.by_kind) == 1:
        number = len(facts.visible)
        forms = ["what is this", "what is this", "what is that"] if number == 1 else ["what are these"]
        yield qa("overview", rng.choice([*_everything(rng), *forms]), _called(facts.visible))


def overview(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What do you see? What is going on? Where there are several kinds of things."""
    if len(facts.by_kind) > 1:
        yield from _things(facts, rng)
    yield from _happening(facts, rng)


def _things(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """People and animals first, then what is largest; named in an order that the picture does not decide."""
    kinds = [kind for kind in facts.by_kind if kind not in ("sun", "moon", "cloud")] or list(facts.by_kind)
    area = {kind: sum(thing.w * thing.h for thing in facts.by_kind[kind]) for kind in kinds}
    kinds.sort(key=lambda kind: (_rank(kind), -area[kind]))
    named, left = kinds[:MOST], kinds[MOST:]
    if left and _rank(named[-1]) == _rank(left[0]) and area[named[-1]] < CLEAR * area[left[0]]:
        return
    answer = " and ".join(_called(facts.by_kind[kind]) for kind in sorted(named, key=_order))
    yield qa("overview", rng.choice([*_everything(rng), "what is this"]), answer)


def _happening(facts: SceneFacts, rng: random.Random) -> Iterator[QA]:
    """What people do, or, where there are none, animals; only where all of a kind do the same."""
    actors = facts.people or [thing for thing in facts.visible if thing.pose]
    poses = {thing.kind: {other.pose for other in actors if other.kind == thing.kind} for thing in actors}
    if not 0 < len(poses) <= MOST or any(len(found) > 1 or "" in found for found in poses.values()):
        return
    answer = " and ".join(f"{_called(facts.by_kind[kind])} {min(poses[kind])}" for kind in sorted(poses, key=_order))
    where = rng.choice(("", "", " here", f" in the {rng.choice(SCENERY)}"))
    forms = [f"what is happening{where}", f"what is going on{where}"]
    yield qa("overview", rng.choice(forms), answer)
    if len(actors) > 1 and len(done := set().union(*poses.values())) == 1 and rng.random() < 0.5:
        yield qa("overview", "what are they doing", done.pop())


def _everything(rng: random.Random) -> list[str]:
    where = rng.choice(SCENERY)
    return [
        "what do you see",
        "what can you see",
        f"what is in the {where}",
        f"what does the {where} show",
        f"what things are in the {where}",
        "what objects are there",
    ]


def _rank(kind: str) -> int:
    """People, animals, everything else."""
    return {"people": 0, "animal": 1}.get(EVERY_KIND[kind].group, 2)


def _order(kind: str) -> tuple[int, int, str]:
    """The order in which an answer names what it names."""
    return _rank(kind), EVERYBODY.index(kind) if kind in EVERYBODY else 0, kind


def _called(things: list[Thing]) -> str:
    kind = EVERY_KIND[things[0].kind]
    return kind.name if len(things) == 1 else kind.many
