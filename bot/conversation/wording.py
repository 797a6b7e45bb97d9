"""A message becomes words before it is understood: the step in front of its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from telegram import Message, MessageEntity

_TYPES: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.BOT_COMMAND]


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says."""

    text: str
    entities: Mapping[MessageEntity, str] = field(default_factory=dict)
    """Mentions and commands in `text`, each with what stands there. Their offsets count UTF-16 units."""
    attachment: str | None = None
    """The kind of the attachment that said it ("voice"): then it is nothing that cannot be looked at."""
    confidence: float | None = None
    """Of what was heard, from 0 to 1; None of what was typed."""
    refusal: str = ""
    """Why nothing was heard: a sentence."""


class Wording(Protocol):
    """Whatever turns messages into words. It may take its time: a chat's messages are handled one after the other."""

    async def words_of(self, message: Message) -> Words:
        """What a message says; no text where it says nothing."""
        ...


class TextOnly:
    """What people type: a message's text, or the caption of its picture."""

    async def words_of(self, message: Message) -> Words:
        """Text or caption."""
        return typed(message)


def typed(message: Message) -> Words:
    """The text of a message, or its caption."""
    entities = message.parse_entities(_TYPES) if message.text else message.parse_caption_entities(_TYPES)
    return Words(message.text or message.caption or "", entities)
