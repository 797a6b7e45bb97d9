"""What handlers did not expect: logged for the maintainer, one sentence for the person."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.error import Forbidden, NetworkError, TelegramError
from telegram.ext import Application

from bot import texts
from bot.asking import say
from bot.services import Context

log = logging.getLogger(__name__)


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Take every exception of a handler."""
    application.add_error_handler(on_error)


async def on_error(update: object, context: Context) -> None:
    """Log; tell the person, unless Telegram itself is the trouble."""
    error = context.error
    if isinstance(error, Forbidden):
        log.info("a chat does not take messages from the bot")
        return
    log.error("a handler failed", exc_info=error)
    telegrams = isinstance(error, NetworkError)
    if isinstance(update, Update) and update.effective_message is not None and not telegrams:
        with suppress(TelegramError):
            await say(update.effective_message, texts.BROKEN)
