"""Albums: messages that come one by one, with a caption on any of them, are one question, answered in one message.

An album has no end mark. Its question waits a moment for the next picture; one that comes later still makes a new
revision of it, whose answer takes the place of the first.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from telegram import Message

from bot.asking.album_question import AlbumQuestion
from bot.asking.asking import ALBUM_SECONDS, Admission, admit, ask_again, new_question, say, thread_of
from bot.asking.pictures_meant import set_current_pictures, take
from bot.asking.previous_question import asked_again, leaning_on, newest_question
from bot.conversation.meaning import Facts
from bot.conversation.several_named import has_name
from bot.conversation.steering import asks_of_this
from bot.services import Services
from bot.texts import questions as texts
from storage.records import Photo, Question, State

LATE_SECONDS = 30.0
"""So long after one of its pictures more of an album may come."""
FETCHING_SECONDS = 60.0
"""So long it waits at most for a picture that is being fetched."""


async def on_album_picture(services: Services, message: Message, facts: Facts, revision: int) -> None:
    """An album's picture without words: what the album's caption asks is asked of it, too, if there is one.

    `revision` as in `asking.revision_of`: an edit may have put another picture there.

    Raises:
        PictureNotTakenError: The picture cannot be had.
    """
    assert facts.picture is not None and facts.album is not None
    chat_id, place = message.chat_id, (message.chat_id, thread_of(message))
    deferred = services.recent.deferred_in(*place)
    if deferred is not None and deferred.album == facts.album:  # a limit refused the caption: later it is asked of all
        services.recent.defer(*place, facts.picture, facts.album)
        return
    async with _waiting_for_it(services, chat_id, facts.album):
        photo = await take(services, message, facts.picture, facts.album, check=True)
    if await services.store.question_pictures.of_album(chat_id, facts.album) is not None:
        await _ask(services, message, facts.album, {}, None, edited=bool(revision))
        return
    # In groups the mention may stand under one picture and the words under another.
    asking = services.recent.album(chat_id, facts.album).question
    if asking is None and facts.addressed and not facts.private:
        asking = services.recent.caption_of(chat_id, facts.album)
    if asking is None:
        services.spawn(_ask_what_to_know(services, message, facts.album, photo))
        return
    admission = await admit(services, message, revision)
    if admission is not None:
        await _fetch_passed(services, message, facts.album)
        await _ask(services, message, facts.album, {message.message_id: asking}, admission, edited=bool(revision))


async def on_album_caption(
    services: Services, message: Message, facts: Facts, question: str, admission: Admission
) -> None:
    """A caption asks of its own picture and of all of the album that have none of their own.

    Args:
        services: What the bot works with.
        message: The message with the caption, new or edited.
        facts: Of that message.
        question: What the caption asks.
        admission: Of that message.

    Raises:
        PictureNotTakenError: The picture cannot be had.
    """
    assert facts.picture is not None and facts.album is not None
    async with _waiting_for_it(services, message.chat_id, facts.album):
        await take(services, message, facts.picture, facts.album)
        await _fetch_passed(services, message, facts.album)
    services.recent.forget_deferred(message.chat_id, thread_of(message))
    edited = bool(admission.revision)
    await _ask(services, message, facts.album, {message.message_id: question}, admission, edited=edited)


async def on_removed_caption(services: Services, message: Message, facts: Facts) -> bool:
    """An edit took words away from an album's picture: what the other captions ask is asked; False without any."""
    if facts.album is None:
        return False
    known = await services.store.question_pictures.of_album(message.chat_id, facts.album)
    asks = set() if known is None else {*_own_captions(known), known.message_id} & {p.message_id for p in known.several}
    if known is None or not asks - {message.message_id}:
        return False
    await _ask(services, message, facts.album, {message.message_id: ""}, None, edited=True)
    return True


async def on_other_caption(services: Services, message: Message, album: str, question: str) -> None:
    """The caption stands under a video, say: it asks of the pictures beside it, now and of those that come."""
    services.recent.album(message.chat_id, album).question = question
    await _fetch_passed(services, message, album)
    photos = await services.store.photos.in_group(message.chat_id, album)
    admission = await admit(services, message) if photos else None
    if admission is not None:
        await _ask(services, message, album, {}, admission, asking=question)


async def arriving_album(services: Services, chat_id: int, photos: Sequence[Photo]) -> str | None:
    """The album that these pictures are all of, where more of it may come and nothing was asked about it yet."""
    (album, *others), newest = {photo.media_group_id for photo in photos}, max(photo.created_at for photo in photos)
    if album is None or others or time.time() - newest > LATE_SECONDS or await has_asked(services, chat_id, album):
        return None
    return album if len(photos) == len(await services.store.photos.in_group(chat_id, album)) else None


async def has_asked(services: Services, chat_id: int, album: str) -> bool:
    """Whether an album's caption has asked something."""
    known = await services.store.question_pictures.of_album(chat_id, album)
    return known is not None or services.recent.album(chat_id, album).question is not None


async def _ask(
    services: Services,
    message: Message,
    album: str,
    captions: Mapping[int, str],
    admission: Admission | None,
    *,
    asking: str | None = None,
    edited: bool = False,
) -> None:
    """Ask what an album asks now, or add to what it asked. Repeating it changes nothing.

    What was cancelled is asked again by a new caption, not by another picture.

    Args:
        services: What the bot works with.
        message: The message that came, with its picture fetched.
        album: Telegram's name of the album.
        captions: What is new of its captions, by their messages' numbers; empty where one was taken away.
        admission: Of the message; needed for the first question of the album.
        asking: The caption, where it stands under no picture.
        edited: Whether this is an edit, after which nothing more is waited for.
    """
    store, chat_id = services.store, message.chat_id
    photos = await store.photos.in_group(chat_id, album)
    known = await store.question_pictures.of_album(chat_id, album)
    all_captions = dict(captions)
    if known is not None:
        own = _own_captions(known)
        if not known.several and known.message_id == known.photo_message_id:
            own[known.message_id] = known.text
        all_captions = {number: caption for number, caption in (own | all_captions).items() if caption}
    asker = message.message_id if known is None else known.message_id
    newest = await newest_question(services, message, thread_of(message), asker)
    before = await leaning_on(services, newest, photos)
    again = asked_again(newest, before, photos) if newest and before and before.of_another_picture else None
    text = all_captions.get(asker) or asking or ("" if known is None else known.text)
    if not captions.get(asker, text):  # an edit took it away
        text = next(iter(all_captions.values()))
    repeated = again is not None and asks_of_this(text)
    all_captions = {at: again if again and asks_of_this(one) else one for at, one in all_captions.items()}
    text = again if repeated and again else text
    wanted = AlbumQuestion.of(text, photos, all_captions, before, repeated=repeated)
    if known is not None and (wanted.same_as(known) or (not captions and known.state is State.CANCELLED)):
        return  # handled again after a restart, say: another picture may be talked about since
    ready_at = None if edited else time.time() + ALBUM_SECONDS
    await set_current_pictures(services, message, photos)
    if known is None:
        assert admission is not None
        asked = new_question(message, admission, wanted.pictures, wanted.text)
        asked = replace(asked, asked_as=wanted.asked_as, each_picture=wanted.each_picture, names_one=wanted.names_one)
        await store.questions.ask(replace(asked, album=album, ready_at=ready_at))
    else:
        await _change(services, known, wanted, ready_at)
    services.wake()


async def _change(services: Services, known: Question, wanted: AlbumQuestion, ready_at: float | None) -> None:
    """Let an album's question ask something else; a new revision does where a worker has it, or had it."""
    store = services.store
    asked_as = known.asked_as if wanted.text == known.text else wanted.asked_as
    if await store.question_pictures.change(
        known,
        wanted.pictures,
        wanted.text,
        each_picture=wanted.each_picture,
        ready_at=ready_at,
        asked_as=asked_as,
        names_one=wanted.names_one,
    ):
        return
    several = wanted.pictures if len(wanted.pictures) > 1 else ()
    again = replace(
        known,
        revision=known.revision + 1,
        text=wanted.text,
        asked_as=asked_as,
        photo_sha256=wanted.pictures[0].sha256,
        photo_message_id=wanted.pictures[0].message_id,
        several=several,
        each_picture=wanted.each_picture,
        names_one=wanted.names_one,
    )
    await ask_again(services, again, ready_at=ready_at)


def _own_captions(question: Question) -> dict[int, str]:
    """What the pictures of an album ask themselves, by the numbers of their messages; not what is asked of each."""
    lines = Counter(picture.message_id for picture in question.pictures)
    asked = {one.message_id: one.caption for one in question.pictures if lines[one.message_id] == 1}
    return {at: caption for at, caption in asked.items() if at is not None and caption and not has_name(caption)}


@asynccontextmanager
async def _waiting_for_it(services: Services, chat_id: int, album: str) -> AsyncIterator[None]:
    """While a picture is fetched, its album's question waits for it."""
    known = await services.store.question_pictures.of_album(chat_id, album)
    if known is None or known.state is not State.QUEUED:
        yield
        return
    await services.store.question_pictures.hold(chat_id, known.id, time.time() + FETCHING_SECONDS)
    try:
        yield
    finally:
        await services.store.question_pictures.hold(chat_id, known.id, time.time() + ALBUM_SECONDS)
        services.dispatcher.wake()


async def _fetch_passed(services: Services, message: Message, album: str) -> None:
    """In groups the pictures that came before the caption were nobody's business until now: they are fetched."""
    for picture in services.recent.of_album(message.chat_id, album):
        if picture.message_id != message.message_id:
            await take(services, message, picture, album)


async def _ask_what_to_know(services: Services, message: Message, album: str, photo: Photo) -> None:
    """After the last picture of an album without a caption: ask once what to know."""
    await asyncio.sleep(ALBUM_SECONDS)
    photos = await services.store.photos.in_group(message.chat_id, album)
    if not photos or photos[-1].message_id != photo.message_id:
        return  # a later picture has the word
    deferred = services.recent.deferred_in(message.chat_id, thread_of(message))
    if deferred is not None and deferred.album == album:
        return
    if any([await services.store.sent.are_about(message.chat_id, one.message_id) for one in photos]):
        return  # said before a restart, or a caption got another sentence: it was in Spanish, say
    if not await has_asked(services, message.chat_id, album):
        said = await say(message, texts.WHAT_TO_KNOW if len(photos) == 1 else texts.WHAT_TO_KNOW_ALBUM)
        await services.store.sent.record(message.chat_id, [said.message_id], photo_message_id=photo.message_id)
