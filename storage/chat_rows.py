"""All rows of a chat, whatever table they stand in: one with a `chat_id` is exported and deleted with its chat."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from storage.database import Database, Row, Transaction

_TABLES = """
    SELECT DISTINCT tables.name AS name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.name = 'chat_id' ORDER BY tables.name
"""
# Updates that could not be handled still hold what was written. Others are dropped with their content when handled.
_UPDATES = (
    "state = 'failed' AND json_valid(raw) AND ? IN"
    " (SELECT atom FROM json_tree(updates.raw) WHERE fullkey LIKE '%.chat.id')"
)


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


async def delete_rows(tx: Transaction, chat_id: int) -> dict[str, int]:
    """Delete every row of a chat. Returns how many of each table."""
    deleted = {
        table: await tx.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608 - the schema's
        for table in await _tables(tx.fetch_all)
    }
    await tx.execute(f"DELETE FROM updates WHERE {_UPDATES}", (chat_id,))  # noqa: S608 - a constant
    return deleted
