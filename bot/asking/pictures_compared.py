"""Which second picture a question compares with the one that it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import Message

from bot.asking.asking import thread_of
from bot.asking.pictures import PictureNotTakenError
from bot.asking.pictures_meant import set_current_pictures, take
from bot.conversation.comparison import is_comparison, names_another, needs_two
from bot.conversation.one_of_several import names_pictures
from bot.services import Services
from bot.texts import questions as texts
from storage.records import Photo, Question

_EARLIER = re.compile(r"\b(before|previous|earlier|above|prior|first|1st)\b", re.IGNORECASE)


async def compared(services: Services, message: Message, photos: Sequence[Photo], question: str) -> Sequence[Photo]:
    """The pictures of a question, with another one beside a single one where it names that or makes no sense without.

    Raises:
        PictureNotTakenError: There is no other one.
    """
    if len(photos) != 1 or not (needs_two(question) or names_another(question)):
        return photos
    return await with_another(services, message, photos[0], earlier=_EARLIER.search(question) is not None)


async def spoken_of(
    services: Services, message: Message, photos: Sequence[Photo], question: str, known: Sequence[Question]
) -> Sequence[Photo]:
    """The pictures of a question: of two that only a comparison brought together, the later one where it compares none.

    `known` is what the message asked before it was edited, newest revision first.
    """
    if len(photos) != 2 or is_comparison(question) or names_pictures(question):
        return photos
    before = known[0] if known else None
    if before is None:
        before = await services.store.questions.before(message.chat_id, message.message_id, photos[0].message_id)
    one_album = photos[0].media_group_id is not None and photos[0].media_group_id == photos[1].media_group_id
    return photos if one_album or before is None or before.each_picture or not before.several else photos[1:]


async def last_two(services: Services, message: Message) -> Sequence[Photo]:
    """The last two pictures that were shown where a message stands.

    Raises:
        PictureNotTakenError: There are not as many.
    """
    newest = await _other(services, message, None, earlier=False)
    if newest is None:
        raise PictureNotTakenError(texts.NEED_TWO)
    return await with_another(services, message, newest, earlier=False)


async def with_another(services: Services, message: Message, photo: Photo, *, earlier: bool) -> Sequence[Photo]:
    """A picture and the newest other one of its place, or the one `earlier` than it, as they were shown.

    Raises:
        PictureNotTakenError: There is no other one.
    """
    other = await _other(services, message, photo, earlier=earlier)
    if other is None:
        raise PictureNotTakenError(texts.NEED_TWO)
    both = sorted((photo, other), key=lambda one: abs(one.message_id))
    await set_current_pictures(services, message, both)
    return both


async def _other(services: Services, message: Message, photo: Photo | None, *, earlier: bool) -> Photo | None:
    """The newest picture of a message's place beside `photo`; in groups also one that was sent between others."""
    chat_id, thread_id = message.chat_id, thread_of(message)
    own = None if photo is None else photo.message_id
    below = abs(photo.message_id) if photo is not None and earlier else message.message_id + 1
    recent = [one for one in services.recent.pictures(chat_id, thread_id) if one.message_id not in (own, None)]
    seen = max((one for one in recent if one.message_id < below), key=lambda one: one.message_id, default=None)
    known = await services.store.photos.newest_shown(chat_id, thread_id, below=below, beside=own)
    if seen is not None and (known is None or seen.message_id > known.message_id):
        return await take(services, message, seen)
    return known
