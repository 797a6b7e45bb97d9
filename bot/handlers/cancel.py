"""The button under a progress message."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.error import BadRequest
from telegram.ext import Application, CallbackQueryHandler

from bot import texts
from bot.callback_data import CancelQuestion
from bot.services import Context, services_of


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Take presses of the cancel button."""
    application.add_handler(CallbackQueryHandler(on_cancel, pattern=rf"^{CancelQuestion.prefix}:"))


async def on_cancel(update: Update, context: Context) -> None:
    """Cancel the question, if it is this chat's and has no answer yet."""
    query = update.callback_query
    assert query is not None
    pressed = CancelQuestion.unpack(query.data or "")
    cancelled = False
    if pressed is not None and query.message is not None:
        cancelled = await services_of(context).dispatcher.cancel(query.message.chat.id, pressed.number)
    with suppress(BadRequest):  # a press that was reported twice is answered once
        await query.answer(texts.CANCELLED if cancelled else texts.NOTHING_TO_CANCEL)
