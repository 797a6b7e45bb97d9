"""The bot's messages about questions: sent, edited, and found again where Telegram's reply to a sending was lost."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from enum import Enum
from itertools import islice
from typing import Any, Protocol

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.callback_data import CancelQuestion
from bot.rate_limiter import UNCOUNTED
from bot.telegram_http import NotConnectedError, seconds_of
from storage.records import Question
from storage.store import Store

log = logging.getLogger(__name__)

SEARCHED, SPAN = 24, 500
"""So many unknown message numbers are looked at for a message whose reply was lost, among so many in all."""
SETTLE_SECONDS = 1.0
"""Telegram may still be at work on a call whose reply was lost: after this long it is looked for once more."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 60.0
_GONE = (
    "chat not found",
    "not enough rights to send",
    "have no rights to send",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "bot was kicked",
    "bot is not a member",
    "group chat was deactivated",
    "user is deactivated",
    "peer_id_invalid",
)
"""What Telegram answers where a chat takes no message of the bot's, whatever it says."""


class Edited(Enum):
    """What became of an edit."""

    DONE = "done"
    SAME = "same"
    """The message showed just that already."""
    MISSING = "missing"
    REFUSED = "refused"
    """There may be such a message, but it cannot be edited."""


def chat_is_gone(error: TelegramError) -> bool:
    """Whether a chat takes no messages from the bot any more."""
    return isinstance(error, Forbidden) or (
        isinstance(error, BadRequest) and any(sign in error.message.lower() for sign in _GONE)
    )


def unheard(error: TelegramError) -> bool:
    """Whether a call that failed in this way may have had its effect."""
    return isinstance(error, NetworkError) and not isinstance(error, (BadRequest, NotConnectedError))


def cancel_button(question_id: int) -> InlineKeyboardMarkup:
    """The keyboard under a progress message."""
    data = CancelQuestion(question_id).pack()
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.CANCEL_BUTTON, callback_data=data)]])


class Sending(Protocol):
    """What a message of which the bot has not heard belongs to: a question, or an export."""

    @property
    def chat_id(self) -> int:
        """Its chat."""
        ...

    @property
    def answered_under(self) -> int | None:
        """What the message replies to."""
        ...

    @property
    def sending_after(self) -> int | None:
        """The message's number is above this one."""
        ...

    @property
    def sending_outcome(self) -> bool:
        """Whether it is the outcome; else it shows the progress."""
        ...


class QuestionMessages:
    """Sends and edits; what Telegram answers is raised as its `TelegramError` where nothing else is said."""

    def __init__(self, store: Store, bot: ExtBot[Any]) -> None:
        """Write with `bot`; `store` tells which messages are known."""
        self._store, self._bot = store, bot

    async def send(
        self, question: Question, text: str, markup: InlineKeyboardMarkup | None, *, silent: bool, refused: int = 0
    ) -> int:
        """Reply to a question; returns the message's number.

        What was `refused` once is sent without its topic (it may be gone), and the next time not as a reply either.
        """
        under = question.answered_under if refused < 2 else None
        message = await self._bot.send_message(
            question.chat_id,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            message_thread_id=question.thread_id if not refused else None,
            disable_notification=silent,
            reply_parameters=None if under is None else ReplyParameters(under, allow_sending_without_reply=True),
        )
        return message.message_id

    async def edit(self, chat_id: int, message_id: int, text: str, markup: InlineKeyboardMarkup | None) -> Edited:
        """Let a message show something else.

        Raises:
            TelegramError: The chat is gone, or it has to be tried again.
        """
        return (await self._edit(chat_id, message_id, text, markup))[0]

    async def remove(self, chat_id: int, message_id: int) -> None:
        """Take a message away, where that can be done."""
        with suppress(BadRequest, Forbidden):
            await self._bot.delete_message(chat_id, message_id)

    async def find(self, question: Sending, text: str, markup: InlineKeyboardMarkup | None) -> int | None:
        """Find a message whose sending was not heard of, and let it show `text`.

        Only one message of a chat is in question at a time (see `Delivery`), so that a message of the bot's which is
        not known and has a number near the last known one is it, unless it replies to something else. Editing is the
        only way to ask: what stands there with the same text already "is not modified", and what is no message of the
        bot's cannot be edited.

        Returns:
            The message's number; None when no such message stands in the chat.
        """
        assert question.sending_after is not None
        for last in (False, True):
            found = await self._search(question, question.sending_after + 1, text, markup)
            if found is not None:
                await self._store.sent.record(question.chat_id, [found])
                return found
            if not last:
                await asyncio.sleep(SETTLE_SECONDS)
        return None

    async def _search(self, question: Sending, low: int, text: str, markup: InlineKeyboardMarkup | None) -> int | None:
        chat_id = question.chat_id
        known = await self._store.outcomes.known_numbers(chat_id, low, low + SPAN)
        candidate: int | None = None
        for number in islice((n for n in range(low, low + SPAN) if n not in known), SEARCHED):
            edited, under = await self._probe(chat_id, number, text, markup)
            if edited is Edited.SAME:
                if candidate is not None:
                    await self.remove(chat_id, candidate)
                return number
            if edited is not Edited.DONE:
                continue
            # A reply to something else, or a second one, is a sentence whose own reply was lost: it comes anew.
            if candidate is not None or under not in (None, question.answered_under):
                await self.remove(chat_id, number)
            elif not question.sending_outcome:
                return number
            else:  # an outcome would have been the same: it may still come
                candidate = number
        return candidate

    async def _probe(
        self, chat_id: int, message_id: int, text: str, markup: InlineKeyboardMarkup | None
    ) -> tuple[Edited, int | None]:
        """Edit what may not be there, until Telegram says what became of it; an edit may be repeated."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._edit(chat_id, message_id, text, markup, limits=UNCOUNTED)
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except NetworkError as error:
                if isinstance(error, BadRequest):
                    raise
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    async def _edit(
        self, chat_id: int, message_id: int, text: str, markup: InlineKeyboardMarkup | None, limits: int | None = None
    ) -> tuple[Edited, int | None]:
        """What became of it, and the message that the edited one replies to."""
        try:
            message = await self._bot.edit_message_text(
                text,
                chat_id=chat_id,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                rate_limit_args=limits,
            )
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
