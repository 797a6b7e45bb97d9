"""The button under a progress message."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CallbackQueryHandler

from bot.callback_data import CancelQuestion
from bot.handlers.presses import answer_press
from bot.handlers.rights import may_change
from bot.services import App, Context
from bot.texts import questions as texts


def register(application: App) -> None:
    """Take presses of the cancel button."""
    application.add_handler(CallbackQueryHandler(on_cancel, pattern=rf"^{CancelQuestion.prefix}:"))


async def on_cancel(update: Update, context: Context) -> None:
    """Cancel the question, if it is this chat's and has no answer yet, for who asked it and the group's admins."""
    query = update.callback_query
    assert query is not None
    services, pressed = context.services, CancelQuestion.unpack(query.data or "")
    sentence = texts.NOTHING_TO_CANCEL
    if pressed is not None and query.message is not None:
        chat = query.message.chat
        question = await services.store.questions.in_chat(chat.id, pressed.number)
        if question is not None:
            if question.user_id != query.from_user.id and not await may_change(services, chat, query.from_user):
                sentence = texts.NOT_YOURS_TO_CANCEL
            elif await services.dispatcher.cancel(chat.id, question.id):
                sentence = texts.CANCELLED
    await answer_press(query, sentence)
