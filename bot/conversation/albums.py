"""Albums: messages that come one by one, with one caption for all or with captions of their own."""

from __future__ import annotations

import asyncio

from telegram import Message

from bot.answering.asking import Admission, admit, ask, say, thread_of
from bot.conversation.meaning import Facts
from bot.conversation.pictures_meant import take, talk_about
from bot.services import Services
from bot.texts import questions as texts
from storage.records import Photo, Question

ALBUM_SECONDS = 2.0
"""An album has no end mark: this long after its last picture, one without a caption is asked about."""


async def on_album_picture(services: Services, message: Message, facts: Facts, revision: int) -> None:
    """An album's picture without words: what the album's caption asks is asked of it, too, if there is one.

    `revision` as in `asking.revision_of`: an edit may have put another picture there.

    Raises:
        PictureNotTakenError: The picture cannot be had.
    """
    assert facts.picture is not None and facts.album is not None
    place = message.chat_id, thread_of(message)
    put_off = services.passing.put_off_in(*place)
    if put_off is not None and put_off.album == facts.album:  # a limit refused the caption: later it is asked of all
        services.passing.put_off(*place, facts.picture, facts.album)
        return
    photo = await take(services, message, facts.picture, facts.album, check=True)
    question = await album_question(services, message.chat_id, facts.album)
    if question is None:
        services.spawn(_ask_what_to_know(services, message, facts.album, photo))
        return
    admission = await admit(services, message, revision)
    if admission is not None:
        await ask(services, message, [photo], question, admission)


async def on_album_caption(
    services: Services, message: Message, facts: Facts, question: str, admission: Admission, replaced: bool
) -> None:
    """A caption asks of its own picture and of all of the album that have none of their own.

    Args:
        services: What the bot works with.
        message: The message with the caption, new or edited.
        facts: Of that message.
        question: What the caption asks.
        admission: Of that message.
        replaced: Whether an edit replaced the picture.

    Raises:
        PictureNotTakenError: The picture cannot be had.
    """
    assert facts.picture is not None and facts.album is not None
    photo = await take(services, message, facts.picture, facts.album)
    before = admission.known[0].text if admission.known else None
    others = [] if replaced and question == before else await _without_caption(services, message, facts.album, before)
    services.passing.take_up(message.chat_id, thread_of(message))
    await ask(services, message, [photo, *others], question, admission, caption=True)
    await talk_about(services, message, await services.store.photos.in_group(message.chat_id, facts.album))


async def on_other_caption(services: Services, message: Message, album: str, question: str) -> None:
    """The caption stands under a video, say: it asks of the pictures beside it, now and of those that come."""
    services.passing.album(message.chat_id, album).question = question
    photos = await _without_caption(services, message, album, None)
    admission = await admit(services, message) if photos else None
    if admission is not None:
        await ask(services, message, photos, question, admission, caption=True)


async def album_question(services: Services, chat_id: int, album: str) -> str | None:
    """What the first caption of an album asks, if it has come."""
    for photo in await services.store.photos.in_group(chat_id, album):
        asked = await _asked(services, photo)
        if asked is not None:
            return asked.text
    return services.passing.album(chat_id, album).question


async def _without_caption(services: Services, message: Message, album: str, before: str | None) -> list[Photo]:
    """The other pictures of an album that asked nothing yet, or what this message's caption asked before its edit.

    In groups those that came before the caption were nobody's business until now: they are fetched.
    """
    for picture in services.passing.of_album(message.chat_id, album):
        if picture.message_id != message.message_id:
            await take(services, message, picture, album)
    others, sharing = [], {}
    for photo in await services.store.photos.in_group(message.chat_id, album):
        asked = await _asked(services, photo)
        if asked is not None and asked.text == before:
            sharing[photo.message_id] = asked.id
        if photo.message_id != message.message_id and (asked is None or asked.text == before):
            others.append(photo)
    # A caption asks about its own picture first: without that, the question was not this message's but the album's.
    if sharing and min(sharing, key=lambda number: sharing[number]) != message.message_id:
        return [photo for photo in others if photo.message_id not in sharing]
    return others


async def _asked(services: Services, photo: Photo) -> Question | None:
    """The newest question that a picture's own message asked, as its caption or as its album's."""
    return next(iter(await services.store.questions.of_message(photo.chat_id, photo.message_id)), None)


async def _ask_what_to_know(services: Services, message: Message, album: str, photo: Photo) -> None:
    """After the last picture of an album without a caption: ask once what to know."""
    await asyncio.sleep(ALBUM_SECONDS)
    photos = await services.store.photos.in_group(message.chat_id, album)
    if not photos or photos[-1].message_id != photo.message_id:
        return  # a later picture has the word
    put_off = services.passing.put_off_in(message.chat_id, thread_of(message))
    if put_off is not None and put_off.album == album:
        return
    if await album_question(services, message.chat_id, album) is None:
        said = await say(message, texts.WHAT_TO_KNOW if len(photos) == 1 else texts.WHAT_TO_KNOW_ALBUM)
        await services.store.sent.record(message.chat_id, [said.message_id], photo_message_id=photo.message_id)
