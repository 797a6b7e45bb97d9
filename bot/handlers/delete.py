"""/delete: everything of this chat, after asking."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import BulkRequestLimit, ChatType, ParseMode
from telegram.error import BadRequest, TelegramError

from bot.asking.asking import say
from bot.callback_data import ConfirmDelete
from bot.handlers.rights import ANY_ADMIN, may_change, may_press, presser
from bot.handlers.routing import Press, PressHandler, command
from bot.services import Context, Services
from bot.texts import menus as texts

OWN_MESSAGES_SECONDS = 48 * 3600.0
"""Telegram lets bots delete their own messages for so long."""


async def on_delete(message: Message, context: Context) -> None:
    """Ask first."""
    services = context.services
    if not await may_change(services, message.chat, message.from_user, message):
        await say(message, texts.ONLY_ADMINS)
        return
    kept = await services.store.chats.amount(message.chat_id)
    if kept.nothing:
        await say(message, texts.DELETE_EMPTY)
        return
    asker = presser(message)

    def button(text: str, data: ConfirmDelete) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, callback_data=data.pack())

    buttons = [
        [button(texts.DELETE_YES, ConfirmDelete(True, asker)), button(texts.DELETE_NO, ConfirmDelete(False, asker))],
        [button(texts.DELETE_MESSAGES, ConfirmDelete(True, asker, messages=True))],
    ]
    text = texts.delete_question(kept, message.chat.type != ChatType.PRIVATE)
    await say(message, text, InlineKeyboardMarkup(buttons), replying=False)


async def on_press(press: Press[ConfirmDelete], context: Context) -> None:
    """Do as the button says, if the one who asked pressed it and still may."""
    services, asker = context.services, press.data.asker
    if not await may_press(services, press.chat, press.user, asker):
        await press.answer(texts.ONLY_ADMINS if asker == ANY_ADMIN else texts.NOT_YOURS, alert=True)
        return
    if not await may_change(services, press.chat, press.user):
        await press.answer(texts.ONLY_ADMINS, alert=True)
        return
    text: str | None = texts.DELETE_KEPT
    if press.data.really:
        text = await _delete(services, press.chat.id, press.message_id, messages=press.data.messages)
    await press.answer(texts.DELETED_ALREADY if text is None else None)
    if text is not None:
        with suppress(BadRequest):
            await press.query.edit_message_text(text, parse_mode=ParseMode.HTML)


async def _delete(services: Services, chat_id: int, menu: int, *, messages: bool) -> str | None:
    """Delete everything; returns what to say in the menu's place, None when it says so already."""
    if (chat_id, menu) in services.used_menus:  # pressed twice: what came between was not meant
        return None
    own = await services.store.sent.recent(chat_id, time.time() - OWN_MESSAGES_SECONDS) if messages else []
    await services.exporter.cancel(chat_id)
    progress = await services.store.chats.progress(chat_id)
    await services.dispatcher.cancel_all(chat_id)
    pictures = await services.store.photos.contents(chat_id)
    counts = await services.store.chats.delete_everything(chat_id)
    services.recent.forget(chat_id)
    await services.broker.forget(pictures)
    services.used_menus.add((chat_id, menu))
    leaving = {*own, *progress} - {menu}
    await _delete_messages(services, chat_id, sorted(leaving))
    return texts.deleted(counts, len(leaving) if messages else None)


async def _delete_messages(services: Services, chat_id: int, message_ids: Sequence[int]) -> None:
    """Delete messages of the bot's. What Telegram does not delete (it is too old, say) stays."""
    for first in range(0, len(message_ids), BulkRequestLimit.MAX_LIMIT):
        with suppress(TelegramError):
            await services.bot.delete_messages(chat_id, message_ids[first : first + BulkRequestLimit.MAX_LIMIT])


HANDLERS = [command("delete", on_delete), PressHandler(ConfirmDelete, on_press)]
