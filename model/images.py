"""Any picture bytes to an RGB picture, upright and bounded; or a clear refusal. Needs Pillow only.

Size is checked on the header, before anything is decoded, so that memory and time stay bounded whatever is sent.
Transparent pixels are composited on white, here and in training alike.
"""

from __future__ import annotations

import io
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from model.backends.allocator import give_back_memory
from model.errors import PictureError

log = logging.getLogger(__name__)

MAX_BYTES = 50 * 2**20
"""Largest file in bytes."""
MAX_PIXELS = 100_000_000
"""Largest picture in pixels: 10,000 x 10,000."""
_MAX_PIXELS_OF = {"WEBP": 40_000_000}
"""Lower bounds: WebP's decoder keeps several copies of the canvas."""
BIG_PIXELS = 16_000_000
"""Pictures above this are decoded one at a time, whatever the number of threads: the largest take some 600 MB."""
BAND_PIXELS = 4_000_000
"""Large pictures are shrunk in bands of about so many pixels."""
MAX_SIDE = 2048
"""Longest side in pixels of what is handed on; no model reads more."""

# What people send. Formats that run other programs (EPS) or are not pictures of a camera or screen stay out.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "PPM")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")
_AVIF_BRANDS = (b"avif", b"avis")
_BEGINNINGS = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")
_KNOWN_AS = {"MPO": "JPEG", "DIB": "BMP"}
"""What Pillow has names of its own for: several pictures in one JPEG (a phone's, say), a headless BMP."""
Alone = Callable[[], AbstractContextManager[object]]
"""What is entered while a picture of more than `BIG_PIXELS` is decoded."""
_ONE_HEADER, _ONE_BIG = threading.Lock(), threading.Lock()

# Pillow's own guard, set to our bound; it warns up to twice the bound, so its warning counts as an error below.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

INCOMPLETE = "picture_incomplete"


def too_large(pixels: int = MAX_PIXELS) -> PictureError:
    """The refusal of a picture with more than `pixels` pixels."""
    return PictureError("picture_too_large", megapixels=pixels // 1_000_000)


def encoded(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """A picture as a file; `options` are Pillow's for this format."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def open_picture(data: bytes) -> Image.Image:
    """Decode a picture file.

    Args:
        data: The file as it was sent. Of an animation the first frame is taken.

    Returns:
        An upright RGB picture whose longer side is at most `MAX_SIDE` pixels.

    Raises:
        PictureError: What is wrong with the file.
    """
    return decode(read_header(data))


def read_header(data: bytes) -> Image.Image:
    """A picture that is not decoded yet: its format and its size as they are stored in the file are known.

    Raises:
        PictureError: It is none, or it is too large.
    """
    if not data:
        raise PictureError("picture_empty")
    if len(data) > MAX_BYTES:
        raise PictureError("picture_file_too_big", megabytes=MAX_BYTES // 2**20)
    with _refusing():
        return _read_header(data)


def decode(picture: Image.Image, alone: Alone = lambda: _ONE_BIG) -> Image.Image:
    """What `read_header` found as upright RGB pixels, the longer side at most `MAX_SIDE`.

    Args:
        picture: Not decoded yet.
        alone: Keeps other pictures of more than `BIG_PIXELS` waiting meanwhile.

    Raises:
        PictureError: It is damaged.
    """
    with _refusing():
        return _decode(picture, alone)


def media_type_of(picture: Image.Image) -> str:
    """The kind of a picture that `read_header` found, as `image/...`."""
    form = picture.format or ""
    return Image.MIME.get(_KNOWN_AS.get(form, form), "application/octet-stream")


def flatten(picture: Image.Image, levels: tuple[float, float] | None = None) -> Image.Image:
    """Any mode to RGB: transparent pixels on white, deep samples scaled to 8 bits.

    Args:
        picture: A decoded picture of any mode.
        levels: Scale and offset for deep grey samples; found in the picture itself when not given.
    """
    if picture.mode == "RGB":
        return picture
    levels = levels or _levels(picture)
    if levels is not None:
        scale, offset = levels
        picture = picture.convert("F").point(lambda value: value * scale + offset).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        sheet = Image.new("RGB", picture.size, "white")
        sheet.paste(picture, mask=picture.getchannel("A"))
        return sheet
    return picture.convert("RGB")


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a reader stumbles over becomes a refusal."""
    try:
        yield
    except PictureError:
        raise
    except MemoryError as error:
        raise too_large() from error
    # Pillow's readers raise whatever their formats make them stumble over; each means a damaged file here.
    except Exception as error:
        log.info("a picture could not be decoded", exc_info=True)
        raise PictureError(INCOMPLETE) from error


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Pillow warns about harmless flaws in headers; `catch_warnings` changes the whole process, so one at a time."""
    with _ONE_HEADER, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _read_header(data: bytes) -> Image.Image:
    """The picture, not yet decoded; its size is checked."""
    formats: tuple[str, ...] = FORMATS
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        import pillow_heif  # only for the few who send it

        pillow_heif.register_heif_opener()
        formats = ("HEIF",)
    with _without_warnings():
        try:
            picture = Image.open(io.BytesIO(data), formats=formats)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise too_large() from error
        except UnidentifiedImageError as error:
            raise PictureError(_refusal(data)) from error
        width, height = picture.size
        if width < 1 or height < 1:
            raise PictureError(INCOMPLETE)
        most = _MAX_PIXELS_OF.get(picture.format or "", MAX_PIXELS)
        if width * height > most:
            raise too_large(most)
    return picture


def _orientation(picture: Image.Image) -> int | None:
    """How a decoded picture lies. Some readers (TIFF, HEIC) turn it themselves and then say so here."""
    with _without_warnings():
        try:
            return picture.getexif().get(ExifTags.Base.Orientation)
        except Exception:  # noqa: BLE001 - a broken camera note must not cost the picture
            return None


def _decode(picture: Image.Image, alone: Alone) -> Image.Image:
    """Upright RGB pixels, no longer than `MAX_SIDE`. JPEGs shrink while they are decoded."""
    picture.draft(None, (MAX_SIDE, MAX_SIDE))
    big = picture.width * picture.height > BIG_PIXELS
    with alone() if big else nullcontext():
        picture.load()
        orientation = _orientation(picture)
        factor = max(picture.size) // MAX_SIDE
        picture = _reduce(picture, factor) if factor > 1 else flatten(picture)
    if max(picture.size) > MAX_SIDE:
        picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BICUBIC)
    picture.info.clear()  # EXIF, profiles and comments stay behind
    if big:
        give_back_memory()
    if orientation is not None:  # late: a small picture is turned with less memory
        picture.getexif()[ExifTags.Base.Orientation] = orientation
        ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _reduce(picture: Image.Image, factor: int) -> Image.Image:
    """Average `factor` x `factor` pixels to one RGB pixel, band by band: no second copy of a large picture is made."""
    levels = _levels(picture)
    reduced = Image.new("RGB", (-(-picture.width // factor), -(-picture.height // factor)))
    rows = factor * max(1, BAND_PIXELS // (factor * picture.width))
    for top in range(0, picture.height, rows):
        band = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        reduced.paste(flatten(band, levels).reduce(factor), (0, top // factor))
    return reduced


def _levels(picture: Image.Image) -> tuple[float, float] | None:
    """Scale and offset that bring deep grey samples to 0-255: 16 bits by 1/257, floats by their own range."""
    if not (picture.mode in ("I", "F") or picture.mode.startswith("I;")):
        return None
    low, high = (float(value) for value in picture.getextrema() if isinstance(value, int | float))
    if not (low > float("-inf") and high < float("inf")):
        raise PictureError("picture_no_numbers")
    if low >= 0 and high <= 1 and picture.mode == "F":
        return 255.0, 0.0
    if low >= 0 and high <= 65535:
        return (1 / 257 if high > 255 else 1.0), 0.0
    scale = 255.0 / (high - low) if high > low else 0.0
    return scale, -low * scale


def _refusal(data: bytes) -> str:
    """What to call a file that no reader knows."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in data[:4096].lower():
        return "picture_svg"
    if head.startswith(b"%pdf"):
        return "picture_pdf"
    if data[4:8] == b"ftyp" and data[8:12] not in (*_HEIF_BRANDS, *_AVIF_BRANDS):
        return "picture_video"
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "picture_web_page"
    if data[4:8] == b"ftyp" or data.startswith(_BEGINNINGS):
        return INCOMPLETE
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")):
        return "picture_archive"
    if _is_text(data[:2048]):
        return "picture_text"
    return "picture_unknown"


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 3:  # a character cut off at the end is fine
            return False
        text = data[: error.start].decode("utf-8")
    return all(character.isprintable() or character.isspace() for character in text)
