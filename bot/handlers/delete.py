"""/delete: everything of this chat, after asking."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, filters

from bot import menu_texts as texts
from bot.asking import say, thread_of
from bot.callback_data import ConfirmDelete
from bot.rights import may_change
from bot.services import Context, services_of


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Take the command and its buttons."""
    application.add_handler(CommandHandler("delete", on_delete, filters=filters.UpdateType.MESSAGE))
    application.add_handler(CallbackQueryHandler(on_press, pattern=rf"^{ConfirmDelete.prefix}:"))


async def on_delete(update: Update, context: Context) -> None:
    """Ask first."""
    message = update.effective_message
    if message is None:
        return
    services = services_of(context)
    if not await may_change(services, message.chat, message.from_user, message):
        await say(message, texts.ONLY_ADMINS)
        return
    total = sum([1 async for _ in services.store.questions.export(message.chat_id)])
    if total == 0 and await services.store.photos.newest(message.chat_id, thread_of(message)) is None:
        await services.store.chats.delete_everything(message.chat_id)  # settings, perhaps
        await say(message, texts.DELETE_EMPTY)
        return
    asker = message.from_user.id if message.from_user else 0
    buttons = [
        InlineKeyboardButton(texts.DELETE_YES, callback_data=ConfirmDelete(True, asker).pack()),
        InlineKeyboardButton(texts.DELETE_NO, callback_data=ConfirmDelete(False, asker).pack()),
    ]
    await services.bot.send_message(
        message.chat_id,
        texts.delete_question(total, message.chat.type != ChatType.PRIVATE),
        parse_mode=ParseMode.HTML,
        reply_markup=InlineKeyboardMarkup([buttons]),
        message_thread_id=thread_of(message),
    )


async def on_press(update: Update, context: Context) -> None:
    """Do as the button says, if the one who asked pressed it and still may."""
    query = update.callback_query
    assert query is not None
    services = services_of(context)
    pressed = ConfirmDelete.unpack(query.data)
    refusal = None
    if pressed is None or query.message is None:
        refusal = texts.MENU_OUTDATED
    elif query.from_user.id != pressed.asker:
        refusal = texts.NOT_YOURS
    elif not await may_change(services, query.message.chat, query.from_user):
        refusal = texts.ONLY_ADMINS
    with suppress(BadRequest):
        await query.answer(refusal, show_alert=refusal is not None)
    if refusal is not None or pressed is None or query.message is None:
        return
    chat_id = query.message.chat.id
    text = texts.DELETE_KEPT
    if pressed.really:
        await services.dispatcher.cancel_all(chat_id)
        text = texts.deleted(await services.store.chats.delete_everything(chat_id))
    with suppress(BadRequest):
        await query.edit_message_text(text, parse_mode=ParseMode.HTML)
