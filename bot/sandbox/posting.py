"""What happens when a message appears, changes or goes: who hears of it, as an update or on a page."""

from __future__ import annotations

import time
from typing import Any

from bot.sandbox import utf16
from bot.sandbox.accounts import BotAccount, Chat, Stored, User
from bot.sandbox.world import World

CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document", "video", "animation", "audio")

STAND_INS = {  # who is the sender for bots where somebody writes in a channel's (True) or in the group's own name
    True: {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"},
    False: {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"},
}


def now() -> int:
    """Unix time in whole seconds."""
    return int(time.time())


def post(
    world: World,
    chat: Chat,
    sender: User,
    content: dict[str, Any],
    *,
    reply_to: int | None = None,
    reply_keyboard: dict[str, Any] | None = None,
    thread: int | None = None,
    behind: dict[str, Any] | None = None,
) -> Stored:
    """Put a message into a chat: pages show it, and bots that may see it get an update.

    `behind`: the group or channel in whose name the sender writes, as Telegram's `Chat`.
    """
    head = {
        "message_id": world.next_message_id(chat),
        "from": sender.as_json(),
        "chat": chat.as_json(),
        "date": now(),
    }
    if behind is not None:
        head |= {"from": STAND_INS[behind["type"] == "channel"], "sender_chat": behind}
    head |= _thread(chat, chat.find(reply_to) if reply_to is not None else None, thread)
    stored = Stored({**head, **content}, sender.id, reply_to, reply_keyboard=reply_keyboard)
    chat.keep(stored)
    world.files.sent_to(chat.id, content)
    if not sender.is_bot:
        chat.read_up_to[sender.id] = stored.id
        _tell_bots(world, chat, stored, "message")
    world.events.emit(chat.people(), "message", **place(chat), message=world.show(chat, stored))
    return stored


def _thread(chat: Chat, answered: Stored | None, thread: int | None) -> dict[str, Any]:
    """Where in a group a message stands: in a forum's topic, or in a thread of replies."""
    if chat.topics is not None:
        if thread is None and answered is not None and answered.body.get("is_topic_message"):
            thread = answered.body["message_thread_id"]
        return {"message_thread_id": thread, "is_topic_message": True} if thread is not None else {}
    if answered is not None and chat.type == "supergroup":
        # Telegram numbers threads of replies in any supergroup, but takes such a number back only in forums.
        return {"message_thread_id": answered.body.get("message_thread_id", answered.id)}
    return {}


def changed(world: World, chat: Chat, stored: Stored, *, by_person: bool = False) -> None:
    """Tell everybody that a message was edited."""
    world.files.sent_to(chat.id, stored.body)
    if by_person:
        _tell_bots(world, chat, stored, "edited_message")
    world.events.emit(chat.people(), "edited", **place(chat), message=world.show(chat, stored))


def remove(world: World, chat: Chat, stored: Stored) -> None:
    """Delete a message for everybody. Bots do not hear of it."""
    stored.deleted = True
    if stored.id in chat.pinned:
        chat.pinned.remove(stored.id)
    world.events.emit(chat.people(), "deleted", **place(chat), message_id=stored.id, message=world.show(chat, stored))


def place(chat: Chat) -> dict[str, Any]:
    """Which chat an event is about."""
    return {"chat_id": chat.id, "bot_id": chat.bot_id}


def may_see(bot: BotAccount, chat: Chat, stored: Stored) -> bool:
    """Whether a bot gets a person's message: in groups, privacy mode hides what is not meant for it."""
    if chat.bot_id is not None or bot.reads_all or chat.members.get(bot.id) == "administrator":
        return True
    if not any(key in stored.body for key in (*CONTENT, "sticker", "voice", "location", "contact", "video_note")):
        return True  # service messages reach every bot
    answered = chat.find(stored.reply_to) if stored.reply_to is not None else None
    if answered is not None and answered.sender_id == bot.id:
        return True
    text = stored.body.get("text") or stored.body.get("caption") or ""
    own_name = f"@{bot.user.username}".lower()
    for entity in stored.body.get("entities") or stored.body.get("caption_entities") or []:
        part = utf16.cut(text, entity["offset"], entity["offset"] + entity["length"]).lower()
        if entity["type"] == "mention" and part == own_name:
            return True
        if entity["type"] == "bot_command" and ("@" not in part or part.endswith(own_name)):
            return True
        if entity["type"] == "text_mention" and entity.get("user", {}).get("id") == bot.id:
            return True
    return False


def _tell_bots(world: World, chat: Chat, stored: Stored, kind: str) -> None:
    for bot in world.bots_in(chat):
        if may_see(bot, chat, stored):
            bot.updates.push(kind, world.render(chat, stored))
