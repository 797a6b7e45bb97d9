"""Pictures and questions, new and edited."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import Application, CommandHandler, MessageHandler, filters

from bot import texts
from bot.asking import admit, ask, pictures_meant, revision_of, say, thread_of
from bot.conversation import Ask, Facts, Nothing, Refuse, Show, Source, facts_of, meaning_of
from bot.pictures import PictureNotTakenError, take_picture
from bot.services import Context, Services, services_of
from storage.records import Photo

log = logging.getLogger(__name__)

ALBUM_SECONDS = 2.0
"""An album has no end mark: this long after its last picture, one without a caption is asked about."""


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Take messages and their edits; commands are other handlers' business, except /ask."""
    kinds = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
    application.add_handler(CommandHandler("ask", on_message, filters=kinds))
    content = (filters.TEXT & ~filters.COMMAND) | filters.CAPTION | filters.ATTACHMENT
    application.add_handler(MessageHandler(kinds & content, on_message))


async def on_message(update: Update, context: Context) -> None:
    """Understand a message and do what it means."""
    message = update.effective_message
    services = services_of(context)
    if message is None or (message.from_user is not None and message.from_user.is_bot):
        return
    facts = facts_of(message, services.bot.id, services.bot.username)
    meaning = meaning_of(facts)
    if isinstance(meaning, Nothing):
        return
    edited = update.edited_message is not None
    if edited and not isinstance(meaning, Ask):
        return  # an edit that leaves no question asks nothing
    title = message.chat.title or message.chat.first_name or ""
    await services.store.chats.touch(message.chat_id, message.chat.type, title)
    try:
        match meaning:
            case Refuse(why):
                await say(message, _sentence(why))
            case Show():
                await _on_picture(services, message, facts)
            case Ask():
                await _on_question(services, message, facts, meaning, revision_of(update))
    except PictureNotTakenError as error:
        await say(message, str(error))


def _sentence(why: str) -> str:
    return texts.REFUSALS.get(why) or texts.UNSUPPORTED[why]


async def _on_question(services: Services, message: Message, facts: Facts, meaning: Ask, revision: int) -> None:
    if revision and await _same_as_before(services, message, meaning.question):
        return
    admission = await admit(services, message, revision)
    if admission is None:
        return
    if meaning.source in (Source.OWN, Source.REPLIED):  # fetching takes a moment; else the progress stands at once
        services.spawn(_typing(services, message))
    photos = await pictures_meant(services, message, facts, meaning)
    if not photos:
        await say(message, texts.NEED_PICTURE)
        return
    await ask(services, message, photos, meaning.question, admission)
    if facts.album is not None:  # the caption means the whole album, also what came before it
        siblings = await services.store.photos.in_group(message.chat_id, facts.album)
        await _ask_siblings(
            services, message, [s for s in siblings if s.message_id != message.message_id], meaning.question
        )


async def _same_as_before(services: Services, message: Message, question: str) -> bool:
    """Telegram also reports edits that change no word (a link's preview, a reaction)."""
    asked = await services.store.questions.of_message(message.chat_id, message.message_id)
    return bool(asked) and asked[0].text == question


async def _on_picture(services: Services, message: Message, facts: Facts) -> None:
    assert facts.picture is not None
    chat_id = message.chat_id
    photo = await take_picture(services, chat_id, facts.picture, thread_id=thread_of(message), album=facts.album)
    if facts.album is None:
        await say(message, texts.WHAT_TO_KNOW)
        return
    caption = await _album_question(services, chat_id, facts.album)
    if caption is not None:
        await _ask_siblings(services, message, [photo], caption)
    else:
        services.spawn(_ask_what_to_know(services, message, facts.album, photo))


async def _album_question(services: Services, chat_id: int, album: str) -> str | None:
    """What the caption of an album asked, if it has come."""
    for photo in await services.store.photos.in_group(chat_id, album):
        asked = await services.store.questions.of_message(chat_id, photo.message_id)
        if asked:
            return asked[0].text
    return None


async def _ask_siblings(services: Services, message: Message, photos: list[Photo], question: str) -> None:
    if photos and (admission := await admit(services, message)) is not None:
        await ask(services, message, photos, question, admission)


async def _ask_what_to_know(services: Services, message: Message, album: str, photo: Photo) -> None:
    """After the last picture of an album without a caption: ask once what to know."""
    await asyncio.sleep(ALBUM_SECONDS)
    album_photos = await services.store.photos.in_group(message.chat_id, album)
    if (
        album_photos[-1].message_id != photo.message_id
        or await _album_question(services, message.chat_id, album) is not None
    ):
        return  # a later picture has the word, or the caption has come
    await say(message, texts.WHAT_TO_KNOW_ALBUM)


async def _typing(services: Services, message: Message) -> None:
    with suppress(TelegramError):
        await services.bot.send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=thread_of(message))
