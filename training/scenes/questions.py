"""Asks about a scene: every question has one right answer, and no answer can be guessed from the words alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from training.scenes import absent, closed, groups, overview, person_topics, relations, topics, typed
from training.scenes.facts import SceneFacts, facts_of
from training.scenes.scene import Scene
from training.scenes.wording import QA, kind_of

Topic = Callable[[SceneFacts, random.Random], Iterable[QA]]

TOPICS: dict[str, tuple[Topic, float]] = {
    "colour": (topics.colour, 1.3),
    "count": (topics.count, 1.5),
    "exists": (topics.exists, 1.3),
    "where": (topics.where, 1.2),
    "doing": (person_topics.doing, 1.0),
    "holding": (person_topics.holding, 1.0),
    "wearing": (person_topics.wearing, 1.0),
    "mood": (person_topics.mood, 1.0),
    "time": (topics.time, 0.3),
    "weather": (topics.weather, 0.5),
    "setting": (topics.setting, 0.2),
    "who": (person_topics.who, 1.2),
    "bigger": (relations.bigger, 1.6),
    "more": (relations.more, 1.4),
    "side": (relations.side_of, 1.5),
    "what": (relations.what, 1.3),
    "two-step": (relations.two_step, 2.2),
}
"""Each kind of question with its topic and how often it is asked where it can be."""

ABSENT: dict[str, tuple[Topic, float]] = {"absent": (absent.absent, 2.4)}
WIDER: dict[str, tuple[Topic, float]] = {
    "group": (groups.group, 2.0),
    "ground": (groups.sky_and_ground, 0.7),
    "this": (overview.this, 4.0),
    "overview": (overview.overview, 1.8),
    "closed": (closed.closed, 3.0),
    "clothes": (person_topics.clothes_and_hair, 0.8),
}
"""What is asked besides where the variety says so."""


def ask(
    scene: Scene, rng: random.Random, number: int = 3, stress: Mapping[str, float] = MappingProxyType({})
) -> list[QA]:
    """Ask a number of different questions about a rendered scene.

    Args:
        scene: A scene that has been rendered (what people hold has its place then).
        rng: Decides the choice and the wording.
        number: How many questions; fewer come only when the scene gives no more.
        stress: Kinds that are asked so many times as often as usual.

    Returns:
        Questions of kinds as different as the scene allows, in the order in which they were chosen.
    """
    facts = facts_of(scene)
    topics_here = dict(TOPICS)
    if scene.variety and scene.variety.absent:
        topics_here |= ABSENT
    if scene.variety and scene.variety.wider:
        topics_here |= WIDER
    pools = {kind: list(topic(facts, rng)) for kind, (topic, _) in topics_here.items()}
    asked: list[QA] = []
    seen: set[str] = set()
    weights = {kind: topics_here[kind][1] * stress.get(kind, 1.0) for kind, pool in pools.items() if pool}
    while len(asked) < number and weights:
        kind = rng.choices(list(weights), list(weights.values()))[0]
        pool = pools[kind]
        qa = pool.pop(rng.randrange(len(pool)))
        weights[kind] *= 0.4
        if not pool:
            del weights[kind]
        if qa.question not in seen:
            seen.add(qa.question)
            asked.append(qa)
    if scene.variety and scene.variety.wordings:
        asked = [replace(qa, question=typed.reworded(qa.question, rng)) for qa in asked]
    return asked


__all__ = ["QA", "TOPICS", "ask", "kind_of"]
