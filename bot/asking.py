"""From a meaning to questions in the ledger: which pictures, which limits, and the message that shows the progress."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from telegram import Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot import texts
from bot.conversation import Ask, Facts, Source
from bot.effective import Effective
from bot.pictures import take_picture
from bot.services import Services
from storage.records import Load, Photo, Question, State

log = logging.getLogger(__name__)


async def pictures_meant(services: Services, message: Message, facts: Facts, meaning: Ask) -> list[Photo]:
    """The pictures that a question is about; none when there is no picture to ask about.

    Raises:
        PictureNotTakenError: The picture cannot be had.
    """
    chat_id, thread_id = message.chat_id, thread_of(message)
    photos = services.store.photos
    match meaning.source:
        case Source.OWN:
            assert facts.picture is not None
            return [await take_picture(services, chat_id, facts.picture, thread_id=thread_id, album=facts.album)]
        case Source.REPLIED:
            assert facts.reply_picture is not None
            known = await photos.of_message(chat_id, facts.reply_picture.message_id)
            return [
                known or await take_picture(services, chat_id, facts.reply_picture, thread_id=thread_id, album=None)
            ]
        case Source.REPLIED_ANSWER:
            assert facts.reply_to is not None
            earlier = await services.store.questions.by_reply(chat_id, facts.reply_to)
            if earlier is None:
                of_message = await services.store.questions.of_message(chat_id, facts.reply_to)
                earlier = of_message[0] if of_message else None
            if earlier is not None and earlier.photo_message_id is not None:
                photo = await photos.of_message(chat_id, earlier.photo_message_id)
                if photo is not None:
                    return [photo]
    newest = await photos.newest(chat_id, thread_id)
    if newest is None:
        return []
    if newest.media_group_id is not None:  # the last thing sent was an album: the question means all of it
        return await photos.in_group(chat_id, newest.media_group_id)
    return [newest]


async def ask(
    services: Services, message: Message, photos: Sequence[Photo], text: str, *, revision: int = 0
) -> list[Question]:
    """Enter a question about each picture and show that it is being worked on. Repeating it changes nothing.

    Returns:
        The questions that are new; none when a limit was reached (the chat is told).
    """
    chat_id = message.chat_id
    known = await services.store.questions.of_message(chat_id, message.message_id)
    if any(question.revision > revision for question in known):
        return []  # the edit came first: what the message said before it is not asked any more
    settings = await services.effective(chat_id)
    load = await services.store.questions.load(chat_id, time.time() - 60)
    if not any(question.revision == revision for question in known):
        refusal = _refusal(services, settings, load)
        if refusal is not None:
            await say(message, refusal)
            return []
    entered = []
    for photo in photos:
        earlier = next((q for q in known if q.photo_sha256 == photo.sha256 and q.revision < revision), None)
        question, new = await services.store.questions.ask(
            chat_id=chat_id,
            message_id=message.message_id,
            revision=revision,
            thread_id=thread_of(message),
            user_id=message.from_user.id if message.from_user else None,
            user_name=message.from_user.first_name if message.from_user else "",
            photo_sha256=photo.sha256,
            photo_message_id=photo.message_id,
            text=text,
            beams=settings.beams,
            max_new_tokens=settings.max_new_tokens,
            placeholder_id=earlier.placeholder_id if earlier else None,
        )
        if new or (question.placeholder_id is None and question.state in (State.QUEUED, State.RUNNING)):
            services.placing.add(question.id)
            entered.append(question)
    first = load.waiting == 0 and len(entered) == 1
    for question in entered:
        try:
            await services.delivery.place(question, again=question.placeholder_id is not None, first=first)
        except TelegramError as error:  # it is in the ledger: its answer finds or makes a message of its own
            log.warning("question %d: its progress could not be shown: %s", question.id, error.message)
        finally:
            services.placing.discard(question.id)
            services.dispatcher.wake()
            services.delivery.wake()
    return entered


def _refusal(services: Services, chat: Effective, load: Load) -> str | None:
    """A sentence when the chat asks too fast, or too much is waiting."""
    if load.asked >= chat.questions_per_minute:
        return texts.too_fast(chat.questions_per_minute)
    if load.waiting_here >= services.settings.max_waiting_per_chat or load.waiting >= services.settings.max_waiting:
        return texts.too_many_waiting()
    return None


async def say(message: Message, text: str) -> Message:
    """Reply to a message in its own topic, also when it was deleted meanwhile."""
    return await message.reply_text(
        text,
        parse_mode=ParseMode.HTML,
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        message_thread_id=thread_of(message),
        do_quote=None,
    )


def thread_of(message: Message) -> int | None:
    """The topic of a message; None outside of topics (the General topic refuses a number)."""
    return message.message_thread_id if message.is_topic_message else None
