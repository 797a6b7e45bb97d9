"""Room for pictures: a budget for all, a share for each chat, and a part of the disk that stays free."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from storage.database import Database
from storage.errors import StorageError

MB = 1_000_000
KEPT_FREE_SHARE = 0.05
"""On a small disk no more than this part of it is kept free."""
_TOTAL_GOAL, _CHAT_GOAL = 0.95, 0.9
"""How full a budget is left when pictures had to go, so that this is no work of every picture."""
MOST_KNOWN = 10_000
EACH = 50
"""Pictures that go in one transaction: few enough that nobody waits for it, and one wait for the disk for all."""

# Of a chat, or of all: first what nothing was asked about, then what is answered; the one used longest ago first.
_CANDIDATES = """
    WITH kept AS (
        SELECT sha256, max(coalesce(talked_at, created_at)) AS used FROM photos WHERE {chat} GROUP BY sha256
        UNION ALL
        SELECT sha256, max(created_at) FROM asked_pictures WHERE removed = 0 AND {chat} GROUP BY sha256
    )
    SELECT sha256, max(used) AS used,
        EXISTS (SELECT 1 FROM asked_pictures WHERE sha256 = kept.sha256 AND removed = 0 AND {chat}) AS asked
    FROM kept
    WHERE NOT EXISTS (SELECT 1 FROM asked_pictures WHERE sha256 = kept.sha256 AND delivered = 0 AND {chat})
    GROUP BY sha256 ORDER BY asked, used
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """How many bytes of pictures may be kept."""

    total: int = 10_000 * MB
    """Of all chats."""
    per_chat: int = 1_000 * MB
    """Of one chat; content that several chats sent counts for each."""
    min_free: int = 200 * MB
    """What stays free of the disk, for the database."""


@dataclass(frozen=True, slots=True)
class Usage:
    """How much room there is; all in bytes."""

    used: int
    """By pictures, of all chats."""
    total: int
    """What they may use."""
    free: int
    """What is free of the disk."""
    kept_free: int
    """What pictures leave free of it."""


class NoRoomError(StorageError):
    """A picture has no room, since questions wait for all that is kept."""


class Quota:
    """Makes room before a picture is written: pictures that no question waits for go."""

    def __init__(
        self, database: Database, folder: Path, budget: Budget, remove_unowned: Callable[[list[str]], Awaitable[int]]
    ) -> None:
        """Watch over the pictures in `folder`; `remove_unowned` deletes the files that nobody has any more."""
        self._db, self._folder, self._budget = database, folder, budget
        self._remove_unowned = remove_unowned
        self._lock = asyncio.Lock()
        self._total, self._measured = 0, False
        self._of_chat: dict[int, int] = {}

    @property
    def budget(self) -> Budget:
        """What may be kept."""
        return self._budget

    async def make_room(self, chat_id: int, size: int) -> None:
        """See that `size` more bytes of a chat have room.

        Raises:
            NoRoomError: They have none in the budget, since questions wait for the pictures that are kept.
            OSError: The disk is nearly full (ENOSPC): what is free is the database's.
        """
        async with self._lock:
            usage = await self._usage()
            if (lacking := size + usage.kept_free - usage.free) > 0:
                # It may be full for a moment only, and by something else: what was answered stays.
                await self._shrink(None, usage.used, max(0, usage.used - lacking), unasked_only=True)
                self.measure_again()
                usage = await self._usage()
            if usage.free - size < usage.kept_free:
                raise OSError(errno.ENOSPC, "the disk is nearly full")
            share, budget = self._budget.per_chat, self._budget.total
            used = self._of_chat.pop(chat_id, None)
            if used is None or used + size > share:
                used = await self._measure_chat(chat_id)
            if used + size > share:
                left = await self._shrink(chat_id, used, min(share - size, int(_CHAT_GOAL * share)))
                self._total, used = self._total - (used - left), left
            if used + size > share:
                raise NoRoomError("the chat's share is used up")
            if self._total + size > budget:
                total = await asyncio.to_thread(self._measure)
                self._total = await self._shrink(None, total, min(budget - size, int(_TOTAL_GOAL * budget)))
                if self._total < total:
                    self._of_chat.clear()
                    used = await self._measure_chat(chat_id)
            if self._total + size > budget:
                raise NoRoomError("the budget is used up")
            if len(self._of_chat) >= MOST_KNOWN:
                self._of_chat.clear()
            self._of_chat[chat_id], self._total = used + size, self._total + size

    async def usage(self) -> Usage:
        """How much is used, and how much there is."""
        async with self._lock:
            return await self._usage()

    async def _usage(self) -> Usage:
        disk = await asyncio.to_thread(shutil.disk_usage, self._folder)
        if not self._measured:
            self._measured = True  # what is deleted from now on makes it untrue again
            self._total = await asyncio.to_thread(self._measure)
        kept_free = int(min(self._budget.min_free, KEPT_FREE_SHARE * disk.total))
        return Usage(self._total, self._budget.total, disk.free, kept_free)

    def measure_again(self) -> None:
        """Pictures were deleted: measure anew when it is needed."""
        self._measured = False
        self._of_chat.clear()

    async def _shrink(self, chat_id: int | None, used: int, goal: int, *, unasked_only: bool = False) -> int:
        """Remove pictures of a chat, or of all, until `goal` bytes are used. Returns how many are."""
        where = "TRUE" if chat_id is None else "chat_id = :chat"
        parameters = {"chat": chat_id}
        rows = await self._db.fetch_all(_CANDIDATES.format(chat=where), parameters)
        going: list[str] = []
        for row in rows:
            if used <= goal or (unasked_only and row["asked"]):
                break
            going.append(row["sha256"])
            used -= await asyncio.to_thread(_size, self._path(row["sha256"]))
        for some in batched(going, EACH):
            contents = [{"chat": chat_id, "content": sha256} for sha256 in some]
            async with self._db.transaction() as tx:
                await tx.execute_many(f"DELETE FROM photos WHERE sha256 = :content AND {where}", contents)  # noqa: S608
                await tx.execute_many(
                    f"UPDATE questions SET picture_removed = 1 WHERE photo_sha256 = :content AND {where}",  # noqa: S608
                    contents,
                )
                await tx.execute_many(
                    f"UPDATE question_pictures SET removed = 1 WHERE sha256 = :content AND {where}",  # noqa: S608
                    contents,
                )
            await self._remove_unowned(some)
        return used

    async def _measure_chat(self, chat_id: int) -> int:
        rows = await self._db.fetch_all(
            "SELECT sha256 FROM photos WHERE chat_id = :chat UNION"
            " SELECT sha256 FROM asked_pictures WHERE chat_id = :chat AND removed = 0",
            {"chat": chat_id},
        )
        return await asyncio.to_thread(lambda: sum(_size(self._path(row["sha256"])) for row in rows))

    def _measure(self) -> int:
        return sum(_size(path) for path in self._folder.glob("??/*"))

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def batched(values: Iterable[str], number: int) -> Iterator[list[str]]:
    """Values in their order, so many at a time."""
    left = iter(values)
    while some := list(islice(left, number)):
        yield some


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
