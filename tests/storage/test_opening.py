"""Opening a database: damaged, another program's, newer or older than this release."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from refusals import refuses

from storage import migrations
from storage.database import Database
from storage.errors import CorruptDatabaseError, NewerDatabaseError, StorageError
from storage.opening import COPY_SECONDS
from storage.store import Store


async def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vqabot.sqlite3").write_bytes(b"this is not a database" * 200)
    with refuses(CorruptDatabaseError, match="damaged"):
        await Store.open(tmp_path)
    with pytest.raises(CorruptDatabaseError):
        await Store.open(tmp_path)  # the first refusal gave the folder free


async def test_a_damaged_page_is_found_at_the_start(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        await store.updates.add([(number, "x" * 900) for number in range(400)])
    file = tmp_path / "vqabot.sqlite3"
    whole = file.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    for damaged in (whole[:middle] + b"\xa5" * 4096 + whole[middle + 4096 :], whole[:middle]):
        file.write_bytes(damaged)
        with refuses(CorruptDatabaseError, match="damaged"):
            await Store.open(tmp_path)
    file.write_bytes(whole)
    async with await Store.open(tmp_path) as store:
        assert (await store.updates.counts())["pending"] == 400


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "vqabot.sqlite3")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with refuses(CorruptDatabaseError, match="another program"):
        await Store.open(tmp_path)
    connection = sqlite3.connect(tmp_path / "vqabot.sqlite3")
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipes",)]
    connection.close()


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await Store.open(tmp_path) as store:
        await store.updates.add([(1, "kept")])
    broken = [*migrations.STEPS, lambda: ("CREATE TABLE half (x)", "THIS IS NO SQL")]
    with monkeypatch.context() as patch:
        patch.setattr("storage.opening.STEPS", broken)
        with pytest.raises(StorageError):
            await Store.open(tmp_path)
    async with await Store.open(tmp_path) as store:
        assert [update.raw for update in await store.updates.pending(5)] == ["kept"]
        assert await store.db.fetch_all("SELECT 1 FROM sqlite_schema WHERE name = 'half'") == []


def test_released_steps_stay_as_they_are() -> None:
    released = [step() for step in migrations.STEPS[:28]]
    digest = hashlib.sha256(json.dumps(released).encode()).hexdigest()
    assert digest == "d7fb60fbb990a9552ffa3815d78e3419cc395146937709534456167d4430e1b1", (
        "add a step at the end: databases out there have run these"
    )


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    async with await Store.open(tmp_path):
        pass
    connection = sqlite3.connect(tmp_path / "vqabot.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with refuses(NewerDatabaseError, match="newer release"):
        await Store.open(tmp_path)


async def test_an_older_database_is_migrated_after_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", migrations.STEPS[:1])
        patch.setattr("storage.opening.STEPS", migrations.STEPS)
        database = await Database.open(tmp_path / "vqabot.sqlite3")
        async with database.transaction() as tx:
            await tx.execute("INSERT INTO updates (update_id, raw, arrived_at) VALUES (1, 'kept', 0)")
        await database.close()
    async with await Store.open(tmp_path) as store:
        assert [u.raw for u in await store.updates.pending(5)] == ["kept"]
        assert (await store.questions.load(1, 1, 0)).waiting == 0
    copy = sqlite3.connect(tmp_path / "vqabot-schema-1.sqlite3")
    assert copy.execute("SELECT raw FROM updates").fetchall() == [("kept",)]
    copy.close()
    file = tmp_path / "vqabot-schema-1.sqlite3"
    copy = sqlite3.connect(file)
    raw = '{"message": {"chat": {"id": 1}, "text": "very secret"}}'
    copy.execute("INSERT INTO updates (update_id, raw, arrived_at) VALUES (2, ?, 0)", (raw,))
    copy.execute("CREATE TABLE other (chat_id INTEGER, text TEXT)")
    copy.executemany("INSERT INTO other VALUES (?, ?)", [(1, "also secret"), (2, "another's")])
    copy.commit()
    copy.close()
    broken = tmp_path / "vqabot-schema-0.sqlite3"
    broken.write_bytes(b"no database, but a secret")
    connect = sqlite3.connect

    def careless(*arguments: Any, **options: Any) -> sqlite3.Connection:
        """As where SQLite was built to leave deleted content in its file."""
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    async with await Store.open(tmp_path) as store:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("storage.chat_rows.sqlite3.connect", careless)
            await store.chats.delete_everything(1)
    assert b"secret" not in file.read_bytes() and b"another's" in file.read_bytes(), "a deletion reaches the copy"
    assert not broken.exists(), "what cannot be read may hold anything"
    for age, there in ((COPY_SECONDS - 60, True), (COPY_SECONDS + 60, False)):
        os.utime(file, (time.time() - age, time.time() - age))
        async with await Store.open(tmp_path):
            assert file.exists() == there, "a copy does not outlive the month in which it may be wanted"
