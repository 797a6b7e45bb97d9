"""A running sandbox with a bot and a person; everything that goes over the wire is judged."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from sandbox_helpers import Caller, judge

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Path]:
    """A recording of the test's whole traffic, judged at the end. VQABOT_KEEP_TRAFFIC=FILE collects all of them."""
    path = tmp_path / "traffic.jsonl"
    yield path
    text = path.read_text()
    if kept := os.environ.get("VQABOT_KEEP_TRAFFIC"):
        with Path(kept).open("a") as file:
            file.write(text)
    judge(json.loads(line) for line in text.splitlines())


@pytest.fixture
async def sandbox(recording: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, record=recording) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def bot(sandbox: Sandbox, http: aiohttp.ClientSession) -> Caller:
    """A registered bot, without a library."""
    caller = Caller(http, sandbox.url)
    assert (await caller("getMe")).ok
    return caller


@pytest.fixture
async def you(sandbox: Sandbox, bot: Caller) -> AsyncIterator[Person]:
    """The first person, in the chat with the bot, who wrote to it already (update taken)."""
    async with Person(sandbox.url, 1001) as person:
        await person.say("/start")
        updates = await bot.updates()
        await bot.updates(offset=updates[-1]["update_id"] + 1)
        yield person
