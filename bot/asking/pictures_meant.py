"""Which pictures a message is about, and whether that is obvious to who wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telegram import Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.asking.asking import person_of, thread_of
from bot.asking.pictures import PictureNotTakenError, take_picture
from bot.conversation.lines import lines_of
from bot.conversation.meaning import Facts, Source, TelegramPicture
from bot.services import Services
from bot.texts import questions as texts
from storage.records import Photo, Question


@dataclass(frozen=True, slots=True)
class Meant:
    """The pictures that a message is about."""

    photos: Sequence[Photo]
    obvious: bool = True
    """Otherwise the answer shows which picture it is about: it replies to it."""
    current: Sequence[Photo] | None = None
    """What was talked about until now, where that was looked at."""


async def pictures_meant(
    services: Services, message: Message, facts: Facts, source: Source, known: Sequence[Question] | None = None
) -> Meant:
    """The pictures that a message is about; from then on they are talked about in its place.

    Args:
        services: What the bot works with.
        message: The message.
        facts: What is known of it.
        source: Where its pictures come from.
        known: What it asked already, newest revision first; None reads that.

    Raises:
        PictureNotTakenError: There is none, or it cannot be had.
    """
    photos: Sequence[Photo] = ()
    if source is Source.OWN:
        assert facts.picture is not None
        photos = [await take(services, message, facts.picture, check=not facts.text)]
    elif source is Source.NEWEST:  # an edited question is about what it was about before, whatever came since
        photos = await _asked_about(services, message.chat_id, message.message_id, known)
    photos = photos or await replied_pictures(services, message, facts)
    meant = Meant(photos) if photos else await _last(services, message, replied_in_vain=facts.reply_to is not None)
    services.recent.forget_deferred(message.chat_id, thread_of(message))
    await set_current_pictures(services, message, meant.photos, meant.current)
    return meant


async def set_current_pictures(
    services: Services, message: Message, photos: Sequence[Photo], current: Sequence[Photo] | None = None
) -> None:
    """These pictures are what is talked about now where the message stands; `current`: what was, if that is known."""
    chat_id, thread_id, user = message.chat_id, thread_of(message), person_of(message)[0]
    if current is None:
        current = await services.store.photos.current(chat_id, thread_id, user)
    numbers = [photo.message_id for photo in photos]
    if [(p.message_id, p.talked_by) for p in current if p.talked_at is not None] != [(n, user) for n in numbers]:
        await services.store.photos.set_current(chat_id, thread_id, numbers, user)


async def take(
    services: Services, message: Message, picture: TelegramPicture, album: str | None = None, *, check: bool = False
) -> Photo:
    """Keep a picture that a message shows or means, as talked about by its sender. `check` as in `take_picture`.

    Raises:
        PictureNotTakenError: It cannot be had.
    """
    photo = await take_picture(
        services,
        message.chat_id,
        picture,
        thread_id=thread_of(message),
        album=album,
        user_id=person_of(message)[0],
        edited=message.edit_date is not None,
        check=check,
    )
    deferred = services.recent.deferred_in(message.chat_id, thread_of(message))
    if deferred is not None and picture.message_id not in deferred.pictures:
        services.recent.forget_deferred(message.chat_id, thread_of(message))
    return photo


async def _asked_about(
    services: Services, chat_id: int, message_id: int, asked: Sequence[Question] | None = None
) -> list[Photo]:
    """The pictures that a message asked about, the last time it did."""
    if asked is None:
        asked = await services.store.questions.of_message(chat_id, message_id)
    found = [
        await services.store.photos.of_message(chat_id, picture.message_id)
        for question in asked
        for picture in question.pictures
        if question.revision == asked[0].revision and picture.message_id is not None
    ]
    return _once(photo for photo in found if photo is not None)


def _once(photos: Iterable[Photo]) -> list[Photo]:
    """Each picture once: several questions of one message may be about the same."""
    return list({photo.message_id: photo for photo in photos}.values())


async def replied_pictures(services: Services, message: Message, facts: Facts) -> Sequence[Photo]:
    """What the message is about that this one replies to; nothing where that is no picture of this chat's."""
    if facts.reply_to is None:
        return ()
    chat_id, photos = message.chat_id, services.store.photos
    about = await services.store.sent.photo_of(chat_id, facts.reply_to)
    if facts.reply_picture is not None:  # also a small one that /history sent: it means the picture it was made of
        known = await photos.of_message(chat_id, about) if about is not None else None
        return [known or await take(services, message, facts.reply_picture, check=not facts.text)]
    answered = await services.store.questions.by_reply(chat_id, facts.reply_to)
    if answered is not None and answered.several:
        shown = [await photos.of_message(chat_id, p.message_id) for p in answered.several if p.message_id is not None]
        if None in shown:
            raise PictureNotTakenError(texts.PICTURE_GONE)
        photos_shown = [photo for photo in shown if photo is not None]
        quoted = [places for places in lines_of(answered) if places[0] == facts.quoted_line]
        return _once([photos_shown[place - 1] for place in quoted[0]] if quoted else photos_shown)
    if answered is not None:
        about = answered.photo_message_id
    elif about is None:
        return await _asked_about(services, chat_id, facts.reply_to)
    photo = await photos.of_message(chat_id, about) if about is not None else None
    if photo is None:
        if about is not None:  # it had to go for others: another one is not what is meant
            raise PictureNotTakenError(texts.PICTURE_GONE)
        return ()
    if answered is None and photo.media_group_id is not None:  # "Got them" means all of them
        return await photos.in_group(chat_id, photo.media_group_id)
    return [photo]


async def _last(services: Services, message: Message, *, replied_in_vain: bool) -> Meant:
    """What was shown or talked about last where the message stands."""
    chat_id, thread_id, user = message.chat_id, thread_of(message), person_of(message)[0]
    private = message.chat.type == ChatType.PRIVATE
    photos = services.store.photos
    deferred = services.recent.deferred_in(chat_id, thread_id)
    if deferred is not None and not replied_in_vain:
        try:
            fetched = [await take(services, message, picture, deferred.album) for picture in deferred.pictures.values()]
        except PictureNotTakenError:
            services.recent.forget_deferred(chat_id, thread_id)
            raise
        meant = fetched if deferred.album is None else await photos.in_group(chat_id, deferred.album)
        return Meant(meant, obvious=False)
    current = await photos.current(chat_id, thread_id, user)
    if not private and not replied_in_vain:
        above = services.recent.above(chat_id, thread_id, message.message_id)
        if above and {picture.message_id for picture in above}.isdisjoint(photo.message_id for photo in current):
            return Meant([await take(services, message, picture) for picture in above], obvious=False)
        if await _unseen_above(services, message):  # what was seen last may stand further up
            raise PictureNotTakenError(texts.CANNOT_SEE_ABOVE if current else texts.CANNOT_SEE)
    if current:
        newest = max(photo.created_at for photo in current)
        obvious = (
            not (replied_in_vain or _may_be_blind(services, message))
            and all(photo.talked_at is not None and (private or photo.talked_by == user) for photo in current)
            and not await photos.shown_since(chat_id, thread_id, newest)
            and not services.recent.shown_after(chat_id, thread_id, max(photo.message_id for photo in current))
        )
        if not obvious and any(photo.message_id <= 0 for photo in current):
            raise PictureNotTakenError(
                texts.NEED_PICTURE_GROUP
            )  # it stands in what this supergroup was: not to be shown
        return Meant(current, obvious, current)
    own = None if private else services.recent.newest_of(chat_id, thread_id, user)
    if own is not None:
        return Meant([await take(services, message, own)], obvious=False)
    raise PictureNotTakenError(texts.NEED_PICTURE if private else texts.NEED_PICTURE_GROUP)


def _may_be_blind(services: Services, message: Message) -> bool:
    """Whether pictures may stand here that Telegram hides from the bot, and numbers do not tell."""
    blind = message.chat.type != ChatType.PRIVATE and not services.bot.bot.can_read_all_group_messages
    return blind and (message.chat.type == ChatType.GROUP or bool(message.chat.is_forum))


async def _unseen_above(services: Services, message: Message) -> bool:
    """Whether directly above stands something that Telegram hides from the bot: it may well be the picture meant.

    Only supergroups number their messages one by one, and in forums the number before may be in another topic.
    """
    chat, bot, before = message.chat, services.bot, message.message_id - 1
    if _may_be_blind(services, message) or bot.bot.can_read_all_group_messages or before <= 1:
        return False
    store = services.store
    if (
        services.recent.saw(chat.id, before)
        or before in await store.sent.known(chat.id, before, before)
        or await store.photos.of_message(chat.id, before)
        or await store.questions.of_message(chat.id, before)
    ):
        return False
    try:
        member = await bot.get_chat_member(chat.id, bot.id)
    except TelegramError:
        return False
    return member.status != ChatMemberStatus.ADMINISTRATOR  # administrators see everything
