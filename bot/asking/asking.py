"""From a meaning to questions in the ledger: which pictures, and what may be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.constants import ChatType, ParseMode

from bot.answering.question_messages import reply_to
from bot.asking.album_question import each_named
from bot.asking.limits import GROUP_SECONDS, PRIVATE_SECONDS, refusal
from bot.asking.pictures_counted import counted_with
from bot.asking.previous_question import asked_again, leaning_on, previous_question
from bot.conversation.changes import of_change
from bot.conversation.comparison import asked_together, compared_in_steps, needs_two
from bot.conversation.follow_ups import Before
from bot.conversation.one_of_several import (
    counted_from_the_end,
    one_of_several,
    the_only_one,
    two_of_several,
)
from bot.conversation.several_named import names_one_beyond
from bot.conversation.several_questions import as_sentence, in_full, questions_of_each
from bot.conversation.steering import asks_again, asks_of_this
from bot.effective import Effective
from bot.services import Services
from bot.texts import questions as texts
from bot.texts.failures import not_so_many
from storage.records import AskedPicture, NewQuestion, Photo, Question

ALBUM_SECONDS = 2.0
"""An album has no end mark: this long after its last picture its question is answered, or what to know is asked."""


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
        None when it may not ask: an edit of it came first, or a limit binds (who asked is told, for the first of
        many messages at once).
    """
    chat_id = message.chat_id
    known = await services.store.questions.of_message(chat_id, message.message_id)
    if any(question.revision > revision for question in known):
        return None  # what the message said before its edit is not asked any more
    settings = await services.effective(chat_id)
    if not any(question.revision == revision for question in known):
        person, _ = person_of(message)
        refused = await refusal(services, settings, chat_id, person)
        if refused is not None:
            private = message.chat.type == ChatType.PRIVATE
            if services.refusals.first(chat_id, person, PRIVATE_SECONDS if private else GROUP_SECONDS):
                await say(message, refused)
            return None
        services.refusals.over(chat_id, person)
    return Admission(revision, known, settings)


async def ask(
    services: Services,
    message: Message,
    photos: Sequence[Photo],
    text: str,
    admission: Admission,
    *,
    obvious: bool = True,
    together: bool = False,
    spoken: bool = False,
    album: str | None = None,
    beside: Photo | None = None,
) -> None:
    """Enter a question: about all of its pictures where it compares them, else about each. Repeating changes nothing.

    More pictures than a model compares are compared in steps, each with the next. Of a single picture each question of
    the message is asked by itself.

    Args:
        services: What the bot works with.
        message: The message that asks.
        photos: The pictures that it asks about.
        text: The question.
        admission: Of that message.
        obvious: Whether who asks knows which pictures these are; else the answer stands under the first.
        together: Whether it is about all of them, whatever its words are.
        spoken: Whether it was heard: then what was heard is shown.
        album: The album that the pictures are of, while more of it may come: it waits for those a moment.
        beside: The earlier picture that was compared with the only one of `photos` before.
    """
    previous = await previous_question(services, message, thread_of(message), photos[0], beside)
    before = await leaning_on(services, previous, photos)
    of_this = before is not None and before.of_another_picture and asks_of_this(text)
    if repeated := asks_again(text) or of_this:
        if previous is None or before is None:
            await say(message, texts.NOTHING_TO_REPEAT)
            return
        text, before = asked_again(previous, before, photos), None
    earlier = beside if len(photos) == 1 else photos[0] if len(photos) == 2 else None
    change = None if together or earlier is None else of_change(text, before)
    if change is not None and not change.question:
        await say(message, texts.ASK_EARLIER if change.earlier else texts.NO_MORE_CHANGES)
        return
    if change is not None and change.earlier and earlier is not None:
        photos, obvious, album = [earlier], False, None
    if alone := len(photos) == 1 and not together and not album:
        photos = await counted_with(services, message, photos[0], text, before)
        alone = len(photos) == 1
    named = None if together else one_of_several(text, len(photos), before)
    named = named or (the_only_one(text, before) if alone else None)
    two = None if together or named else two_of_several(text, len(photos))
    if two is not None or (named is not None and not counted_from_the_end(text)):
        album = None  # whatever else comes of it is not meant
    none_of_them = not (together or alone) and names_one_beyond(text, len(photos), before)
    if none_of_them and not album:
        await say(message, not_so_many(len(photos)))
        return
    one = None if album else named
    narrowed = one is not None and len(photos) > 1
    if one is not None and narrowed:
        photos = [photos[one.place - 1]]
    elif two is not None:
        photos = [photos[place - 1] for place in two.places]
    pictures = tuple(AskedPicture(sha256=photo.sha256, message_id=photo.message_id) for photo in photos)
    first, put, in_steps = photos[0], change or one or two, compared_in_steps(text, len(photos))
    all_at_once = bool(named) or none_of_them or asked_together(text, len(photos)) or (together and not in_steps)
    whole = change or two or (len(photos) > 1 and (all_at_once or in_steps))
    own = () if together or one or change or two else each_named(text, photos, before)
    each = [text] if whole else questions_of_each(one.question if one else text, len(photos), before)
    if own or len(each) > 1:
        pictures = own or tuple(replace(picture, caption=part) for picture in pictures for part in each)
        album = album if len(photos) > 1 and not own else None
        put, obvious = None, obvious and not narrowed
    of_pictures = len(photos) > 1 and needs_two(text)  # "they" are the pictures
    leans = len(each) == 1 and not of_pictures and not own
    asked = replace(
        new_question(message, admission, pictures, text),
        asked_as=put.question if put else _in_full(text, before, repeated=repeated) if leans else None,
        each_picture=bool(own) or len(each) > 1 or (len(photos) > 1 and not all_at_once),
        reply_to=first.message_id if first.message_id > 0 and not obvious else None,
        spoken=spoken,
        album=album,
        names_one=album is not None and (named is not None or none_of_them),
        ready_at=None if album is None else max(photo.created_at for photo in photos) + ALBUM_SECONDS,
    )
    await enter(services, asked)


def new_question(message: Message, admission: Admission, pictures: tuple[AskedPicture, ...], text: str) -> NewQuestion:
    """A message's question about pictures, in so many words."""
    person, name = person_of(message)
    return NewQuestion(
        chat_id=message.chat_id,
        message_id=message.message_id,
        revision=admission.revision,
        thread_id=thread_of(message),
        user_id=person,
        user_name=name,
        photo_sha256=pictures[0].sha256,
        photo_message_id=pictures[0].message_id,
        text=text,
        beams=admission.settings.beams,
        max_new_tokens=admission.settings.max_new_tokens,
        unsure_below=admission.settings.unsure_below,
        asks_feedback=admission.settings.feedback,
        several=pictures if len(pictures) > 1 else (),
    )


async def enter(services: Services, asked: NewQuestion) -> None:
    """Enter a question into the ledger. Repeating changes nothing."""
    await services.store.questions.ask(asked)
    services.wake()


async def ask_again(services: Services, question: Question, *, ready_at: float | None = None) -> None:
    """Enter a question as a new revision of itself: its message shows the new answer. Repeating changes nothing."""
    again = NewQuestion(**{field.name: getattr(question, field.name) for field in fields(NewQuestion)})
    await enter(services, replace(again, ready_at=ready_at))


def _in_full(text: str, before: Before | None, *, repeated: bool) -> str | None:
    """What the answer shows to have been asked, where that is not what was typed."""
    return as_sentence(text) if repeated else in_full(text, before)


def person_of(message: Message) -> tuple[int, str]:
    """Who wrote a message, with their name: whose limits it counts for, and who talks about a picture.

    That may be a group (an anonymous admin) or a channel, with a negative number: behind such a name Telegram puts a
    bot in the sender's place. For a bot's own message the chat stands.
    """
    if message.sender_chat is not None:
        return message.sender_chat.id, message.sender_chat.title or ""
    if message.from_user is None or message.from_user.is_bot:
        return message.chat_id, ""
    return message.from_user.id, message.from_user.first_name


async def say(
    message: Message,
    text: str,
    markup: InlineKeyboardMarkup | None = None,
    *,
    replying: bool = True,
    preview: LinkPreviewOptions | None = None,
) -> Message:
    """Say something in a message's topic: as a reply to it, also when that was deleted meanwhile, or to none."""
    return await message.reply_text(
        text,
        parse_mode=ParseMode.HTML,
        reply_markup=markup,
        reply_parameters=reply_to(message.message_id) if replying else None,
        message_thread_id=thread_of(message),
        do_quote=None if replying else False,
        link_preview_options=preview,
    )


def thread_of(message: Message) -> int | None:
    """The topic of a message; None outside of topics (the General topic refuses a number)."""
    return message.message_thread_id if message.is_topic_message else None
