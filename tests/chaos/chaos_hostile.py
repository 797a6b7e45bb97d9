"""People who mean harm, or do it: pictures that cost a lot, and pictures without end."""

from __future__ import annotations

import asyncio
import io
import random
from contextlib import suppress

from PIL import Image

from bot.sandbox.connection import PersonError
from bot.sandbox.person import Person
from model.benchmarks.picture_bombs import flat_avif, run_length_bmp

BOMBER, HOARDER = 6001, 6002
"""Their numbers; the judge does not look into their chats."""
HOARD = 25


async def send_bomb(url: str, dice: random.Random) -> None:
    """A picture that its reader cannot be done with."""
    bomb = run_length_bmp(90_000_000 + dice.randrange(9_000_000)) if dice.random() < 0.7 else flat_avif()
    async with Person(url, BOMBER) as person:
        with suppress(PersonError):
            await person.send_picture(bomb, "what is this", name="bomb.bin", as_document=True)


async def hoard(url: str, dice: random.Random) -> None:
    """Pictures that do not shrink, without a question."""
    async with Person(url, HOARDER) as person:
        for _ in range(HOARD):
            file = io.BytesIO()
            Image.frombytes("RGB", (320, 320), dice.randbytes(320 * 320 * 3)).save(file, "PNG")
            with suppress(PersonError):
                await person.send_picture(file.getvalue(), name="noise.png", as_document=True)
            await asyncio.sleep(0.05)
