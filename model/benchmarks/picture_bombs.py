"""Small or allowed files of every format that cost whoever opens them far more than they should."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
from PIL import Image

from model.images import encoded

SIDE = 9_999
"""Just below the largest picture that is read."""
MEGABYTE = 2**20


def progressive_jpeg(scans: int = 40_000, side: int = SIDE) -> bytes:
    """A progressive JPEG of so many scans without data: the reader goes over all blocks for each."""

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    table = bytes([0] + [1] * 64)
    frame = struct.pack(">BHHB", 8, side, side, 1) + bytes((1, 0x11, 0))
    codes = bytes([0, 1]) + bytes(14) + b"\0"  # one code, of two bits, for the value 0
    dc, ac = segment(0xC4, b"\x00" + codes), segment(0xC4, b"\x10" + codes)
    first = segment(0xDA, bytes((1, 1, 0x00, 0, 0, 0))) + b"\0" * 8
    scan = segment(0xDA, bytes((1, 1, 0x00, 1, 63, 0))) + b"\0" * 8
    padding = segment(0xFE, bytes(120))  # as long as a scan with its runs of empty blocks
    head = b"\xff\xd8" + segment(0xDB, table) + segment(0xC2, frame) + dc + ac
    return head + first + (scan + padding) * scans + b"\xff\xd9"


def flat_avif(side: int = SIDE) -> bytes:
    """A hundred megapixels in two kilobytes."""
    return encoded(Image.new("RGB", (side, side), "red"), "AVIF", speed=10, quality=0)


def run_length_bmp(width: int = 99_999_999) -> bytes:
    """One row of a hundred million pixels that ends after the first: Pillow fills it pixel by pixel."""
    pixels = bytes((1, 0, 0, 0, 0, 1))
    palette = bytes(range(256)) * 4
    start = 14 + 40 + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, width, 1, 1, 8, 1, len(pixels), 2835, 2835, 256, 0)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + header + palette + pixels


def flat_png(side: int = SIDE) -> bytes:
    """300 MB of one colour, deflated."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + 3 * side)
    data = b"".join([squeeze.compress(row) for _ in range(side)]) + squeeze.flush()
    return _png(side, side, [_chunk(b"IDAT", data)])


def shredded_png(size: int = 18 * MEGABYTE) -> bytes:
    """Megabytes of empty chunks before the pixels."""
    return _png(64, 64, [_chunk(b"IDAT", b"")] * (size // 12) + [_chunk(b"IDAT", zlib.compress(bytes(193 * 64)))])


def noted_png(notes: int = 4_000) -> bytes:
    """Notes of a megabyte each, deflated."""
    note = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(MEGABYTE), 9))
    return _png(64, 64, [note] * notes + [_chunk(b"IDAT", zlib.compress(bytes(193 * 64)))])


def animated_png(frames: int = 2_000) -> bytes:
    """Frames, each of nothing."""
    picture = Image.new("RGB", (1_000, 1_000))
    others = [Image.new("RGB", (1_000, 1_000), (number % 255, 0, 0)) for number in range(4)]
    data = encoded(picture, "PNG", save_all=True, append_images=others)
    end = data.rindex(b"IEND") - 4
    start = data.rindex(b"fcTL") - 4
    return data[:end] + data[start:end] * frames + data[end:]


def flat_webp() -> bytes:
    """The largest WebP that is read, lossless and of one colour."""
    return encoded(Image.new("RGBA", (8_000, 4_999), (9, 9, 9, 9)), "WEBP", lossless=True, quality=0, method=0)


def flat_gif(side: int = SIDE) -> bytes:
    """A hundred megapixels in runs."""
    return encoded(Image.new("P", (side, side)), "GIF")


def flat_tiff(side: int = SIDE) -> bytes:
    """A hundred megapixels of 16 bits, LZW."""
    return encoded(Image.new("I;16", (side, side)), "TIFF", compression="tiff_lzw")


def shredded_tiff(strips: int = 900_000) -> bytes:
    """A strip for each row, and as many offsets and sizes as the file may hold."""
    width, places = 100, b"\x08\0\0\0" * strips
    first = 8 + 2 + 9 * 12 + 4
    tags = [(256, 4, 1, width), (257, 4, 1, strips), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
    tags += [(273, 4, strips, first), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, strips, first + len(places))]
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(4)
    sizes = struct.pack("<I", width) * strips
    return b"II*\0" + struct.pack("<I", 8) + directory + places + sizes


def plain_ppm(size: int = 20 * MEGABYTE) -> bytes:
    """Numbers as text, which Pillow reads in Python."""
    side = int((size / 6) ** 0.5)
    return f"P3\n{side} {side}\n255\n".encode() + b"7 " * (3 * side * side)


def deep_ppm(size: int = 20 * MEGABYTE) -> bytes:
    """Numbers of two bytes, which Pillow reads in Python."""
    side = int((size / 6) ** 0.5)
    return f"P6\n{side} {side}\n60000\n".encode() + bytes(6 * side * side)


def flat_heic(side: int = 3_000) -> bytes:
    """Nine megapixels in some kilobytes; a hundred would take minutes to make."""
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (side, side), "red")).save(file, quality=0)
    return file.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "jpeg scans": progressive_jpeg,
    "avif flat": flat_avif,
    "bmp runs": run_length_bmp,
    "png flat": flat_png,
    "png shreds": shredded_png,
    "png notes": noted_png,
    "png frames": animated_png,
    "webp flat": flat_webp,
    "gif flat": flat_gif,
    "tiff flat": flat_tiff,
    "tiff shreds": shredded_tiff,
    "ppm plain": plain_ppm,
    "ppm deep": deep_ppm,
    "heic flat": flat_heic,
}
"""By name; the part before the space is the format."""


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int, height: int, chunks: list[bytes]) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + _chunk(b"IEND", b"")
