"""Every kind of file that people send: the right picture out of it, or a refusal that says what is wrong."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_helpers import save
from PIL import Image, TiffImagePlugin
from refusals import refuses

from bot.texts.failures import sentence
from model.errors import PictureError
from model.images import MAX_SIDE, flatten, open_picture

RED, BLUE, WHITE = (220, 30, 30), (30, 30, 220), (255, 255, 255)


def two_halves(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return picture


def close(pixel: object, wanted: tuple[int, int, int], within: int = 25) -> bool:
    assert isinstance(pixel, tuple)
    return max(abs(a - b) for a, b in zip(pixel, wanted, strict=True)) <= within


def assert_two_halves(picture: Image.Image) -> None:
    assert picture.mode == "RGB"
    width, height = picture.size
    assert close(picture.getpixel((width // 4, height // 2)), RED)
    assert close(picture.getpixel((3 * width // 4, height // 2)), BLUE)


def heic() -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(two_halves()).save(file)
    return file.getvalue()


def cmyk() -> Image.Image:
    return two_halves().convert("CMYK")


READABLE = {
    "jpeg": lambda: save(two_halves(), "JPEG"),
    "progressive jpeg": lambda: save(two_halves(), "JPEG", progressive=True),
    "cmyk jpeg": lambda: save(cmyk(), "JPEG"),
    "png": lambda: save(two_halves(), "PNG"),
    "palette png": lambda: save(two_halves().quantize(4), "PNG"),
    "rgba png": lambda: save(two_halves().convert("RGBA"), "PNG"),
    "interlaced gif": lambda: save(two_halves(), "GIF", interlace=1),
    "webp": lambda: save(two_halves(), "WEBP"),
    "lossless webp": lambda: save(two_halves().convert("RGBA"), "WEBP", lossless=True),
    "avif": lambda: save(two_halves(), "AVIF"),
    "heic": heic,
    "bmp": lambda: save(two_halves(), "BMP"),
    "tiff": lambda: save(two_halves(), "TIFF"),
    "lzw tiff": lambda: save(two_halves(), "TIFF", compression="tiff_lzw"),
    "cmyk tiff": lambda: save(cmyk(), "TIFF"),
    "ppm": lambda: save(two_halves(), "PPM"),
    "multi-picture jpeg": lambda: save(two_halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (80, 40))]),
    "animated gif": lambda: save(two_halves(), "GIF", save_all=True, append_images=[Image.new("RGB", (80, 40))]),
    "animated webp": lambda: save(two_halves(), "WEBP", save_all=True, append_images=[Image.new("RGB", (80, 40))]),
    "animated png": lambda: save(two_halves(), "PNG", save_all=True, append_images=[Image.new("RGB", (80, 40))]),
    "jpeg with rubbish behind it": lambda: save(two_halves(), "JPEG") + b"rubbish" * 100,
}


@pytest.mark.parametrize("kind", READABLE)
def test_what_people_send_is_read(kind: str) -> None:
    picture = open_picture(READABLE[kind]())
    assert picture.size == (80, 40)
    assert_two_halves(picture)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "HEIF", "TIFF"])
def test_a_camera_held_sideways_gives_an_upright_picture(orientation: int, format_: str) -> None:
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = two_halves()
    upright.paste((30, 200, 30), (0, 0, 40, 10))  # and green at the top left: every turn and mirror shows
    stored = upright.transpose(back[orientation]) if orientation in back else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    if format_ == "HEIF":
        whole = pillow_heif.from_bytes(stored.mode, stored.size, stored.tobytes())
        whole.info["exif"] = exif.tobytes()  # as phones do: in the camera's note and in the container
        file = io.BytesIO()
        whole.save(file, quality=-1)
        data = file.getvalue()
    else:
        data = save(stored, format_, exif=exif)
    picture = open_picture(data)
    assert picture.size == (80, 40)
    assert close(picture.getpixel((15, 4)), (30, 200, 30), 45)
    assert close(picture.getpixel((15, 30)), RED, 45)
    assert close(picture.getpixel((60, 20)), BLUE, 45)


def test_transparent_pixels_are_composited_on_white() -> None:
    picture = Image.new("RGBA", (20, 10), (*RED, 255))
    picture.paste((0, 0, 0, 0), (10, 0, 20, 10))
    picture.putpixel((0, 0), (0, 0, 0, 128))
    for data in (save(picture, "PNG"), save(picture, "WEBP", lossless=True), save(picture, "TIFF")):
        opened = open_picture(data)
        assert opened.getpixel((15, 5)) == WHITE
        assert opened.getpixel((5, 5)) == RED
        assert close(opened.getpixel((0, 0)), (127, 127, 127), 2)


def test_transparent_palettes_and_greys_are_composited_too() -> None:
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([*RED, *BLUE])
    palette.paste(1, (4, 0, 8, 8))
    grey = Image.new("LA", (8, 8), (0, 0))
    grey.paste((80, 255), (0, 0, 4, 8))
    for data in (save(palette, "PNG", transparency=1), save(palette, "GIF", transparency=1)):
        opened = open_picture(data)
        assert opened.getpixel((1, 1)) == RED
        assert opened.getpixel((6, 1)) == WHITE
    assert open_picture(save(palette, "PNG", transparency=b"\xff\x00")).getpixel((6, 1)) == WHITE
    opened = open_picture(save(grey, "PNG"))
    assert opened.getpixel((1, 1)) == (80, 80, 80)
    assert opened.getpixel((6, 1)) == WHITE


def test_one_bit_pictures() -> None:
    picture = Image.new("1", (16, 8), 0)
    picture.paste(1, (8, 0, 16, 8))
    for data in (save(picture, "PNG"), save(picture, "TIFF", compression="group4")):
        opened = open_picture(data)
        assert opened.getpixel((2, 2)) == (0, 0, 0)
        assert opened.getpixel((12, 2)) == WHITE


def png_16_bit(colour_type: int, samples: tuple[int, ...]) -> bytes:
    """A 4x4 PNG with 16 bits a sample, which Pillow cannot write in colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = b"\0" + struct.pack(f">{len(samples)}H", *samples) * 4
    header = struct.pack(">IIBBBBB", 4, 4, 16, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 4)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_16_bit_samples_are_scaled_not_clipped() -> None:
    assert close(open_picture(png_16_bit(0, (0x4000,))).getpixel((1, 1)), (64, 64, 64), 1)
    assert close(open_picture(png_16_bit(2, (0x4000, 0x8000, 0xC000))).getpixel((1, 1)), (64, 128, 192), 1)
    assert close(open_picture(png_16_bit(6, (0x4000, 0x8000, 0xC000, 0xFFFF))).getpixel((1, 1)), (64, 128, 192), 1)
    ramp = Image.fromarray(np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16))
    assert ramp.mode == "I;16"
    for data in (save(ramp, "PNG"), save(ramp, "TIFF")):
        grey = np.asarray(open_picture(data))[..., 0].reshape(-1).astype(int)
        assert (abs(grey - np.arange(256)) <= 1).all()


def test_float_samples_are_scaled_by_their_range() -> None:
    unit = Image.fromarray(np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8))
    wide = Image.fromarray(np.linspace(-5, 1e6, 64, dtype=np.float32).reshape(8, 8))
    for picture in (unit, wide):
        grey = np.asarray(open_picture(save(picture, "TIFF")))[..., 0]
        assert grey.min() == 0
        assert grey.max() == 255
        assert 110 < grey[4, 0] < 145
    holes = Image.fromarray(np.full((4, 4), np.inf, dtype=np.float32))
    with refuses(PictureError, match="not numbers"):
        open_picture(save(holes, "TIFF"))
    constant = Image.fromarray(np.full((4, 4), -3, dtype=np.float32))
    assert open_picture(save(constant, "TIFF")).size == (4, 4)


def test_one_pixel() -> None:
    for format_ in ("PNG", "GIF", "BMP", "WEBP", "JPEG"):
        picture = open_picture(save(Image.new("RGB", (1, 1), RED), format_))
        assert picture.size == (1, 1)
        assert close(picture.getpixel((0, 0)), RED)


@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_ten_thousand_by_ten_thousand_is_read_and_bounded(format_: str) -> None:
    picture = two_halves((10_000, 10_000))
    if format_ == "PNG":
        picture = Image.new("P", (10_000, 10_000))
        picture.putpalette([*RED, *BLUE])
        picture.paste(1, (5_000, 0, 10_000, 10_000))
    opened = open_picture(save(picture, format_))
    assert opened.size == (MAX_SIDE, MAX_SIDE)
    assert_two_halves(opened)


MODES = {
    "1": lambda: two_halves((6_000, 3_000)).convert("1", dither=Image.Dither.NONE),
    "L": lambda: two_halves((6_000, 3_000)).convert("L"),
    "LA": lambda: two_halves((6_000, 3_000)).convert("LA"),
    "RGBA": lambda: two_halves((6_000, 3_000)).convert("RGBA"),
    "P": lambda: two_halves((6_000, 3_000)).convert("P", palette=Image.Palette.WEB, dither=Image.Dither.NONE),
    "CMYK": lambda: two_halves((6_000, 3_000)).convert("CMYK"),
    "I;16": lambda: Image.fromarray(np.asarray(two_halves((6_000, 3_000)).convert("L")).astype(np.uint16) * 257),
    "F": lambda: Image.fromarray(np.asarray(two_halves((6_000, 3_000)).convert("L")).astype(np.float32) * -1e4),
}


@pytest.mark.parametrize("mode", MODES)
def test_large_pictures_of_every_mode_are_shrunk_without_seams(mode: str) -> None:
    picture = MODES[mode]()
    assert picture.mode == mode
    tiff = mode in ("CMYK", "F")
    data = save(picture, "TIFF", compression="tiff_adobe_deflate") if tiff else save(picture, "PNG")
    opened = np.asarray(open_picture(data))
    assert opened.shape == (MAX_SIDE // 2, MAX_SIDE, 3)
    small = np.asarray(flatten(picture.crop((2_990, 0, 3_010, 20))))
    assert (opened[:, 10] == small[0, 0]).all()
    assert (opened[:, -10] == small[0, -1]).all()


def test_long_and_thin() -> None:
    assert open_picture(save(Image.new("RGB", (60_000, 2), RED), "PNG")).size == (MAX_SIDE, 1)


def test_broken_camera_notes_cost_nothing() -> None:
    good = save(two_halves(), "JPEG")
    for exif in (b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\1" * 40):
        segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        assert_two_halves(open_picture(good[:2] + segment + good[2:]))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[0x0112] = 77
    assert_two_halves(open_picture(save(two_halves(), "TIFF", tiffinfo=tags)))


def test_nothing_of_the_file_but_pixels_is_handed_on() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    assert open_picture(save(two_halves(), "JPEG", exif=exif, comment=b"private")).info == {}


def test_the_rule_for_transparency_is_the_one_training_uses() -> None:
    picture = Image.new("RGBA", (2, 2), (0, 0, 0, 145))
    assert flatten(picture).getpixel((0, 0)) == (110, 110, 110)
    assert open_picture(save(picture, "PNG")).getpixel((0, 0)) == (110, 110, 110)


def test_many_threads_at_once() -> None:
    files = [make() for make in READABLE.values()] * 3
    with ThreadPoolExecutor(8) as pool:
        for picture in pool.map(open_picture, files):
            assert_two_halves(picture)


WHOLE = [make() for kind, make in READABLE.items()]


@settings(max_examples=400)
@given(
    data=st.sampled_from(WHOLE),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    end=st.floats(0, 1),
)
def test_damage_anywhere_gives_a_picture_or_a_sentence(
    data: bytes, places: list[tuple[float, int]], end: float
) -> None:
    damaged = bytearray(data)
    for place, value in places:
        damaged[int(place * len(damaged))] = value
    cut = bytes(damaged[: int(end * len(damaged)) + 1])
    try:
        picture = open_picture(cut)
    except PictureError as refusal:
        assert sentence(refusal).endswith(".")
    else:
        assert picture.mode == "RGB"
        assert max(picture.size) <= MAX_SIDE
