"""A worker that shows where its answers came from, for tests."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

from album_helpers import Seeing
from PIL import Image

from bot.sandbox.person import Message, Person
from bot.texts import heat_maps as texts
from model.types import Answer, Grid, Request

LEFT: Grid = ((1.0, 0.0), (1.0, 0.0))


class Showing(Seeing):
    """Looks at the left half of each picture."""

    def __init__(self, model: str = "seeing", heat: Grid = LEFT) -> None:
        super().__init__()
        self.model, self.heat = model, heat
        self.explained: list[tuple[str, str, int]] = []
        self.free = asyncio.Event()
        self.free.set()

    def answer(self, request: Request) -> Answer:
        if request.explains is None:
            return replace(super().answer(request), shows_where=True, model=self.model)
        self.explained.append((request.question, request.explains, len(request.pictures)))
        return Answer(
            request.id, request.explains, 0.0, 0.01, model=self.model, where=(self.heat,) * len(request.pictures)
        )

    async def _reply(self, request: Request) -> None:
        if request.explains is not None:
            await self.free.wait()
        await super()._reply(request)


class OneKind(Seeing):
    """Says that it can show where it looked, and then cannot: as a worker of an earlier release beside a newer one."""

    def answer(self, request: Request) -> Answer:
        return replace(super().answer(request), shows_where=True)


def is_photo(message: Message) -> bool:
    return "photo" in message and message["from"]["is_bot"]


async def maps(person: Person, chat: int | None = None) -> list[Message]:
    return [message for message in await person.messages(chat, 200) if is_photo(message)]


async def looked_at(person: Person, message: Message) -> Image.Image:
    with Image.open(io.BytesIO(await person.download(message))) as opened:
        return opened.convert("RGB")


async def where(person: Person, answer: Message) -> str:
    """Press the button; returns what the bot says to that."""
    said = await person.press(answer, texts.BUTTON)
    assert said is not None
    return str(said["text"])
