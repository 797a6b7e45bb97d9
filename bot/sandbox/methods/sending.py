"""sendMessage, and what is shown while a message is being written."""

from __future__ import annotations

from typing import Any

from bot.sandbox import entities, utf16
from bot.sandbox.accounts import Chat
from bot.sandbox.errors import bad_request
from bot.sandbox.keyboards import read_markup
from bot.sandbox.methods.call import Call, named
from bot.sandbox.posting import place, post

ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "record_audio"),
    *("upload_audio", "upload_document", "choose_sticker", "find_location", "record_video_note"),
    *("upload_video_note", "cancel"),
}


def send(call: Call, chat: Chat, content: dict[str, Any]) -> dict[str, Any]:
    """Post a bot's message with the options that all of them share; returns Telegram's `Message`.

    Raises:
        ApiError: 400 for a keyboard or a reply that cannot be.
    """
    inline, keyboard = read_markup(call.parameters)
    reply_to, quote = call.reply(chat)
    call.quiet_options()
    if inline is not None:
        content = {**content, "reply_markup": inline}
    if call.parameters.understood.get("protect_content"):
        content = {**content, "has_protected_content": True}
    content = {**content, **quote}
    sender = call.bot.user
    stored = post(call.world, chat, sender, content, reply_to=reply_to, reply_keyboard=keyboard, thread=call.thread)
    return call.world.render(chat, stored)


async def send_message(call: Call) -> dict[str, Any]:
    """Send a text."""
    content = call.text_content()
    return send(call, call.writable_chat(), content)


async def send_chat_action(call: Call) -> bool:
    """Show what the bot does; pages show it for five seconds."""
    call.parameters.chat()
    action = call.parameters.string("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = call.writable_chat(messages=0)
    call.world.events.emit(chat.people(), "action", **place(chat), action=action, sender=call.bot.user.as_json())
    return True


async def send_message_draft(call: Call) -> bool:
    """Show a text that grows, in a private chat; it is no message and has no number."""
    chat = call.writable_chat(messages=0)
    if chat.owner is None:
        raise bad_request("message drafts can be sent only to private chats")
    draft_id = call.parameters.integer("draft_id")
    if not draft_id:
        raise bad_request("RANDOM_ID_INVALID")
    text, found = call.formatted("text", "entities")
    if utf16.length(text) > entities.MAX_TEXT:
        raise bad_request("message is too long")
    draft = {"draft_id": draft_id, "text": text, "entities": found}
    call.world.events.emit(chat.people(), "draft", **place(chat), **draft)
    return True


METHODS = named(send_message, send_chat_action, send_message_draft)
