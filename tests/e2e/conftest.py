from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from e2e_helpers import ADA, TOKEN, YOU, StartBot

from bot.app import Bot
from bot.handlers import commands
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from model.serving.broker.null import NullBroker


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, token=TOKEN, record=tmp_path / "traffic.jsonl") as running:
        yield running


@pytest.fixture
async def start_bot(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StartBot]:
    """Starts a bot on the sandbox; what is given beside the broker are settings."""
    monkeypatch.setattr(commands, "OTHERS", ())  # its commands in seven languages more are 40 calls at each start
    async with AsyncExitStack() as stack:

        async def start(broker: NullBroker | None = None, **fields: object) -> Bot:
            settings = Settings(
                **{
                    "telegram_token": TOKEN,
                    "telegram_base_url": sandbox.url,
                    "data_dir": tmp_path / "data",
                    "admin_ids": (YOU,),
                    "questions_per_minute": 1000,
                    "feedback": False,  # an answer without buttons: what has some is what a test waits for
                    "_env_file": None,
                    **fields,
                }  # type: ignore[arg-type]
            )
            return await stack.enter_async_context(Bot(settings, broker or NullBroker("red", 0.87)))

        yield start


@pytest.fixture
async def you(sandbox: Sandbox) -> AsyncIterator[Person]:
    async with Person(sandbox.url, YOU) as person:
        yield person


@pytest.fixture
async def ada(sandbox: Sandbox) -> AsyncIterator[Person]:
    async with Person(sandbox.url, ADA) as person:
        yield person


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is late on a Telegram in this process."""
    monkeypatch.setattr("bot.answering.message_search.SETTLE_SECONDS", 0.0)
    monkeypatch.setattr("bot.answering.progress.PAUSE", 0.1)
