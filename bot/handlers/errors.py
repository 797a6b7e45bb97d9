"""What handlers did not expect: logged for the maintainer, one sentence for the person."""

from __future__ import annotations

import errno
import logging
import sqlite3
from contextlib import suppress

from telegram import Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.asking.asking import say
from bot.services import Context, Services
from bot.texts import questions as texts
from bot.transport.retrying import is_transient

log = logging.getLogger(__name__)


async def on_error(update: object, context: Context) -> None:
    """Have the update handled again after a transient error; else log, and tell the person, once.

    Raises:
        ApplicationHandlerStop: The person was told: no other handler looks at the update.
    """
    error = context.error
    if isinstance(error, Forbidden):
        log.info("a chat does not take messages from the bot")
        return
    if isinstance(error, ChatMigrated) and isinstance(update, Update) and update.effective_chat is not None:
        # The group is a supergroup by now, which tells so itself; there is nobody left to answer here.
        await context.services.store.chats.migrate(update.effective_chat.id, error.new_chat_id)
        return
    if isinstance(update, Update) and is_transient(error):
        log.warning("update %d is handled again: %s: %s", update.update_id, type(error).__name__, error)
        services = context.services
        services.unfinished.add(update.update_id)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            await _say_once_that_it_waits(services, update)
        return
    log.error("a handler failed", exc_info=error)
    if isinstance(update, Update) and update.effective_message is not None and not isinstance(error, BadRequest):
        with suppress(TelegramError):
            await say(update.effective_message, texts.BROKEN)
        raise ApplicationHandlerStop


async def _say_once_that_it_waits(services: Services, update: Update) -> None:
    """A disk may stay full for long. It is no reply: the message gets its answer yet."""
    chat = update.effective_chat
    if chat is None or update.update_id in services.waiting_for_room:
        return
    services.waiting_for_room.add(update.update_id)
    with suppress(TelegramError, sqlite3.Error):
        await services.bot.send_message(chat.id, texts.DISK_FULL)
