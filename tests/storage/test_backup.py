"""A copy made while others write is whole, and can be lived in."""

from __future__ import annotations

import asyncio
import hashlib
from itertools import count
from pathlib import Path

from refusals import refuses
from storage_helpers import Ask

from storage.backup import backup
from storage.errors import CorruptDatabaseError, StorageError
from storage.store import Store


async def test_a_copy_while_the_bot_works(store: Store, ask: Ask, tmp_path: Path) -> None:
    stop = asyncio.Event()

    async def live(chat: int) -> None:
        for message in count():
            if stop.is_set():
                return
            photo = await store.photos.save(chat, message, f"{chat}/{message}".encode(), media_type="image/png")
            await ask(chat, message_id=message, photo_sha256=photo.sha256)

    for chat in range(4):
        await ask(chat, message_id=-1, photo_sha256=(await store.photos.save(chat, -1, b"x", media_type="a")).sha256)
    working = [asyncio.create_task(live(chat)) for chat in range(4)]
    copied = await backup(store.data_dir, tmp_path / "copy")
    stop.set()
    await asyncio.gather(*working)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
    async with await Store.open(tmp_path / "copy") as restored:
        contents = set()
        for chat in range(4):
            questions = [question async for question in restored.questions.export(chat)]
            assert questions
            for question in questions:
                data = await restored.photos.read(chat, question.photo_sha256)
                assert hashlib.sha256(data).hexdigest() == question.photo_sha256
                contents.add(question.photo_sha256)
        assert copied >= len(contents)
        assert (await restored.questions.load(1, 1, 0)).waiting <= (await store.questions.load(1, 1, 0)).waiting


async def test_what_cannot_be_copied_is_said(store: Store, tmp_path: Path) -> None:
    with refuses(StorageError, match="no database"):
        await backup(tmp_path / "nothing", tmp_path / "copy")
    (tmp_path / "copy").mkdir()
    with refuses(StorageError, match="exists already"):
        await backup(store.data_dir, tmp_path / "copy")
    (tmp_path / "file").write_text("x")
    with refuses(StorageError, match="cannot be written"):
        await backup(store.data_dir, tmp_path / "file" / "copy")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "vqabot.sqlite3").write_bytes(b"no database at all" * 300)
    with refuses(CorruptDatabaseError, match="damaged"):
        await backup(tmp_path / "bad", tmp_path / "other")
    assert not (tmp_path / "other").exists() and not (tmp_path / "other.partial").exists()


async def test_pictures_that_only_questions_name_are_copied(store: Store, ask: Ask, tmp_path: Path) -> None:
    photo = await store.photos.save(1, 7, b"the first", media_type="image/png")
    await ask(1, message_id=8, photo_sha256=photo.sha256)
    await store.photos.save(1, 7, b"what an edit put in its place", media_type="image/png")
    assert await backup(store.data_dir, tmp_path / "copy") == 2
    async with await Store.open(tmp_path / "copy") as restored:
        assert await restored.photos.read(1, photo.sha256) == b"the first"
