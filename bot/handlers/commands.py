"""The commands, as Telegram's menus list them: for everybody, for groups, for the bot's admins."""

from __future__ import annotations

from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, Forbidden

from bot.services import Services

_SETTINGS = BotCommand("settings", "How carefully to search, how long answers may be")
_HISTORY = BotCommand("history", "What was asked and answered")
_EXPORT = BotCommand("export", "The history as a ZIP file")
_DELETE = BotCommand("delete", "Forget everything of this chat")
_HELP = BotCommand("help", "What this bot can do")
_PRIVACY = BotCommand("privacy", "What is kept")
_ASK = BotCommand("ask", "Ask about the newest picture, or the one you reply to")
_START = BotCommand("start", "An example to try")
_ADMIN = BotCommand("admin", "How the bot is doing; settings for all chats")

PRIVATE = (_START, _HELP, _SETTINGS, _HISTORY, _EXPORT, _DELETE, _PRIVACY)
GROUP = (_ASK, _HELP, _HISTORY, _PRIVACY)
GROUP_ADMIN = (_ASK, _HELP, _SETTINGS, _HISTORY, _EXPORT, _DELETE, _PRIVACY)


async def publish(services: Services) -> None:
    """Register the commands; an admin who has never written to the bot gets the menu later."""
    bot = services.bot
    await bot.set_my_commands(PRIVATE, scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(GROUP, scope=BotCommandScopeAllGroupChats())
    await bot.set_my_commands(GROUP_ADMIN, scope=BotCommandScopeAllChatAdministrators())
    for admin in services.settings.admin_ids:
        try:
            await bot.set_my_commands((*PRIVATE, _ADMIN), scope=BotCommandScopeChat(admin))
        except (BadRequest, Forbidden):
            continue
