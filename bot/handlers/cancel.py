"""The button under a progress message."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CallbackQueryHandler

from bot.callback_data import CancelQuestion
from bot.handlers.presses import answer_press, is_askers, question_pressed
from bot.services import App, Context
from bot.texts import questions as texts


def register(application: App) -> None:
    """Take presses of the cancel button."""
    application.add_handler(CallbackQueryHandler(on_cancel, pattern=rf"^{CancelQuestion.prefix}:"))


async def on_cancel(update: Update, context: Context) -> None:
    """Cancel the question, if it is this chat's and has no answer yet, for who asked it and the group's admins."""
    query = update.callback_query
    assert query is not None
    services, sentence = context.services, texts.NOTHING_TO_CANCEL
    question = await question_pressed(services, query, CancelQuestion)
    if question is not None:
        if not await is_askers(services, query, question):
            sentence = texts.NOT_YOURS_TO_CANCEL
        elif await services.dispatcher.cancel(question.chat_id, question.id):
            sentence = texts.CANCELLED
    await answer_press(query, sentence)
