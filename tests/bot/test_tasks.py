"""Ending tasks: none is left running, whatever they do about it."""

from __future__ import annotations

import asyncio

from bot.tasks import cancel_and_wait, finish_within


async def test_nothing_is_left_running() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            raise ValueError("on the way out")

    tasks = [asyncio.create_task(stubborn()), asyncio.create_task(asyncio.Event().wait())]
    await asyncio.sleep(0)
    await cancel_and_wait(*tasks, None)
    assert isinstance(tasks[0].exception(), ValueError) and tasks[1].cancelled()
    await cancel_and_wait()


async def test_what_ends_by_itself_is_not_cancelled() -> None:
    ends, stays = asyncio.create_task(asyncio.sleep(0, "done")), asyncio.create_task(asyncio.Event().wait())
    await finish_within([stays, ends], 0.1)
    assert ends.result() == "done" and stays.cancelled()
    await finish_within([], 60)
