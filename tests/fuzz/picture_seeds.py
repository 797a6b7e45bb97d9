"""Whole pictures of every kind that people send, made on the fly; the fuzz damages them."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import pillow_heif
from PIL import Image, PngImagePlugin

SIDES = ((1, 1), (7, 3), (48, 32), (160, 120), (33, 257))


def make_seeds(rng: random.Random) -> dict[str, bytes]:
    """Pictures by name; the part of a name before the first space is the format."""
    return dict(_seeds(rng))


def _seeds(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    for width, height in SIDES:
        noise = _scene(rng, width, height)
        at = f"{width}x{height}"
        yield from ((f"{name} {at}", data) for name, data in _of(noise, rng))
    yield from _strangers(rng)


def _of(picture: Image.Image, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    rgba = picture.convert("RGBA")
    rgba.putalpha(picture.convert("L"))
    grey, palette = picture.convert("L"), picture.quantize(16)
    other = picture.transpose(Image.Transpose.ROTATE_180)
    frames = {"save_all": True, "append_images": [other, other]}
    exif = Image.Exif()
    exif[0x0112] = rng.randrange(1, 9)
    exif[0x010F] = "camera" * 20
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "words " * 30, zip=True)
    text.add_itxt("Title", "Wörter", "de", "Titel", zip=True)
    deep = picture.convert("I;16")
    yield from (
        ("jpeg", _save(picture, "JPEG", quality=80, exif=exif)),
        ("jpeg progressive", _save(picture, "JPEG", progressive=True, subsampling=2)),
        ("jpeg grey", _save(grey, "JPEG", restart_marker_blocks=1)),
        ("jpeg cmyk", _save(picture.convert("CMYK"), "JPEG")),
        ("jpeg profile", _save(picture, "JPEG", icc_profile=rng.randbytes(200), comment=b"note")),
        ("jpeg several", _save(picture, "MPO", **frames)),
        ("png", _save(picture, "PNG", pnginfo=text, exif=exif)),
        ("png alpha", _save(rgba, "PNG")),
        ("png palette", _save(palette, "PNG", transparency=bytes(range(0, 160, 10)))),
        ("png deep", _save(deep, "PNG")),
        ("png bits", _save(picture.convert("1"), "PNG")),
        ("png animated", _save(rgba, "PNG", **frames)),
        ("gif", _save(palette, "GIF", interlace=1, comment=b"note")),
        ("gif animated", _save(palette, "GIF", transparency=3, **frames)),
        ("webp", _save(picture, "WEBP", quality=70, exif=exif)),
        ("webp alpha", _save(rgba, "WEBP", quality=70)),
        ("webp lossless", _save(rgba, "WEBP", lossless=True)),
        ("webp animated", _save(rgba, "WEBP", **frames)),
        ("bmp", _save(picture, "BMP")),
        ("bmp palette", _save(palette, "BMP")),
        ("bmp bits", _save(picture.convert("1"), "BMP")),
        ("bmp runs", _run_length_bmp(picture.width, picture.height)),
        ("tiff", _save(picture, "TIFF", exif=exif)),
        ("tiff lzw", _save(picture, "TIFF", compression="tiff_lzw")),
        ("tiff deflate", _save(rgba, "TIFF", compression="tiff_adobe_deflate")),
        ("tiff packbits", _save(palette, "TIFF", compression="packbits")),
        ("tiff jpeg", _save(picture, "TIFF", compression="jpeg")),
        ("tiff fax", _save(picture.convert("1"), "TIFF", compression="group4")),
        ("tiff deep", _save(deep, "TIFF")),
        ("tiff float", _save(grey.convert("F"), "TIFF")),
        ("tiff pages", _save(picture, "TIFF", **frames)),
        ("tiff big", _save(picture, "TIFF", big_tiff=True)),
        ("tiff cmyk", _save(picture.convert("CMYK"), "TIFF")),
        ("ppm", _save(picture, "PPM")),
        ("ppm grey", _save(grey, "PPM")),
        ("ppm bits", _save(picture.convert("1"), "PPM")),
        ("ppm plain", _plain_ppm(picture)),
        ("ppm float", _save(grey.convert("F"), "PPM")),
    )
    yield "avif", _save(picture, "AVIF", speed=10, exif=exif)
    yield "avif alpha", _save(rgba, "AVIF", speed=10)
    if min(picture.size) > 1:  # the encoder takes nothing smaller
        yield "heic", _heic(picture)
        yield "heic alpha", _heic(rgba)


def _strangers(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """What is no picture at all but begins like one, or like something else."""
    for name, start in (
        ("nothing", b""),
        ("noise", rng.randbytes(64)),
        ("eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"),
        ("pdf", b"%PDF-1.7\n"),
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg">'),
        ("zip", b"PK\x03\x04"),
        ("video", b"\0\0\0\x18ftypmp42"),
        ("icon", b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0"),
        ("photoshop", b"8BPS\0\1"),
        ("fits", b"SIMPLE  =                    T"),
        ("tga", bytes((0, 0, 2)) + bytes(9) + b"\x10\0\x10\0\x18\0"),
        ("sgi", b"\x01\xda\x01\x01"),
        ("jpeg2000", b"\0\0\0\x0cjP  \r\n\x87\n"),
    ):
        yield f"stranger {name}", start + rng.randbytes(300)


def _scene(rng: random.Random, width: int, height: int) -> Image.Image:
    """Half noise, half plain: what compresses well and what does not."""
    picture = Image.new("RGB", (width, height), (200, 60, 30))
    noisy = max(1, width // 2)
    picture.paste(Image.frombytes("RGB", (noisy, height), rng.randbytes(noisy * height * 3)), (0, 0))
    return picture


def _save(picture: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    frames = options.pop("append_images", ())
    if frames:  # writers leave marks of their format on the pictures they write
        options["append_images"] = [frame.copy() for frame in frames]
    picture.copy().save(file, form, **options)
    return file.getvalue()


def _heic(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(picture).save(file, quality=40)
    return file.getvalue()


def _plain_ppm(picture: Image.Image) -> bytes:
    samples = " ".join(str(value) for value in picture.tobytes())
    return f"P3\n# a note\n{picture.width} {picture.height}\n255\n{samples}\n".encode()


def _run_length_bmp(width: int, height: int) -> bytes:
    """A BMP with 8-bit run-length encoding, which Pillow reads but does not write."""
    row = b"".join(bytes((min(255, width - x), (x // 255) % 4)) for x in range(0, width, 255)) + b"\0\0"
    pixels = row * height + b"\0\1"
    palette = bytes(range(256)) * 4
    start = 14 + 40 + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(pixels), 2835, 2835, 256, 0)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + header + palette + pixels


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
