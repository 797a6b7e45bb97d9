"""The buttons under an answer: right, or wrong; and the reply that says what is right."""

from __future__ import annotations

from contextlib import suppress

from telegram import Message, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from bot.answering.asking import person_of, say
from bot.callback_data import JudgeAnswer
from bot.conversation.corrections import correction
from bot.services import App, Context, Services
from bot.texts import feedback as texts


def register(application: App) -> None:
    """Take presses of the two buttons."""
    application.add_handler(CallbackQueryHandler(on_press, pattern=rf"^{JudgeAnswer.prefix}:"))


async def on_press(update: Update, context: Context) -> None:
    """Keep what the presser thinks; pressed again it is the same, and the other button changes it."""
    query = update.callback_query
    assert query is not None
    services, pressed = context.services, JudgeAnswer.unpack(query.data)
    sentence = texts.NOTHING_TO_JUDGE
    if pressed is not None and query.message is not None:
        chat_id = query.message.chat.id
        if not (await services.effective(chat_id)).feedback:
            sentence = texts.NOT_WANTED
        elif await services.store.feedback.judge(
            chat_id, pressed.number, query.from_user.id, is_right=pressed.is_right
        ):
            sentence = texts.NOTED_RIGHT if pressed.is_right else texts.NOTED_WRONG
    with suppress(BadRequest):  # a press that was reported twice is answered once
        await query.answer(sentence, show_alert=sentence == texts.NOTED_WRONG)


async def is_correction(services: Services, message: Message, text: str) -> bool:
    """Whether a message says what is right, after its writer called the answer wrong that it replies to; it is kept."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.from_user.id != services.bot.id:
        return False
    answer = correction(text)
    if answer is None:
        return False
    person, _ = person_of(message)
    store = services.store.feedback
    if not await store.correct(message.chat_id, replied.message_id, person, message.message_id, answer):
        return False
    await say(message, texts.noted(answer))
    return True
