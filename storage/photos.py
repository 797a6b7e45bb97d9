"""Pictures: bytes in files named by their SHA-256, and rows that say which message of which chat showed them."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from storage.database import Database, Parameters, Row
from storage.picture_files import PictureFiles, content_hash
from storage.quota import EACH, Budget, Quota, batched
from storage.records import Photo
from storage.thumbnails import Thumbnails

SWEEP_AGE = 3600.0
"""Files without a row are left alone this long (seconds): they may be about to get one."""
_OWNED = """
    SELECT 1 FROM photos WHERE sha256 = :content
    UNION ALL SELECT 1 FROM asked_pictures WHERE sha256 = :content AND removed = 0 LIMIT 1
"""
_UNOWNED = """
    SELECT value AS sha256 FROM json_each(:hashes)
    WHERE NOT EXISTS (SELECT 1 FROM photos WHERE sha256 = value)
        AND NOT EXISTS (SELECT 1 FROM asked_pictures WHERE sha256 = value AND removed = 0)
"""
SWEEP_EACH = 1000
_COLUMNS = (
    "chat_id, message_id, sha256, media_type, size, thread_id, media_group_id, created_at, talked_at, talked_by,"
    " file_unique_id, still_of"
)
# Later than any talk before it in its place, also where the clock was set back.
_NOW = (
    "max(:now, coalesce((SELECT max(talked_at) FROM photos WHERE chat_id = :chat AND thread_id IS :thread), 0) + 0.001)"
)


class Photos:
    """The pictures of all chats; each question goes through a chat's own rows."""

    def __init__(self, database: Database, folder: Path, thumbnails: Thumbnails, budget: Budget | None = None) -> None:
        self._db, self._files, self._thumbnails = database, PictureFiles(folder), thumbnails
        self.quota = Quota(database, folder, budget or Budget(), self.remove_unowned)
        # Contents that are being saved: their file may stand already and their row not yet.
        self._saving: Counter[str] = Counter()

    def path(self, sha256: str) -> Path:
        """Where the bytes of a content hash lie."""
        return self._files.path(sha256)

    async def save(
        self,
        chat_id: int,
        message_id: int,
        data: bytes,
        *,
        media_type: str,
        thread_id: int | None = None,
        media_group_id: str | None = None,
        file_unique_id: str | None = None,
        still_of: str | None = None,
        user_id: int | None = None,
        current: bool = True,
    ) -> Photo:
        """Keep a message's picture: the file first, durably, then its row. Saving again replaces the picture.

        It is the picture talked about now, with all of its album; not `current`: it was only given to `user_id`.

        Raises:
            OSError: The disk is full, or nearly, or cannot be written.
            NoRoomError: The budget for pictures is used up by questions that wait.
        """
        sha256 = await asyncio.to_thread(content_hash, data)
        self._saving[sha256] += 1
        values = {
            "chat": chat_id,
            "message": message_id,
            "sha256": sha256,
            "media_type": media_type,
            "size": len(data),
            "thread": thread_id,
            "album": media_group_id,
            "now": time.time(),
            "user": user_id,
            "file": file_unique_id,
            "still": still_of,
        }
        try:
            if not await asyncio.to_thread(self.path(sha256).exists):
                await self.quota.make_room(chat_id, len(data))
            await asyncio.to_thread(self._files.write, sha256, data)
            rows = await self._db.execute_returning(
                f"INSERT INTO photos ({_COLUMNS}) VALUES (:chat, :message, :sha256, :media_type, :size, :thread,"  # noqa: S608
                f" :album, :now, {_NOW if current else 'NULL'}, :user, :file, :still)"
                " ON CONFLICT (chat_id, message_id) DO UPDATE"
                " SET sha256 = excluded.sha256, media_type = excluded.media_type, size = excluded.size,"
                " media_group_id = coalesce(excluded.media_group_id, media_group_id),"
                " file_unique_id = excluded.file_unique_id, still_of = excluded.still_of,"
                " talked_at = coalesce(excluded.talked_at, talked_at), talked_by = excluded.talked_by"
                f" RETURNING {_COLUMNS}",
                values,
            )
        finally:
            self._saving -= Counter((sha256,))
        photo = self._photo(rows[0])
        if current and media_group_id is not None:
            album = await self.in_group(chat_id, media_group_id)
            await self.set_current(chat_id, thread_id, [item.message_id for item in album], user_id)
        return photo

    async def set_current(
        self, chat_id: int, thread_id: int | None, message_ids: Sequence[int], user_id: int | None
    ) -> None:
        """The pictures of these messages are what is talked about now in this place, together, by somebody."""
        numbers = ", ".join(map(str, message_ids))
        await self._db.execute(
            f"UPDATE photos SET talked_at = {_NOW}, talked_by = :user WHERE chat_id = :chat"  # noqa: S608 - numbers
            f" AND message_id IN ({numbers})",
            {"now": time.time(), "chat": chat_id, "thread": thread_id, "user": user_id},
        )

    async def forget(self, chat_id: int, message_id: int) -> None:
        """A message shows its picture no more. Questions about it keep the file."""
        photo = await self.of_message(chat_id, message_id)
        if photo is not None:
            await self._db.execute("DELETE FROM photos WHERE chat_id = ? AND message_id = ?", (chat_id, message_id))
            await self.remove_unowned([photo.sha256])

    async def of_message(self, chat_id: int, message_id: int) -> Photo | None:
        """The picture that a message of this chat showed."""
        return await self._one("WHERE chat_id = ? AND message_id = ?", (chat_id, message_id))

    async def newest_shown(
        self, chat_id: int, thread_id: int | None, *, below: int, beside: int | None
    ) -> Photo | None:
        """The newest picture of a place whose message has a number below one, and is not that of another picture."""
        return await self._one(
            "WHERE chat_id = ? AND message_id < ? AND message_id IS NOT ? AND thread_id IS ? ORDER BY message_id DESC"
            " LIMIT 1",
            (chat_id, below, beside, thread_id),
        )

    async def current(self, chat_id: int, thread_id: int | None, user_id: int | None) -> list[Photo]:
        """The pictures that were talked about last, together; where there are none, what was given to `user_id`."""
        place = {"chat": chat_id, "thread": thread_id, "user": user_id}
        found = await self._many(
            "WHERE chat_id = :chat AND thread_id IS :thread AND talked_at = (SELECT max(talked_at) FROM photos"
            " WHERE chat_id = :chat AND thread_id IS :thread) ORDER BY abs(message_id)",
            place,
        )
        return found or await self._many(
            "WHERE chat_id = :chat AND thread_id IS :thread AND talked_at IS NULL AND talked_by = :user"
            " ORDER BY created_at DESC LIMIT 1",
            place,
        )

    async def shown_since(self, chat_id: int, thread_id: int | None, moment: float) -> bool:
        """Whether a picture was shown in a place after a moment (unix seconds)."""
        where = "WHERE chat_id = ? AND thread_id IS ? AND talked_at IS NOT NULL AND created_at > ? LIMIT 1"
        return await self._one(where, (chat_id, thread_id, moment)) is not None

    async def contents(self, chat_id: int) -> list[str]:
        """The content hashes of all pictures that a chat shows or asked about."""
        rows = await self._db.fetch_all(
            "SELECT sha256 FROM photos WHERE chat_id = :chat"
            " UNION SELECT sha256 FROM asked_pictures WHERE chat_id = :chat",
            {"chat": chat_id},
        )
        return [row["sha256"] for row in rows]

    async def of_chat(self, chat_id: int) -> list[Photo]:
        """All pictures of a chat, oldest first."""
        return await self._many("WHERE chat_id = :chat ORDER BY created_at, abs(message_id)", {"chat": chat_id})

    async def in_group(self, chat_id: int, media_group_id: str) -> list[Photo]:
        """The pictures of an album, in their order."""
        return await self._many(
            "WHERE chat_id = ? AND media_group_id = ? ORDER BY abs(message_id)", (chat_id, media_group_id)
        )

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
            " SELECT 1 FROM asked_pictures WHERE sha256 = :content AND chat_id = :chat AND removed = 0"
            " LIMIT 1",
            {"content": sha256, "chat": chat_id},
        )
        if row is None:
            raise FileNotFoundError(f"chat {chat_id} has no picture {sha256[:12]}")
        return self.path(sha256)

    async def kept(self, chat_id: int, hashes: Iterable[str]) -> set[str]:
        """Which of these pictures of a chat are still there."""
        found = set()
        for sha256 in set(hashes):
            try:
                path = await self.find(chat_id, sha256)
            except FileNotFoundError:
                continue
            if await asyncio.to_thread(path.exists):
                found.add(sha256)
        return found

    async def remove_unowned(self, hashes: Iterable[str]) -> int:
        """Delete the files of those hashes that no message shows and no question asks about. Returns how many."""
        removed = 0
        for some in batched(hashes, EACH):
            # Inside a transaction no row can appear between the look and the removal, and nothing else runs between
            # asking who is saving and removing: a save that begins later finds no file and writes it again.
            async with self._db.transaction() as tx:
                for sha256 in some:
                    owned = await tx.fetch_one(_OWNED, {"content": sha256})
                    if owned is None and not self._saving[sha256]:
                        self.path(sha256).unlink(missing_ok=True)
                        self._thumbnails.remove(sha256)
                        # A refusal stays for a day, so that the same file does not cost again.
                        await tx.execute("DELETE FROM picture_checks WHERE sha256 = ? AND refusal IS NULL", (sha256,))
                        removed += 1
        return removed

    async def sweep(self, now: float | None = None) -> int:
        """Delete old files that have no row: leftovers of a crash between file and row. Returns how many."""
        await asyncio.to_thread(self._thumbnails.sweep, self._files.folder)
        found = await asyncio.to_thread(self._files.older, (time.time() if now is None else now) - SWEEP_AGE)
        partial = [path for path in found if path.suffix]
        for path in partial:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        named = [path.name for path in found if not path.suffix]
        removed = 0
        for first in range(0, len(named), SWEEP_EACH):
            # Nearly all have one: only what seems to have none is looked at in a transaction.
            part = json.dumps(named[first : first + SWEEP_EACH])
            rows = await self._db.fetch_all(_UNOWNED, {"hashes": part})
            removed += await self.remove_unowned(row["sha256"] for row in rows)
        return len(partial) + removed

    async def _one(self, where: str, parameters: Parameters) -> Photo | None:
        return next(iter(await self._many(where, parameters)), None)

    async def _many(self, where: str, parameters: Parameters) -> list[Photo]:
        rows = await self._db.fetch_all(f"SELECT {_COLUMNS} FROM photos {where}", parameters)  # noqa: S608
        return [self._photo(row) for row in rows]

    def _photo(self, row: Row) -> Photo:
        return Photo(path=self.path(row["sha256"]), **row)
