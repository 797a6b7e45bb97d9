"""Commands and buttons that nobody knows."""

from __future__ import annotations

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.asking.asking import say
from bot.handlers.routing import answer_press
from bot.services import Context
from bot.texts import menus
from bot.texts import questions as texts


async def on_unknown(update: Update, context: Context) -> None:
    """Name /help; in groups an unknown command is somebody else's where it does not name this bot."""
    message = update.effective_message
    if message is None or message.text is None:
        return
    named = message.text.split()[0].partition("@")[2].lower() == context.services.bot.username.lower()
    if named or message.chat.type == ChatType.PRIVATE:
        await say(message, texts.UNKNOWN_COMMAND)


async def on_unknown_button(update: Update, context: Context) -> None:
    """A button of an older release, or a made-up one: the app must not go on waiting for it."""
    if update.callback_query is not None:
        await answer_press(update.callback_query, menus.MENU_OUTDATED)


HANDLERS = [
    MessageHandler(filters.UpdateType.MESSAGE & filters.COMMAND, on_unknown),
    CallbackQueryHandler(on_unknown_button),
]
