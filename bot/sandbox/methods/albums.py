"""sendMediaGroup."""

from __future__ import annotations

from typing import Any

from bot.sandbox import entities
from bot.sandbox.errors import bad_request
from bot.sandbox.methods.call import Call, caption_of, named
from bot.sandbox.methods.media import content_of
from bot.sandbox.parameters import Upload
from bot.sandbox.posting import post

MIXES = ({"photo", "video", "live_photo"}, {"document"}, {"audio"})


def input_caption(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    """The caption of an InputMedia as a message has it.

    Raises:
        ApiError: 400 with Telegram's complaint.
    """
    caption, found = entities.parse(
        str(item.get("caption") or ""),
        str(item.get("parse_mode") or ""),
        item.get("caption_entities"),
        call.world.find_user,
    )
    return caption_of(caption, found, above=bool(item.get("show_caption_above_media")))


async def input_media(call: Call, item: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON that was not checked yet
    """An InputMedia as the content of a message.

    Raises:
        ApiError: 400 with Telegram's complaint.
    """
    if not isinstance(item, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    kind = item.get("type")
    if kind not in {"photo", "document", "video", "audio", "animation"}:
        raise bad_request("can't parse InputMedia: type must be one of photo, document, video, audio, animation")
    reference = item.get("media")
    if not isinstance(reference, str) or not reference:
        raise bad_request("can't parse InputMedia: media not found")
    source = call.parameters.attached(reference)
    caption = input_caption(call, item)
    content = await content_of(call, kind, source)
    call.world.remember_media(content)
    if item.get("has_spoiler") and kind != "document":
        content = {**content, "has_media_spoiler": True}
    if isinstance(source, Upload):
        item["media"] = "attach"
    return {**content, **caption}


async def send_media_group(call: Call) -> list[dict[str, Any]]:
    """Send an album: two to ten photos and videos, or documents, or audio files."""
    media = call.parameters.structure("media", "can't parse media JSON object")
    if not isinstance(media, list):
        raise bad_request('parameter "media" is required' if media is None else "expected an Array of InputMedia")
    if not media:
        raise bad_request("there are no messages to send")
    if len(media) > 10:
        raise bad_request("too many messages to send as an album")
    kinds = {item.get("type") for item in media if isinstance(item, dict)}
    if len(media) > 1 and not any(kinds <= mix for mix in MIXES):
        raise bad_request("Can't mix documents, audio files and photos in one album")
    chat = call.writable_chat(messages=len(media))
    contents = [await input_media(call, item) for item in media]
    reply_to, quote = call.reply(chat)
    call.quiet_options()
    album = {"media_group_id": str(next(call.world.media_groups))} if len(media) > 1 else {}
    sent = [
        post(call.world, chat, call.bot.user, {**album, **content, **quote}, reply_to=reply_to, thread=call.thread)
        for content in contents
    ]
    return [call.world.render(chat, stored) for stored in sent]


METHODS = named(send_media_group)
