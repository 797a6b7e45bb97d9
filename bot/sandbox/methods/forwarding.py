"""Copying and forwarding messages."""

from __future__ import annotations

import copy
from typing import Any

from bot.sandbox.accounts import Chat, Stored
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.call import Call, named
from bot.sandbox.methods.sending import send
from bot.sandbox.posting import CONTENT, post

COPIED = (*CONTENT, "sticker", "voice", "video_note", "location", "contact", "has_media_spoiler")


MAX_TOGETHER = 100


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


def forwarded(stored: Stored) -> dict[str, Any]:
    """What a forwarded message takes along: the content and where it came from."""
    origin = {"type": "user", "date": stored.body["date"], "sender_user": stored.body["from"]}
    return content_of(stored) | {"forward_origin": stored.body.get("forward_origin", origin)}


async def forward_message(call: Call) -> dict[str, Any]:
    """Send a message on, with its origin."""
    from_chat = call.chat("from_chat_id")
    stored = call.message(from_chat, "message to forward not found")
    return put(call, call.writable_chat(), forwarded(stored))


def put(call: Call, chat: Chat, content: dict[str, Any]) -> dict[str, Any]:
    """Post what can have neither a keyboard nor a reply; returns Telegram's `Message`."""
    call.parameters.flags("disable_notification", "protect_content")
    stored = post(call.world, chat, call.bot.user, content, thread=call.thread)
    return call.world.render(chat, stored)


def numbers(call: Call) -> list[int]:
    """The messages that are copied or forwarded together.

    Raises:
        ApiError: 400 when there are none or too many, or they are not in order.
    """
    given = call.parameters.numbers("message_ids")
    if len(given) > MAX_TOGETHER:
        raise bad_request("too many messages to forward")
    if sorted(set(given)) != given:
        raise bad_request("message identifiers must be in a strictly increasing order")
    return given


async def copy_messages(call: Call) -> list[dict[str, int]]:
    """Copy up to a hundred messages; those that are not there are left out."""
    from_chat = call.chat("from_chat_id")
    found = [stored for number in numbers(call) if (stored := from_chat.find(number))]
    without_caption = call.parameters.boolean("remove_caption")
    chat = call.writable_chat(len(found))
    sent = []
    for stored in found:
        content = content_of(stored)
        if without_caption:
            content = {key: value for key, value in content.items() if key not in {"caption", "caption_entities"}}
        sent.append({"message_id": put(call, chat, content)["message_id"]})
    return sent


async def forward_messages(call: Call) -> list[dict[str, int]]:
    """Forward up to a hundred messages; those that are not there are left out."""
    from_chat = call.chat("from_chat_id")
    found = [stored for number in numbers(call) if (stored := from_chat.find(number))]
    chat = call.writable_chat(len(found))
    return [{"message_id": put(call, chat, forwarded(stored))["message_id"]} for stored in found]


METHODS = named(copy_message, copy_messages, forward_message, forward_messages)
