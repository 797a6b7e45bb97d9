"""Editing and deleting messages."""

from __future__ import annotations

from typing import Any

from bot.sandbox.accounts import Chat, Stored
from bot.sandbox.errors import bad_request
from bot.sandbox.keyboards import Markup, read_markup
from bot.sandbox.methods.albums import input_media
from bot.sandbox.methods.call import Call, named
from bot.sandbox.posting import changed, now, remove

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
MEDIA = ("photo", "document", "video", "audio", "animation", "voice")


def editable(call: Call) -> tuple[Chat, Stored]:
    """The chat and the bot's own message that a call wants to edit.

    Raises:
        ApiError: 400 when there is none, or it is somebody else's.
    """
    if call.parameters.string("business_connection_id"):
        raise bad_request("business connection not found")
    if call.parameters.has("inline_message_id"):
        call.parameters.string("inline_message_id")
        raise bad_request("MESSAGE_ID_INVALID")
    chat = call.chat()
    if chat.owner is None:
        call.check_member(chat)
    if not call.parameters.has("message_id"):
        raise bad_request("message identifier is not specified")
    stored = call.message(chat, "message to edit not found")
    if stored.sender_id != call.bot.id:
        raise bad_request("message can't be edited")
    call.count(chat)
    return chat, stored


def apply(
    call: Call, chat: Chat, stored: Stored, content: dict[str, Any], replaced: tuple[str, ...], markup: Markup | None
) -> dict[str, Any]:
    """Replace parts of a message and its keyboard; returns Telegram's `Message`.

    Raises:
        ApiError: 400 when nothing would change.
    """
    body = {key: value for key, value in stored.body.items() if key not in {*replaced, "reply_markup"}} | content
    if markup is not None:
        body["reply_markup"] = markup
    if body == stored.body:
        raise bad_request(NOT_MODIFIED)
    body["edit_date"] = now()
    stored.body = body
    changed(call.world, chat, stored)
    return call.world.render(chat, stored)


async def edit_message_text(call: Call) -> dict[str, Any]:
    """Give a text message a new text; a keyboard that is not sent again goes away."""
    content = call.text_content()
    markup, _ = read_markup(call.parameters, inline_only=True)
    chat, stored = editable(call)
    if "text" not in stored.body:
        raise bad_request("there is no text in the message to edit")
    return apply(call, chat, stored, content, ("text", "entities", "link_preview_options"), markup)


async def edit_message_caption(call: Call) -> dict[str, Any]:
    """Give a message with media a new caption, or none."""
    content = call.caption_content()
    markup, _ = read_markup(call.parameters, inline_only=True)
    chat, stored = editable(call)
    if not any(kind in stored.body for kind in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return apply(call, chat, stored, content, ("caption", "caption_entities", "show_caption_above_media"), markup)


async def edit_message_media(call: Call) -> dict[str, Any]:
    """Replace a message's media with its caption."""
    item = call.parameters.structure("media", "can't parse InputMedia: wrong JSON")
    if item is None:
        raise bad_request("there is no media in the request")
    markup, _ = read_markup(call.parameters, inline_only=True)
    chat, stored = editable(call)
    content = await input_media(call, item)
    if "media_group_id" in stored.body and ("document" in stored.body) != ("document" in content):
        raise bad_request("message can't be edited: the album's other messages are of another kind")
    replaced = (
        *MEDIA,
        "text",
        "entities",
        "link_preview_options",
        "caption",
        "caption_entities",
        "show_caption_above_media",
        "has_media_spoiler",
    )
    return apply(call, chat, stored, content, replaced, markup)


async def edit_message_reply_markup(call: Call) -> dict[str, Any]:
    """Replace a message's keyboard, or take it away."""
    markup, _ = read_markup(call.parameters, inline_only=True)
    chat, stored = editable(call)
    return apply(call, chat, stored, {}, (), markup)


def deletable(call: Call, chat: Chat, stored: Stored) -> bool:
    """Whether the bot may delete a message: its own, any in a private chat, any where it is an admin."""
    if stored.sender_id == call.bot.id or chat.owner is not None:
        return True
    return chat.members.get(call.bot.id) == "administrator"


async def delete_message(call: Call) -> bool:
    """Delete one message."""
    chat = call.chat()
    if not call.parameters.has("message_id"):
        raise bad_request("message identifier is not specified")
    stored = call.message(chat, "message to delete not found")
    if not deletable(call, chat, stored):
        raise bad_request("message can't be deleted for everyone")
    remove(call.world, chat, stored)
    return True


async def delete_messages(call: Call) -> bool:
    """Delete up to a hundred messages; those that are not there are left out."""
    chat = call.chat()
    numbers = call.parameters.numbers("message_ids")
    if len(numbers) > 100:
        raise bad_request("too many messages to delete")
    for number in numbers:
        stored = chat.find(number)
        if stored is not None and deletable(call, chat, stored):
            remove(call.world, chat, stored)
    return True


METHODS = named(
    *(edit_message_text, edit_message_caption, edit_message_media, edit_message_reply_markup, delete_message),
    delete_messages,
)
