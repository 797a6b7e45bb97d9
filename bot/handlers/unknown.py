"""Commands and buttons that nobody knows."""

from __future__ import annotations

from contextlib import suppress

from telegram import Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.answering.asking import say
from bot.services import App, Context
from bot.texts import menus
from bot.texts import questions as texts


def register(application: App) -> None:
    """Come after all other commands; in groups an unknown command is somebody else's."""
    kinds = filters.UpdateType.MESSAGE & filters.COMMAND & filters.ChatType.PRIVATE
    application.add_handler(MessageHandler(kinds, on_unknown))
    application.add_handler(CallbackQueryHandler(on_unknown_button))


async def on_unknown(update: Update, context: Context) -> None:
    """Name /help."""
    if update.effective_message is not None:
        await say(update.effective_message, texts.UNKNOWN_COMMAND)


async def on_unknown_button(update: Update, context: Context) -> None:
    """A button of an older release, or a made-up one: the app must not go on waiting for it."""
    if update.callback_query is not None:
        with suppress(BadRequest):
            await update.callback_query.answer(menus.MENU_OUTDATED)
