"""A bot whose workers are elsewhere, as it is started: one small process that holds no model's library."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest
from e2e_helpers import TOKEN, picture, sure
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from redis_server import RedisServer

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

PATIENCE = 150.0
MOST_MB = 90
"""Of memory that is in use, after a conversation."""
HIDING = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Hidden())
from bot.cli import main
main(["run"])
"""


def not_on_the_host() -> set[str]:
    """Top-level modules that are installed here, but not by `pip install .`: what it needs must do without them."""
    needed, left = set(), ["vqabot"]
    while left:
        name = canonicalize_name(left.pop())
        if name not in needed:
            needed.add(name)
            wanted = map(Requirement, importlib.metadata.requires(name) or ())
            left += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    modules = importlib.metadata.packages_distributions().items()
    return {module for module, owners in modules if not needed & {canonicalize_name(owner) for owner in owners}}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
async def test_a_person_is_answered_by_a_host_of_few_megabytes(sandbox: Sandbox, you: Person, tmp_path: Path) -> None:
    hidden = not_on_the_host()
    assert {"torch", "transformers", "numpy"} < hidden and not {"telegram", "redis", "bot"} & hidden
    server = RedisServer(tmp_path)
    await asyncio.to_thread(server.start)
    url = server.url("light")
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.benchmarks.simulated_worker", url, "4", "0.01"), stdin=PIPE
    )
    settings = {
        "VQABOT_TELEGRAM_TOKEN": TOKEN,
        "VQABOT_TELEGRAM_BASE_URL": sandbox.url,
        "VQABOT_DATA_DIR": str(tmp_path / "data"),
        "VQABOT_BROKER_URL": url,
    }
    bot = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HIDING.format(hidden=hidden),
        stdout=DEVNULL,
        stderr=DEVNULL,
        env={**os.environ, **settings},
    )
    try:
        for colour in ("red", "green", "blue"):
            asked = await you.send_picture(picture(colour), "Is it red?")
            await you.wait_for(sure, PATIENCE, since=asked["message_id"])
        process = Path(f"/proc/{bot.pid}")
        (used,) = [line for line in (process / "status").read_text().splitlines() if line.startswith("VmRSS")]
        assert int(used.split()[1]) < MOST_MB * 1024
    finally:
        for one in (bot, worker):
            if one.returncode is None:
                one.terminate()
            await one.communicate()
        server.kill()
