"""What was heard: asked, or where that is not sure, asked about first."""

from __future__ import annotations

from contextlib import suppress

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, MessageEntity, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from bot.asking.asking import person_of, say
from bot.asking.pictures_meant import pictures_meant
from bot.callback_data import AskHeard
from bot.conversation.meaning import Ask, Facts, Meaning
from bot.conversation.wording import Words
from bot.handlers.as_text import handle_as_text
from bot.handlers.routing import answer_press
from bot.services import Context, Services
from bot.texts import questions as texts

SURE = 0.5
"""From here on what was heard is asked; what is less sure is shown first."""


async def is_unclear(services: Services, message: Message, facts: Facts, words: Words, meaning: Meaning) -> bool:
    """Whether a sound gave no words to go on with; who spoke is told, in a group only where the bot was meant.

    Raises:
        PictureNotTakenError: There is no picture that it could be about.
    """
    if words.confidence is None or not facts.addressed:
        return False
    if words.text and words.confidence >= SURE:
        return False
    if facts.reply_picture is not None and not facts.private and not facts.reply_to_bot:
        return True  # people talk about a picture
    if not words.text or not isinstance(meaning, Ask):
        await say(message, words.refusal or texts.NO_SPEECH)
        return True
    await services.know(message)
    photos = (await pictures_meant(services, message, facts, meaning.source)).photos
    button = InlineKeyboardButton(texts.ASK_HEARD_BUTTON, callback_data=AskHeard(message.message_id).pack())
    said = await say(message, texts.did_you_ask(words.text), InlineKeyboardMarkup([[button]]))
    await services.store.sent.record(said.chat_id, [said.message_id], photo_message_id=photos[-1].message_id)
    return True


async def on_press(update: Update, context: Context) -> None:
    """Ask what was heard, as if who spoke had written it; pressed again nothing changes."""
    query = update.callback_query
    assert query is not None
    shown = query.message
    spoken = shown.reply_to_message if isinstance(shown, Message) else None
    heard = "".join(shown.parse_entities([MessageEntity.ITALIC]).values()) if isinstance(shown, Message) else ""
    if not isinstance(shown, Message) or spoken is None or not heard:
        await answer_press(query, texts.NOTHING_HEARD_THERE)
        return
    if person_of(spoken)[0] != query.from_user.id:
        await answer_press(query, texts.NOT_YOURS_TO_CONFIRM)
        return
    await answer_press(query)
    with suppress(BadRequest):
        await shown.edit_reply_markup(None)
    await handle_as_text(update, context, spoken, heard, reply_to_message=shown.to_dict())


HANDLERS = [CallbackQueryHandler(on_press, rf"^{AskHeard.prefix}:")]
