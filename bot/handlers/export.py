"""/export: the chat's history as a ZIP, made on disk beside the chat."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from telegram import Message, Update
from telegram.constants import FileSizeLimit
from telegram.error import TelegramError
from telegram.ext import Application, CommandHandler, filters

from bot import menu_texts as texts
from bot.asking import say, thread_of
from bot.exporting.archive import Item, write_archives
from bot.exporting.rows import picture_name, row_of
from bot.rights import may_change
from bot.services import Context, Services, services_of
from model.errors import PictureError

log = logging.getLogger(__name__)

MARGIN = 2**20
"""Bytes that an upload's frame may need beside the file."""
BROWSERS_SHOW = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/bmp")
PROGRESS_EVERY = 200
PREVIEW_SIDE = 1000


def register(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Take the command."""
    application.add_handler(CommandHandler("export", on_export, filters=filters.UpdateType.MESSAGE))


async def on_export(update: Update, context: Context) -> None:
    """Check, say that it begins, and let it run beside the chat."""
    message = update.effective_message
    if message is None:
        return
    services = services_of(context)
    if not await may_change(services, message.chat, message.from_user, message):
        await say(message, texts.ONLY_ADMINS)
        return
    running: set[int] = context.bot_data.setdefault("exports", set())
    if message.chat_id in running:
        await say(message, texts.EXPORT_RUNNING)
        return
    total = sum([1 async for _ in services.store.questions.export(message.chat_id)])
    if total == 0:
        await say(message, texts.EMPTY_EXPORT)
        return
    running.add(message.chat_id)
    progress = await say(message, texts.EXPORTING)
    services.spawn(_export(services, message, progress, total, running))


async def _export(services: Services, message: Message, progress: Message, total: int, running: set[int]) -> None:
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="export-", dir=services.store.data_dir))
    try:
        items = await _items(services, message, progress, total)
        title = message.chat.title or message.chat.first_name or "your chat"
        at = datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC")
        limit = FileSizeLimit.FILESIZE_UPLOAD - MARGIN
        paths = await asyncio.to_thread(write_archives, items, folder, title, at, limit)
        for number, path in enumerate(paths, 1):
            caption = texts.EXPORT_CAPTION if len(paths) == 1 else texts.export_part(number, len(paths))
            await services.bot.send_document(
                message.chat_id, path, caption=caption, filename=path.name, message_thread_id=thread_of(message)
            )
        with suppress(TelegramError):
            await progress.delete()
    except Exception as error:  # whatever it was, the person must not be left with "preparing"
        log.error("an export failed", exc_info=error)
        with suppress(TelegramError):
            await progress.edit_text(texts.EXPORT_FAILED)
    finally:
        running.discard(message.chat_id)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _items(services: Services, message: Message, progress: Message, total: int) -> list[Item]:
    items: list[Item] = []
    names: dict[str, tuple[str | None, Path | None, bytes | None]] = {}
    async for question in services.store.questions.export(message.chat_id):
        if question.photo_sha256 not in names:
            names[question.photo_sha256] = await _picture(services, message.chat_id, question.photo_sha256)
        name, file, preview = names[question.photo_sha256]
        items.append(Item(row_of(question, name), file, preview))
        if len(items) % PROGRESS_EVERY == 0:
            with suppress(TelegramError):
                await progress.edit_text(texts.export_progress(len(items), total))
    return items


async def _picture(services: Services, chat_id: int, sha256: str) -> tuple[str | None, Path | None, bytes | None]:
    """Name in the ZIP, file, and a small copy where browsers cannot show the picture."""
    try:
        path = await services.store.photos.find(chat_id, sha256)
    except FileNotFoundError:
        return None, None, None
    if not await asyncio.to_thread(path.exists):
        return None, None, None
    try:  # by its content: what a message claimed may be wrong
        media_type = (await services.decoder.inspect(path, sha256=sha256, chat_id=chat_id)).media_type
    except (PictureError, OSError):
        return picture_name(sha256, "application/octet-stream"), path, None
    preview = None
    if media_type not in BROWSERS_SHOW:
        preview = await services.decoder.thumbnail(sha256, path, PREVIEW_SIDE, chat_id=chat_id)
    return picture_name(sha256, media_type), path, preview
