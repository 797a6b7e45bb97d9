"""What people say aloud: the sound of a voice message, a video message or a short recording becomes words."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from telegram import Message
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, TelegramError

from bot.answering.listening import Listening
from bot.conversation.message_facts import picture_of
from bot.conversation.wording import Words, typed
from bot.tasks import cancel_and_wait
from bot.texts import questions as texts
from bot.texts.failures import sentence
from bot.transport.downloads import Downloads
from model.errors import SoundError
from storage.store import Store

MOST_SECONDS = 60
"""A recording that is longer is no question."""
_KINDS = ("voice", "video_note", "audio")
_SHOWN_SECONDS = 4.5
"""Telegram shows for five seconds that something is done."""


class SpeechToText:
    """Fulfils `bot.conversation.wording.Wording`: typed words, or where there are none what is said."""

    def __init__(self, listening: Listening, downloads: Downloads, store: Store, bot_id: int) -> None:
        """Have what `downloads` fetches heard by `listening`."""
        self._listening, self._downloads, self._store, self._bot_id = listening, downloads, store, bot_id

    async def words_of(self, message: Message) -> Words:
        """Text or caption; without any, what is said where the bot may be meant."""
        words = typed(message)
        kind = next((name for name in _KINDS if getattr(message, name)), None)
        if kind is None:
            return words
        if words.text:  # a caption says what the sound was to say, also later by an edit
            return Words(words.text, words.entities, kind)
        if message.edit_date is not None or not self._may_be_meant(message):
            return words
        known = await self._store.questions.of_message(message.chat_id, message.message_id)
        if known:  # it is handled again
            return Words(known[-1].text, attachment=kind, confidence=1.0)
        try:
            return await self._listen(message, getattr(message, kind), kind)
        except SoundError as error:
            return Words("", attachment=kind, confidence=0.0, refusal=sentence(error))

    def _may_be_meant(self, message: Message) -> bool:
        """In groups a voice cannot mention anybody: it means the bot in reply to it, or to a picture."""
        replied = message.reply_to_message
        if message.chat.type == ChatType.PRIVATE:
            return True
        if replied is None or message.is_automatic_forward:
            return False
        to_bot = replied.from_user is not None and replied.from_user.id == self._bot_id
        return (to_bot and replied.forum_topic_created is None) or picture_of(replied) is not None

    async def _listen(self, message: Message, sound: Any, kind: str) -> Words:  # noqa: ANN401 - Telegram's kinds
        """Have a sound heard.

        Raises:
            SoundError: It cannot be.
            NetworkError, RetryAfter: It cannot be had just now.
        """
        if (_seconds(sound) or 0) > MOST_SECONDS:
            raise SoundError("sound_too_long", seconds=MOST_SECONDS)
        showing = asyncio.create_task(_show(message))
        try:
            async with self._downloads.fetch(message.chat_id, sound.file_id, sound.file_size) as data:
                heard = await self._listening.hear(message.chat_id, message.message_id, data)
        except BadRequest as error:
            raise SoundError("sound_gone") from error
        finally:
            await cancel_and_wait(showing)
        return Words(
            heard.text, attachment=kind, confidence=heard.confidence, refusal="" if heard.text else texts.NO_SPEECH
        )


def _seconds(sound: Any) -> float | None:  # noqa: ANN401 - as above
    """How long a sound is, as Telegram says; python-telegram-bot may give a timedelta."""
    duration: Any = sound.duration
    seconds: float | None = duration.total_seconds() if hasattr(duration, "total_seconds") else duration
    return seconds


async def _show(message: Message) -> None:
    """Let the chat see that something is done, as long as it takes."""
    thread_id = message.message_thread_id if message.is_topic_message else None
    while True:
        with suppress(TelegramError):
            await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=thread_id)
        await asyncio.sleep(_SHOWN_SECONDS)
