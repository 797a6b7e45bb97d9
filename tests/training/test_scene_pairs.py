"""Pairs of scenes: what is said to have changed has changed, and nothing else; both pictures can be drawn."""

import random
from collections import Counter

import pytest

from training.scenes import art, pair_questions, pairs
from training.scenes.facts import facts_of
from training.scenes.pairs import Pair
from training.scenes.scene import Scene
from training.scenes.wording import QA


@pytest.fixture(scope="module")
def many() -> list[tuple[Pair, list[QA]]]:
    found = []
    for number in range(300):
        rng = random.Random(f"pairs/{number}")
        pair = pairs.compose_pair(rng)
        for scene in (pair.first, pair.second):
            art.render(scene, random.Random(7), 0.2)
        found.append((pair, pair_questions.ask_pair(pair, rng, 4, typing=False)))
    return found


def shown(scene: Scene) -> Counter[tuple[str, ...]]:
    return Counter((thing.kind, thing.colour, thing.pose, thing.mood) for thing in scene.things)


def test_every_kind_of_change_comes_up(many: list[tuple[Pair, list[QA]]]) -> None:
    kinds = Counter(pair.kind for pair, _ in many)
    assert set(kinds) == set(pairs.KINDS)
    assert 0.1 < kinds["same"] / len(many) < 0.35


def test_what_changed_is_what_differs(many: list[tuple[Pair, list[QA]]]) -> None:
    for pair, _ in many:
        before, after = shown(pair.first), shown(pair.second)
        gone, new = before - after, after - before
        if pair.kind in ("added", "gone"):
            ((kind, colour, *_),) = gone if pair.kind == "gone" else new
            assert not (new if pair.kind == "gone" else gone)
            assert kind in pair.answer
            assert pair.answer.endswith("is gone" if pair.kind == "gone" else "is new")
            assert not colour or colour in pair.answer or f" {kind} is" in pair.answer
        elif pair.kind in ("recoloured", "pose", "mood"):
            ((kind, *was),), ((same, *now),) = gone, new
            assert kind == same
            assert was != now
            assert any(value and value in pair.answer for value in now)
        elif pair.kind != "other":
            assert before == after
        if pair.kind == "same":
            assert pair.answer == pairs.NOTHING


def test_moved_things_moved_the_way_that_is_said(many: list[tuple[Pair, list[QA]]]) -> None:
    moved = [pair for pair, _ in many if pair.kind == "moved"]
    assert len(moved) > 10
    for pair in moved:
        ((was,), (now,)) = pair.changed
        assert ("left" in pair.answer) == (now.x < was.x)
        assert abs(now.x - was.x) > (pairs.MOVED - 0.03) * pair.first.width
        assert was.kind in pair.answer


def test_swapped_things_stand_in_each_others_places(many: list[tuple[Pair, list[QA]]]) -> None:
    swapped = [pair for pair, _ in many if pair.kind == "swapped"]
    assert len(swapped) > 3
    for pair in swapped:
        (one, two), (first, second) = pair.changed
        assert (one.kind, two.kind) == (first.kind, second.kind)
        assert (one.x < two.x) != (first.x < second.x)
        assert sorted((one.kind, two.kind)) == pair.answer.replace("the ", "").removesuffix(" swapped").split(" and ")


def test_which_one_has_what_follows_the_scenes(many: list[tuple[Pair, list[QA]]]) -> None:
    answers = Counter()
    for pair, asked in many:
        assert asked[0].answer == pair.answer
        for qa in asked[1:]:
            answers[qa.answer] += 1
            if qa.kind == "pair: same":
                assert (qa.answer == "yes") == (pair.kind == "same")
            if qa.answer == "neither":
                kinds = {*facts_of(pair.first).by_kind, *facts_of(pair.second).by_kind}
                assert not any(qa.question.lower().endswith(f" {kind}?") for kind in kinds - {"bear"})
    assert {"first", "second", "both", "neither", "yes", "no"} == set(answers)
