"""Every table with a chat's number is migrated, exported and deleted with its chat: the schema itself is asked."""

from __future__ import annotations

import pytest

from storage.chat_rows import OTHERS, TABLES
from storage.store import Store

OLD, NEW, ANOTHER = -5, -1005, 7


async def chat_tables(store: Store) -> set[str]:
    rows = await store.db.fetch_all(
        "SELECT DISTINCT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns"
        " WHERE tables.type = 'table' AND columns.name = 'chat_id'"
    )
    return {row["name"] for row in rows}


async def fill(store: Store, table: str, chat_id: int) -> None:
    """Put a row of a chat into a table, whatever its columns are."""
    values: dict[str, object] = {"chat_id": chat_id}
    for column in await store.db.fetch_all(f"SELECT * FROM pragma_table_info('{table}')"):
        needed = column["notnull"] and column["dflt_value"] is None
        if needed and column["name"] not in values:
            values[column["name"]] = "x" if column["type"] == "TEXT" else abs(chat_id)
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    async with store.db.transaction() as tx:
        await tx.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


async def chats_of(store: Store, table: str) -> set[int]:
    return {row["chat_id"] for row in await store.db.fetch_all(f"SELECT chat_id FROM {table}")}


async def test_every_table_with_a_chat_is_known(store: Store) -> None:
    assert await chat_tables(store) == TABLES.keys() | OTHERS.keys(), "name it in storage/chat_rows.py"
    assert not TABLES.keys() & OTHERS.keys()
    assert all(OTHERS.values()), "each with its reason"


async def test_a_table_that_nobody_named_is_noticed(store: Store) -> None:
    async with store.db.transaction() as tx:
        await tx.execute("CREATE TABLE opinions (chat_id INTEGER NOT NULL, text TEXT)")
    with pytest.raises(AssertionError, match="name it"):
        await test_every_table_with_a_chat_is_known(store)


@pytest.mark.parametrize("table", TABLES)
async def test_its_rows_migrate_are_exported_and_deleted(store: Store, table: str) -> None:
    await fill(store, table, OLD)
    await fill(store, table, ANOTHER)
    await store.chats.migrate(OLD, NEW)
    assert await chats_of(store, table) in ({NEW, ANOTHER}, {ANOTHER}), "nothing stays under a number that is gone"
    await store.chats.delete_everything(NEW)
    if TABLES[table].deleted:
        await fill(store, table, NEW)
    exported = await store.chats.everything(NEW)
    assert TABLES[table].exported == (table in exported)
    assert not TABLES[table].exported or [row["chat_id"] for row in exported[table]] == [NEW]
    await store.chats.delete_everything(NEW)
    assert await chats_of(store, table) == ({ANOTHER} if TABLES[table].deleted else {NEW, ANOTHER})
