"""Which picture a question means that names one by its place, while only one is talked about."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import Message

from bot.asking.pictures import PictureNotTakenError
from bot.conversation.follow_ups import Before
from bot.conversation.one_of_several import (
    ANY_BEFORE,
    counted_from_the_end,
    names_none_of_them,
    one_of_several,
    the_only_one,
)
from bot.services import Services
from bot.texts.failures import not_so_many
from storage.records import Photo


async def counted_with(
    services: Services, message: Message, photo: Photo, text: str, before: Before | None
) -> Sequence[Photo]:
    """The pictures among which a question about one of them counts: its album, where it names one; else that alone.

    Raises:
        PictureNotTakenError: It names another one of those that came one by one, or one that there is not.
    """
    named = the_only_one(text, before or ANY_BEFORE)
    if named is None:
        return [photo]
    if photo.media_group_id is not None:
        album = await services.store.photos.in_group(photo.chat_id, photo.media_group_id)
        names_one = one_of_several(text, len(album), before) or names_none_of_them(text, len(album), before)
        return album if names_one else [photo]
    shown_with_it = photo.message_id == message.message_id or message.reply_to_message is not None
    if counted_from_the_end(text) or (named.place == 1 and shown_with_it):
        return [photo]
    if named.place != await _place_in_chat(services, photo, at_most=named.place):
        raise PictureNotTakenError(not_so_many(1))
    return [photo]


async def _place_in_chat(services: Services, photo: Photo, at_most: int) -> int:
    """Of a picture among those that were shown in its place, counted from 1 to one more than `at_most`."""
    place, below = 0, photo.message_id + 1
    while place <= at_most:
        one = await services.store.photos.newest_shown(photo.chat_id, photo.thread_id, below=below, beside=None)
        if one is None:
            break
        place, below = place + 1, one.message_id
    return place
