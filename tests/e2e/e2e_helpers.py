"""What the end-to-end tests share."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

from PIL import Image

from bot.app import Bot
from bot.sandbox.person import Message, Person
from bot.texts.sureness import is_answer
from model.confidence.taught_kinds import taught_kind
from model.serving.broker.null import NullBroker
from model.types import Answer, Request

TOKEN = "1000000001:end_to_end_tests_have_no_secret"
GROUP = -100200300
FORUM = -1009
YOU, ADA = 1001, 1002

StartBot = Callable[..., Awaitable[Bot]]


def picture(colour: str = "red", size: tuple[int, int] = (320, 192), form: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, form)
    return file.getvalue()


RED, BLUE, GREEN = (picture(colour) for colour in ("red", "blue", "green"))


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
        delivered = [q.delivered async for q in store.questions.export(chat)]
        if pending == 0 and len(delivered) >= questions and all(delivered):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("something is still under way")


async def press_forged(bot: Bot, person: Person, menu: Message, number: int, data: str) -> None:
    """A press with data of the presser's own making, as a changed app can send it."""
    assert bot.inbox is not None and bot.services is not None
    user = {"id": person.user_id, "is_bot": False, "first_name": "Ada"}
    message = {key: value for key, value in menu.items() if key not in ("deleted", "url")}
    query = {"id": str(number), "from": user, "chat_instance": "1", "data": data, "message": message}
    await bot.inbox.take([{"update_id": 900_000_000 + number, "callback_query": query}])
    for _ in range(200):
        if (await bot.services.store.updates.counts())["pending"] == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{data} was not handled")


async def change(person: Person, what: str, **fields: Any) -> Any:
    """Do what BotFather or a group's owner does."""
    return await person.set_up(what, **fields)


async def forum(owner: Person) -> int:
    """Make the forum, where the bot is an admin; returns the number of a topic."""
    await change(owner, "chats", id=FORUM, title="Forum", members={str(owner.user_id): "creator"}, is_forum=True)
    await change(owner, "member", chat=FORUM, member=1000000001, status="administrator")
    return await new_topic(owner)


async def new_topic(owner: Person) -> int:
    """Make a topic of the forum; returns its number."""
    return int((await change(owner, "topic", chat=FORUM, name="Birds"))["message_thread_id"])


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


class Untaught(NullBroker):
    """Was asked nothing but yes or no."""

    def _answer_to(self, request: Request) -> Answer:
        kind = taught_kind(request.question)
        if kind is not None:
            return Answer(request.id, "", 0.0, 0.1, error=f"untaught_{kind}")
        return Answer(request.id, "no", 0.9, 0.1, known_picture=True, known_words=False)
