"""Which picture and which question does a message mean? Pure functions: facts of a message in, its meaning out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from telegram import Message, MessageEntity

from bot.texts import MAX_QUESTION

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".avif")
_KINDS = ("sticker", "animation", "video", "video_note", "voice", "audio", "document")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a message, where Telegram keeps it."""

    message_id: int
    file_id: str
    size: int | None
    """Bytes; None when Telegram does not say."""
    media_type: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What counts of a message."""

    private: bool
    text: str
    """Text or caption without the mention of the bot and without the command /ask."""
    picture: Picture | None = None
    unsupported: str | None = None
    """The kind of an attachment that is no picture."""
    album: str | None = None
    addressed: bool = True
    """Whether the bot is meant: always in private chats; in groups by mention, reply or command."""
    asked_by_command: bool = False
    reply_picture: Picture | None = None
    """The picture of the message that this one replies to."""
    reply_to: int | None = None
    """The message that this one replies to."""


class Source(Enum):
    """Where the picture of a question comes from."""

    OWN = "own"
    REPLIED = "replied"
    REPLIED_ANSWER = "replied answer"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question about a picture."""

    question: str
    source: Source


@dataclass(frozen=True, slots=True)
class Show:
    """A picture without a question."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Something that gets a sentence instead of an answer: a key of `texts.UNSUPPORTED` or `texts.REFUSALS`."""

    why: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """The bot is not meant."""


Meaning = Ask | Show | Refuse | Nothing


def meaning_of(facts: Facts) -> Meaning:
    """Decide what a message means to the bot."""
    if not facts.addressed:
        return Nothing()
    question = " ".join(facts.text.split())
    if facts.picture is None and facts.unsupported is not None:
        return Refuse(facts.unsupported)
    if not question:
        if facts.picture is not None:
            return Show()
        return Refuse("empty" if facts.asked_by_command else "no words")
    if len(question) > MAX_QUESTION:
        return Refuse("too long")
    if facts.picture is not None:
        return Ask(question, Source.OWN)
    if facts.reply_picture is not None:
        return Ask(question, Source.REPLIED)
    if facts.reply_to is not None:
        return Ask(question, Source.REPLIED_ANSWER)
    return Ask(question, Source.NEWEST)


def facts_of(message: Message, bot_id: int, bot_username: str) -> Facts:
    """Read the facts off a message of Telegram's."""
    private = message.chat.type == "private"
    text, mentioned, command = _own_text(message, bot_username)
    replied = message.reply_to_message
    # In a topic every plain message "replies" to the message that opened it.
    if replied is not None and replied.forum_topic_created is not None:
        replied = None
    to_bot = replied is not None and replied.from_user is not None and replied.from_user.id == bot_id
    picture = picture_of(message)
    return Facts(
        private=private,
        text=text,
        picture=picture,
        unsupported=None if picture else _attachment(message),
        album=message.media_group_id,
        addressed=private or mentioned or command or to_bot,
        asked_by_command=command,
        reply_picture=picture_of(replied) if replied else None,
        reply_to=replied.message_id if replied else None,
    )


def picture_of(message: Message) -> Picture | None:
    """The picture of a message: a photo at its largest size, or an image sent as a file."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return Picture(message.message_id, largest.file_id, largest.file_size, "image/jpeg")
    document = message.document
    if document is None or message.animation is not None:
        return None
    media_type, name = document.mime_type or "", (document.file_name or "").lower()
    if media_type.startswith("image/") or name.endswith(IMAGE_SUFFIXES):
        return Picture(message.message_id, document.file_id, document.file_size, media_type or "image/unknown")
    return None


def _attachment(message: Message) -> str | None:
    found = next((kind for kind in _KINDS if getattr(message, kind)), None)
    if found is None and message.effective_attachment is not None:
        return "other"
    return found


def _own_text(message: Message, bot_username: str) -> tuple[str, bool, bool]:
    """Text or caption without what only addresses the bot; whether it was mentioned; whether /ask was used.

    Offsets of entities count UTF-16 units; python-telegram-bot's parsers know that.
    """
    text = message.text or message.caption or ""
    types: list[str | None] = [MessageEntity.MENTION, MessageEntity.BOT_COMMAND]
    entities = message.parse_entities(types) if message.text else message.parse_caption_entities(types)
    mentioned = command = False
    handle = f"@{bot_username}".lower()
    for entity, part in sorted(entities.items(), key=lambda item: -item[0].offset):
        if entity.type == MessageEntity.MENTION and part.lower() == handle:
            mentioned = True
            text = _without(text, entity)
        elif entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            name, _, target = part[1:].partition("@")
            if name.lower() == "ask" and target.lower() in ("", bot_username.lower()):
                command = True
                text = _without(text, entity)
    return re.sub(r"^[\s,:;–-]+", "", text).strip(), mentioned, command


def _without(text: str, entity: MessageEntity) -> str:
    raw = text.encode("utf-16-le")
    kept = raw[: 2 * entity.offset] + raw[2 * (entity.offset + entity.length) :]
    return kept.decode("utf-16-le")
