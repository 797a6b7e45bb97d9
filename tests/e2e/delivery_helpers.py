"""How tests of delivery ask, wait, and judge what stands in a chat."""

from __future__ import annotations

import asyncio

from e2e_helpers import picture, sure

from bot.app import Bot
from bot.sandbox.person import Message, Person


def looking(message: Message) -> bool:
    return message.get("text", "").startswith("🔎")


async def quiet(bot: Bot) -> None:
    """Everything is handled, answered and told."""
    assert bot.services is not None
    store = bot.services.store
    while (  # noqa: ASYNC110 - done by other tasks
        (await store.updates.counts())["pending"] or await store.outcomes.any_waiting() or await store.outcomes.chats()
    ):
        await asyncio.sleep(0.02)


async def alone(person: Person, question: Message, chat: int | None = None) -> bool:
    """Whether one answer stands under a question, and no progress anywhere."""
    messages = await person.messages(chat, 200)
    under = [m for m in messages if m.get("reply_to_message", {}).get("message_id") == question["message_id"]]
    return len([m for m in under if sure(m)]) == 1 == len(under) and not any(looking(m) for m in messages)


async def ask(bot: Bot, person: Person, chat: int | None) -> Message:
    """Ask about a new picture in the person's own chat, or in a group by name."""
    assert bot.services is not None
    text = "What?" if chat is None else f"@{bot.services.bot.username} what?"
    return await person.send_picture(picture(), text, chat=chat)
