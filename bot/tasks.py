"""Ending tasks so that nothing of them is left running."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any


async def cancel_and_wait(*tasks: asyncio.Future[Any] | None) -> None:
    """Cancel tasks, and wait until they have ended, however they do; None is one that was never begun."""
    begun = [task for task in tasks if task is not None]
    for task in begun:
        task.cancel()
    await asyncio.gather(*begun, return_exceptions=True)


async def finish_within(tasks: Collection[asyncio.Future[Any]], grace: float) -> None:
    """Let tasks end by themselves, but not longer than `grace` seconds; then cancel the others."""
    if tasks:
        _, late = await asyncio.wait(list(tasks), timeout=grace)
        await cancel_and_wait(*late)
