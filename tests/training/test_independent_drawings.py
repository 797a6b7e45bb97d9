"""The independent test set: the same each time, both wordings of every question, and true answers."""

from collections import Counter

import pytest
from PIL import Image, ImageDraw

from training.builtin.independent_drawings import COLOURS, DRAWINGS, PLAIN, TYPED, drawn
from training.scenes.catalogue import CATALOGUE


def test_it_asks_every_kind_in_both_wordings_about_what_the_catalogue_names() -> None:
    pictures, asked = drawn("test", 40)
    again, _ = drawn("test", 40)
    assert [one.tobytes() for one in pictures] == [one.tobytes() for one in again]
    assert set(DRAWINGS) <= set(CATALOGUE)
    plain = Counter((one.picture, one.kind, one.answer) for one in asked if one.wording == PLAIN)
    typed = Counter((one.picture, one.kind, one.answer) for one in asked if one.wording == TYPED)
    assert plain == typed
    assert {kind for _, kind, _ in plain} == {"colour", "exists", "count", "side"}
    assert sum(answer.startswith("no ") for _, _, answer in plain) == 40
    answers = Counter(answer for _, _, answer in plain)
    assert answers["yes"] > 5
    assert answers["no"] > 5


@pytest.mark.parametrize("kind", DRAWINGS)
def test_a_drawing_fills_its_square_with_its_colour(kind: str) -> None:
    sheet = Image.new("RGB", (200, 200), "#ffffff")
    DRAWINGS[kind](ImageDraw.Draw(sheet), 40, 40, 120, COLOURS["purple"])
    colours = {rgb: count for count, rgb in sheet.getcolors(1 << 16) or ()}
    assert colours[(0x7D, 0x3F, 0xA8)] > 120 * 120 * 0.1
