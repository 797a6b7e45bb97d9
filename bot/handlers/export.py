"""/export: everything that is kept of the chat as a ZIP, made beside the chat (see `bot.exporting.exporter`)."""

from __future__ import annotations

from telegram import Message

from bot.asking.asking import say, thread_of
from bot.handlers.rights import may_change
from bot.handlers.routing import command
from bot.services import Context
from bot.texts import menus as texts


async def on_export(message: Message, context: Context) -> None:
    """Enter the export into the ledger, which brings it into the chat whatever happens to the bot."""
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


HANDLERS = [command("export", on_export)]
