"""What the end-to-end tests share."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

from PIL import Image

from bot.app import Bot
from bot.texts.answers import is_answer
from model.serving.broker.null import NullBroker
from model.types import Request

TOKEN = "1000000001:end_to_end_tests_have_no_secret"
GROUP = -100200300
YOU, ADA = 1001, 1002

StartBot = Callable[..., Awaitable[Bot]]


def picture(colour: str = "red", size: tuple[int, int] = (320, 192), form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


def sure(message: dict[str, Any]) -> bool:
    """An answer."""
    return is_answer(message.get("text", ""))


def says(text: str) -> Callable[[dict[str, Any]], bool]:
    """A message with this text in it."""
    return lambda message: text in message.get("text", "")


async def asked(bot: Bot, chat: int = YOU) -> list[tuple[str, int | None]]:
    """The questions of a chat, oldest first: what was asked about the picture of which message."""
    assert bot.services is not None
    return [(q.text, q.photo_message_id) async for q in bot.services.store.questions.export(chat)]


async def quiet(bot: Bot, chat: int = YOU, *, questions: int = 0) -> None:
    """Wait until a chat has so many questions, all of them are told, and every update is handled."""
    assert bot.services is not None
    store = bot.services.store
    for _ in range(600):
        pending = (await store.updates.counts())["pending"]
        told = [q.delivered async for q in store.questions.export(chat)]
        if pending == 0 and len(told) >= questions and all(told):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("something is still under way")


class HeldBroker(NullBroker):
    """Answers nothing before it is let: progress is there for as long as a test wants it."""

    def __init__(self, answer: str = "red", confidence: float = 0.9, capacity: int = 64) -> None:
        super().__init__(answer, confidence, capacity)
        self.free = asyncio.Event()
        self.asked: list[str] = []

    async def _reply(self, request: Request) -> None:
        self.asked.append(request.question)
        await self.free.wait()
        self._in_flight.pop(request.id, None)
        self._results.put_nowait(self._answer_to(request))
