"""Copying and forwarding messages."""

from __future__ import annotations

import copy
from typing import Any

from bot.sandbox.accounts import Chat, Stored
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.call import Call, Method
from bot.sandbox.methods.sending import send
from bot.sandbox.posting import CONTENT

COPIED = (*CONTENT, "sticker", "voice", "video_note", "location", "contact", "has_media_spoiler")


def source(call: Call) -> tuple[Chat, Stored]:
    """The message that is copied or forwarded."""
    chat = call.chat("from_chat_id")
    return chat, call.message(chat, "message to copy not found")


def content_of(stored: Stored) -> dict[str, Any]:
    """What a copy takes along: the content, without sender, reply and keyboard.

    Raises:
        ApiError: 400 for a service message.
    """
    content = {key: copy.deepcopy(stored.body[key]) for key in COPIED if key in stored.body}
    if not content:
        raise bad_request("message can't be copied")
    return content


async def copy_message(call: Call) -> dict[str, Any]:
    """Send a message's content again, as the bot's own; returns its number only."""
    _, stored = source(call)
    content = content_of(stored)
    if call.parameters.has("caption") and "text" not in content:
        content = {key: value for key, value in content.items() if key not in {"caption", "caption_entities"}}
        content |= call.caption_content()
    sent = send(call, call.writable_chat(), content)
    return {"message_id": sent["message_id"]}


async def forward_message(call: Call) -> dict[str, Any]:
    """Send a message on, with its origin."""
    from_chat = call.chat("from_chat_id")
    stored = call.message(from_chat, "message to forward not found")
    origin = {"type": "user", "date": stored.body["date"], "sender_user": stored.body["from"]}
    content = content_of(stored) | {"forward_origin": origin}
    return send(call, call.writable_chat(), content)


METHODS: dict[str, Method] = {"copyMessage": copy_message, "forwardMessage": forward_message}
