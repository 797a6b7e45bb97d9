"""Which question a message leans on: "and the dog?" after another one about its picture, or about the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram import Message

from bot.conversation.follow_ups import FURTHER_BACK, Before
from bot.conversation.lines import lines_of
from bot.conversation.one_of_several import named_picture
from bot.conversation.several_named import without_name
from bot.services import Services
from bot.texts.sureness import percent
from storage.records import Photo, Question


async def previous_question(
    services: Services, message: Message, thread_id: int | None, photo: Photo, beside: Photo | None = None
) -> Question | None:
    """What a message about a picture may lean on.

    The question replied to, or the last one about that picture; where there is none, that of another picture.

    Args:
        services: What the bot works with.
        message: The message.
        thread_id: Its topic.
        photo: The picture.
        beside: The earlier picture that it was compared with: that may have been asked last.
    """
    questions, chat_id, number = services.store.questions, message.chat_id, message.message_id
    newest = await newest_question(services, message, thread_id, number)
    about = newest
    if newest is None or not _is_about(newest, photo):
        about = await questions.before(chat_id, number, photo.message_id)
    if beside is not None:
        both = await questions.before(chat_id, number, beside.message_id)
        if both is not None and both.several and (about is None or both.id > about.id):
            return both
    return about or newest


async def newest_question(services: Services, message: Message, thread_id: int | None, asker: int) -> Question | None:
    """The question that a message replies to, or the last one of its topic before the message `asker`."""
    questions, replied = services.store.questions, message.reply_to_message
    before = None if replied is None else await questions.by_reply(message.chat_id, replied.message_id)
    return before or await questions.last_before(message.chat_id, asker, thread_id)


async def leaning_on(
    services: Services, previous: Question | None, photos: Sequence[Photo], further: int = FURTHER_BACK
) -> Before | None:
    """What a question asked last, as a message about some pictures may lean on it.

    With its answer; where that may be meant, with what was asked before it.
    """
    if previous is None:
        return None
    before = _last_asked(previous, photos)
    if not any(_is_about(previous, photo) for photo in photos):
        named = named_picture(previous)  # of those, not of these
        before = replace(before, of_another_picture=True, question=named.question if named else before.question)
    if not further or previous.photo_message_id is None or not before.leads_further_back:
        return before
    store = services.store.questions
    earlier = await store.before(previous.chat_id, previous.message_id, previous.photo_message_id)
    return replace(before, earlier=await leaning_on(services, earlier, photos, further - 1))


def asked_again(previous: Question, before: Before, photos: Sequence[Photo]) -> str:
    """What is asked where a message wants the question before once more, about some pictures."""
    lines = lines_of(previous).values() if len(photos) == 1 else ()
    parts = dict.fromkeys(without_name(line.asked) for line in lines)
    return " ".join(parts) or (before.question if before.of_another_picture else previous.asked)


def _is_about(question: Question, photo: Photo) -> bool:
    return any(one.message_id == photo.message_id for one in question.pictures)


def _last_asked(before: Question, photos: Sequence[Photo]) -> Before:
    """The last thing that a question asked, of the only picture where it asked that of several, with its answer."""
    if lines := [*lines_of(before).values()]:
        about = [line for line in lines if len(photos) == 1 and _is_about(line, photos[0])]
        last = (about or lines)[-1]
        return Before(before.asked if last.text == before.text else without_name(last.text), last.answer)
    guessed = percent(before.confidence or 0.0) < before.unsure_below  # "it" is not what was only guessed
    return Before(before.asked, None if guessed else before.answer)
