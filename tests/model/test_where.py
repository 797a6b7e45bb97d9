"""Where in a picture an answer came from."""

from __future__ import annotations

import io
import time
from dataclasses import replace

import pytest
import torch
from PIL import Image, ImageDraw

from model.answerer import Answerer
from model.families.base import ShowsWhere
from model.families.florence2.where import WAYS, Pass, relevance
from model.progress import ProgressCounter
from model.types import Request, SentPicture


@pytest.fixture(scope="module")
def builtin() -> Answerer:
    return Answerer.load()


def ball(x: float) -> bytes:
    """A red ball on grass, at a share of the picture's width."""
    picture = Image.new("RGB", (700, 400), "#a4d8f5")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 240, 700, 400), fill="#74ba58")
    draw.ellipse((700 * x - 45, 265, 700 * x + 45, 355), fill="#e02f2f")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("x", [0.15, 0.5, 0.85])
def test_it_points_at_what_was_asked_about(builtin: Answerer, x: float) -> None:
    request = Request("", ball(x), "What colour is the ball?")
    before = builtin.answer([request])[0]
    assert before.text == "red"
    assert before.shows_where
    (told,) = builtin.answer([replace(request, explains=before.text)])
    assert (told.error, told.text, told.model) == (None, before.text, before.model)
    (grid,) = told.where
    assert (len(grid), {len(line) for line in grid}) == (7, {10})
    assert max(map(max, grid)) == 1.0
    assert min(map(min, grid)) >= 0.0
    _, row, column = max((value, r, c) for r, line in enumerate(grid) for c, value in enumerate(line))
    assert abs((column + 0.5) / 10 - x) < 0.12
    assert row in (4, 5, 6)
    after = builtin.answer([request])[0]
    assert (after.text, after.confidence) == (before.text, before.confidence)


def test_every_way_gives_a_map_and_they_differ(builtin: Answerer) -> None:
    assert isinstance(builtin.family, ShowsWhere)
    request = Request("", ball(0.3), "What colour is the ball?")
    maps = [builtin.where(request, "red", way) for way in builtin.family.ways]
    assert all(one is not None and max(map(max, one[0])) == 1.0 for one in maps)
    assert len({str(one) for one in maps}) == len(WAYS)


def test_who_says_nothing_looked_nowhere_and_what_is_refused_is_not_explained(builtin: Answerer) -> None:
    request = Request("", ball(0.3), "What colour is the ball?")
    assert builtin.where(request, "") == [((0.0,) * 10,) * 7]
    assert builtin.where(Request("", ball(0.3), "  "), "red") is None
    third = SentPicture(ball(0.8))
    several = Request("", ball(0.3), "Same?", others=(SentPicture(ball(0.5)), third), explains="yes")
    unread = Request("", b"no picture", "What colour is the ball?", explains="red")
    (refused, broken, good) = builtin.answer([several, unread, replace(request, explains="red")])
    assert refused.error == 'pictures_too_many {"most": 2}' and refused.where == ()
    assert broken.error is not None and broken.refused_picture
    assert good.error is None and good.where


def test_a_failure_stays_with_its_own_request(builtin: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Request("1", ball(0.3), "What colour is the ball?")

    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(type(builtin.family), "where", fail)
    explained, answered = builtin.answer([replace(asked, id="2", explains="red"), asked])
    assert (explained.id, explained.error) == ("2", "where_failed")
    assert (answered.id, answered.text) == ("1", "red")


def test_relevance_goes_through_the_encoder_as_the_paper_has_it() -> None:
    """One layer each, one head, one word: R = A_cross (I + A_enc normed), by hand."""
    cross = torch.tensor([[[0.5, 0.5]]])
    encoder = torch.tensor([[[0.0, 1.0], [0.0, 0.0]]])  # the first input was made from the second
    ones = (encoder, torch.ones_like(encoder))
    own = (torch.ones(1, 1, 1), torch.zeros(1, 1, 1))
    seen = Pass(torch.zeros(2, 1), torch.zeros(2, 1), [ones], [own], [(cross, torch.tensor([[[1.0, -1.0]]]))])
    assert relevance(seen).tolist() == [0.5, 0.5]


def test_while_it_loads_work_goes_on_and_no_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.progress._STEP", 0.001)
    counted = ProgressCounter()
    with counted.moving(60.0):
        while counted.count < 3:
            time.sleep(0.001)
    before = counted.count
    with counted.moving(0.002):
        time.sleep(0.05)
    assert counted.count - before <= 2, "two steps, and then it hangs"
