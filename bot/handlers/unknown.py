"""Commands that nobody knows."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from bot import texts
from bot.asking import say
from bot.services import Context


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Come after all other commands; in groups an unknown command is somebody else's."""
    kinds = filters.UpdateType.MESSAGE & filters.COMMAND & filters.ChatType.PRIVATE
    application.add_handler(MessageHandler(kinds, on_unknown))


async def on_unknown(update: Update, context: Context) -> None:
    """Name /help."""
    if update.effective_message is not None:
        await say(update.effective_message, texts.UNKNOWN_COMMAND)
