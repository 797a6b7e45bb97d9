"""The data folder as a whole: one lock, one database, the pictures."""

from __future__ import annotations

import time
from pathlib import Path

from filelock import FileLock, Timeout

from storage.bot_settings import BotSettings
from storage.chats import Chats
from storage.database import Database
from storage.errors import DataDirInUseError, StorageError
from storage.opening import forget_old_copies
from storage.photos import Photos
from storage.questions import Questions
from storage.records import Statistics
from storage.sent_messages import SentMessages
from storage.statistics import statistics
from storage.updates import Updates

DATABASE = "vqabot.sqlite3"
PHOTOS = "photos"


class Store:
    """Everything that the bot remembers: `async with await Store.open(folder) as store: ...`."""

    def __init__(self, data_dir: Path, database: Database, lock: FileLock) -> None:
        self.data_dir, self.db, self._lock = data_dir, database, lock
        self.updates = Updates(database)
        self.photos = Photos(database, data_dir / PHOTOS)
        self.chats = Chats(database, self.photos)
        self.questions = Questions(database)
        self.sent = SentMessages(database)
        self.settings = BotSettings(database)

    @classmethod
    async def open(cls, data_dir: Path) -> Store:
        """Open a data folder, creating it (mode 0700) where it is missing.

        Raises:
            DataDirInUseError: Another bot has it open; the lock goes with that process, however it ends.
            StorageError: The folder cannot be written, or its database cannot be used.
        """
        data_dir = data_dir.absolute()  # noqa: ASYNC240 - asks the kernel once, at the start
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            data_dir.chmod(0o700)
            (data_dir / PHOTOS).mkdir(exist_ok=True, mode=0o700)
            lock = FileLock(data_dir / "lock", blocking=False, mode=0o600, thread_local=False)
            lock.acquire()
        except Timeout:
            raise DataDirInUseError(
                f"Another bot is running on the data folder {data_dir}. "
                "Stop it first, or set VQABOT_DATA_DIR to another folder."
            ) from None
        except OSError as error:
            raise StorageError(f"The data folder {data_dir} cannot be used: {error.strerror or error}.") from error
        try:
            database = await Database.open(data_dir / DATABASE)
        except BaseException:
            lock.release()
            raise
        store = cls(data_dir, database, lock)
        forget_old_copies(database.path, time.time())
        await store.updates.prune()
        await store.sent.prune()
        await store.photos.sweep()
        return store

    async def statistics(self) -> Statistics:
        """Figures for the admins."""
        return await statistics(self.db)

    async def close(self) -> None:
        """Close the database and free the folder."""
        await self.db.close()
        self._lock.release()

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()
