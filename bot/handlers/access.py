"""Who may use the bot: looked at before anything else sees an update, and when it cannot be told the answer is no."""

from __future__ import annotations

from contextlib import suppress

from telegram import Message, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop, TypeHandler

from bot.asking.asking import person_of, say
from bot.callback_data import ConfirmDelete
from bot.conversation.message_facts import facts_of
from bot.handlers.chats import was_added
from bot.handlers.rights import is_bot_admin
from bot.handlers.routing import answer_press
from bot.services import Context, Services
from bot.texts import access as texts

REPEAT_SECONDS = 3600.0
"""Seconds for which nobody is told again that they may not use the bot."""
RIGHTS = ("privacy", "export", "delete")
"""Commands that everybody has: what is kept of people is theirs, whoever may ask questions."""


async def on_update(update: Update, context: Context) -> None:
    """Let the handlers see an update, or stop it here.

    Raises:
        ApplicationHandlerStop: They may not; also where that cannot be found out now.
    """
    try:
        allowed = await _is_allowed(context.services, update)
    except Exception as error:
        await context.application.process_error(update, error)
        raise ApplicationHandlerStop from error
    if not allowed:
        raise ApplicationHandlerStop


async def _is_allowed(services: Services, update: Update) -> bool:
    """Whether the handlers may see an update; else its sender is told, once in a while."""
    chat, message = update.effective_chat, update.effective_message
    sender = _sender(update)
    if chat is None or await admitted(services, chat.id, sender) or is_bot_admin(services, update.effective_user):
        return True
    if message is not None and (message.migrate_to_chat_id or message.migrate_from_chat_id):
        return True
    query = update.callback_query
    if query is not None:
        if (query.data or "").startswith(f"{ConfirmDelete.prefix}:"):
            return True
        await answer_press(query, await _excluded(services, chat.id, sender) or texts.NOT_ADMITTED_HERE, alert=True)
        return False
    if update.message is not None and _uses_a_right(update.message, services.bot.username):
        return True
    with suppress(TelegramError):  # it may not be heard; it does not pass all the same
        await _tell(services, update, sender)
    return False


async def admitted(services: Services, chat_id: int, sender: int | None) -> bool:
    """Whether somebody may use the bot in a chat; to keep out counts more than to let in.

    A private chat (its number is above 0) lets in nobody but its person.
    """
    sender = chat_id if sender is None else sender
    decisions = await services.store.access.decisions({chat_id, sender})
    if not all(decisions.values()):
        return False
    known = {*services.settings.allowed_ids, *decisions}
    return not services.settings.allowed_ids or sender in known or (chat_id < 0 and chat_id in known)


async def _excluded(services: Services, chat_id: int, sender: int | None) -> str | None:
    """The sentence for whom the admins keep out; None for who was never let in."""
    decisions = await services.store.access.decisions({chat_id, chat_id if sender is None else sender})
    if decisions.get(chat_id) is False:
        return texts.CHAT_EXCLUDED
    return None if all(decisions.values()) else texts.PERSON_EXCLUDED


def _sender(update: Update) -> int | None:
    """Who is behind an update, as Telegram says: nothing that a message quotes or forwards counts."""
    if update.callback_query is None and update.effective_message is not None:
        return person_of(update.effective_message)[0]
    return None if update.effective_user is None else update.effective_user.id


def _uses_a_right(message: Message, username: str) -> bool:
    """Whether a message is one of the commands that everybody has."""
    name, _, target = (message.text or "").partition(" ")[0].partition("\n")[0].lower().partition("@")
    return name.removeprefix("/") in RIGHTS and name.startswith("/") and target in ("", username.lower())


async def _tell(services: Services, update: Update, sender: int | None) -> None:
    """Say that they may not, and which number to send to an admin; in groups only where the bot is meant."""
    message, change = update.message, update.my_chat_member
    if message is not None:
        private = message.chat.type == ChatType.PRIVATE
        if not private and not facts_of(message, services.bot.id, services.bot.username).addressed:
            return
        if services.refusals.first(message.chat_id, sender or 0, REPEAT_SECONDS):
            number = message.chat_id
            excluded = await _excluded(services, number, sender)
            if private:
                await say(message, texts.excluded() if excluded else texts.not_admitted(number))
            else:
                await say(message, excluded or texts.group_not_admitted(number))
    elif change is not None and was_added(change):
        excluded = await _excluded(services, change.chat.id, sender)
        text = excluded or texts.group_not_admitted(change.chat.id)
        await services.bot.send_message(change.chat.id, text, parse_mode=ParseMode.HTML)


HANDLERS = {-2: [TypeHandler(Update, on_update)]}
"""Before all others."""
