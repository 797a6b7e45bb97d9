"""Colours that survive a JPEG: eight steps a channel, far enough apart."""

from __future__ import annotations

import io

from PIL import Image

STEPS = 8
WIDTH = 256 // STEPS


def colour_of(person: int) -> tuple[int, int, int]:
    """A person's own colour, for up to 512 people."""
    red, green, blue = person % STEPS, person // STEPS % STEPS, person // STEPS**2 % STEPS
    return red * WIDTH + WIDTH // 2, green * WIDTH + WIDTH // 2, blue * WIDTH + WIDTH // 2


def name_of(pixel: tuple[int, ...]) -> str:
    """The name of the step that a pixel (red, green, blue) lies in."""
    return "shade" + "".join(str(min(STEPS - 1, value // WIDTH)) for value in pixel[:3])


def picture_of(person: int) -> bytes:
    """A picture in a person's colour."""
    file = io.BytesIO()
    Image.new("RGB", (160, 96), colour_of(person)).save(file, "PNG")
    return file.getvalue()
