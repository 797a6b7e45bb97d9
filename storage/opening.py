"""Opening a database file: settings of a connection, a look at its health, migrations with a copy first."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import aiosqlite

from storage.errors import CorruptDatabaseError, NewerDatabaseError, StorageError
from storage.migrations import STEPS
from storage.shielding import shielded

BUSY_SECONDS = 10.0
CHECKED_AT_ONCE = 64 * 2**20
"""Bytes of a database whose pages are all looked at before it is used: less than a second. A larger one is looked at
beside the work (`Database.check`), unless it has to be migrated."""
COPY_SECONDS = 30 * 86_400.0
"""Copies from before a migration are kept this long; what people delete is deleted in them, too."""


def make_private(path: Path) -> None:
    """Make a file that only we can read, or see that it is one; what SQLite puts beside it takes after it.

    Raises:
        sqlite3.OperationalError: It cannot be made.
    """
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as error:
        raise sqlite3.OperationalError(error.strerror or str(error)) from error


async def connect(path: Path) -> aiosqlite.Connection:
    """A connection as all of ours are: WAL, every commit flushed to the disk, deleted content overwritten."""
    make_private(path)
    connection = await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        connection.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "trusted_schema = OFF",
        ):
            await connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        await connection.close()
        raise
    return connection


async def close(*connections: aiosqlite.Connection | None) -> None:
    """Close those that were opened."""
    for connection in connections:
        if connection is not None:
            await shielded(connection.close())


async def _version(connection: aiosqlite.Connection) -> int:
    async with connection.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def quick_check(connection: aiosqlite.Connection) -> None:
    """See whether a database is whole.

    Raises:
        sqlite3.DatabaseError: It is not, or it is no database.
    """
    damage = [row[0] for row in await connection.execute_fetchall("PRAGMA quick_check(1)")]
    if damage != ["ok"]:
        raise sqlite3.DatabaseError(str(damage[0]).splitlines()[-1])


async def migrate(path: Path, connection: aiosqlite.Connection) -> bool:
    """Bring a database to this release's schema, after a copy where it holds anything.

    Returns:
        Whether all of its pages were looked at.

    Raises:
        CorruptDatabaseError: Its pages contradict each other, or it is another program's.
        NewerDatabaseError: A newer release has migrated it.
        sqlite3.DatabaseError: It is no database, or cannot be read.
    """
    version = await _version(connection)
    whole = path.stat().st_size <= CHECKED_AT_ONCE or version < len(STEPS)  # noqa: ASYNC240 - asks the kernel once
    if whole:
        await quick_check(connection)
    if version > len(STEPS):
        raise NewerDatabaseError("database_newer", database=path, version=version, known=len(STEPS))
    if version == 0 and await connection.execute_fetchall("SELECT 1 FROM sqlite_schema LIMIT 1"):
        raise CorruptDatabaseError("database_foreign", database=path)
    if 0 < version < len(STEPS):
        copy = path.with_name(f"{path.stem}-schema-{version}{path.suffix}")
        copy.unlink(missing_ok=True)
        make_private(copy)
        await connection.execute("VACUUM INTO ?", (str(copy),))
    if version == len(STEPS):
        return whole
    await connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have migrated between our look and the lock.
        for number in range(await _version(connection), len(STEPS)):
            for statement in STEPS[number]():
                await connection.execute(statement)
        await connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    except BaseException:
        await shielded(connection.rollback())
        raise
    await shielded(connection.commit())
    return whole


def forget_old_copies(path: Path, now: float) -> int:
    """Delete the copies from before migrations that are older than `COPY_SECONDS`. Returns how many."""
    old = [copy for copy in copies_of(path) if copy.stat().st_mtime < now - COPY_SECONDS]
    for copy in old:
        copy.unlink()
    return len(old)


def copies_of(path: Path) -> list[Path]:
    """The copies of a database that were made before migrations."""
    return list(path.parent.glob(f"{path.stem}-schema-*{path.suffix}"))


def refusal(path: Path, error: sqlite3.DatabaseError) -> StorageError:
    """What SQLite found, as one of our errors."""
    if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
        return StorageError("database_unusable", database=path, reason=error)
    return CorruptDatabaseError("database_damaged_or_none", database=path, reason=error)
