"""The commands, as Telegram's menus list them: for everybody, for groups, for the bot's admins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
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
from bot.services import Context, Services
from bot.texts import about as texts
from bot.texts.language import LANGUAGES, speaking
from bot.transport.retrying import retrying

PRIVATE = ("start", "help", "compare", "settings", "history", "export", "delete", "privacy")
GROUP = ("ask", "compare", "help", "history", "privacy")
GROUP_ADMIN = ("ask", "compare", "help", "settings", "history", "export", "delete", "privacy")
OTHERS = LANGUAGES[1:]
"""The languages that have commands and descriptions of their own; all others read the first language's."""

LONGEST_PAUSE = 300.0
"""The most seconds before the commands are registered again after Telegram could not be reached."""


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
    await _publish(services, None)
    for admin in services.settings.admin_ids:
        await _publish_for_admin(services, admin)
    await _retry_until_answered(partial(_describe, services, None))
    for language in OTHERS:
        with speaking(language):
            await _publish(services, language)
            await _retry_until_answered(partial(_describe, services, language))


async def _publish(services: Services, language: str | None) -> None:
    """Register the commands for those whose app speaks a language; None: for all others."""
    for scope, names in (
        (BotCommandScopeAllPrivateChats(), PRIVATE),
        (BotCommandScopeAllGroupChats(), GROUP),
        (BotCommandScopeAllChatAdministrators(), GROUP_ADMIN),
    ):
        await _retry_until_answered(
            partial(services.bot.set_my_commands, _commands(names), scope=scope, language_code=language)
        )


def _commands(names: Sequence[str]) -> list[BotCommand]:
    return [BotCommand(name, texts.COMMANDS[name]) for name in names]


async def _publish_for_admin(services: Services, admin: int) -> None:
    try:
        with speaking(await services.store.chats.language(admin)):
            commands = _commands((*PRIVATE, "admin"))
        await _retry_until_answered(partial(services.bot.set_my_commands, commands, scope=BotCommandScopeChat(admin)))
    except TelegramError:  # Telegram knows no chat with this admin yet, or the admin has blocked the bot
        services.admins_with_menu.discard(admin)
    else:
        services.admins_with_menu.add(admin)


async def _retry_until_answered(call: Callable[[], Awaitable[object]]) -> None:
    await retrying("the commands cannot be registered yet", longest=LONGEST_PAUSE)(call)


async def _describe(services: Services, language: str | None) -> None:
    """Say how to ask to those who open the chat before they start it; what was set at @BotFather stays."""
    bot = services.bot
    with speaking(LANGUAGES[0]):  # who asks for a language without a description of its own gets the first one's
        none = {"", *((texts.DESCRIPTION, texts.SHORT_DESCRIPTION) if language else ())}
    if (await bot.get_my_description(language)).description in none:
        await bot.set_my_description(texts.DESCRIPTION, language)
    if (await bot.get_my_short_description(language)).short_description in none:
        await bot.set_my_short_description(texts.SHORT_DESCRIPTION, language)


HANDLERS = {1: [MessageHandler(filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE, on_private)]}
"""Beside what the messages are answered with."""
