"""Transactions: whole, durable, sharing a commit, undone each for itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

from storage.database import Database
from storage.store import Store

ADD = "INSERT INTO updates (update_id, raw, arrived_at) VALUES (?, ?, 0)"


def on_disk(store: Store) -> list[int]:
    """What another process would find now."""
    connection = sqlite3.connect(store.db.path)
    try:
        return [number for (number,) in connection.execute("SELECT update_id FROM updates ORDER BY update_id")]
    finally:
        connection.close()


async def commits(database: Database) -> list[str]:
    """Collects the writer's COMMITs from now on."""
    seen: list[str] = []
    await database._writer.set_trace_callback(lambda sql: seen.append(sql) if sql == "COMMIT" else None)
    return seen


async def test_what_returned_is_on_the_disk(store: Store) -> None:
    for number in range(5):
        await store.db.execute(ADD, (number, "{}"))
        assert on_disk(store) == list(range(number + 1))
    async with store.db.transaction() as tx:
        await tx.execute(ADD, (9, "{}"))
        assert 9 not in on_disk(store)
    assert 9 in on_disk(store)


async def test_those_who_come_together_share_a_commit(store: Store) -> None:
    seen = await commits(store.db)
    await asyncio.gather(*(store.db.execute(ADD, (number, "{}")) for number in range(100)))
    assert on_disk(store) == list(range(100))
    assert len(seen) <= 3


async def test_a_failing_member_is_undone_alone(store: Store) -> None:
    async def add(number: int) -> None:
        async with store.db.transaction() as tx:
            await tx.execute(ADD, (number, "{}"))
            if number % 3 == 0:
                raise RuntimeError("changed my mind")
            if number % 3 == 1:
                await tx.execute(ADD, (number, "twice"))

    async def alone(number: int) -> None:
        await store.db.execute(ADD, (number, "{}"))
        await store.db.execute(ADD, (number, "twice"))

    results = await asyncio.gather(
        *(add(number) for number in range(30)), *(alone(number) for number in range(30, 40)), return_exceptions=True
    )
    assert [type(result) for result in results] == [
        *[RuntimeError, sqlite3.IntegrityError, type(None)] * 10,
        *[sqlite3.IntegrityError] * 10,
    ]
    assert on_disk(store) == [*range(2, 30, 3), *range(30, 40)]


async def test_cancelling_at_any_moment_leaves_whole_transactions_and_a_free_writer(store: Store) -> None:
    async def pair(number: int) -> None:
        async with store.db.transaction() as tx:
            await tx.execute(ADD, (2 * number, "{}"))
            await asyncio.sleep(0)
            await tx.execute(ADD, (2 * number + 1, "{}"))

    finished = []
    for number in range(120):
        task = asyncio.create_task(pair(number))
        beside = asyncio.create_task(store.db.execute(ADD, (10_000 + number, "{}")))
        for _ in range(number % 40):
            await asyncio.sleep(0.0001 if number % 2 else 0)
        task.cancel()
        task.cancel()
        if not isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError):
            finished.append(number)
        await beside
    found = on_disk(store)
    pairs = [number for number in found if number < 10_000]
    assert all({number, number ^ 1} <= set(pairs) for number in pairs), "half a transaction was kept"
    assert {2 * number for number in finished} <= set(pairs)
    assert [number for number in found if number >= 10_000] == list(range(10_000, 10_120))
    assert not store.db._writer.in_transaction


async def test_a_full_disk_is_told_to_everyone_it_concerns(store: Store) -> None:
    await store.db.execute(ADD, (1, "{}"))
    connection = store.db._writer
    pages = (await store.db.fetch_all("PRAGMA page_count"))[0][0]
    await connection.execute_fetchall(f"PRAGMA max_page_count = {pages + 20}")

    async def add(number: int) -> bool:
        try:
            await store.db.execute(ADD, (number, "x" * 5000))
        except sqlite3.OperationalError:
            return False
        return True

    kept = await asyncio.gather(*(add(number) for number in range(100, 160)))
    assert not all(kept)
    assert on_disk(store) == [1, *(number for number, there in zip(range(100, 160), kept, strict=True) if there)]
    await connection.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert await add(500), "room again, and it goes on"


async def test_the_ledger_is_as_durable_as_it_says(store: Store) -> None:
    for connection in store.db.connections:
        rows = [
            next(iter(await connection.execute_fetchall(f"PRAGMA {name}")))[0]
            for name in ("journal_mode", "synchronous", "secure_delete")
        ]
        assert rows == ["wal", 2, 1]


async def test_a_long_query_holds_up_nobody_but_what_needs_the_file_alone(store: Store) -> None:
    free, begun = threading.Event(), threading.Event()

    def hold() -> int:
        begun.set()
        return int(free.wait(120))

    for connection in store.db.connections:
        await connection.create_function("hold", 0, hold)
    await store.db.execute(ADD, (1, "{}"))
    long = asyncio.create_task(store.db.fetch_all("SELECT hold()"))
    await asyncio.to_thread(begun.wait, 120)
    emptied = asyncio.create_task(store.db.checkpoint())
    try:
        assert [row[0] for row in await store.db.fetch_all("SELECT count(*) FROM updates")] == [1]
        assert not emptied.done() and not long.done()
    finally:
        free.set()
    assert (await long)[0][0] == 1
    await emptied
    await asyncio.gather(*(store.db.fetch_all("SELECT 1") for _ in range(20)))


async def test_a_checkpoint_that_is_cancelled_gives_the_readers_back(store: Store) -> None:
    free, begun = threading.Event(), threading.Event()
    for connection in store.db.connections:
        await connection.create_function("hold", 0, lambda: begun.set() or free.wait(120))
    long = asyncio.create_task(store.db.fetch_all("SELECT hold()"))
    await asyncio.to_thread(begun.wait, 120)
    emptied = asyncio.create_task(store.db.checkpoint())
    await asyncio.sleep(0)
    emptied.cancel()
    await asyncio.gather(emptied, return_exceptions=True)
    free.set()
    await long
    await store.db.checkpoint()


async def test_a_closed_store_leaves_no_log_behind(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "data") as store:
        writes = [asyncio.create_task(store.db.execute(ADD, (number, "{}"))) for number in range(20)]
        await asyncio.sleep(0)
    await asyncio.gather(*writes)
    assert on_disk(store) == list(range(20))
    assert not list((tmp_path / "data").glob("*-wal"))
