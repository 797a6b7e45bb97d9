"""Pictures that are refused, each with its own sentence."""

from __future__ import annotations

import gzip
import random

import pytest
from image_helpers import header_only_png, noise, save
from PIL import Image
from refusals import refuses

from model.errors import PictureError
from model.images import INCOMPLETE, MAX_BYTES, open_picture, too_large


def test_one_webp_may_not_take_all_memory() -> None:
    with refuses(PictureError, match="at most 40 megapixels"):
        open_picture(save(Image.new("RGB", (8_000, 5_001)), "WEBP", quality=0, method=0))


@pytest.mark.parametrize("size", [(10_001, 10_000), (14_000, 14_000), (50_000, 50_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_on_its_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError) as refusal:
        open_picture(header_only_png(*size))
    assert str(refusal.value) == str(too_large())


REFUSED = {
    "empty": (b"", "no bytes"),
    "text": ("Grüße, this is no picture.\n".encode(), "text file"),
    "text cut inside a character": (("ü" * 1500).encode()[:2001], "text file"),
    "html": (b"<!DOCTYPE html><html><body>Hi</body></html>", "web page"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
    "pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 4, "PDF"),
    "zip": (b"PK\x03\x04" + bytes(100), "archive"),
    "gzip": (gzip.compress(b"hello"), "archive"),
    "video": (b"\0\0\0\x18ftypmp42" + bytes(200), "video"),
    "noise": (random.Random(1).randbytes(4000), "not a picture"),
    "zeros": (bytes(4000), "not a picture"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "text file"),
    "only a jpeg's first bytes": (b"\xff\xd8\xff\xe0", "incomplete"),
    "only a png's signature": (b"\x89PNG\r\n\x1a\n", "incomplete"),
    "heic without a picture": (b"\0\0\0\x18ftypheic" + bytes(100), "incomplete"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_picture_is_refused_with_its_own_sentence(kind: str) -> None:
    data, words = REFUSED[kind]
    with refuses(PictureError, match=words):
        open_picture(data)


def test_too_many_bytes() -> None:
    with refuses(PictureError, match="50 MB"):
        open_picture(b"\xff" * (MAX_BYTES + 1))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_cut_off_is_refused_as_incomplete(format_: str, share: float) -> None:
    data = save(noise((120, 90)), format_)
    with pytest.raises(PictureError) as refusal:
        open_picture(data[: int(len(data) * share)])
    assert str(refusal.value) == INCOMPLETE
