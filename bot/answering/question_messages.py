"""The bot's messages about questions: sent, edited, looked at and taken away."""

from __future__ import annotations

import logging
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from telegram import InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from bot.transport.http import NotConnectedError
from bot.transport.rate_limiter import CallLimits
from bot.transport.retrying import retrying
from storage.records import Question

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 60.0
_GONE = (
    *("chat not found", "not enough rights to send", "have no rights to send", "need administrator rights"),
    *("chat_write_forbidden", "chat_restricted", "bot was kicked", "bot is not a member"),
    *("group chat was deactivated", "user is deactivated", "peer_id_invalid"),
)
"""What Telegram answers where a chat takes no message of the bot's, whatever it says."""

_WITHOUT_EFFECT = (
    *(BadRequest, ChatMigrated, Conflict, EndPointNotFound, Forbidden, InvalidToken, NotConnectedError),
    RetryAfter,
)
"""A call that ended so had no effect; of every other it is not known."""


class Content(NamedTuple):
    """What a message of the bot's shows."""

    text: str
    """HTML."""
    markup: InlineKeyboardMarkup | None = None
    photo: bytes | None = None
    """A JPEG over the text."""


class Edited(Enum):
    """What became of an edit."""

    DONE = "done"
    SAME = "same"
    """The message showed just that already."""
    MISSING = "missing"
    REFUSED = "refused"
    """There may be such a message, but it cannot be edited."""


def reply_to(message_id: int | None) -> ReplyParameters | None:
    """For `reply_parameters`: what is sent replies to a message, as long as that is there."""
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)


def chat_is_gone(error: TelegramError) -> bool:
    """Whether a chat takes no messages from the bot any more."""
    return isinstance(error, Forbidden) or (
        isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in _GONE)
    )


def may_have_arrived(error: TelegramError) -> bool:
    """Whether a call that failed in this way may have had its effect."""
    return not isinstance(error, _WITHOUT_EFFECT)


class QuestionMessages:
    """Sends and edits; what Telegram answers is raised as its `TelegramError` where nothing else is said."""

    def __init__(self, bot: ExtBot[Any]) -> None:
        """Write with `bot`."""
        self._bot = bot

    async def send(self, question: Question, content: Content, *, silent: bool, refused: int = 0) -> int:
        """Reply to a question, with a picture or without; returns the message's number.

        What was `refused` once is sent without its topic (it may be gone), and the next time not as a reply either.
        """
        under = question.answered_under if refused < 2 else None
        text, markup, photo = content
        send = self._bot.send_message if photo is None else self._bot.send_photo
        shown: dict[str, Any] = {"text": text} if photo is None else {"photo": photo, "caption": text}
        message: Message = await send(
            question.chat_id,
            **shown,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            message_thread_id=question.thread_id if not refused else None,
            disable_notification=silent,
            reply_parameters=reply_to(under),
            # Known elsewhere first, it would not be looked for after a kill.
            rate_limit_args=CallLimits(remembered=False),
        )
        return message.message_id

    async def edit(self, chat_id: int, message_id: int, content: Content) -> Edited:
        """Let a message show something else: words alone take no picture's place.

        Raises:
            TelegramError: The chat is gone, or it has to be tried again.
        """
        return (await self._edit(chat_id, message_id, content))[0]

    async def remove(self, chat_id: int, message_id: int) -> None:
        """Take a message away, where that can be done."""
        with suppress(BadRequest, Forbidden):
            await self._bot.delete_message(chat_id, message_id)

    async def probe(self, chat_id: int, message_id: int, content: Content) -> tuple[Edited, int | None]:
        """Edit what may not be there, until Telegram says what became of it; an edit may be repeated.

        Returns:
            What became of it, and of a message that was edited which one it replies to.
        """
        edit = partial(self._edit, chat_id, message_id, content, limits=CallLimits(counted=False))
        looking = f"chat {chat_id}: message {message_id} is looked for"
        found: tuple[Edited, int | None] = await retrying(looking, first=FIRST_PAUSE, longest=LONGEST_PAUSE)(edit)
        return found

    async def _edit(
        self, chat_id: int, message_id: int, content: Content, limits: CallLimits | None = None
    ) -> tuple[Edited, int | None]:
        """What became of it, and the message that the edited one replies to."""
        text, markup, photo = content
        try:
            place: dict[str, Any] = {"chat_id": chat_id, "message_id": message_id}
            others: dict[str, Any] = {"reply_markup": markup, "rate_limit_args": limits}
            if photo is None:
                message = await self._bot.edit_message_text(text, parse_mode=ParseMode.HTML, **place, **others)
            else:
                media = InputMediaPhoto(photo, text, ParseMode.HTML)
                message = await self._bot.edit_message_media(media, **place, **others)
        except BadRequest as error:
            reason = error.message.lower()
            if "message is not modified" in reason:
                return Edited.SAME, None
            if chat_is_gone(error):
                raise
            if "message to edit not found" in reason or "message_id_invalid" in reason:
                return Edited.MISSING, None
            log.debug("message %d cannot be edited: %s", message_id, error.message)
            return Edited.REFUSED, None
        replied = message.reply_to_message if isinstance(message, Message) else None
        return Edited.DONE, replied.message_id if replied is not None else None
