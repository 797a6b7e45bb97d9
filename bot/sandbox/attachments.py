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


async def other(files: Files, kind: str, data: bytes, name: str, media_type: str, still: bytes = b"") -> Media:
    """A video, voice message, audio, animation, sticker or video note. Nothing is measured: sizes are made up.

    Telegram makes a still of what can be seen; here what Pillow reads has one, and `still`, a picture, gives others
    theirs.
    """
    stored = files.add(data, kind, name, media_type)
    body = _common(stored)
    if kind in {"video", "animation"}:
        body |= {"width": 640, "height": 480, "duration": 3, "file_name": name, "mime_type": media_type}
    elif kind == "video_note":
        body |= {"length": 240, "duration": 3}
    elif kind == "sticker":
        moving = {"is_animated": name.endswith(".tgs"), "is_video": name.endswith(".webm")}
        body |= {"type": "regular", "width": 512, "height": 512, **moving, "emoji": "🐶"}
    elif kind == "voice":
        body |= {"duration": 3, "mime_type": media_type or "audio/ogg"}
    else:
        body |= {"duration": 3, "file_name": name, "mime_type": media_type or "audio/mpeg"}
    if kind in {"video", "animation", "sticker", "video_note"}:
        small = await asyncio.to_thread(pictures.thumbnail, still or data)
        if small is not None:
            body["thumbnail"] = _size(files, small, "thumbnail")
    media: Media = {kind: body}
    if kind == "animation":  # Telegram sets both, so that old bots see a document
        fields = ("file_id", "file_unique_id", "file_size", "file_name", "mime_type")
        media["document"] = {name: body[name] for name in fields}
    return media


async def live_photo(files: Files, video: bytes, still: bytes) -> Media:
    """A photo with the moment around it: `{"live_photo": LivePhoto, "photo": [PhotoSize, ...]}`.

    Raises:
        ApiError: 400 when `still` is no picture that can be a photo.
    """
    sizes = await photo(files, still, pictures.phone_sizes)
    moving = _common(files.add(video, "live_photo", "live.mp4", "video/mp4"))
    largest = sizes["photo"][-1]
    return {"live_photo": {**moving, "width": largest["width"], "height": largest["height"], "duration": 3}, **sizes}


def guess(name: str) -> str:
    """A media type from a file's name."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _common(stored: StoredFile) -> Media:
    return {"file_id": stored.file_id, "file_unique_id": stored.file_unique_id, "file_size": stored.size}


def _size(files: Files, size: pictures.Size, kind: str) -> Media:
    stored = files.add(size.jpeg, kind, "photo.jpg", "image/jpeg")
    return {**_common(stored), "width": size.width, "height": size.height}
