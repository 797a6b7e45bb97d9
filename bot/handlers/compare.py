"""/compare: a question about two pictures; and the button that asks about each of several instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from telegram import Message, Update
from telegram.ext import CommandHandler

from bot.answering.buttons import can_be_asked_of_each
from bot.asking.asking import admit, ask, ask_again, revision_of, say
from bot.asking.limits import refusal
from bot.asking.pictures import PictureNotTakenError
from bot.asking.pictures_compared import last_two, with_another
from bot.asking.pictures_meant import pictures_meant, replied_pictures
from bot.callback_data import AskEach
from bot.conversation.comparison import is_comparison
from bot.conversation.meaning import Source
from bot.conversation.message_facts import facts_of
from bot.conversation.question_language import asked_in
from bot.conversation.small_talk import small_talk
from bot.handlers.routing import Press, PressHandler, is_askers, question_pressed
from bot.services import Context, Services
from bot.texts import questions as texts
from bot.texts.language import language, speaking
from model.text import MAX_QUESTION, question_length
from storage.records import Photo, Question


async def on_compare(update: Update, context: Context) -> None:
    """Ask about the last two pictures, or the one that is replied to and another, what stands after the command."""
    message = update.effective_message
    assert message is not None  # the handler takes no update without one
    services, words = context.services, " ".join(context.args or ())
    question = words if _asks(words) else texts.COMPARE_QUESTION
    await services.know(message)
    if (tongue := asked_in(question, language())) is not None:
        with speaking(tongue or language()):
            await say(message, texts.OTHER_LANGUAGE)
        return
    if question_length(question) > MAX_QUESTION:
        await say(message, texts.TOO_LONG)
        return
    admission = await admit(services, message, revision_of(update))
    if admission is None:
        return
    try:
        photos = await _pictures(services, message)
    except PictureNotTakenError as error:
        await say(message, str(error))
        return
    await ask(services, message, photos, question, admission, together=True)


def _asks(words: str) -> bool:
    """Whether what stands after the command is a question: "please" and the like are none."""
    if words.endswith("?") or is_comparison(words):
        return True
    return len(words.split()) > 2 and small_talk(words) is None


async def _pictures(services: Services, message: Message) -> Sequence[Photo]:
    facts = facts_of(message, services.bot.id, services.bot.username)
    if not await replied_pictures(services, message, facts):
        return await last_two(services, message)
    photos = (await pictures_meant(services, message, facts, Source.REPLIED)).photos
    return photos if len(photos) > 1 else await with_another(services, message, photos[0], earlier=False)


async def on_each(press: Press[AskEach], context: Context) -> None:
    """Ask about each picture what was asked about all of them; for who asked, and the group's admins."""
    services, sentence = context.services, texts.NOTHING_TO_ASK
    question = await question_pressed(services, press)
    if question is not None and can_be_asked_of_each(question):
        own = await is_askers(services, press, question)
        sentence = await _ask_each(services, question) if own else texts.NOT_YOURS_TO_ASK
    await press.answer(sentence)


async def _ask_each(services: Services, question: Question) -> str:
    """Ask it; returns what the person is told."""
    asked = await services.store.questions.of_message(question.chat_id, question.message_id)
    if asked[0].id == question.id:  # else it was pressed before, or the message was edited
        settings = await services.effective(question.chat_id)
        refused = await refusal(services, settings, question.chat_id, question.user_id or question.chat_id)
        if refused is not None:
            return refused
        await ask_again(services, replace(question, revision=question.revision + 1, each_picture=True))
    return texts.ASKING_EACH


HANDLERS = [CommandHandler("compare", on_compare), PressHandler(AskEach, on_each)]
