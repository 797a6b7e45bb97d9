"""What is read again and again is read once, and what was written is never hidden by what was read before."""

from __future__ import annotations

import asyncio

import pytest

from storage.read_through import ReadThrough


class Database:
    """One row for each key; a reader waits at the gate with what it saw."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {"a": 1, "b": 2}
        self.reads: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def read(self, key: str) -> int | None:
        self.reads.append(key)
        seen = self.rows.get(key)
        await self.gate.wait()
        return seen


async def test_a_value_is_read_once_until_it_is_written_also_one_that_is_not_there() -> None:
    database = Database()
    known = ReadThrough(database.read, most=10)
    assert [await known.get(key) for key in "aabbcc"] == [1, 1, 2, 2, None, None]
    assert database.reads == ["a", "b", "c"]
    with known.writing("a", "c"):
        database.rows.update(a=3, c=4)
    assert [await known.get(key) for key in "abc"] == [3, 2, 4]
    assert database.reads == ["a", "b", "c", "a", "c"]
    with known.writing():
        database.rows.clear()
    assert [await known.get(key) for key in "abc"] == [None, None, None]


async def test_what_was_read_while_it_was_written_is_not_kept() -> None:
    database = Database()
    known = ReadThrough(database.read, most=10)
    database.gate.clear()
    early = asyncio.create_task(known.get("a"))
    await asyncio.sleep(0)
    with known.writing("a"):
        database.rows["a"] = 9
    database.gate.set()
    assert await early == 1
    assert await known.get("a") == 9


async def test_a_write_that_does_not_end_well_may_have_been_one() -> None:
    database = Database()
    known = ReadThrough(database.read, most=10)
    assert await known.get("a") == 1
    with pytest.raises(asyncio.CancelledError), known.writing("a"):
        database.rows["a"] = 9
        raise asyncio.CancelledError
    assert await known.get("a") == 9


async def test_no_more_is_kept_than_was_said() -> None:
    database = Database()
    known = ReadThrough(database.read, most=2)
    for key in "abca":
        await known.get(key)
    assert database.reads == ["a", "b", "c", "a"]
