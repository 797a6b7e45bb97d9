"""One SQLite file: one writer whose transactions are whole, some readers beside it, migrations with a copy first."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage.opening import close, connect, migrate, quick_check, refusal
from storage.shielding import shielded

READERS = 3
"""One long query (an admin's figures, an export) holds up neither the others' reading nor anybody's writing."""
CHECK_AGAIN_SECONDS, INTERRUPT_SECONDS = 5.0, 0.05
T = TypeVar("T")
Row = sqlite3.Row
Parameters = Sequence[Any] | dict[str, Any]


class Transaction:
    """The writer's hands inside one transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    # Each call is one trip to the writer's thread. The cursor of a statement that gives no rows holds nothing open.

    async def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement; returns how many rows it changed."""
        return (await self._connection.execute(sql, parameters)).rowcount

    async def execute_many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """Run one statement for each row; returns how many rows were changed in all."""
        return (await self._connection.executemany(sql, rows)).rowcount

    async def fetch_all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query, as this transaction sees them."""
        return list(await self._connection.execute_fetchall(sql, parameters))

    async def fetch_one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None


class _Group:
    """Transactions that share one commit, and so one wait for the disk."""

    def __init__(self) -> None:
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # A commit that fails is nobody's news when all who waited for it were cancelled.
        self.committed.add_done_callback(lambda future: future.cancelled() or future.exception())
        self.committer: asyncio.Task[None] | None = None


class Database:
    """An open database. WAL, synchronous=FULL: what was committed survives a power cut."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, readers: Sequence[aiosqlite.Connection]) -> None:
        self.path = path
        self.connections = (writer, *readers)
        self._writer = writer
        self._lock = asyncio.Lock()
        self._readers: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()  # those that do nothing
        for reader in readers:
            self._readers.put_nowait(reader)
        self._checking: tuple[aiosqlite.Connection, asyncio.Future[None]] | None = None
        self._group: _Group | None = None
        self.checked = False
        """Whether all pages were looked at."""

    @classmethod
    async def open(cls, path: Path) -> Database:
        """Open or create the database and bring it to this release's schema.

        Raises:
            CorruptDatabaseError: The file is damaged or no database.
            NewerDatabaseError: A newer release has migrated it.
            StorageError: It cannot be opened at all.
        """
        writer = None
        readers: list[aiosqlite.Connection] = []
        try:
            writer = await connect(path)
            checked = await migrate(path, writer)
            for _ in range(READERS):
                readers.append(await connect(path))
                await readers[-1].execute("PRAGMA query_only = ON")
        except sqlite3.DatabaseError as error:
            await close(*readers, writer)
            raise refusal(path, error) from error
        except BaseException:
            await close(*readers, writer)
            raise
        database = cls(path, writer, readers)
        database.checked = checked
        return database

    async def close(self) -> None:
        """Close all connections; what was committed stays."""
        async with self._lock, self._all_readers() as readers:
            await self._commit()
            await shielded(close(*readers, self._writer))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A write transaction, alone at a time: durable when the block has ended, undone when it raises.

        Those who come while others write or wait for the disk share the next commit; each is undone for itself. A task
        that is cancelled inside the block is undone too; one that is cancelled after it leaves with its work committed.

        Raises:
            sqlite3.Error: The disk is full, say. Nothing of this block was kept.
        """
        async with self._lock:
            try:
                await shielded(self._begin(savepoint=True))
                yield Transaction(self._writer)
                await shielded(self._writer.execute("RELEASE one"))
            except BaseException:
                await shielded(self._rollback())
                raise
            finally:
                group = self._commit_later()
        assert group is not None
        await shielded(group.committed)

    async def execute(self, sql: str, parameters: Parameters = (), *, durable: bool = True) -> int:
        """A transaction of one statement; returns how many rows it changed.

        Without `durable` it does not wait for the disk: the commit comes at once all the same, and whatever is written
        later is never kept without it. Readers see it after that commit.
        """
        return await self._single_statement(lambda tx: tx.execute(sql, parameters), durable)

    async def execute_many(self, sql: str, rows: Sequence[Parameters], *, durable: bool = True) -> int:
        """A transaction of one statement for each row, harmless when repeated. `durable` as in `execute`."""
        return await self._single_statement(lambda tx: tx.execute_many(sql, rows), durable)

    async def execute_returning(self, sql: str, parameters: Parameters = (), *, durable: bool = True) -> list[Row]:
        """A transaction of one statement with RETURNING; gives its rows. `durable` as in `execute`."""
        return await self._single_statement(lambda tx: tx.fetch_all(sql, parameters), durable)

    async def fetch_all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """All rows of a query, as of the last commit."""
        reader = await self._readers.get()
        try:
            return list(await shielded(reader.execute_fetchall(sql, parameters)))
        finally:
            self._readers.put_nowait(reader)

    async def fetch_one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        rows = await self.fetch_all(sql, parameters)
        return rows[0] if rows else None

    async def checkpoint(self) -> None:
        """Bring everything from the log into the database file and empty the log, so that deleted text is gone."""
        async with self._lock, self._all_readers():
            await self._commit()
            await shielded(self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)"))

    async def check(self) -> None:
        """Look at all pages, beside everything else; who needs all readers interrupts it, and it begins anew.

        Raises:
            CorruptDatabaseError: The database is damaged.
            StorageError: It cannot be read.
        """
        while not self.checked:
            reader = await self._readers.get()
            check = asyncio.ensure_future(quick_check(reader))
            self._checking = reader, check
            try:
                await asyncio.shield(check)
                self.checked = True
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_INTERRUPT:
                    raise refusal(self.path, error) from error
            finally:
                await self._interrupt_check()
                self._checking = None
                self._readers.put_nowait(reader)
            if not self.checked:
                await asyncio.sleep(CHECK_AGAIN_SECONDS)

    async def _interrupt_check(self) -> None:
        """End the check; an interruption before it has begun does nothing."""
        while self._checking is not None and not self._checking[1].done():
            await self._checking[0].interrupt()
            await asyncio.wait([self._checking[1]], timeout=INTERRUPT_SECONDS)

    @asynccontextmanager
    async def _all_readers(self) -> AsyncIterator[list[aiosqlite.Connection]]:
        """Hold all readers. Only for who has the writer's lock: two who hold some would wait for each other."""
        held: list[aiosqlite.Connection] = []
        await self._interrupt_check()
        try:
            while len(held) < READERS:
                held.append(await self._readers.get())
            yield held
        finally:
            for reader in held:
                self._readers.put_nowait(reader)

    # One commit for all who came meanwhile ----------------------------------------------------------------------------

    async def _single_statement(self, statement: Callable[[Transaction], Coroutine[Any, Any, T]], durable: bool) -> T:
        """One statement is whole or undone by itself, without the two trips of a savepoint."""
        async with self._lock:
            try:
                if self._group is None:
                    await shielded(self._begin(savepoint=False))
                result = await shielded(statement(Transaction(self._writer)))
            except sqlite3.Error:
                await shielded(self._rollback(savepoint=False))
                raise
            finally:
                group = self._commit_later()
        assert group is not None
        if durable:
            await shielded(group.committed)
        return result

    async def _begin(self, *, savepoint: bool) -> None:
        if self._group is None:
            await self._writer.execute("BEGIN IMMEDIATE")
            self._group = _Group()
        if savepoint:
            await self._writer.execute("SAVEPOINT one")

    async def _rollback(self, *, savepoint: bool = True) -> None:
        """Take back what the newest member of the group did; the others' work stays."""
        group = self._group
        if group is None:
            return
        try:
            if savepoint and self._writer.in_transaction:
                await self._writer.execute("ROLLBACK TO one")
                await self._writer.execute("RELEASE one")
        except sqlite3.Error:
            await self._writer.rollback()
        if not self._writer.in_transaction:
            # A full or failing disk makes SQLite undo all of it, and so the others must know.
            self._group = None
            group.committed.set_exception(sqlite3.OperationalError("the disk failed; nothing was kept"))

    def _commit_later(self) -> _Group | None:
        """Let the group be committed as soon as all who are waiting for the lock now have joined it."""
        group = self._group
        if group is not None and group.committer is None:
            group.committer = asyncio.create_task(self._commit_in_turn(group))
        return group

    async def _commit_in_turn(self, group: _Group) -> None:
        try:
            async with self._lock:  # first come, first served
                if self._group is group:
                    await shielded(self._commit())
        finally:
            group.committed.cancel()  # only when the whole loop is being stopped; else it is done already

    async def _commit(self) -> None:
        group, self._group = self._group, None
        if group is None:
            return
        try:
            await self._writer.commit()
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                await self._writer.rollback()
            if not group.committed.done():
                group.committed.set_exception(error)
        else:
            if not group.committed.done():
                group.committed.set_result(None)
