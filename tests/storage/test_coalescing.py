"""Calls that come together are one piece of work; each caller hears how it went."""

from __future__ import annotations

import asyncio

import pytest

from storage.coalescing import Coalesced


async def test_a_lone_call_goes_alone_and_those_that_come_meanwhile_share_the_next() -> None:
    batches: list[list[int]] = []
    gate = asyncio.Event()

    async def work(items: list[int]) -> None:
        batches.append(items)
        await gate.wait()

    together = Coalesced(work)
    first = asyncio.create_task(together(1))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(together(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0.01)
    assert batches == [[1]] and not first.done()
    gate.set()
    await asyncio.gather(first, *others)
    assert batches == [[1], [2, 3, 4]]
    await together(5)
    assert batches[-1] == [5]


async def test_a_failure_is_heard_by_all_who_shared_it_and_by_nobody_else() -> None:
    async def work(items: list[int]) -> None:
        await asyncio.sleep(0)
        if 0 in items:
            raise OSError("the disk is full")

    together = Coalesced(work)
    heard = await asyncio.gather(*(together(number) for number in (0, 1)), return_exceptions=True)
    assert [type(error) for error in heard] == [OSError, OSError]
    await together(2)


async def test_a_caller_who_leaves_takes_nothing_away() -> None:
    done: list[int] = []
    gate = asyncio.Event()

    async def work(items: list[int]) -> None:
        await gate.wait()
        done.extend(items)

    together = Coalesced(work)
    leaving, staying = asyncio.create_task(together(1)), asyncio.create_task(together(2))
    await asyncio.sleep(0.01)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    gate.set()
    await staying
    assert done == [1, 2]
