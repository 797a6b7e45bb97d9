"""The commands as processes of their own, as people start them."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from e2e_helpers import TOKEN

from bot.sandbox.server import Sandbox

PATIENCE = 100.0
"""Seconds for a start with the model on a machine that does other things beside."""


async def begin(*arguments: str, **environment: str) -> Process:
    """Start `vqabot` with arguments; what it says on both ways comes together."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", *arguments, stdout=PIPE, stderr=STDOUT, env={**os.environ, **environment}
    )


@asynccontextmanager
async def command(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """`vqabot` with arguments; ended when it is left, if it still runs."""
    process = await begin(*arguments, **environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def running(sandbox: Sandbox, data_dir: Path) -> AbstractAsyncContextManager[Process]:
    """`vqabot run` on the sandbox."""
    return command(
        "run",
        VQABOT_TELEGRAM_TOKEN=TOKEN,
        VQABOT_TELEGRAM_BASE_URL=sandbox.url,
        VQABOT_DATA_DIR=str(data_dir),
    )
