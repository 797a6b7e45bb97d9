"""Photos, documents and other files: sent, and fetched."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.sandbox import attachments, pictures
from bot.sandbox.errors import bad_request
from bot.sandbox.files import MAX_DOWNLOAD
from bot.sandbox.methods.call import Call, api_name, named
from bot.sandbox.methods.sending import send
from bot.sandbox.parameters import Upload
from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of one kind of file that are read and, but for a spoiler, change nothing here."""

    flags: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


OPTIONS = {
    "photo": Options(flags=("has_spoiler",)),
    "document": Options(flags=("disable_content_type_detection",)),
    "video": Options(("has_spoiler", "supports_streaming"), ("duration", "width", "height", "start_timestamp")),
    "animation": Options(("has_spoiler",), ("duration", "width", "height")),
    "audio": Options(numbers=("duration",), texts=("performer", "title")),
    "voice": Options(numbers=("duration",)),
    "sticker": Options(texts=("emoji",)),
    "video_note": Options(numbers=("duration", "length")),
}


async def content_of(call: Call, kind: str, source: Upload | str | None) -> dict[str, Any]:
    """The media object for an upload or for a file id, as `{kind: ...}`.

    Raises:
        ApiError: 400 when there is no file, it is empty, unknown, or of another kind.
    """
    world = call.world
    if source is None or source == "":
        raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
    if isinstance(source, str):
        return known_file(world, kind, source)
    if not source.data:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        return await attachments.photo(world.files, source.data, pictures.photo_sizes)
    if kind == "document":
        return await attachments.document(world.files, source.data, source.name, source.content_type)
    return await attachments.other(world.files, kind, source.data, source.name, source.content_type)


def known_file(world: World, kind: str, file_id: str) -> dict[str, Any]:
    """The media object of a file that was sent before.

    Raises:
        ApiError: 400 for an unknown id, for one of another kind, and for addresses: the sandbox is offline.
    """
    if file_id.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = world.files.by_id.get(file_id)
    if stored is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if stored.kind != kind:
        names = {"photo": "Photo", "document": "Document", "video": "Video", "animation": "Animation", "audio": "Audio"}
        raise bad_request(
            f"can't use file of type {names.get(stored.kind, stored.kind.title())} as {names.get(kind, kind.title())}"
        )
    media = world.media.get(file_id)
    if media is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    return copy.deepcopy(media)


async def _send_kind(call: Call, kind: str) -> dict[str, Any]:
    """Send a file; of pictures Telegram makes JPEGs."""
    caption = call.caption_content() if kind not in {"sticker", "video_note"} else {}
    options = OPTIONS[kind]
    call.parameters.flags(*options.flags)
    for name in options.numbers:
        call.parameters.integer(name)
    for name in options.texts:
        call.parameters.string(name)
    call.parameters.media("thumbnail")
    source = call.parameters.media(kind)
    chat = call.writable_chat()
    content = await content_of(call, kind, source)
    call.world.remember_media(content)
    if call.parameters.understood.get("has_spoiler"):
        content = {**content, "has_media_spoiler": True}
    return send(call, chat, {**content, **caption})


async def get_file(call: Call) -> dict[str, Any]:
    """Where a file can be downloaded; up to 20 MB."""
    file_id = call.parameters.string("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    stored = call.world.files.by_id.get(file_id)
    if stored is None:
        raise bad_request("invalid file_id")
    if stored.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": stored.file_unique_id,
        "file_size": stored.size,
        "file_path": stored.public_path,
    }


METHODS = named(get_file) | {api_name(f"send_{kind}"): partial(_send_kind, kind=kind) for kind in OPTIONS}
