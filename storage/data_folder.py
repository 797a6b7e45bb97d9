"""The data folder: whether it is ours, whose pictures lie in it, and whether it is still the one that was opened."""

from __future__ import annotations

from pathlib import Path

from storage.atomic import write_whole
from storage.database import Database
from storage.errors import StorageError

DATABASE = "vqabot.sqlite3"
PHOTOS = "photos"
THUMBNAILS = "thumbnails"
"""Small copies of pictures, which can be made again: no part of a backup."""
MARK = "vqabot-data"
"""A file that says whose folder this is."""
OWNER = ".ledger"
"""In the folder of pictures: the name of the ledger that knows them."""
_MARK_TEXT = "This folder is vqabot's: its database, and the pictures that it knows. Back it up with: vqabot backup\n"
_NO_CONTENT = frozenset({"lost+found"})
_SHOWN = 3


def claim(folder: Path) -> None:
    """Make the folder (mode 0700), or see that it is ours: empty, marked, or holding our database.

    The mode of a folder that we did not make is left alone.

    Raises:
        StorageError: It holds other things.
        OSError: It cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        found = {path.name for path in folder.iterdir()} - _NO_CONTENT
        if found and not found & {MARK, DATABASE}:
            shown = ", ".join(sorted(found)[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
            raise StorageError("data_folder_foreign", folder=folder, shown=shown) from None
    _write_once(folder / MARK, _MARK_TEXT)
    for name in (PHOTOS, THUMBNAILS):
        (folder / name).mkdir(exist_ok=True, mode=0o700)


def check_before_opening(folder: Path) -> None:
    """A database that would be made anew must not find the pictures of an earlier one.

    Raises:
        StorageError: It would; the text says what was found and what to do.
    """
    database = folder / DATABASE
    log = database.with_name(f"{DATABASE}-wal")
    if _size(database) > 0:
        return
    pictures = count_pictures(folder / PHOTOS)
    if pictures or _size(log) > 0:
        state = "empty" if database.exists() else "missing"
        if pictures:
            raise StorageError(f"database_{state}", database=database, pictures=pictures, folder=folder)
        raise StorageError(f"database_{state}_beside_log", database=database, log=log.name, folder=folder)


async def check_owner(folder: Path, database: Database) -> None:
    """See that the pictures are those that this database knows: others would be taken for leftovers.

    Raises:
        StorageError: They belong to another database.
    """
    row = await database.fetch_one("SELECT id FROM ledger")
    assert row is not None
    name, owner = row["id"], folder / PHOTOS / OWNER
    if owner.exists() and owner.read_text().strip() == name:
        return
    if owner.exists() and (pictures := count_pictures(folder / PHOTOS)):
        raise StorageError(
            "pictures_of_another_database", pictures=pictures, photos=folder / PHOTOS, database=folder / DATABASE
        )
    owner.unlink(missing_ok=True)
    _write_once(owner, f"{name}\n")


def count_pictures(photos: Path) -> int:
    """How many files of pictures a folder holds."""
    return sum(1 for path in photos.glob("??/*") if path.is_file())


class OpenedFolder:
    """Where the data were when they were opened: device and inode of the folders and the database."""

    def __init__(self, folder: Path) -> None:
        """Look at a folder that was just opened."""
        self._folder = folder
        self._seen = {path: _identity(path) for path in (folder, folder / PHOTOS, folder / DATABASE)}

    def lost(self) -> StorageError | None:
        """What is not there any more; None while all is in its place."""
        for path, identity in self._seen.items():
            if _identity(path) != identity:
                return StorageError("data_folder_lost", path=path, folder=self._folder)
        return None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _write_once(path: Path, text: str) -> None:
    """Write a small file that only we can read, whole or not at all; one that exists stays."""
    if not path.exists():
        write_whole(path, text.encode())
