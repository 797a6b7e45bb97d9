"""Gathers everything that is kept of a chat, for its export."""

from __future__ import annotations

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answering.outcomes import OutcomeRenderer
from bot.exporting.archive import Contents, ExportedPicture
from bot.exporting.rows import Exported, appearance_of, explained_of, iso, picture_name, row_of
from bot.picture_decoder import PictureDecoder
from bot.texts import export_page
from bot.time_zones import zone_of
from model.errors import PictureError
from storage.exports import Export
from storage.heat_maps import is_hot
from storage.records import Question
from storage.shielding import shielded
from storage.store import Store

BROWSERS_SHOW = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/bmp")
PREVIEW_SIDE = 1000
PROGRESS_EVERY = 200
_SETTINGS = ("beams", "max_new_tokens", "keep_days", "for_training", "time_zone", "language")
_BESIDE = {"chats", "exports", "sent_messages", "updates"}
"""Rows that have a place of their own in history.json."""

Progress = Callable[[int, int], Awaitable[None]]
"""Called now and then with how many questions are gathered, and how many there are."""


async def gather(
    store: Store, decoder: PictureDecoder, outcomes: OutcomeRenderer, export: Export, folder: Path, progress: Progress
) -> Contents:
    """Everything that is kept of a chat, up to the moment when the export was asked for.

    Its pictures are held in `folder`, an empty one beside them: what has to go meanwhile for lack of room is packed.
    """
    chat_id, until = export.chat_id, export.created_at
    kept, total = await store.chats.everything(chat_id), (await store.chats.amount(chat_id)).questions
    pictures: dict[str, ExportedPicture] = {}
    rows: defaultdict[str, list[Exported]] = defaultdict(list)
    shown: defaultdict[str, list[Exported]] = defaultdict(list)
    people: dict[int, str] = {}

    async def name_of(sha256: str) -> str | None:
        if sha256 not in pictures:
            pictures[sha256] = await _picture(store, decoder, chat_id, sha256, folder)
        return pictures[sha256].name

    for photo in await store.photos.of_chat(chat_id):
        if photo.created_at <= until:
            shown[photo.sha256].append(appearance_of(photo, await name_of(photo.sha256)))
    explained: defaultdict[int, list[Exported]] = defaultdict(list)
    heat_maps: defaultdict[str, dict[str, Path]] = defaultdict(dict)
    async for request in store.heat_maps.of_chat(chat_id):
        if request.created_at > until or request.explains is None:
            continue
        name = await _draw(outcomes, request, folder)
        if name is not None:
            heat_maps[request.photo_sha256][name] = folder / Path(name).name
        explained[request.explains].append(explained_of(request, name))
        if request.user_id is not None:
            people[request.user_id] = request.user_name
    done = 0
    async for question in store.questions.export(chat_id):
        if question.created_at > until:
            continue
        names = [await name_of(one.sha256) for one in question.pictures]
        rows[question.photo_sha256].append(row_of(question, names[0], names, explained[question.id]))
        if question.user_id is not None:
            people[question.user_id] = question.user_name
        done += 1
        if done % PROGRESS_EVERY == 0:
            await progress(done, total)
    chat = next(iter(kept["chats"]), {})
    if chat.get("type") == "private":
        people.setdefault(chat_id, chat["title"])
    return Contents(
        title=chat.get("title") or export_page.YOUR_CHAT,
        exported_at=datetime.fromtimestamp(until, UTC),
        pictures=[
            replace(picture, rows=rows[sha256], shown=shown[sha256], heat_maps=heat_maps[sha256])
            for sha256, picture in pictures.items()
        ],
        facts={
            "chat_id": chat_id,
            "chat_type": chat.get("type") or None,
            "known_since": iso(chat["created_at"]) if chat else None,
            "settings": {key: chat.get(key) for key in _SETTINGS},
            "people": [{"user_id": number, "name": name} for number, name in people.items()],
        },
        remainder=_remainder(kept),
        zone=zone_of(chat.get("time_zone")),
    )


async def _draw(outcomes: OutcomeRenderer, request: Question, folder: Path) -> str | None:
    """Draw a heat map into the folder; returns its path inside the ZIP, None where there is none."""
    drawn = await outcomes.heat_map(request) if any(map(is_hot, request.heat)) else None
    if drawn is None:
        return None
    name = f"where-{request.id}.jpg"
    await shielded(asyncio.to_thread((folder / name).write_bytes, drawn))
    return f"pictures/{name}"


async def _picture(store: Store, decoder: PictureDecoder, chat_id: int, sha256: str, folder: Path) -> ExportedPicture:
    """The file with a name for the ZIP, and a small copy where browsers cannot show it."""
    path = folder / sha256
    try:
        await shielded(asyncio.to_thread(_hold, await store.photos.find(chat_id, sha256), path))
    except FileNotFoundError:
        return ExportedPicture(None)
    try:  # by its content: what a message claimed may be wrong
        media_type = await decoder.inspect(path, sha256=sha256, chat_id=chat_id)
    except (PictureError, OSError):
        return ExportedPicture(picture_name(sha256, "application/octet-stream"), path)
    preview = None
    if media_type not in BROWSERS_SHOW:
        preview = await decoder.thumbnail(sha256, path, PREVIEW_SIDE, chat_id=chat_id)
    return ExportedPicture(picture_name(sha256, media_type), path, preview)


def _hold(path: Path, held: Path) -> None:
    """Give a file a second name, which stays when the first one goes; a copy where the disk knows no such names."""
    try:
        held.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(path, held)


def _remainder(kept: dict[str, list[dict[str, Any]]]) -> dict[str, object]:
    """What is kept beside questions, pictures and settings; rows of tables without a place of their own as they are."""
    return {
        "bot_messages": [
            {
                "message_id": row["message_id"],
                "sent_at": iso(row["sent_at"]),
                "picture_message_id": row["photo_message_id"],
            }
            for row in kept["sent_messages"]
        ],
        "exports": [{"message_id": row["message_id"], "asked_at": iso(row["created_at"])} for row in kept["exports"]],
        "unread_updates": kept["updates"],
        "other": {name: rows for name, rows in kept.items() if rows and name not in _BESIDE},
    }
