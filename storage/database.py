"""One SQLite file: a single writer whose transactions are whole, readers beside it, migrations with a copy first."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiosqlite

from storage.errors import CorruptDatabaseError, NewerDatabaseError, StorageError
from storage.migrations import STEPS

Row = sqlite3.Row
Parameters = Sequence[Any] | dict[str, Any]
BUSY_SECONDS = 10.0


class Transaction:
    """The writer's hands inside one transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        async with self._connection.execute(sql, parameters) as cursor:
            return cursor.rowcount

    async def insert(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one INSERT; returns the new row's number."""
        async with self._connection.execute(sql, parameters) as cursor:
            return cursor.lastrowid or 0

    async def execute_many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """Run one statement for each row; returns how many rows were changed in all."""
        async with self._connection.executemany(sql, rows) as cursor:
            return cursor.rowcount

    async def fetch_all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query, as this transaction sees them."""
        async with self._connection.execute(sql, parameters) as cursor:
            return list(await cursor.fetchall())

    async def fetch_one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        async with self._connection.execute(sql, parameters) as cursor:
            row: Row | None = await cursor.fetchone()
            return row


class Database:
    """An open database. WAL, synchronous=FULL: what was committed survives a power cut."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self.path = path
        self._writer, self._reader = writer, reader
        self._lock = asyncio.Lock()
        self._read_lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Database:
        """Open or create the database and bring it to this release's schema.

        Raises:
            CorruptDatabaseError: The file is damaged or no database.
            NewerDatabaseError: A newer release has migrated it.
            StorageError: It cannot be opened at all.
        """
        writer = reader = None
        try:
            writer = await _connect(path)
            await _migrate(path, writer)
            reader = await _connect(path)
            await reader.execute("PRAGMA query_only = ON")
        except sqlite3.DatabaseError as error:
            await _close(writer, reader)
            raise _refusal(path, error) from error
        except BaseException:
            await _close(writer, reader)
            raise
        return cls(path, writer, reader)

    async def close(self) -> None:
        """Close both connections; what was committed stays."""
        async with self._lock, self._read_lock:
            await _close(self._reader, self._writer)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A write transaction, alone at a time: committed when the block ends, undone when it raises.

        A task that is cancelled inside is undone too: commit and rollback always run to their end.
        """
        async with self._lock:
            await _finish(self._writer.execute("BEGIN IMMEDIATE"))
            try:
                yield Transaction(self._writer)
            except BaseException:
                await _finish(self._writer.rollback())
                raise
            await _finish(self._writer.commit())

    async def fetch_all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query, as of the last commit."""
        async with self._read_lock, self._reader.execute(sql, parameters) as cursor:
            return list(await cursor.fetchall())

    async def fetch_one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def checkpoint(self) -> None:
        """Bring everything from the log into the database file and empty the log, so that deleted text is gone."""
        async with self._lock:
            await _finish(self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)"))


async def _finish(work: Any) -> None:  # noqa: ANN401 - any awaitable of aiosqlite
    """Await something to its end even when this task is cancelled meanwhile; then let the cancellation go on."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(Exception):
            await task
        raise


async def _connect(path: Path) -> aiosqlite.Connection:
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


async def _close(*connections: aiosqlite.Connection | None) -> None:
    for connection in connections:
        if connection is not None:
            await _finish(connection.close())


async def _version(connection: aiosqlite.Connection) -> int:
    async with connection.execute("PRAGMA user_version") as cursor:
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def _migrate(path: Path, connection: aiosqlite.Connection) -> None:
    version = await _version(connection)
    if version > len(STEPS):
        raise NewerDatabaseError(
            f"The database {path} was written by a newer release (schema {version}; this one knows {len(STEPS)}). "
            "Install that release again, or restore a copy from before."
        )
    if 0 < version < len(STEPS):
        copy = path.with_name(f"{path.stem}-schema-{version}{path.suffix}")
        copy.unlink(missing_ok=True)
        await connection.execute("VACUUM INTO ?", (str(copy),))
    if version == len(STEPS):
        return
    await connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have migrated between our look and the lock.
        for number in range(await _version(connection), len(STEPS)):
            for statement in STEPS[number]():
                await connection.execute(statement)
        await connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    except BaseException:
        await _finish(connection.rollback())
        raise
    await _finish(connection.commit())


def _refusal(path: Path, error: sqlite3.DatabaseError) -> StorageError:
    if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
        return StorageError(f"The database {path} cannot be opened: {error}.")
    return CorruptDatabaseError(
        f"The database {path} is damaged or is no database ({error}). "
        "Restore a backup, or move the file away to start anew."
    )
