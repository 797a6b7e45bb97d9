"""The commands, as Telegram's menus list them: for everybody, for groups, for the bot's admins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import MessageHandler, filters

from bot.handlers.rights import is_bot_admin
from bot.services import App, Context, Services
from bot.texts import questions as texts
from bot.transport.retrying import retrying

_COMPARE = BotCommand("compare", "What changed between the last two pictures")
_SETTINGS = BotCommand("settings", "How carefully to search, how long answers may be")
_HISTORY = BotCommand("history", "What was asked and answered")
_EXPORT = BotCommand("export", "The history as a ZIP file")
_DELETE = BotCommand("delete", "Forget everything of this chat")
_HELP = BotCommand("help", "What this bot can do")
_PRIVACY = BotCommand("privacy", "What is kept")
_ASK = BotCommand("ask", "Ask about the picture you reply to, or the last one")
_START = BotCommand("start", "An example to try")
_ADMIN = BotCommand("admin", "How the bot is doing; settings for all chats")

PRIVATE = (_START, _HELP, _COMPARE, _SETTINGS, _HISTORY, _EXPORT, _DELETE, _PRIVACY)
GROUP = (_ASK, _COMPARE, _HELP, _HISTORY, _PRIVACY)
GROUP_ADMIN = (_ASK, _COMPARE, _HELP, _SETTINGS, _HISTORY, _EXPORT, _DELETE, _PRIVACY)


LONGEST_PAUSE = 300.0
"""The most seconds before the commands are registered again after Telegram could not be reached."""


def register(application: App) -> None:
    """See admins write, beside what their messages are answered with."""
    application.add_handler(MessageHandler(filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE, on_private), group=1)


async def on_private(update: Update, context: Context) -> None:
    """An admin's chat exists for Telegram from the first message on: only now can it have a menu of its own."""
    services = context.services
    user = update.effective_user
    if user is None or not is_bot_admin(services, user) or user.id in services.admins_with_menu:
        return
    services.admins_with_menu.add(user.id)
    services.spawn(_publish_for_admin(services, user.id))


async def publish(services: Services) -> None:
    """Register the commands; the menu of an admin who has never written to the bot comes with the first message."""
    for scope, commands in (
        (BotCommandScopeAllPrivateChats(), PRIVATE),
        (BotCommandScopeAllGroupChats(), GROUP),
        (BotCommandScopeAllChatAdministrators(), GROUP_ADMIN),
    ):
        await _insist(partial(services.bot.set_my_commands, commands, scope=scope))
    for admin in services.settings.admin_ids:
        await _publish_for_admin(services, admin)
    await _insist(partial(_describe, services))


async def _publish_for_admin(services: Services, admin: int) -> None:
    try:
        await _insist(partial(services.bot.set_my_commands, (*PRIVATE, _ADMIN), scope=BotCommandScopeChat(admin)))
    except TelegramError:  # Telegram knows no chat with this admin yet, or the admin has blocked the bot
        services.admins_with_menu.discard(admin)
    else:
        services.admins_with_menu.add(admin)


async def _insist(call: Callable[[], Awaitable[object]]) -> None:
    await retrying("the commands cannot be registered yet", longest=LONGEST_PAUSE)(call)


async def _describe(services: Services) -> None:
    """Say how to ask to those who open the chat before they start it; what was set at @BotFather stays."""
    bot = services.bot
    if not (await bot.get_my_description()).description:
        await bot.set_my_description(texts.DESCRIPTION)
    if not (await bot.get_my_short_description()).short_description:
        await bot.set_my_short_description(texts.SHORT_DESCRIPTION)
