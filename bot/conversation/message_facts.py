"""From a message of Telegram's to the facts that count of it (see `meaning`)."""

from __future__ import annotations

import mimetypes
import re
from typing import Any

from telegram import Document, Message, MessageEntity
from telegram.constants import ChatType

from bot.conversation.meaning import Facts, TelegramPicture
from bot.conversation.small_talk import is_gesture
from bot.conversation.wording import Words, typed

IMAGE_SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".pjp", ".pjpeg", ".png", ".apng", ".webp", ".gif", ".heic", ".heif"),
    *(".bmp", ".tif", ".tiff", ".avif"),
)
UNTYPED = ("", "application/octet-stream", "binary/octet-stream", "application/x-unknown")
"""Media types that say nothing."""
UNREAD = "unread_parts"
"""Among a message's `api_kwargs`: the names of its parts that were left out, since they cannot be parsed."""
_KINDS = ("sticker", "animation", "video", "video_note", "voice", "audio", "document")
SPOKEN = ("voice", "video_note")
"""What people say something in."""
_MOVING = ("animation", "video")
_FILES = {
    "pdf": ("pdf",),
    "archive": ("zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz"),
    "text file": ("txt", "md", "rtf", "doc", "docx", "odt", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "odp", "epub"),
}
"""How files that people send instead of pictures end, by their kind."""
_ENDINGS = {ending: kind for kind, endings in _FILES.items() for ending in endings}
_OTHER = (
    *("effective_attachment", "poll", "location", "venue", "contact", "dice", "game", "invoice", "story"),
    *("paid_media", "checklist", "giveaway", "giveaway_winners", "live_photo", "rich_message"),
)
_TOLD = re.compile(r"(?:ed|set|sent|paid|left|done|hidden)$")
"""So end the names of what Telegram tells of a chat itself: "community_chat_added"."""
_TYPES = mimetypes.MimeTypes()  # Python's own list: the machine's files say other things elsewhere


def facts_of(message: Message, bot_id: int, bot_username: str, words: Words | None = None) -> Facts:
    """Read the facts off a message of Telegram's; `words` are what it says, where they are not what was typed."""
    words = typed(message) if words is None else words
    private = message.chat.type == ChatType.PRIVATE
    text, mentioned, command = _own_text(words, private, bot_id, bot_username)
    replied = message.reply_to_message
    # In a topic every plain message "replies" to the message that opened it.
    if replied is not None and replied.forum_topic_created is not None:
        replied = None
    to_bot = replied is not None and replied.from_user is not None and replied.from_user.id == bot_id
    emoji = str(message.sticker.emoji or "") if message.sticker else ""
    picture = None if is_gesture(emoji) else picture_of(message)  # a thumb that is sent asks nothing
    unsupported = None if picture else attachment_of(message) or unread_attachment(message)
    if unsupported is not None and unsupported == words.attachment:
        unsupported = None
    quoted = message.external_reply  # of another chat, or of another topic of this one
    if picture is None and unsupported is None and quoted is not None:
        picture = picture_of(quoted, message.message_id)
    reply_picture = picture_of(replied) if replied else None
    reply_unsupported = None
    if replied is not None and reply_picture is None:
        reply_unsupported = attachment_of(replied)
    elif replied is None and quoted is not None and picture is None:
        reply_unsupported = attachment_of(quoted)
    if reply_unsupported in SPOKEN:  # it asked something itself: what is written under it is about the same picture
        reply_unsupported = None
    asked = command == "ask"
    line = None
    quote = message.quote if message.quote is not None and message.quote.is_manual else None
    if quote is not None and replied is not None and to_bot:
        line = _line_number(replied.text or replied.caption or "", quote.position)
    elif quote is not None and not text:
        text = quote.text  # somebody's words, passed on to the bot
    spoken = words.confidence is not None  # a voice cannot mention anybody
    return Facts(
        private=private,
        text=text,
        picture=picture,
        unsupported=unsupported,
        emoji=emoji,
        album=message.media_group_id,
        # What a channel posts into its group by itself is for the channel's readers.
        addressed=not message.is_automatic_forward
        and (private or mentioned or command is not None or to_bot or (spoken and reply_picture is not None)),
        asked_by_command=asked,
        command=None if asked else command,
        reply_picture=reply_picture,
        reply_unsupported=reply_unsupported,
        reply_to=replied.message_id if replied else None,
        quoted_line=line,
        reply_to_bot=to_bot,
    )


def picture_of(message: Any, message_id: int | None = None) -> TelegramPicture | None:  # noqa: ANN401 - see below
    """The picture of a message: a photo at its largest size, an image sent as a file, a sticker, or a still.

    A live photo's is the photo. Of what moves it is the still that Telegram makes and shows of it, its thumbnail.

    Args:
        message: A Message, or what `external_reply` tells of one.
        message_id: The number under which the picture is kept, where it is not the message's own.
    """
    number = message.message_id if message_id is None else message_id
    sizes = message.photo or (message.live_photo.photo if message.live_photo else ())
    if sizes:
        largest = max(sizes, key=lambda size: size.width * size.height)
        return TelegramPicture(number, largest.file_id, largest.file_size, "image/jpeg", largest.file_unique_id)
    sticker, document = message.sticker, message.document
    if sticker is not None and not (sticker.is_animated or sticker.is_video):
        return TelegramPicture(
            number, sticker.file_id, sticker.file_size, "image/webp", sticker.file_unique_id, certain=False
        )
    if sticker is not None:
        return _still(number, sticker, "sticker")
    moving = next((kind for kind in _MOVING if getattr(message, kind)), None)
    if moving is not None:
        return _still(number, getattr(message, moving), moving)
    if document is None:
        return None
    if (document.mime_type or "").lower().startswith("video/"):
        return _still(number, document, "video")
    media_type, name = (document.mime_type or "").lower(), (document.file_name or "").lower()
    certain = media_type.startswith("image/") or name.endswith(IMAGE_SUFFIXES)
    untold = (_TYPES.guess_type(name)[0] or "") in UNTYPED and name.rpartition(".")[2] not in _ENDINGS
    if certain or (media_type in UNTYPED and untold):
        kind = media_type if media_type.startswith("image/") else "image/unknown"
        return TelegramPicture(number, document.file_id, document.file_size, kind, document.file_unique_id, certain)
    return None


def _still(number: int, media: Any, kind: str) -> TelegramPicture | None:  # noqa: ANN401 - as in picture_of
    """The still picture of what moves, JPEG or WebP; None where Telegram has none."""
    still = media.thumbnail
    if still is None:
        return None
    return TelegramPicture(
        number, still.file_id, still.file_size, "image/unknown", still.file_unique_id, certain=False, still_of=kind
    )


def _line_number(text: str, position: int) -> int | None:
    """The number, as in "2. " or "2 → 3: ", that begins the line of a text in which a quote begins (UTF-16 units)."""
    before = text.encode("utf-16-le")[: 2 * position].decode("utf-16-le", "ignore")
    line = text[before.rfind("\n") + 1 :]
    found = re.match(r"\u200f?\u2068?([1-9][0-9]?)(?:\. |\u00a0→)", line)
    return int(found[1]) if found else None


def attachment_of(message: Any) -> str | None:  # noqa: ANN401 - as in picture_of
    """The kind of a message's attachment that is no picture: a key of `texts.UNSUPPORTED`; None for plain text."""
    found = next((kind for kind in _KINDS if getattr(message, kind)), None)
    if found == "document":
        return _file_of(message.document)
    if found is None and any(getattr(message, kind, message.api_kwargs.get(kind)) is not None for kind in _OTHER):
        return "other"
    return found


def _file_of(document: Document) -> str:
    """The kind of a file that is no picture, by its name, or else by its media type."""
    ending = (document.file_name or "").rpartition(".")[2].lower()
    media_type = (document.mime_type or "").lower().rpartition("/")[2]
    return _ENDINGS.get(ending) or _ENDINGS.get(media_type) or "document"


def unread_attachment(message: Message) -> str | None:
    """Why what was attached cannot be read (see `Refuse`): it cannot be parsed, or nobody knows it; None elsewhere.

    Of a part that python-telegram-bot does not know only its name, and that nothing is beside it, say what it is.
    """
    lost = message.api_kwargs.get(UNREAD, ())
    if any(kind in lost for kind in ("photo", *_KINDS, *_OTHER)):
        return "unread"
    strange = [kind for kind, part in message.api_kwargs.items() if isinstance(part, dict) and not _TOLD.search(kind)]
    return "other" if strange and not (message.text or message.caption) else None


def _own_text(words: Words, private: bool, bot_id: int, bot_username: str) -> tuple[str, bool, str | None]:
    """Text or caption without what only addresses the bot; whether it was mentioned; a command that it begins with.

    A mention before the command changes nothing; in private chats another bot's command is no question either.
    Offsets of entities count UTF-16 units; python-telegram-bot's parsers know that.
    """
    text = words.text
    mentioned, command = False, None
    handle = f"@{bot_username}".lower()
    for entity, part in sorted(words.entities.items(), key=lambda item: -item[0].offset):
        if entity.type == MessageEntity.BOT_COMMAND:
            name, _, target = part[1:].lower().partition("@")
            ours = target in ("", bot_username.lower())
            if _before(text, entity).strip(" ,:;\n").lower() not in ("", handle) or not (ours or private):
                continue
            command = name if ours else f"{name}@{target}"
            text = _without(text, entity) if command == "ask" else text
        elif part.lower() == handle or (entity.user is not None and entity.user.id == bot_id):
            mentioned = True
            text = _without(text, entity)
    return text.strip(), mentioned, command


def _without(text: str, entity: MessageEntity) -> str:
    """The text without what addresses the bot, nor the marks that set it apart: a minus before a number stays."""
    before = _before(text, entity)
    after = text.encode("utf-16-le")[2 * (entity.offset + entity.length) :].decode("utf-16-le")
    if not before.strip():
        return re.sub(r"^\s*[,:;]*\s*([–—-]+\s+)?", "", after)
    if not after.strip(" ?!."):
        before = re.sub(r"[\s,;]+$", "", before)
    return before + after


def _before(text: str, entity: MessageEntity) -> str:
    return text.encode("utf-16-le")[: 2 * entity.offset].decode("utf-16-le")
