"""/export: everything that is kept of the chat as a ZIP, made beside the chat (see `bot.exporting.exporter`)."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CommandHandler, filters

from bot.asking.asking import say, thread_of
from bot.handlers.rights import may_change
from bot.services import App, Context
from bot.texts import menus as texts


def register(application: App) -> None:
    """Take the command."""
    application.add_handler(CommandHandler("export", on_export, filters=filters.UpdateType.MESSAGE))


async def on_export(update: Update, context: Context) -> None:
    """Enter the export into the ledger, which brings it into the chat whatever happens to the bot."""
    message = update.effective_message
    if message is None:
        return
    services = context.services
    if not await may_change(services, message.chat, message.from_user, message):
        await say(message, texts.ONLY_ADMINS)
        return
    if (await services.store.chats.amount(message.chat_id)).nothing:
        await say(message, texts.EMPTY_EXPORT)
        return
    export = await services.store.exports.ask(message.chat_id, message.message_id, thread_of(message))
    if export.message_id != message.message_id:
        await say(message, texts.EXPORT_RUNNING)
        return
    services.exporter.begin(message.chat_id)
