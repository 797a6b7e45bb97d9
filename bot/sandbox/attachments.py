"""From bytes to the media objects of a Message."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable
from typing import Any

from bot.sandbox import pictures
from bot.sandbox.files import Files, StoredFile

Media = dict[str, Any]


async def photo(files: Files, data: bytes, scale: Callable[[bytes], list[pictures.Size]]) -> Media:
    """A photo in Telegram's sizes: `{"photo": [PhotoSize, ...]}`, smallest first.

    Raises:
        ApiError: 400 when it is no picture that can be a photo.
    """
    sizes = await asyncio.to_thread(scale, data)
    return {"photo": [_size(files, size, "photo") for size in sizes]}


async def document(files: Files, data: bytes, name: str, media_type: str) -> Media:
    """A file as it is: `{"document": Document}`, with a thumbnail when it is a picture."""
    media_type = media_type if media_type not in {"", "application/octet-stream"} else guess(name)
    stored = files.add(data, "document", name, media_type)
    body = _common(stored)
    body["file_name"] = name
    body["mime_type"] = media_type
    if media_type.startswith("image/"):
        small = await asyncio.to_thread(pictures.thumbnail, data)
        if small is not None:
            body["thumbnail"] = _size(files, small, "thumbnail")
    return {"document": body}


async def other(files: Files, kind: str, data: bytes, name: str, media_type: str) -> Media:
    """A video, voice message, audio, animation, sticker or video note. Nothing is measured: sizes are made up."""
    stored = files.add(data, kind, name, media_type)
    body = _common(stored)
    if kind in {"video", "animation"}:
        body |= {"width": 640, "height": 480, "duration": 3, "file_name": name, "mime_type": media_type}
    elif kind == "video_note":
        body |= {"length": 240, "duration": 3}
    elif kind == "sticker":
        body |= {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "🙂"}
    elif kind == "voice":
        body |= {"duration": 3, "mime_type": media_type or "audio/ogg"}
    else:
        body |= {"duration": 3, "file_name": name, "mime_type": media_type or "audio/mpeg"}
    media: Media = {kind: body}
    if kind == "animation":  # Telegram sets both, so that old bots see a document
        fields = ("file_id", "file_unique_id", "file_size", "file_name", "mime_type")
        media["document"] = {name: body[name] for name in fields}
    return media


def guess(name: str) -> str:
    """A media type from a file's name."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _common(stored: StoredFile) -> Media:
    return {"file_id": stored.file_id, "file_unique_id": stored.file_unique_id, "file_size": stored.size}


def _size(files: Files, size: pictures.Size, kind: str) -> Media:
    stored = files.add(size.jpeg, kind, "photo.jpg", "image/jpeg")
    return {**_common(stored), "width": size.width, "height": size.height}
