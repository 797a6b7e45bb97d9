"""Who is behind a message."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import Message


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wrote a message: a person, or a group or channel in whose name somebody wrote."""

    id: int
    """Negative for a group (an anonymous admin) or a channel."""
    name: str


def asker(message: Message) -> Asker | None:
    """Who wrote a message. Behind a group's or a channel's name Telegram puts a bot in the sender's place."""
    if message.sender_chat is not None:
        return Asker(message.sender_chat.id, message.sender_chat.title or "")
    if message.from_user is None or message.from_user.is_bot:
        return None
    return Asker(message.from_user.id, message.from_user.first_name)
