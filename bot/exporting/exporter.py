"""Makes the exports that the ledger holds, and brings each into its chat; what a kill interrupts goes on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

from telegram import Message, ReplyParameters
from telegram.constants import FileSizeLimit
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot import menu_texts as texts
from bot.decoder import Decoder
from bot.exporting.archive import write_archives
from bot.exporting.contents import gather
from storage.exports import Export
from storage.shielding import shielded
from storage.store import Store

log = logging.getLogger(__name__)

FOLDER = "exports"
"""In the data folder: what is being packed. Nothing in it outlives its export."""
OLD_FOLDERS = "export-*"
"""Where earlier releases packed."""
MARGIN = 2**20
"""Bytes that an upload's frame may need beside the file."""
AT_ONCE = 2
MOST_ATTEMPTS = 3
"""An export that was begun so often without an end (the bot dies in it, say) is given up."""
TRIES = 5
"""How often a message is sent again while Telegram cannot be reached: after 1, 2, 4 … seconds."""
GRACE = 10.0
"""Seconds that a file on its way gets to arrive, when the bot stops or its chat is deleted."""


class Exporter:
    """One task for each chat that waits for an export, few of them at work at once."""

    def __init__(self, store: Store, bot: ExtBot[Any], decoder: Decoder) -> None:
        """Take exports from `store`, look at their pictures with `decoder`, and send them with `bot`."""
        self._store, self._bot, self._decoder = store, bot, decoder
        self._folder = store.data_dir / FOLDER
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._sending: set[int] = set()
        self._cancelled: set[int] = set()

    async def start(self) -> None:
        """Sweep what a previous run left on the disk, and go on with what it had not finished."""
        await asyncio.to_thread(self._sweep)
        for export in await self._store.exports.waiting():
            self.begin(export.chat_id)

    async def stop(self, grace: float = GRACE) -> None:
        """Let what is on its way arrive, but not longer than `grace` seconds; the rest goes on at the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=grace)
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def begin(self, chat_id: int) -> None:
        """Make the export that a chat waits for, if it is not being made."""
        if chat_id not in self._tasks:
            task = self._tasks[chat_id] = asyncio.create_task(self._run(chat_id))
            task.add_done_callback(lambda _: self._tasks.pop(chat_id, None))

    async def cancel(self, chat_id: int) -> None:
        """Nobody wants it any more: when this returns, nothing of it comes into the chat, and its message is gone."""
        export = await self._store.exports.of_chat(chat_id)
        if export is None:
            return
        await self._store.exports.end(chat_id)
        task = self._tasks.get(chat_id)
        if task is not None:
            self._cancelled.add(chat_id)
            try:
                if chat_id in self._sending:
                    # One that is cut off may arrive all the same. Left to itself it is known, and taken away.
                    await asyncio.wait([task], timeout=GRACE)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            finally:
                self._cancelled.discard(chat_id)
        await self._take_away(chat_id, export.progress_id)

    async def _run(self, chat_id: int) -> None:
        async with self._room:
            export = await self._store.exports.begin(chat_id)
            if export is None:
                return
            try:
                if export.attempts > MOST_ATTEMPTS:
                    log.error("the export of chat %d is given up after %d attempts", chat_id, MOST_ATTEMPTS)
                    await self._fail(export)
                else:
                    await self._make(export)
            except Forbidden:
                await self._store.exports.end(chat_id)
            except ChatMigrated as error:
                await self._store.chats.migrate(chat_id, error.new_chat_id)
                self.begin(error.new_chat_id)
            except Exception as error:  # whatever it was, the person must not be left with "packing"
                log.error("an export failed", exc_info=error)
                try:
                    await self._fail(export)
                except Exception:
                    log.exception("that an export failed is told at the next start")

    async def _make(self, export: Export) -> None:
        self._sending.add(export.chat_id)  # cut off now, its message would stay
        try:
            progress = await self._show_progress(export)
        finally:
            self._sending.discard(export.chat_id)
        if export.chat_id in self._cancelled:
            await self._take_away(export.chat_id, progress)
            return

        async def gathered(done: int, total: int) -> None:
            with contextlib.suppress(TelegramError):
                await self._bot.edit_message_text(
                    texts.export_progress(done, total), chat_id=export.chat_id, message_id=progress
                )

        folder: Path | None = None
        try:
            folder = self._new_folder()  # a thread's might be made when nobody waits for it any more
            held = folder / "pictures"
            held.mkdir(mode=0o700)
            contents = await gather(self._store, self._decoder, export, held, gathered)
            limit = FileSizeLimit.FILESIZE_UPLOAD - MARGIN
            paths = await shielded(asyncio.to_thread(write_archives, contents, folder, limit))
            for number, path in enumerate(paths[export.sent :], export.sent + 1):
                caption = texts.EXPORT_CAPTION if len(paths) == 1 else texts.export_part(number, len(paths))
                await self._send(export, path, caption)
                if export.chat_id in self._cancelled:
                    return
                await self._store.exports.set_sent(export.chat_id, number)
        finally:
            if folder is not None:
                await shielded(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
            if export.chat_id in self._cancelled:
                await self._take_away(export.chat_id, progress)
        await self._take_away(export.chat_id, progress)
        await self._store.exports.end(export.chat_id)

    async def _show_progress(self, export: Export) -> int:
        """The message that says that it is being made; returns its number."""
        if export.progress_id is not None:
            with contextlib.suppress(BadRequest):  # it shows that already, or is gone: the files come all the same
                await self._bot.edit_message_text(
                    texts.EXPORTING_AGAIN, chat_id=export.chat_id, message_id=export.progress_id
                )
            return export.progress_id
        sent = await self._insist(
            export,
            lambda: self._bot.send_message(
                export.chat_id,
                texts.EXPORTING,
                message_thread_id=export.thread_id,
                reply_parameters=ReplyParameters(export.message_id, allow_sending_without_reply=True),
            ),
        )
        await self._store.exports.set_progress(export.chat_id, sent.message_id)
        return sent.message_id

    async def _send(self, export: Export, path: Path, caption: str) -> None:
        self._sending.add(export.chat_id)
        try:
            sent = await self._insist(
                export,
                lambda: self._bot.send_document(
                    export.chat_id, path, caption=caption, filename=path.name, message_thread_id=export.thread_id
                ),
            )
        finally:
            self._sending.discard(export.chat_id)
        if export.chat_id in self._cancelled:
            await self._take_away(export.chat_id, sent.message_id)

    async def _insist(self, export: Export, call: Callable[[], Awaitable[Message]]) -> Message:
        """Send something, a few times while Telegram cannot be reached."""
        for attempt in count():
            try:
                return await call()
            except BadRequest:
                raise
            except (NetworkError, RetryAfter) as error:
                if attempt == TRIES or export.chat_id in self._cancelled:
                    raise
                log.warning("an export waits for Telegram: %s", error.message)
            await asyncio.sleep(2.0**attempt)
        raise AssertionError

    async def _fail(self, export: Export) -> None:
        """Say that it did not work, in the place of the progress, and forget it."""
        known = await self._store.exports.of_chat(export.chat_id)
        if known is not None and known.progress_id is not None:
            with contextlib.suppress(TelegramError):
                await self._bot.edit_message_text(
                    texts.EXPORT_FAILED, chat_id=export.chat_id, message_id=known.progress_id
                )
        await self._store.exports.end(export.chat_id)

    async def _take_away(self, chat_id: int, message_id: int | None) -> None:
        if message_id is not None:
            with contextlib.suppress(TelegramError):
                await self._bot.delete_message(chat_id, message_id)

    def _new_folder(self) -> Path:
        self._folder.mkdir(exist_ok=True, mode=0o700)
        return Path(tempfile.mkdtemp(dir=self._folder))

    def _sweep(self) -> None:
        for folder in (self._folder, *self._store.data_dir.glob(OLD_FOLDERS)):
            shutil.rmtree(folder, ignore_errors=True)
