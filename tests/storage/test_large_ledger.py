"""A large ledger: its figures go along indexes, and its pages are looked at beside the work."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from dataclasses import replace
from pathlib import Path

import aiosqlite
import pytest
from click.testing import CliRunner
from refusals import refuses
from storage_helpers import Ask

from bot.benchmarks.large_ledger import WAITING, fill
from bot.commands.bench_ledger import bench_ledger
from storage import database, opening
from storage.data_folder import DATABASE
from storage.errors import CorruptDatabaseError
from storage.migrations import STEPS, Step
from storage.records import AskedPicture, State
from storage.store import Store

ROWS = 1000


async def test_figures_of_a_large_ledger_are_right_and_walk_along_indexes(store: Store, ask: Ask) -> None:
    await fill(store, ROWS, days=2.0)
    explained = await store.questions.get(5)
    assert explained is not None
    await store.heat_maps.ask(explained, 9000, 9, "Ada")
    shown = await store.questions.get(6)
    assert shown is not None
    await store.heat_maps.ask(shown, 9001, 9, "Ada")
    await store.db.execute("UPDATE questions SET state = 'delivered' WHERE explains = 6")
    seen: list[str] = []
    for connection in store.db.connections:
        await connection.set_trace_callback(seen.append)
    counts, figures, use = await store.questions.counts(), await store.statistics(), await store.use_per_day(4)
    opinions = await store.feedback.lately(3)
    for connection in store.db.connections:
        await connection.set_trace_callback(None)  # type: ignore[arg-type]
    plain = await store.db.fetch_all(
        "SELECT state, count(*) AS number FROM questions WHERE explains IS NULL OR state = 'queued' GROUP BY state"
    )
    assert counts == dict.fromkeys(State, 0) | {State(row["state"]): row["number"] for row in plain}
    assert counts[State.QUEUED] == WAITING + 1, "what explains an answer waits, too"
    assert (figures.total, figures.chats, figures.photos) == (ROWS, ROWS // 5, ROWS // 3 + 1)
    assert ROWS // 2 - 20 < figures.last_day <= ROWS // 2 and 0 < figures.last_hour < 30
    assert figures.mean_seconds == pytest.approx(0.2) and figures.mean_confidence == pytest.approx(0.9)
    assert figures.unmeasured == 0
    assert sum(asked for _, asked in use) == ROWS and use[0][1] == 0, "what explains an answer is no question"
    assert (opinions.right, opinions.judged) == (75, 100) and len(opinions.worst) == 3
    for sql in seen:
        plan = [row["detail"] for row in await store.db.fetch_all(f"EXPLAIN QUERY PLAN {sql}")]
        walked = [step for step in plan if re.match(r"SCAN (questions|photos|feedback)\b(?!.*USING COVERING)", step)]
        assert not walked, f"{sql}\n{plan}"


async def test_answers_without_evidence_are_counted(store: Store, ask: Ask) -> None:
    for message, evidence in ((1, "{}"), (2, '{"known_picture": false}')):
        question = await ask(1, message_id=message)
        await store.questions.answer_many([(question.id, "red", 0.5, 0.1)])
        await store.db.execute("UPDATE questions SET evidence = ? WHERE id = ?", (evidence, question.id))
    await ask(1, message_id=3)
    assert (await store.statistics()).unmeasured == 1


@pytest.mark.parametrize(("known", "unmeasured"), [(True, 0), (None, 1)])
async def test_of_an_answer_for_each_picture_the_lines_hold_the_evidence(
    store: Store, ask: Ask, known: bool | None, unmeasured: int
) -> None:
    pictures = tuple(AskedPicture(sha, number) for number, sha in enumerate(("aa", "bb"), 10))
    question = await ask(1, message_id=1, several=pictures, each_picture=True)
    lines = [replace(one, answer="red", confidence=0.9, known_picture=known) for one in pictures]
    await store.question_pictures.answer_each(question.id, lines, "1. red 2. red", 0.8, 0.1)
    assert (await store.statistics()).unmeasured == unmeasured


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every database counts as a large one."""
    monkeypatch.setattr(opening, "CHECKED_AT_ONCE", -1)
    monkeypatch.setattr(database, "CHECK_AGAIN_SECONDS", 0.01)


def overwrite_middle(file: Path) -> None:
    """Damage a database in its middle."""
    whole = file.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    file.write_bytes(whole[:middle] + b"\xa5" * 4096 + whole[middle + 4096 :])


async def test_damage_is_found_while_a_large_database_is_used(tmp_path: Path, large: None) -> None:
    async with await Store.open(tmp_path) as store:
        await fill(store, 3 * ROWS, days=30.0)  # questions, which no start walks through
    overwrite_middle(tmp_path / DATABASE)
    async with await Store.open(tmp_path) as store:
        assert not store.db.checked
        with refuses(CorruptDatabaseError, match="damaged"):
            await store.db.check()


@pytest.mark.parametrize("steps", [[], [lambda: ("CREATE TABLE newer (x)",)]], ids=["as it is", "to migrate"])
async def test_damage_that_a_start_meets_is_a_sentence_and_leaves_nothing_open(
    tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch, steps: list[Step]
) -> None:
    async with await Store.open(tmp_path) as store:
        await store.updates.add([(number, "x" * 900) for number in range(400)])  # each start looks for old ones
    overwrite_middle(tmp_path / DATABASE)
    monkeypatch.setattr(opening, "STEPS", [*STEPS, *steps])
    for _ in range(2):
        with refuses(CorruptDatabaseError, match="damaged"):
            await Store.open(tmp_path)


@pytest.mark.parametrize("way", ["checkpoint", "close", "cancel"])
async def test_a_long_look_holds_up_nobody(
    tmp_path: Path, large: None, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    look, begun = opening.quick_check, asyncio.Event()

    async def endless_at_first(connection: aiosqlite.Connection) -> None:
        if not begun.is_set():
            begun.set()
            await connection.execute_fetchall(
                "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
            )
        await look(connection)

    async with await Store.open(tmp_path):
        pass  # a new database is looked at
    monkeypatch.setattr(database, "quick_check", endless_at_first)
    async with await Store.open(tmp_path) as store:
        assert not store.db.checked
        checking = asyncio.create_task(store.db.check())
        await begun.wait()
        if way == "checkpoint":
            await store.updates.add([(1, "{}")])
            await store.db.checkpoint()
            assert not list(tmp_path.glob("*-wal")) or (tmp_path / f"{DATABASE}-wal").stat().st_size == 0
            await checking
            assert store.db.checked
        if way == "cancel":
            checking.cancel()
            await asyncio.gather(checking, return_exceptions=True)
            for _ in range(database.READERS):
                assert await store.db.fetch_all("SELECT 1")
    if way == "close":
        checking.cancel()
        await asyncio.gather(checking, return_exceptions=True)
    connection = sqlite3.connect(tmp_path / DATABASE)
    assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    connection.close()


def test_the_benchmark_says_what_a_ledger_costs(tmp_path: Path) -> None:
    done = CliRunner().invoke(bench_ledger, ["2000", "--folder", str(tmp_path), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["rows"] == 2000 and figures["ms"].keys() == figures["ms_of_1000"].keys()
    assert all(value >= 0 for value in figures["ms"].values()) and figures["ms"]["the figures of /admin"] > 0
    again = CliRunner().invoke(bench_ledger, ["2000", "--folder", str(tmp_path)])
    assert again.exit_code == 1 and "is there already" in again.output
