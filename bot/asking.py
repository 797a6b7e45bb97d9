"""From a meaning to questions in the ledger: which pictures, and what may be asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import Message, ReplyParameters, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.conversation import Ask, Facts, Source
from bot.effective import Effective
from bot.limits import refusal
from bot.pictures import take_picture
from bot.rights import asker
from bot.services import Services
from storage.records import Photo, Question, State

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


@dataclass(frozen=True, slots=True)
class Admission:
    """A message may ask: what its questions are entered with."""

    revision: int
    known: Sequence[Question]
    """What the message asked already, newest revision first."""
    settings: Effective


def revision_of(update: Update) -> int:
    """0 for a message as it was sent; for an edit a number that grows from edit to edit, also within a second.

    Telegram dates edits in whole seconds; within one the updates' own numbers tell which came first.
    """
    edited = update.edited_message
    if edited is None or edited.edit_date is None:
        return 0
    return int(edited.edit_date.timestamp()) * 2**31 + update.update_id % 2**31


async def admit(services: Services, message: Message, revision: int = 0) -> Admission | None:
    """Look at the limits, before a message's picture is fetched and its question entered (see `ask`).

    A message that asked already is admitted, so that handling it twice changes nothing.

    Returns:
        None when it may not ask: an edit of it came first, or a limit binds (who asked is told, once while it holds).
    """
    chat_id = message.chat_id
    known = await services.store.questions.of_message(chat_id, message.message_id)
    if any(question.revision > revision for question in known):
        return None  # what the message said before its edit is not asked any more
    settings = await services.effective(chat_id)
    if not any(question.revision == revision for question in known):
        person, _ = _person(message)
        refused = await refusal(services, settings, chat_id, person)
        if refused is not None:
            if services.refusals.first(chat_id, person, refused.seconds):
                await say(message, refused.sentence)
            return None
        services.refusals.over(chat_id, person)
    return Admission(revision, known, settings)


async def ask(
    services: Services, message: Message, photos: Sequence[Photo], text: str, admission: Admission
) -> list[Question]:
    """Enter a question about each picture and show that it is being worked on. Repeating it changes nothing.

    Returns:
        The questions that are new.
    """
    chat_id, settings, revision = message.chat_id, admission.settings, admission.revision
    person, name = _person(message)
    entered: list[Question] = []
    for photo in photos:
        earlier = next((q for q in admission.known if q.photo_sha256 == photo.sha256 and q.revision < revision), None)
        question, new = await services.store.questions.ask(
            chat_id=chat_id,
            message_id=message.message_id,
            revision=revision,
            thread_id=thread_of(message),
            user_id=person,
            user_name=name,
            photo_sha256=photo.sha256,
            photo_message_id=photo.message_id,
            text=text,
            beams=settings.beams,
            max_new_tokens=settings.max_new_tokens,
            placeholder_id=earlier.placeholder_id if earlier else None,
            reply_to=photo.message_id if photo.media_group_id is not None else None,  # each answer under its picture
        )
        unseen = question.placeholder_id is None and question.state in (State.QUEUED, State.RUNNING)
        if (new or unseen) and not any(one.id == question.id for one in entered):  # an album may hold a picture twice
            services.placing.add(question.id)
            entered.append(question)
    for question in entered:
        try:
            await services.delivery.place(question, again=question.placeholder_id is not None)
        except TelegramError as error:  # it is in the ledger: its answer finds or makes a message of its own
            log.warning("question %d: its progress could not be shown: %s", question.id, error.message)
        finally:
            services.placing.discard(question.id)
            services.dispatcher.wake()
            services.delivery.wake()
    return entered


def _person(message: Message) -> tuple[int, str]:
    """Whose limits a message counts for, and their name."""
    who = asker(message)
    return (who.id, who.name) if who is not None else (message.chat_id, "")


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
