"""What happens to chats themselves: a group becomes a supergroup."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import Application, MessageHandler, filters

from bot.services import Context, services_of


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Take the service messages about migration."""
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, on_migration))


async def on_migration(update: Update, context: Context) -> None:
    """Take the history along to the new number."""
    message = update.effective_message
    if message is not None and message.migrate_to_chat_id is not None:
        await services_of(context).store.chats.migrate(message.chat_id, message.migrate_to_chat_id)
