"""Makes the exports that the ledger holds, and brings each into its chat; what a kill interrupts goes on."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from telegram.constants import FileSizeLimit
from telegram.error import ChatMigrated, Forbidden
from telegram.ext import ExtBot

from bot.answering.delivery import Delivery
from bot.exporting.archive import write_archives
from bot.exporting.contents import gather
from bot.exporting.messages import GRACE, ExportMessages, NotWantedError
from bot.picture_decoder import PictureDecoder
from bot.tasks import cancel_and_wait, finish_within
from bot.texts import menus as texts
from bot.texts.language import speaking
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


class Exporter:
    """One task for each chat that waits for an export, few of them at work at once."""

    def __init__(self, store: Store, bot: ExtBot[Any], decoder: PictureDecoder, delivery: Delivery) -> None:
        """Take exports from `store`, look at their pictures with `decoder`, and send them with `bot`.

        `delivery` is who else speaks in the chats.
        """
        self._store, self._bot, self._decoder, self._delivery = store, bot, decoder, delivery
        self._folder = store.data_dir / FOLDER
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._messages: dict[int, ExportMessages] = {}  # of what is at work

    async def start(self) -> None:
        """Sweep what a previous run left on the disk, and go on with what it had not finished."""
        await asyncio.to_thread(self._sweep)
        for export in await self._store.exports.waiting():
            self.begin(export.chat_id)

    async def stop(self, grace: float = GRACE) -> None:
        """Let what is on its way arrive, but not longer than `grace` seconds; the rest goes on at the next start."""
        await finish_within(self._tasks.values(), grace)
        await cancel_and_wait(*self._tasks.values())  # what was begun meanwhile

    def begin(self, chat_id: int) -> None:
        """Make the export that a chat waits for, if it is not being made."""
        if chat_id not in self._tasks:
            task = self._tasks[chat_id] = asyncio.create_task(self._run(chat_id))
            task.add_done_callback(lambda _: self._tasks.pop(chat_id, None))

    async def cancel(self, chat_id: int) -> None:
        """Nobody wants it any more: when this returns, nothing of it is in the chat, nor comes there."""
        export = await self._store.exports.of_chat(chat_id)
        if export is None:
            return
        await self._store.exports.end(chat_id)
        messages = self._messages.get(chat_id) or self._messages_of(export)
        task = self._tasks.get(chat_id)
        if task is not None:
            if messages.sending:
                # One that is cut off may arrive all the same. Left to itself it is known, and taken away.
                await asyncio.wait([task], timeout=GRACE)
            await cancel_and_wait(task)
        await messages.delete_messages()

    async def _run(self, chat_id: int) -> None:
        with speaking(await self._store.chats.language(chat_id)):
            await self._export(chat_id)

    async def _export(self, chat_id: int) -> None:
        async with self._room:
            export = await self._store.exports.begin(chat_id)
            if export is None:
                return
            messages = self._messages[chat_id] = self._messages_of(export)
            try:
                if export.attempts > MOST_ATTEMPTS:
                    log.error("the export of chat %d is given up after %d attempts", chat_id, MOST_ATTEMPTS)
                    await self._fail(chat_id, messages)
                else:
                    await self._make(export, messages)
            except NotWantedError:
                log.info("the export of chat %d is not wanted any more", chat_id)
            except Forbidden:
                await self._store.exports.end(chat_id)
            except ChatMigrated as error:
                await self._store.chats.migrate(chat_id, error.new_chat_id)
                self.begin(error.new_chat_id)
            except Exception as error:  # whatever it was, the person must not be left with "packing"
                log.error("an export failed", exc_info=error)
                try:
                    await self._fail(chat_id, messages)
                except Exception:
                    log.exception("that an export failed is told at the next start")
            finally:
                del self._messages[chat_id]

    async def _make(self, export: Export, messages: ExportMessages) -> None:
        async def gathered(done: int, total: int) -> None:
            await messages.show(texts.export_progress(done, total))

        await messages.begin()
        folder: Path | None = None
        try:
            # No thread makes it: that one might be made when nobody waits for it any more.
            self._folder.mkdir(exist_ok=True, mode=0o700)
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            held = folder / "pictures"
            held.mkdir(mode=0o700)
            contents = await gather(self._store, self._decoder, self._delivery.outcomes, export, held, gathered)
            limit = FileSizeLimit.FILESIZE_UPLOAD - MARGIN
            paths = await shielded(asyncio.to_thread(write_archives, contents, folder, limit))
            # All of them, also after a restart: what had to go meanwhile for lack of room divides them anew.
            for place, path in enumerate(paths):
                await messages.send_file(place, len(paths), path)
            await messages.keep(len(paths))
        finally:
            if folder is not None:
                await shielded(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
        await self._store.exports.end(export.chat_id)

    async def _fail(self, chat_id: int, messages: ExportMessages) -> None:
        await messages.fail()
        await self._store.exports.end(chat_id)

    def _messages_of(self, export: Export) -> ExportMessages:
        return ExportMessages(self._store, self._bot, self._delivery, export)

    def _sweep(self) -> None:
        for folder in (self._folder, *self._store.data_dir.glob(OLD_FOLDERS)):
            shutil.rmtree(folder, ignore_errors=True)
