"""What a bot says about itself: name, descriptions, commands by scope, menu buttons."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from bot.sandbox.accounts import BotAccount, Chat
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.call import Call, api_name, named

SCOPES = [
    *("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"),
    *("chat_administrators", "chat_member"),
]
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_COMMANDS = 100
MAX_COMMAND_DESCRIPTION = 256
DESCRIPTIONS = {"description": 512, "short_description": 120}  # and how many characters each may have
RIGHTS = [
    *("is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"),
    *("can_edit_stories", "can_delete_stories"),
]


def scope_key(call: Call) -> tuple[str, str]:
    """The scope and language of commands, as a key.

    Raises:
        ApiError: 400 for a scope that does not exist or names a chat that the bot does not know.
    """
    scope = call.parameters.structure("scope", "can't parse BotCommandScope")
    scope = {"type": "default"} if scope is None else scope
    language = language_of(call)
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if kind not in {"chat", "chat_administrators", "chat_member"}:
        return kind, language
    for name in ("chat_id", "user_id") if kind == "chat_member" else ("chat_id",):
        if scope.get(name) is None:
            raise bad_request(f"can't parse BotCommandScope: Can't find field \"{name}\"")
    named = str(scope["chat_id"])
    chat = call.world.chat_for(call.bot, int(named) if re.fullmatch(r"-?\d+", named) else named)
    if not chat.begun:
        raise bad_request("chat not found")
    if kind != "chat" and chat.owner is not None:
        raise bad_request("can't use the scope in private chats")
    return f"{kind}:{chat.id}" + (f":{scope.get('user_id')}" if kind == "chat_member" else ""), language


def language_of(call: Call) -> str:
    """A two-letter language code, or empty.

    Raises:
        ApiError: 400 for anything else.
    """
    language = call.parameters.string("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return language


async def set_my_commands(call: Call) -> bool:
    """Set the command menu of a scope."""
    given = call.parameters.structure("commands", "can't parse commands JSON object")
    if not isinstance(given, list):
        raise bad_request("can't parse bot commands: expected an Array of BotCommand")
    if len(given) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = []
    for item in given:
        if not isinstance(item, dict):
            raise bad_request("can't parse bot command: expected an Object")
        name = str(item.get("command", "")).removeprefix("/")
        description = str(item.get("description", "")).strip()
        if not name:
            raise bad_request("command must be non-empty")
        if not COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not description:
            raise bad_request("command description must be non-empty")
        if len(description) > MAX_COMMAND_DESCRIPTION:
            raise bad_request("command description is too long")
        commands.append({"command": name, "description": description})
    call.bot.commands[scope_key(call)] = commands
    _tell_pages(call)
    return True


async def get_my_commands(call: Call) -> list[dict[str, str]]:
    """The command menu that was set for exactly this scope and language."""
    return call.bot.commands.get(scope_key(call), [])


async def delete_my_commands(call: Call) -> bool:
    """Forget the command menu of a scope."""
    call.bot.commands.pop(scope_key(call), None)
    _tell_pages(call)
    return True


def commands_for(bot: BotAccount, chat: Chat, user_id: int) -> list[dict[str, str]]:
    """The menu that a person sees in a chat: the narrowest scope that was set."""
    scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
    if chat.owner is None:
        admin = chat.members.get(user_id) in {"creator", "administrator"}
        for_admins = [f"chat_administrators:{chat.id}"] if admin else []
        all_admins = ["all_chat_administrators"] if admin else []
        own = f"chat_member:{chat.id}:{user_id}"
        scopes = [own, *for_admins, f"chat:{chat.id}", *all_admins, "all_group_chats", "default"]
    for scope in scopes:
        for language in ("en", ""):
            if (scope, language) in bot.commands:
                return bot.commands[(scope, language)]
    return []


def _tell_pages(call: Call) -> None:
    call.world.events.emit(call.world.users, "commands", chat_id=None, bot_id=call.bot.id)


async def set_my_name(call: Call) -> bool:
    """Change the bot's name."""
    name = call.parameters.string("name").strip()
    if len(name) > 64:
        raise bad_request("bot name is too long")
    language = language_of(call)
    call.bot.names[language] = name
    if name and not language:
        call.bot.user.first_name = name
    return True


async def get_my_name(call: Call) -> dict[str, str]:
    """The bot's name."""
    return {"name": call.bot.names.get(language_of(call)) or call.bot.user.first_name}


async def _set_description(call: Call, name: str) -> bool:
    """Set what an empty chat with the bot, or its profile page, shows."""
    text = call.parameters.string(name).strip()
    if len(text) > DESCRIPTIONS[name]:
        raise bad_request(f"bot {name.replace('_', ' ')} is too long")
    call.bot.descriptions[name, language_of(call)] = text
    return True


async def _get_description(call: Call, name: str) -> dict[str, str]:
    """What was set for a language, or for all others."""
    known = call.bot.descriptions
    return {name: known.get((name, language_of(call))) or known.get((name, ""), "")}


async def set_chat_menu_button(call: Call) -> bool:
    """Set the button beside the text field."""
    chat_id = call.parameters.integer("chat_id")
    if chat_id and call.world.chat_for(call.bot, chat_id).owner is None:
        raise bad_request("menu button can be set only for private chats")
    button = call.parameters.structure("menu_button", "can't parse menu button JSON object")
    button = {"type": "default"} if button is None else button
    if not isinstance(button, dict) or button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    call.bot.menu_buttons[chat_id] = button
    return True


async def get_chat_menu_button(call: Call) -> dict[str, Any]:
    """The button beside the text field."""
    buttons = call.bot.menu_buttons
    return buttons.get(call.parameters.integer("chat_id")) or buttons.get(0) or {"type": "default"}


async def set_my_default_administrator_rights(call: Call) -> bool:
    """Set the rights that the bot asks for when it is made an admin."""
    given = call.parameters.structure("rights", "can't parse chat administrator rights")
    channels = call.parameters.boolean("for_channels")
    if given is not None and not isinstance(given, dict):
        raise bad_request("can't parse chat administrator rights: expected an Object")
    rights = {name: bool((given or {}).get(name)) for name in RIGHTS}
    if given is not None:
        call.parameters.note("rights", rights)
    call.bot.admin_rights[channels] = rights
    return True


async def get_my_default_administrator_rights(call: Call) -> dict[str, bool]:
    """The rights that the bot asks for when it is made an admin."""
    return dict.fromkeys(RIGHTS, False) | call.bot.admin_rights.get(call.parameters.boolean("for_channels"), {})


METHODS = named(
    *(set_my_commands, get_my_commands, delete_my_commands, set_my_name, get_my_name, set_chat_menu_button),
    *(get_chat_menu_button, set_my_default_administrator_rights, get_my_default_administrator_rights),
)
for _name in DESCRIPTIONS:
    METHODS[api_name(f"set_my_{_name}")] = partial(_set_description, name=_name)
    METHODS[api_name(f"get_my_{_name}")] = partial(_get_description, name=_name)
