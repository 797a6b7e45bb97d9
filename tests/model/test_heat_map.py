"""The picture that shows where an answer came from."""

import pytest
from PIL import Image

from model.heat_map import draw_heat_map, hot_boxes

GRID = [[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.6], [0.0, 0.0, 0.0, 0.0], [0.7, 0.0, 0.0, 0.0]]


def test_boxes_lie_around_what_touches_the_hottest_first() -> None:
    assert hot_boxes(GRID) == [(0.5, 0.25, 1.0, 0.5), (0.0, 0.75, 0.25, 1.0)]
    assert hot_boxes([[0.0, 0.4]]) == []
    spots = [[1.0, 0.0] * 5]
    assert len(hot_boxes(spots)) == 3


def test_what_counted_glows_and_the_rest_is_dimmed() -> None:
    picture = Image.new("RGB", (400, 400), (100, 100, 100))
    drawn = draw_heat_map(picture, GRID)
    assert drawn.size == picture.size
    red, _, blue = drawn.getpixel((250, 150))  # type: ignore[misc]
    assert red > 140 > blue
    assert max(drawn.getpixel((20, 20))) < 70  # type: ignore[type-var]
    assert drawn.getpixel((300, 100)) == (255, 255, 255), "the frame of the hottest"


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (1200, 7)])
def test_any_size_and_no_heat_at_all(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (9, 9, 9))
    assert draw_heat_map(picture, GRID).size == size
    assert draw_heat_map(picture, [[0.0, 0.0]]).tobytes() == picture.tobytes()
