"""A simulated year, a small one: what is kept stays under its budget, and the work of a day goes through indexes."""

from __future__ import annotations

import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.benchmarks import year
from bot.benchmarks.simulated_use import DAY, SimulatedUse
from storage.database import Transaction
from storage.quota import Budget
from storage.store import Store


async def test_a_year_stays_under_its_budget_and_keeps_what_it_should(tmp_path: Path) -> None:
    first, last = await year.simulate(
        tmp_path / "data", days=15, questions_a_day=40, keep_days=10, budget_bytes=60_000, picture_bytes=1_000
    )
    assert first.questions == 40 + year.VISITOR_QUESTIONS + 5
    # Ten days, the last visitor's, and what was measured twice, which waits for an answer.
    assert last.questions == 10 * 40 + year.VISITOR_QUESTIONS + 5 + 5
    assert last.picture_bytes <= 60_000 and last.pictures <= 70
    assert first.milliseconds.keys() == last.milliseconds.keys() == last.cpu_milliseconds.keys()
    assert all(value > 0 for value in last.cpu_milliseconds.values())


def counted_transactions(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each transaction that begins."""
    begun: list[str] = []
    transaction = store.db.transaction

    def begin() -> AbstractAsyncContextManager[Transaction]:
        begun.append("transaction")
        return transaction()

    monkeypatch.setattr(store.db, "transaction", begin)
    return begun


async def test_files_with_rows_cost_no_transaction_when_the_folder_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Store.open(tmp_path / "data") as store:
        await SimulatedUse(store).day(time.time() - DAY, 80)
        lost = store.photos.path("ef" * 32)
        lost.parent.mkdir(exist_ok=True)
        lost.write_bytes(b"lost")
        begun = counted_transactions(store, monkeypatch)
        assert await store.photos.sweep(time.time() + DAY) == 1
        assert len(begun) == 1 and not lost.exists()


async def test_what_goes_for_lack_of_room_shares_transactions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await Store.open(tmp_path / "data", Budget(total=60_000, per_chat=60_000)) as store:
        await SimulatedUse(store, picture_bytes=1_000).day(time.time() - DAY, 800)  # 200 pictures
        begun = counted_transactions(store, monkeypatch)
        await store.photos.quota.make_room(1, 0)
        assert (await store.photos.quota.usage()).used <= 60_000
        assert len(begun) < 10, "143 pictures went"
