"""What the end-to-end tests share."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable

from PIL import Image

from bot.app import Bot

TOKEN = "1000000001:end_to_end_tests_have_no_secret"
GROUP = -100200300
YOU, ADA = 1001, 1002

StartBot = Callable[..., Awaitable[Bot]]


def picture(colour: str = "red", size: tuple[int, int] = (320, 192), form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()
