"""Evaluation of questions about several pictures: kinds of change, false alarms, the exchange, one picture alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from model.types import Answer, Request
from training.data.splits import Split, load_split
from training.evaluation.evaluate import Report, evaluate
from training.evaluation.pairs import PairFigures, says_the_same
from training.scenes.official import Plan, write_scenes

PAIRS = 40


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs") / "drawn"
    write_scenes(folder, Plan("pairs", {"val": PAIRS}, 2, pairs=True), lambda _: None, workers=1)
    return folder


@pytest.fixture(scope="module")
def asked(data: Path) -> Split:
    return load_split(data, "val")


class SimulatedModel:
    """Knows the right answers by both pictures; `speak` says what it makes of the pictures' places and the answer."""

    def __init__(self, asked: Split, speak: Callable[[int, bool, str], str]) -> None:
        self.keys = {
            q.question_id: [hashlib.sha256(asked.pictures[n].read_bytes()).hexdigest() for n in q.image_ids]
            for q in asked.questions
        }
        self.answers = {q.question_id: q.answer or "" for q in asked.questions}
        self.speak = speak

    def answer(self, requests: Sequence[Request]) -> list[Answer]:
        found = []
        for request in requests:
            number, keys = int(request.id), [picture.key for picture in request.pictures]
            own = sorted(keys) == sorted(self.keys[number])
            ordered = keys == self.keys[number]
            said = self.speak(len(keys) if own or len(keys) == 1 else 0, ordered, self.answers[number])
            found.append(Answer(request.id, said, 0.5, 0.0))
        return found


def judged(asked: Split, speak: Callable[[int, bool, str], str]) -> tuple[Report, PairFigures]:
    report = evaluate(SimulatedModel(asked, speak), asked.pictures, asked.questions)
    assert report is not None and report.pairs is not None
    return report, report.pairs


def test_who_compares_rightly_is_told_from_who_guesses(asked: Split) -> None:
    report, pairs = judged(asked, lambda seen, ordered, right: right if seen == 2 and ordered else "cannot tell")
    assert pairs.exact.value == 1.0 and pairs.questions == report.questions == 2 * PAIRS
    alike = [q for q in asked.questions if len({asked.pictures[n].read_bytes() for n in q.image_ids}) == 1]
    assert pairs.same_when_exchanged.value == len(alike) / pairs.questions, "twice the same picture has no order"
    assert pairs.last_alone.value == 0.0
    assert pairs.changes is not None and (pairs.changes.count, pairs.changes.value) == (PAIRS, 1.0)
    assert pairs.changes_last_alone is not None and pairs.changes_last_alone.value == 0.0
    assert pairs.false_alarms is not None and pairs.false_alarms.value == 0.0
    assert pairs.overlooked is not None and pairs.overlooked.value == 0.0
    assert sum(each.count for each in pairs.by_type.values()) == pairs.questions
    assert sum(name.startswith("changed: ") for name in pairs.by_type) > 5
    assert pairs.false_alarms.count + pairs.overlooked.count == PAIRS, "each pair is asked once what changed"


def test_false_alarms_and_what_is_overlooked(asked: Split) -> None:
    _, alarmed = judged(asked, lambda *_: "a red ball is gone")
    assert alarmed.false_alarms is not None and alarmed.false_alarms.value == 1.0
    assert alarmed.overlooked is not None and alarmed.overlooked.value == 0.0
    assert alarmed.same_when_exchanged.value == 0.0, "what is gone is new the other way round"
    _, blind = judged(asked, lambda *_: "nothing")
    assert blind.false_alarms is not None and blind.false_alarms.value == 0.0
    assert blind.overlooked is not None and blind.overlooked.value == 1.0
    assert blind.same_when_exchanged.value == 1.0
    assert 0.0 < blind.last_alone.value == blind.exact.value < 0.5
    assert blind.changes_last_alone is not None and blind.changes_last_alone.value == blind.false_alarms.count / PAIRS
    assert blind.exact.low < blind.exact.value < blind.exact.high


@pytest.mark.parametrize(
    ("answer", "exchanged", "same"),
    [
        ("a red ball is gone", "A red ball is new", True),
        ("a red ball is gone", "a red ball is gone", False),
        ("a red ball is gone", "a blue ball is new", False),
        ("the red ball is blue now", "the blue ball is red now", True),
        ("the red ball is blue now", "the red ball is green now", False),
        ("the boy wears red now", "the boy wears blue now", True),
        ("the boy wears red now", "the girl wears blue now", False),
        ("the girl is running now", "the girl is standing now", True),
        ("the girl is running now", "the girl is running now", False),
        ("it is night now", "it is day now", True),
        ("the dog moved left", "the dog moved right", True),
        ("the dog moved left", "the dog moved left", False),
        ("the cat and the dog swapped", "the cat and the dog swapped", True),
        ("first", "second", True),
        ("both", "both", True),
        ("nothing", "nothing", True),
        ("nothing", "a red ball is new", False),
        ("yes", "no", False),
    ],
)
def test_the_same_in_its_words(answer: str, exchanged: str, same: bool) -> None:
    assert says_the_same(answer, exchanged) is same
    assert says_the_same(exchanged, answer) is same
