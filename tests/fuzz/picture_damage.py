"""Damages pictures: blindly, and knowingly by the rules of their formats, so that damage gets past the first checks."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Callable

from picture_seeds import png_chunk

EXTREMES = (0, 1, 2, 3, 7, 127, 128, 255, 256, 4096, 10_000, 32_767, 65_535, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
LONGEST = 2 * 2**20
"""Bytes of a damaged picture at most."""
Damage = Callable[[bytes, random.Random], bytes]


def damage(rng: random.Random, seeds: dict[str, bytes], longest: int = LONGEST) -> tuple[str, bytes]:
    """One damaged picture of at most `longest` bytes, with a name that says what was done to which seed."""
    names = list(seeds)
    form = rng.choice(sorted({name.split()[0] for name in names}))  # every format as often as any other
    name = rng.choice([name for name in names if name.split()[0] == form])
    data, done = seeds[name], [name]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        if rng.random() < 0.08:
            other = rng.choice(names)
            data = _splice(data, seeds[other], rng)
            done.append(f"splice with {other}")
            continue
        own = _KNOWING.get(name.split()[0], ())
        change = rng.choice(own) if own and rng.random() < 0.5 else rng.choice(_BLIND)
        data = change(data, rng)[:longest]
        done.append(change.__name__.strip("_").replace("_", " "))
    return " | ".join(done), data


def _splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: _place(data, rng)] + other[_place(other, rng) :]


def _place(data: bytes, rng: random.Random) -> int:
    """Somewhere, more often near the beginning, where headers are."""
    if not data:
        return 0
    return rng.randrange(min(len(data), 64) if rng.random() < 0.4 else len(data))


# Blind ----------------------------------------------------------------------------------------------------------------


def _flip_bits(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 40)) if changed else 0):
        changed[_place(data, rng)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _set_bytes(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 2, 4)) if changed else 0):
        changed[_place(data, rng)] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, rng.randrange(256)))
    return bytes(changed)


def _truncate(data: bytes, rng: random.Random) -> bytes:
    return data[: _place(data, rng)]


def _cut_out(data: bytes, rng: random.Random) -> bytes:
    start = _place(data, rng)
    return data[:start] + data[start + rng.choice((1, 2, 4, 16, 200)) :]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    start = _place(data, rng)
    part = data[start : start + rng.choice((1, 4, 12, 100, 1000))]
    return data[:start] + part * rng.choice((1, 2, 50)) + data[start:]


def _swap(data: bytes, rng: random.Random) -> bytes:
    first, second, third = sorted(_place(data, rng) for _ in range(3))
    return data[:first] + data[second:third] + data[first:second] + data[third:]


def _insert_noise(data: bytes, rng: random.Random) -> bytes:
    place = _place(data, rng)
    return data[:place] + rng.randbytes(rng.choice((1, 4, 64, 3000))) + data[place:]


def _blank(data: bytes, rng: random.Random) -> bytes:
    start, size = _place(data, rng), rng.choice((4, 16, 200))
    return data[:start] + rng.choice((b"\0", b"\xff")) * len(data[start : start + size]) + data[start + size :]


def _lie_in_numbers(data: bytes, rng: random.Random) -> bytes:
    """An extreme value in two or four bytes, of either order: sizes, counts and offsets."""
    form = rng.choice(("<H", ">H", "<I", ">I"))
    limit = 2 ** (8 * struct.calcsize(form)) - 1
    place = _place(data, rng)
    number = struct.pack(form, min(limit, rng.choice(EXTREMES)))
    return data[:place] + number + data[place + len(number) :]


_BLIND: tuple[Damage, ...] = (
    _flip_bits,
    _set_bytes,
    _truncate,
    _cut_out,
    _repeat,
    _swap,
    _insert_noise,
    _blank,
    _lie_in_numbers,
)

# Knowing: parts in another order, doubled, left out; huge sizes; lengths that lie -------------------------------------


def _mix(parts: list[bytes], rng: random.Random) -> list[bytes]:
    """Parts of a file after something happened to them."""
    if not parts:
        return parts
    what, i, j = rng.randrange(4), rng.randrange(len(parts)), rng.randrange(len(parts))
    if what == 0:
        parts[i], parts[j] = parts[j], parts[i]
    elif what == 1:
        parts.insert(i, parts[j] * rng.choice((1, 1, 3, 200)))
    elif what == 2:
        del parts[i]
    else:
        rng.shuffle(parts)
    return parts


def _png_parts(data: bytes) -> list[tuple[bytes, bytes]]:
    parts, at = [], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        parts.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + min(length, len(data))]))
        at += 12 + length
    return parts


def _png_mix(data: bytes, rng: random.Random) -> bytes:
    return data[:8] + b"".join(_mix([png_chunk(*part) for part in _png_parts(data)], rng))


def _png_values(data: bytes, rng: random.Random) -> bytes:
    """Damage inside one chunk, under a checksum that is right."""
    parts = _png_parts(data)
    if not parts:
        return data
    chosen = 0 if rng.random() < 0.5 else rng.randrange(len(parts))
    kind, body = parts[chosen]
    parts[chosen] = (kind, rng.choice((_flip_bits, _lie_in_numbers, _truncate, _set_bytes))(body, rng))
    return data[:8] + b"".join(png_chunk(*part) for part in parts)


def _png_huge(data: bytes, rng: random.Random) -> bytes:
    size = struct.pack(">II", rng.choice(EXTREMES), rng.choice(EXTREMES))
    parts = [(kind, size + body[8:] if kind == b"IHDR" else body) for kind, body in _png_parts(data)]
    return data[:8] + b"".join(png_chunk(*part) for part in parts)


def _jpeg_parts(data: bytes) -> list[bytes]:
    parts, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        parts.append(data[at : at + 2 + length])
        at += 2 + length
    return [*parts, data[at:]]


def _jpeg_mix(data: bytes, rng: random.Random) -> bytes:
    return data[:2] + b"".join(_mix(_jpeg_parts(data), rng))


def _jpeg_huge(data: bytes, rng: random.Random) -> bytes:
    size = struct.pack(">HH", *(min(65_535, rng.choice(EXTREMES)) for _ in range(2)))
    parts = [
        part[:5] + size + part[9:] if len(part) > 9 and part[1] in (0xC0, 0xC1, 0xC2) else part
        for part in _jpeg_parts(data)
    ]
    return data[:2] + b"".join(parts)


def _riff_mix(data: bytes, rng: random.Random) -> bytes:
    parts, at = [], 12
    while at + 8 <= len(data):
        (length,) = struct.unpack("<I", data[at + 4 : at + 8])
        parts.append(data[at : at + 8 + length + length % 2])
        at += 8 + length + length % 2
    body = b"".join(_mix(parts, rng))
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _boxes_mix(data: bytes, rng: random.Random) -> bytes:
    """HEIC and AVIF: boxes of the file, or of `meta` inside it."""
    parts, at = [], 0
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if length < 8:
            break
        parts.append(data[at : at + length])
        at += length
    parts.append(data[at:])
    if rng.random() < 0.6:  # keep `ftyp`, so that it is still recognised
        return parts[0] + b"".join(_mix(parts[1:], rng))
    return b"".join(_mix(parts, rng))


def _box_numbers(data: bytes, rng: random.Random) -> bytes:
    """An extreme value behind one box's name: sizes, counts, places."""
    names = [match.end() for match in re.finditer(rb"ispe|iloc|iinf|ipma|pixi|irot|hvcC|av1C|iref|pitm|grid", data)]
    if not names:
        return data
    place = rng.choice(names) + rng.randrange(0, 20)
    return data[:place] + struct.pack(">I", rng.choice(EXTREMES)) + data[place + 4 :]


def _tiff_entries(data: bytes, rng: random.Random) -> bytes:
    """One entry of the directory: another tag, type, count or value; a directory that follows itself."""
    if len(data) < 16 or data[:2] not in (b"II", b"MM"):
        return data
    order = "<" if data[:2] == b"II" else ">"
    big = struct.unpack(order + "H", data[2:4])[0] == 43
    at = struct.unpack(order + ("Q" if big else "I"), data[8:16] if big else data[4:8])[0]
    if at + 2 >= len(data):
        return data
    (number,) = struct.unpack(order + "H", data[at : at + 2])
    entry = at + 2 + 12 * rng.randrange(max(1, min(number, 60)))
    offset, form = rng.choice(((0, "H"), (2, "H"), (4, "I"), (8, "I"), (8, "H")))
    value = rng.choice((*EXTREMES, at))
    packed = struct.pack(order + form, value % 2 ** (8 * struct.calcsize(form)))
    return data[: entry + offset] + packed + data[entry + offset + len(packed) :]


def _words_huge(data: bytes, rng: random.Random) -> bytes:
    """PPM: another number in the header."""
    numbers = [match.span() for match in re.finditer(rb"\d+", data[:60])][1:]
    if not numbers:
        return data
    start, end = rng.choice(numbers)
    return data[:start] + str(rng.choice((*EXTREMES, 10**12, -5))).encode() + data[end:]


def _sizes_huge(data: bytes, rng: random.Random) -> bytes:
    """GIF and BMP: width and height where their headers have them."""
    place, form = {b"BM": (18, "<i")}.get(data[:2], (6, "<H"))
    place += rng.choice((0, struct.calcsize(form)))
    value = rng.choice((*EXTREMES, -1, -5000)) % 2 ** (8 * struct.calcsize(form))
    packed = struct.pack(form.upper(), value)
    return data[:place] + packed + data[place + len(packed) :]


_KNOWING: dict[str, tuple[Damage, ...]] = {
    "png": (_png_mix, _png_values, _png_huge),
    "jpeg": (_jpeg_mix, _jpeg_huge),
    "webp": (_riff_mix,),
    "heic": (_boxes_mix, _box_numbers),
    "avif": (_boxes_mix, _box_numbers),
    "tiff": (_tiff_entries,),
    "ppm": (_words_huge,),
    "gif": (_sizes_huge,),
    "bmp": (_sizes_huge,),
}
