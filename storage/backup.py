"""A copy of a data folder that is whole in itself, made while the bot runs or not."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.atomic import flush
from storage.data_folder import DATABASE, PHOTOS
from storage.errors import CorruptDatabaseError, StorageError
from storage.opening import make_private


async def backup(data_dir: Path, target: Path) -> int:
    """Copy the database and the pictures it knows into a new folder `target`; returns the number of pictures.

    The database is copied first and in one piece (VACUUM INTO, a reader beside the bot's writer). Pictures never change
    and stand before their rows do, so that what the copy names exists, unless its chat was deleted in that moment: such
    a picture is left out. To restore, move the folder to the place of the data folder while no bot runs.

    Raises:
        CorruptDatabaseError: The database is damaged.
        StorageError: There is nothing to copy, or the target exists or cannot be written.
    """
    return await asyncio.to_thread(_backup, data_dir, target)


def _backup(data_dir: Path, target: Path) -> int:
    source = data_dir / DATABASE
    if not source.is_file():
        raise StorageError("database_not_found", folder=data_dir)
    # Whoever finds the target finds it complete.
    partial = target.with_name(f"{target.name}.partial")
    if target.exists():
        raise StorageError("backup_target_exists", target=target)
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        copied = _copy(source, data_dir / PHOTOS, partial)
        partial.rename(target)
    except sqlite3.DatabaseError as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, sqlite3.OperationalError):
            raise StorageError("backup_not_copied", reason=error) from error
        raise CorruptDatabaseError("database_damaged", database=source, reason=error) from error
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise StorageError("backup_not_written", target=target, reason=error.strerror or error) from error
    return copied


def _copy(source: Path, photos: Path, partial: Path) -> int:
    copy = partial / DATABASE
    make_private(copy)
    with closing(sqlite3.connect(source, timeout=10.0)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    (partial / PHOTOS).mkdir(mode=0o700)
    copied = 0
    with closing(sqlite3.connect(copy)) as connection:
        hashes = connection.execute("SELECT sha256 FROM photos UNION SELECT sha256 FROM asked_pictures")
        for (sha256,) in hashes:
            place = partial / PHOTOS / sha256[:2] / sha256
            place.parent.mkdir(exist_ok=True, mode=0o700)
            try:
                make_private(place)
                shutil.copyfile(photos / sha256[:2] / sha256, place)
            except FileNotFoundError:
                place.unlink()
                continue
            flush(place)
            copied += 1
    for folder in [path for path in partial.rglob("*") if path.is_dir()] + [partial, copy]:
        flush(folder)
    return copied
