"""What Telegram makes of a picture: JPEGs of several sizes, none above 1280 pixels."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.sandbox.errors import ApiError, bad_request

MAX_PHOTO = 10 * 1024 * 1024  # bytes
MAX_SIDES = 10_000  # pixels, width and height together
MAX_RATIO = 20
MAX_PIXELS = 100_000_000
SIDES = (90, 320, 800, 1280)  # pixels of the longer side


@dataclass(frozen=True, slots=True)
class Size:
    """One size of a photo."""

    width: int
    height: int
    jpeg: bytes


def photo_sizes(data: bytes) -> list[Size]:
    """Telegram's sizes of an uploaded photo, smallest first.

    Raises:
        ApiError: 400 when it is too big, too long or no picture.
    """
    if len(data) > MAX_PHOTO:
        size = len(data)
        raise bad_request(f"file of size {size} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes")
    picture = _open(data)
    width, height = picture.size
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return _scaled(picture)


def phone_sizes(data: bytes) -> list[Size]:
    """The sizes of a photo that a person's app sends: it scales any picture down first.

    Raises:
        ApiError: 400 when it is no picture.
    """
    return _scaled(_open(data))


def thumbnail(data: bytes) -> Size | None:
    """A small JPEG of a document, when it is a picture."""
    try:
        picture = _open(data)
        return _shrunk(_upright(picture, 320), 320)
    except (ApiError, OSError):
        return None


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
        if picture.width * picture.height > MAX_PIXELS:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    return picture


def _upright(picture: Image.Image, side: int) -> Image.Image:
    """Decode (JPEGs at a fraction of their size where that is enough), turn upright, put on white."""
    picture.draft("RGB", (side, side))
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    if picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:
        picture = picture.convert("F").point(lambda value: value / 256)
    return picture.convert("RGB")


def _shrunk(picture: Image.Image, side: int) -> Size:
    copy = picture.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=87)
    return Size(copy.width, copy.height, out.getvalue())


def _scaled(picture: Image.Image) -> list[Size]:
    try:
        longest = max(picture.size)
        whole = _upright(picture, SIDES[-1])
    except (OSError, ValueError, SyntaxError, EOFError):
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    sides = [side for side in SIDES if side < longest] + [min(longest, SIDES[-1])]
    return [_shrunk(whole, side) for side in sorted(set(sides))]
