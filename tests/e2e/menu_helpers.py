"""Menus and questions as a person sees them, for tests."""

from __future__ import annotations

from typing import Any

from e2e_helpers import picture, sure

from bot.app import Bot
from bot.sandbox.person import Person
from storage.records import Question

Message = dict[str, Any]


def has_text(message: Message) -> bool:
    return "text" in message


def has_buttons(message: Message) -> bool:
    return "reply_markup" in message


async def ask(person: Person, number: int = 1, question: str = "What {}?") -> None:
    for i in range(number):
        await person.send_picture(picture(("red", "blue", "green")[i % 3]), question.format(i))
        await person.wait_for(sure)


async def first_question(bot: Bot, chat_id: int) -> Question:
    assert bot.services is not None
    return await anext(aiter(bot.services.store.questions.export(chat_id)))
