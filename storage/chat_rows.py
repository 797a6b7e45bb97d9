"""All rows of a chat, whatever table they stand in: what becomes of them when it migrates, is exported or deleted."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.database import Database, Transaction
from storage.opening import copies_of


@dataclass(frozen=True, slots=True)
class ChatTable:
    """A table whose rows belong to chats by their `chat_id`."""

    migrate: tuple[str, ...]
    """Statements that move a group's rows from its number `:old` to the supergroup's, `:new`."""
    exported: bool = True
    """Whether an export holds the rows as they are; else it holds them in a form of its own."""
    deleted: bool = True
    """Whether `/delete` removes the rows."""


TABLES = {
    "chats": ChatTable(
        (
            "INSERT INTO chats (chat_id, type, title, beams, max_new_tokens, keep_days, for_training,"
            " time_zone, language, language_chosen, created_at)"
            " SELECT :new, 'supergroup', title, beams, max_new_tokens, keep_days, for_training,"
            " time_zone, language, language_chosen, created_at"
            " FROM chats WHERE chat_id = :old"
            " ON CONFLICT (chat_id) DO UPDATE SET beams = coalesce(beams, excluded.beams),"
            " max_new_tokens = coalesce(max_new_tokens, excluded.max_new_tokens),"
            " keep_days = coalesce(keep_days, excluded.keep_days),"
            " for_training = coalesce(for_training, excluded.for_training),"
            " time_zone = coalesce(time_zone, excluded.time_zone),"
            " language = coalesce(language, excluded.language),"
            " language_chosen = iif(language IS NULL, excluded.language_chosen, language_chosen),"
            " created_at = excluded.created_at",
            "DELETE FROM chats WHERE chat_id = :old",
        )
    ),
    "photos": ChatTable(
        ("UPDATE photos SET chat_id = :new, message_id = -abs(message_id) WHERE chat_id = :old",), exported=False
    ),
    "questions": ChatTable(
        (
            "UPDATE questions SET chat_id = :new, message_id = -abs(message_id),"
            " photo_message_id = -abs(photo_message_id), placeholder_id = NULL, reply_to = NULL,"
            " sending_after = NULL WHERE chat_id = :old",
        ),
        exported=False,
    ),
    "question_pictures": ChatTable(
        ("UPDATE question_pictures SET chat_id = :new, message_id = -abs(message_id) WHERE chat_id = :old",),
        exported=False,
    ),
    "sent_messages": ChatTable(("DELETE FROM sent_messages WHERE chat_id = :old",)),
    "exports": ChatTable(
        (
            "UPDATE OR IGNORE exports SET chat_id = :new, message_id = -abs(message_id), thread_id = NULL,"
            " messages = '[]', sending_after = NULL WHERE chat_id = :old",
            "DELETE FROM exports WHERE chat_id = :old",
        )
    ),
    "feedback": ChatTable(("UPDATE feedback SET chat_id = :new, message_id = -abs(message_id) WHERE chat_id = :old",)),
    "access": ChatTable(  # the admins' word: a chat that deletes everything stays kept out
        ("UPDATE OR IGNORE access SET chat_id = :new WHERE chat_id = :old", "DELETE FROM access WHERE chat_id = :old"),
        deleted=False,
    ),
}
"""Every table with a `chat_id` but those of `OTHERS`; `tests/storage/test_chat_tables.py` reads the schema."""

OTHERS = {
    "updates": "What waits was written after a deletion was wanted, and is handled under the number that it came with;"
    " what could not be handled is found by what it says, and exported and deleted by that.",
}
"""Tables with a `chat_id` that are not gone through in this way, each with its reason."""

_OF_SCHEMA = """
    SELECT DISTINCT tables.name AS name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.name = 'chat_id' AND tables.name NOT IN ('updates', 'access')
    ORDER BY tables.name
"""
# Updates that could not be handled still hold what was written. What waits was written after the deletion was wanted;
# of what is handled only the update's own number stays, to recognise repeats, and for a moment an album's messages.
_UPDATES_OF_ANY_STATE = (
    "json_valid(raw) AND ? IN (SELECT atom FROM json_tree(updates.raw) WHERE fullkey LIKE '%.chat.id')"
)
_UPDATES = f"state = 'failed' AND {_UPDATES_OF_ANY_STATE}"


async def migrate_rows(tx: Transaction, old: int, new: int) -> None:
    """Move every row of a group to its number as a supergroup."""
    for table in TABLES.values():
        for statement in table.migrate:
            await tx.execute(statement, {"old": old, "new": new})


async def rows_of(database: Database, chat_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of a chat but its questions and pictures, as rows by the names of their tables.

    Under `updates` stand what Telegram sent and could not be handled, as it came.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for name, table in TABLES.items():
        if table.exported:
            rows = await database.fetch_all(f"SELECT * FROM {name} WHERE chat_id = ?", (chat_id,))  # noqa: S608
            found[name] = [dict(row) for row in rows]
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
                for (table,) in connection.execute(_OF_SCHEMA).fetchall():  # another release may have others
                    connection.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608 - the schema's
                connection.execute(f"DELETE FROM updates WHERE {_UPDATES_OF_ANY_STATE}", (chat_id,))  # noqa: S608
        except sqlite3.Error:
            copy.unlink(missing_ok=True)


async def delete_rows(tx: Transaction, chat_id: int) -> dict[str, int]:
    """Delete every row of a chat. Returns how many of each table."""
    deleted = {
        table: await tx.execute(f"DELETE FROM {table} WHERE chat_id = ?", (chat_id,))  # noqa: S608 - a constant
        for table, properties in TABLES.items()
        if properties.deleted
    }
    await tx.execute(f"DELETE FROM updates WHERE {_UPDATES}", (chat_id,))  # noqa: S608 - a constant
    await tx.execute(
        "UPDATE updates SET raw = NULL, chat_id = 0, of_album = 0 WHERE of_album = 1 AND chat_id = ?", (chat_id,)
    )
    return deleted
