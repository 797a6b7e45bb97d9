"""All rows of a chat, whatever table they stand in: one with a `chat_id` is exported and deleted with its chat."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from storage.database import Database, Row, Transaction
from storage.opening import copies_of

_TABLES = """
    SELECT DISTINCT tables.name AS name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.name = 'chat_id' AND tables.name != 'updates' ORDER BY tables.name
"""
# Updates that could not be handled still hold what was written. What waits was written after the deletion was wanted;
# of what is handled only the update's own number stays, to recognise repeats.
_UPDATES_OF_ANY_STATE = (
    "json_valid(raw) AND ? IN (SELECT atom FROM json_tree(updates.raw) WHERE fullkey LIKE '%.chat.id')"
)
_UPDATES = f"state = 'failed' AND {_UPDATES_OF_ANY_STATE}"


async def _tables(fetch_all: Callable[[str], Awaitable[list[Row]]]) -> list[str]:
    return [row["name"] for row in await fetch_all(_TABLES)]


async def rows_of(database: Database, chat_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of a chat but its questions and pictures, as rows by the names of their tables.

    Under `updates` stand what Telegram sent and could not be handled, as it came.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for table in await _tables(database.fetch_all):
        if table not in ("questions", "photos"):
            rows = await database.fetch_all(f"SELECT * FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608
            found[table] = [dict(row) for row in rows]
    raw = await database.fetch_all(f"SELECT raw FROM updates WHERE {_UPDATES}", (chat_id,))  # noqa: S608
    found["updates"] = [json.loads(row["raw"]) for row in raw]
    return found


def delete_from_copies(path: Path, chat_id: int) -> None:
    """Delete a chat from the copies of a database that were made before migrations, of whatever release.

    One that cannot be written goes as a whole.
    """
    for copy in copies_of(path):
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
                connection.execute("PRAGMA secure_delete = ON")
                for (table,) in connection.execute(_TABLES).fetchall():
                    connection.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608 - the schema's
                connection.execute(f"DELETE FROM updates WHERE {_UPDATES_OF_ANY_STATE}", (chat_id,))  # noqa: S608
        except sqlite3.Error:
            copy.unlink(missing_ok=True)


async def delete_rows(tx: Transaction, chat_id: int) -> dict[str, int]:
    """Delete every row of a chat. Returns how many of each table."""
    deleted = {
        table: await tx.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608 - the schema's
        for table in await _tables(tx.fetch_all)
    }
    await tx.execute(f"DELETE FROM updates WHERE {_UPDATES}", (chat_id,))  # noqa: S608 - a constant
    return deleted
