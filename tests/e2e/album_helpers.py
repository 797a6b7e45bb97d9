"""What the tests of questions about several pictures share."""

from __future__ import annotations

import io

from e2e_helpers import YOU, sure
from PIL import Image

from bot.app import Bot
from bot.sandbox.person import Message, Person
from model.serving.broker.null import NullBroker
from model.types import Answer, Request

COLOURS = {(255, 0, 0): "red", (0, 0, 255): "blue", (0, 128, 0): "green"}


class Seeing(NullBroker):
    """Names the colours of a question's pictures, in their order."""

    def __init__(self) -> None:
        super().__init__("", 0.87)
        self.asked: list[tuple[str, int]] = []

    def answer(self, request: Request) -> Answer:
        seen = []
        for one in request.pictures:
            with Image.open(io.BytesIO(one.data)) as opened:
                pixel = opened.convert("RGB").getpixel((opened.width // 2, opened.height // 2))
            assert isinstance(pixel, tuple)
            seen.append(min(COLOURS, key=lambda colour: sum(abs(a - b) for a, b in zip(colour, pixel, strict=True))))
        return Answer(
            request.id, ", ".join(COLOURS[colour] for colour in seen), 0.87, 0.01, known_picture=True, known_words=True
        )

    async def _reply(self, request: Request) -> None:
        self.asked.append((request.question, len(request.pictures)))
        self._in_flight.pop(request.id, None)
        self._results.put_nowait(self.answer(request))


async def pictures_asked(bot: Bot, chat: int = YOU) -> list[tuple[str, list[int | None], bool]]:
    """The questions of a chat, oldest first: the pictures' messages, and whether each was asked about by itself."""
    assert bot.services is not None
    questions = [q async for q in bot.services.store.questions.export(chat)]
    return [(q.text, [p.message_id for p in q.pictures], q.each_picture) for q in questions]


async def answers(person: Person, chat: int | None = None) -> list[Message]:
    """The bot's answers that stand in a chat, oldest first; no progress may be left."""
    found = [m for m in await person.messages(chat, 200) if m.get("from", {}).get("is_bot")]
    assert not [m["text"] for m in found if "🔎" in m.get("text", "")]
    return [m for m in found if sure(m)]
