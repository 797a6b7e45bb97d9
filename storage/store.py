"""The data folder as a whole: one lock, one database, the pictures."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from storage.access import Access
from storage.bot_settings import BotSettings
from storage.chats import Chats
from storage.data_folder import DATABASE, PHOTOS, THUMBNAILS, OpenedFolder, check_before_opening, check_owner, claim
from storage.database import Database
from storage.errors import DataDirInUseError, StorageError
from storage.exports import Exports
from storage.feedback import Feedback
from storage.heat_maps import HeatMaps
from storage.history import History
from storage.opening import forget_old_copies, refusal
from storage.outcomes import Outcomes
from storage.photos import Photos
from storage.picture_checks import PictureChecks
from storage.question_pictures import QuestionPictures
from storage.questions import Questions
from storage.quota import Budget
from storage.records import Statistics
from storage.retention import Retention
from storage.sent_messages import SentMessages
from storage.statistics import statistics, use_per_day
from storage.thumbnails import Thumbnails
from storage.updates import Updates


class Store:
    """Everything that the bot remembers: `async with await Store.open(folder) as store: ...`."""

    def __init__(self, data_dir: Path, database: Database, lock: FileLock, budget: Budget | None = None) -> None:
        self.data_dir, self.db, self._lock = data_dir, database, lock
        self._place = OpenedFolder(data_dir)
        self.updates = Updates(database)
        self.thumbnails = Thumbnails(data_dir / THUMBNAILS)
        self.photos = Photos(database, data_dir / PHOTOS, self.thumbnails, budget)
        self.picture_checks = PictureChecks(database)
        self.access = Access(database)
        self.chats = Chats(database, self.photos, self.access)
        self.questions = Questions(database)
        self.history = History(database)
        self.question_pictures = QuestionPictures(database)
        self.heat_maps = HeatMaps(database)
        self.outcomes = Outcomes(database)
        self.sent = SentMessages(database)
        self.exports = Exports(database)
        self.settings = BotSettings(database)
        self.feedback = Feedback(database)
        self.retention = Retention(database, self.photos)

    @classmethod
    async def open(cls, data_dir: Path, budget: Budget | None = None) -> Store:
        """Open a data folder, creating it (mode 0700) where it is missing. No other folder's mode is changed.

        `budget` is how much of pictures may be kept.

        Raises:
            DataDirInUseError: Another bot has it open; the lock goes with that process, however it ends.
            StorageError: The folder cannot be written or is not ours, its database cannot be used, or its pictures
                belong to another database.
        """
        data_dir = data_dir.absolute()  # noqa: ASYNC240 - asks the kernel once, at the start
        try:
            claim(data_dir)
            lock = FileLock(data_dir / "lock", blocking=False, mode=0o600, thread_local=False)
            lock.acquire()
        except Timeout:
            raise DataDirInUseError("data_folder_in_use", folder=data_dir) from None
        except OSError as error:
            raise StorageError("data_folder_unusable", folder=data_dir, reason=error.strerror or error) from error
        try:
            check_before_opening(data_dir)
            database = await Database.open(data_dir / DATABASE)
        except BaseException:
            lock.release()
            raise
        store = cls(data_dir, database, lock, budget)
        try:
            await check_owner(data_dir, database)
            await store.forget_old()
        except BaseException as error:
            await store.close()
            if isinstance(error, sqlite3.DatabaseError):
                raise refusal(database.path, error) from error
            raise
        return store

    async def tidy(self) -> None:
        """Forget and delete what is not needed any more. Each picture's file is looked at: nothing to wait for."""
        await self.forget_old()
        await self.photos.sweep()
        self.photos.quota.measure_again()  # measured anew: what others delete is noticed, too

    async def forget_old(self) -> None:
        """Forget what is kept for some days only."""
        await asyncio.to_thread(forget_old_copies, self.db.path, time.time())
        await self.updates.prune()
        await self.sent.prune()

    async def statistics(self) -> Statistics:
        """Figures for the admins."""
        return await statistics(self.db)

    async def use_per_day(self, days: int) -> list[tuple[date, int]]:
        """How many questions were asked on each of the last days (UTC), today last."""
        return await use_per_day(self.db, days)

    def lost(self) -> StorageError | None:
        """What of the data folder is not in its place any more; None while all is well."""
        return self._place.lost()

    async def close(self) -> None:
        """Close the database and free the folder."""
        await self.db.close()
        self._lock.release()

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()
