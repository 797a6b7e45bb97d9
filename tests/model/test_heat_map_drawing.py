"""Heat maps drawn in the limited processes that decode pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops
from refusals import refuses

from model.errors import PictureError
from model.serving.image_pool import ImagePool
from model.types import Grid

LEFT: Grid = ((1.0, 0.0),)
BIG = (5000, 3300)
"""More pixels than are decoded beside others."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ImagePool]:
    pool = ImagePool(2)
    yield pool
    pool.close()


def grey(*size: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (size[0], size[1]), (100, 100, 100)).save(out, "PNG")
    return out.getvalue()


def drawn(pool: ImagePool, *pictures: bytes, side: int = 400) -> Image.Image:
    decoded = pool.submit_drawing(pictures, [LEFT] * len(pictures), side).result(300)
    picture = Image.open(io.BytesIO(decoded.data))
    assert (decoded.media_type, decoded.size) == ("image/jpeg", picture.size)
    return picture.convert("RGB")


def brightness(picture: Image.Image, x: int, y: int) -> int:
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    return max(pixel)


def test_one_picture_keeps_its_shape(pool: ImagePool) -> None:
    picture = drawn(pool, grey(800, 600))
    assert picture.size == (400, 300)
    assert brightness(picture, 60, 150) > 140 > 70 > brightness(picture, 340, 150)
    assert drawn(pool, grey(80, 60)).size == (80, 60), "nothing is made larger"


def test_sides_that_telegram_takes(pool: ImagePool) -> None:
    assert drawn(pool, grey(400, 1)).size == (400, 22)
    assert drawn(pool, grey(2, 400)).size == (22, 400)


def test_several_stand_side_by_side_with_their_numbers(pool: ImagePool) -> None:
    picture = drawn(pool, *[grey(200, 100)] * 3)
    assert picture.size == (408, 208)
    assert brightness(picture, 204, 50) > 250, "a gap"
    assert brightness(picture, 300, 150) > 250, "an empty place"
    for x, y in ((0, 0), (208, 0), (0, 108)):
        badge = picture.crop((x, y, x + 16, y + 16)).convert("L")
        assert badge.getpixel((1, 1)) < 40 and badge.getextrema()[1] > 200, "a number on black"


def test_a_picture_may_stand_there_twice_with_its_number(pool: ImagePool) -> None:
    decoded = pool.submit_drawing([grey(200, 100)] * 4, [LEFT] * 4, 400, (1, 2, 2, 3)).result(300)
    with Image.open(io.BytesIO(decoded.data)) as picture:
        one, two, again, three = (
            picture.convert("L").crop((x, y, x + 16, y + 16)) for x, y in ((0, 0), (208, 0), (0, 108), (208, 108))
        )
    unlike = [sum(ImageChops.difference(two, badge).tobytes()) for badge in (again, one, three)]
    assert 3 * unlike[0] < min(unlike[1:]), "a JPEG says the same a little differently"


def test_large_ones_are_drawn_one_after_the_other(pool: ImagePool) -> None:
    """The second one must not wait for the end of the first one's drawing."""
    large = grey(*BIG)
    assert drawn(pool, large, large).size == (808, 264)


def test_one_that_cannot_be_read_is_refused(pool: ImagePool) -> None:
    with refuses(PictureError, "picture"):
        drawn(pool, grey(20, 20), b"no picture")
    assert drawn(pool, grey(20, 20)).size == (20, 20)
