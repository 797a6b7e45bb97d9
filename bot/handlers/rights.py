"""Who may change what: asked of Telegram at the moment of pressing, never remembered."""

from __future__ import annotations

from telegram import Chat, Message, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.asking.asking import person_of
from bot.services import Services

_ADMIN_STATUSES = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
ANY_ADMIN = 0
"""Stands for the presser's number where only a group's admins may press, whoever of them it is."""


def presser(message: Message) -> int:
    """Who may press the buttons under the answer to a message: its writer's number, or `ANY_ADMIN`.

    Whoever writes in the name of a group or channel presses with a number of their own, which nobody knows before.
    """
    return max(person_of(message)[0], ANY_ADMIN)


async def may_press(services: Services, chat: Chat, user: User, expected: int) -> bool:
    """Whether somebody may press a button that was meant for `expected` (see `presser`)."""
    return user.id == expected or (expected == ANY_ADMIN and await may_change(services, chat, user))


async def may_change(services: Services, chat: Chat, user: User | None, message: Message | None = None) -> bool:
    """Whether somebody may change a chat's settings or take out its history: in groups its admins only.

    An anonymous admin writes in the group's own name; then `message` tells.
    """
    if chat.type == ChatType.PRIVATE:
        return True
    if message is not None and message.sender_chat is not None and message.sender_chat.id == chat.id:
        return True
    if user is None:
        return False
    try:
        member = await services.bot.get_chat_member(chat.id, user.id)
    except TelegramError:
        return False  # who cannot be recognised has no rights
    return member.status in _ADMIN_STATUSES


def is_bot_admin(services: Services, user: User | None) -> bool:
    """Whether somebody is one of the bot's own admins."""
    return user is not None and user.id in services.settings.admin_ids
