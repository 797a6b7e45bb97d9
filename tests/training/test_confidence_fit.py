"""What is learnt from answers: what is familiar, how sure to be, and which answers belong to a set."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from model.types import Generation
from training.errors import DataError
from training.evaluation.confidence_fit import assess, divide, learn
from training.evaluation.risk import selective
from training.evaluation.seen import OWN, JudgedQuestion, Seen
from training.evaluation.shifts import NOTHING
from training.evaluation.trust import Prediction, figures, sets

FAR = "far"


def invented(group: str, count: int, shift: float, first: int = 0) -> list[Seen]:
    """Answers that are 95 % sure; far away they are right no more than half of the time."""
    draw = np.random.default_rng(first + count)
    found = []
    for number in range(count):
        place = shift + draw.normal(size=40).astype(np.float32)
        right = draw.random() < (0.95 if shift < 1 else 0.5)
        text, truth = ("red", "red") if right else ("red", "blue")
        others = (("blue", math.log(0.04)), ("green", math.log(0.005)))
        generation = Generation(text, (math.log(draw.uniform(0.93, 0.97)),), (), others, place[:20].tolist())
        question = "what colour is the ball" if group == OWN else "wat colr is it"
        asked = JudgedQuestion(group, first + number // 2, f"{group}{number // 2}", question, truth)
        found.append(Seen(asked, generation, right, place[:12], place[20:]))
    return found


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    return [*invented(OWN, 1600, 0.0), *invented(FAR, 800, 3.0, 10_000)]


def test_what_comes_from_a_picture_stays_on_one_side(seen: list[Seen]) -> None:
    sides = divide(seen, 0)
    assert {one.asked.group for one in sides.known} == {OWN}
    pictures = [{one.asked.image_id for one in side} for side in (sides.known, sides.sure, sides.judged)]
    assert sum(map(len, pictures)) == len(set.union(*pictures)) == 1200
    assert {one.asked.group for one in sides.judged} == {OWN, FAR}
    with pytest.raises(DataError, match="40 pictures are too few"):
        divide(seen[:80], 0)


def test_away_from_home_it_is_less_sure_and_says_so(seen: list[Seen]) -> None:
    sides = divide(seen, 0)
    evidence = learn(sides, ["and a question of the training"], ["purple"], 0.9)
    judged = assess(evidence, sides.judged)
    told = [
        Prediction(one.asked.group, one.asked.key, said.confidence, one.right, said.picture_distance)
        for one, said in zip(sides.judged, judged, strict=True)
    ]
    own, far = sets(told, OWN)
    assert (own.name, far.name) == (OWN, FAR)
    assert own.figures["ece"].value < 0.05 and far.figures["ece"].value < 0.1
    assert own.figures["confidence"].value > 0.9 and 0.4 < far.figures["confidence"].value < 0.6
    assert own.figures["told as unlike"].value < 0.03 and far.figures["told as unlike"].value > 0.95
    assert far.figures["auroc of unlike"].value > 0.99
    for found in (own, far):
        assert all((one.low or 0) <= one.value <= (one.high or 0) for one in found.figures.values())
    assert evidence.answers == {"red", "blue", "purple"} and "training" in evidence.words
    unknown = {said.unknown_words for one, said in zip(sides.judged, judged, strict=True) if one.asked.group == FAR}
    assert unknown == {("wat", "colr", "it")}


def test_others_pictures_are_known_as_far_as_they_are_answered_rightly_and_short_of_nothing(seen: list[Seen]) -> None:
    right = [replace(one, right=True) for one in invented("right", 400, 1.5, 20_000)]
    wrong = [replace(one, right=False) for one in invented("wrong", 400, 3.0, 30_000)]
    nothing = [replace(one, right=False) for one in invented(NOTHING, 200, 6.0, 40_000)]
    near = [replace(one, right=False) for one in invented(NOTHING, 200, 0.0, 50_000)]

    def reach(*others: Seen) -> float:
        return learn(divide([*seen[:1600], *others], 0), [], [], 0.9).limits.picture

    alone = reach(*nothing)
    assert reach(*right, *wrong, *nothing) > alone
    assert reach(*wrong, *nothing) == reach(*right, *wrong) == reach(*right, *wrong, *near) == alone


def test_the_sets_hold_the_right_answer_as_often_as_they_should(seen: list[Seen]) -> None:
    sides = divide(seen, 0)
    for coverage in (0.8, 0.95):
        evidence = learn(sides, [], [], coverage)
        held = [
            one.right or any(text == one.asked.answer for text, _ in said.alternatives)
            for one, said in zip(sides.judged, assess(evidence, sides.judged), strict=True)
        ]
        assert np.mean(held) >= coverage - 0.05
    sizes = [len(said.alternatives) for said in assess(evidence, sides.judged)]
    assert 0 < np.mean(sizes) < 1.5, "and no more than it takes"


def test_rare_words_make_no_closed_list(seen: list[Seen]) -> None:
    from dataclasses import replace

    odd = [
        replace(one, asked=replace(one.asked, question=f"what is word{one.asked.image_id}"))
        for one in seen
        if one.asked.group == OWN
    ]
    evidence = learn(divide([*odd, *(one for one in seen if one.asked.group == FAR)], 0), [], [], 0.9)
    assert evidence.words == frozenset(), "every other question brings a new word: none of them is unknown"


def test_the_figures_are_those_of_their_names() -> None:
    first = np.array([True, False, True, False])
    found = figures(np.array([0.95, 0.9, 0.6, 0.5]), np.array([1.0, 1.0, 0.0, 1.0]), first)
    assert found["right"] == 0.75
    assert found["aurc"] == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)
    assert found["brier"] == pytest.approx((0.05**2 + 0.1**2 + 0.6**2 + 0.5**2) / 4)
    assert found["auroc"] == pytest.approx(2 / 3)
    assert (found["coverage at 1% risk"], found["coverage at 10% risk"]) == (0.5, 0.5), "by the half that chose 0.5"
    assert figures(np.array([0.95, 0.99]), np.array([0.0, 0.0]), first[:2])["sure and wrong"] == 1


def test_a_coverage_is_the_same_wherever_it_stands_and_few_pictures_give_no_interval() -> None:
    draw = np.random.default_rng(2)
    confidence = draw.random(400) ** 0.3
    told = [Prediction(OWN, n // 4, float(c), bool(draw.random() < c), None) for n, c in enumerate(confidence)]
    (found,) = sets(told, OWN)
    chosen = selective(confidence.tolist(), [float(one.right) for one in told], [n // 4 for n in range(400)])
    for each in chosen.coverages[:3]:
        figure = found.figures[f"coverage at {each.allowed:.0%} risk"]
        assert figure.value == each.coverage
        assert figure.low is not None and figure.high is not None and figure.low < figure.value < figure.high
    one_picture = sets([replace(one, picture=1) for one in told], OWN)[0].as_dict()
    few = sets(told[:29], OWN)[0].as_dict()
    for said in (one_picture, few):
        assert said["right"][1:] == said["ece"][1:] == said["coverage at 5% risk"][1:] == [None, None]
