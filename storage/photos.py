"""Pictures: bytes in files named by their SHA-256, and rows that say which message of which chat showed them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from storage.database import Database, Row
from storage.records import Photo

SWEEP_AGE = 3600.0
"""Files without a row are left alone this long (seconds): they may be about to get one."""
_OWNED = """
    SELECT 1 FROM photos WHERE sha256 = :content
    UNION ALL SELECT 1 FROM questions WHERE photo_sha256 = :content LIMIT 1
"""
_COLUMNS = "chat_id, message_id, sha256, media_type, size, thread_id, media_group_id, created_at"


class Photos:
    """The pictures of all chats; each question goes through a chat's own rows."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._db, self._folder = database, folder
        # Contents that are being saved: their file may stand already and their row not yet.
        self._saving: Counter[str] = Counter()

    def path(self, sha256: str) -> Path:
        """Where the bytes of a content hash lie."""
        return self._folder / sha256[:2] / sha256

    async def save(
        self,
        chat_id: int,
        message_id: int,
        data: bytes,
        *,
        media_type: str,
        thread_id: int | None = None,
        media_group_id: str | None = None,
    ) -> Photo:
        """Keep a message's picture: the file first, durably, then its row. Saving again changes nothing.

        Raises:
            OSError: The disk is full or cannot be written.
        """
        sha256 = await asyncio.to_thread(_hash, data)
        self._saving[sha256] += 1
        try:
            await asyncio.to_thread(self._write, sha256, data)
            await self._db.execute(
                f"INSERT INTO photos ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (chat_id, message_id)"  # noqa: S608
                " DO UPDATE SET sha256 = excluded.sha256, media_type = excluded.media_type, size = excluded.size",
                (chat_id, message_id, sha256, media_type, len(data), thread_id, media_group_id, time.time()),
            )
        finally:
            self._saving -= Counter((sha256,))
        photo = await self.of_message(chat_id, message_id)
        assert photo is not None
        return photo

    async def of_message(self, chat_id: int, message_id: int) -> Photo | None:
        """The picture that a message of this chat showed."""
        return await self._one("WHERE chat_id = ? AND message_id = ?", (chat_id, message_id))

    async def newest(self, chat_id: int, thread_id: int | None = None) -> Photo | None:
        """The chat's newest picture (of the thread, where there are threads)."""
        return await self._one(
            "WHERE chat_id = ? AND thread_id IS ? ORDER BY message_id DESC LIMIT 1", (chat_id, thread_id)
        )

    async def in_group(self, chat_id: int, media_group_id: str) -> list[Photo]:
        """The pictures of an album, in their order."""
        rows = await self._db.fetch_all(
            f"SELECT {_COLUMNS} FROM photos WHERE chat_id = ? AND media_group_id = ? ORDER BY message_id",  # noqa: S608
            (chat_id, media_group_id),
        )
        return [self._photo(row) for row in rows]

    async def read(self, chat_id: int, sha256: str) -> bytes:
        """The bytes of one of this chat's pictures.

        Raises:
            FileNotFoundError: This chat has no such picture.
        """
        return await asyncio.to_thread((await self.find(chat_id, sha256)).read_bytes)

    async def find(self, chat_id: int, sha256: str) -> Path:
        """The file of one of this chat's pictures.

        Raises:
            FileNotFoundError: This chat has no such picture.
        """
        row = await self._db.fetch_one(
            "SELECT 1 FROM photos WHERE sha256 = :content AND chat_id = :chat UNION ALL"
            " SELECT 1 FROM questions WHERE photo_sha256 = :content AND chat_id = :chat LIMIT 1",
            {"content": sha256, "chat": chat_id},
        )
        if row is None:
            raise FileNotFoundError(f"chat {chat_id} has no picture {sha256[:12]}")
        return self.path(sha256)

    async def remove_unowned(self, hashes: Iterable[str]) -> int:
        """Delete the files of those hashes that no message shows and no question asks about. Returns how many."""
        removed = 0
        for sha256 in hashes:
            # Inside a transaction no row can appear between the look and the removal, and nothing else runs between
            # asking who is saving and removing: a save that begins later finds no file and writes it again.
            async with self._db.transaction() as tx:
                owned = await tx.fetch_one(_OWNED, {"content": sha256})
                if owned is None and not self._saving[sha256]:
                    self.path(sha256).unlink(missing_ok=True)
                    removed += 1
        return removed

    async def sweep(self, now: float | None = None) -> int:
        """Delete old files that have no row: leftovers of a crash between file and row. Returns how many."""
        found = await asyncio.to_thread(self._old_files, (time.time() if now is None else now) - SWEEP_AGE)
        partial = [path for path in found if path.suffix]
        for path in partial:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return len(partial) + await self.remove_unowned(path.name for path in found if not path.suffix)

    async def _one(self, where: str, parameters: tuple[object, ...]) -> Photo | None:
        row = await self._db.fetch_one(f"SELECT {_COLUMNS} FROM photos {where}", parameters)  # noqa: S608
        return None if row is None else self._photo(row)

    def _photo(self, row: Row) -> Photo:
        return Photo(
            chat_id=row["chat_id"],
            message_id=row["message_id"],
            sha256=row["sha256"],
            media_type=row["media_type"],
            size=row["size"],
            path=self.path(row["sha256"]),
            thread_id=row["thread_id"],
            media_group_id=row["media_group_id"],
            created_at=row["created_at"],
        )

    def _write(self, sha256: str, data: bytes) -> None:
        """Write the bytes under their hash, whole or not at all, and flush them to the disk."""
        target = self.path(sha256)
        if target.exists():
            os.utime(target)  # young again: the sweep must not take it before its new row stands
            return
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, partial = tempfile.mkstemp(suffix=".partial", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).replace(target)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        for folder in (target.parent, self._folder):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _old_files(self, before: float) -> list[Path]:
        return [path for path in self._folder.glob("??/*") if path.is_file() and path.stat().st_mtime < before]


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
