"""A running bot, under trouble and at its most talkative: its secrets stand nowhere but in its own environment."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import aiohttp
from e2e_helpers import TOKEN, YOU, picture

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

SECRET, HOOK_SECRET = TOKEN.split(":")[1], "a_webhook_secret_to_keep"


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


async def test_no_secret_in_logs_errors_process_list_or_worker(sandbox: Sandbox, tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VQABOT_")},
        "VQABOT_TELEGRAM_TOKEN": TOKEN,
        "VQABOT_TELEGRAM_BASE_URL": sandbox.url,
        "VQABOT_DATA_DIR": str(tmp_path / "data"),
        "VQABOT_LOG_LEVEL": "DEBUG",
        "VQABOT_WEBHOOK_SECRET": HOOK_SECRET,
    }
    log = tmp_path / "log"
    with log.open("wb") as file:
        command = (sys.executable, "-m", "bot.cli", "run")
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=file, stderr=file, cwd=tmp_path
        )
    try:
        async with Person(sandbox.url, YOU) as you, aiohttp.ClientSession() as http:
            await you.send_picture(picture(), "What is it?")
            await you.wait_for(lambda m: "% sure" in m.get("text", ""), timeout=120)
            processes = family(process.pid)
            assert len(processes) >= 2, "the worker is one of them"
            for pid in processes:
                assert SECRET.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
            for pid in processes[1:]:
                inherited = Path(f"/proc/{pid}/environ").read_bytes()
                assert SECRET.encode() not in inherited and HOOK_SECRET.encode() not in inherited
            # Every kind of trouble: errors of Telegram's, broken connections, then nobody there at all.
            rates = {"rate_5xx": 0.3, "drop_rate": 0.3, "seed": 1}
            async with http.post(f"{sandbox.url}/client/faults", json=rates) as response:
                found = await response.json()
                assert response.status == 200, found
            for number in range(5):
                await you.say(f"And {number}?")
            await asyncio.sleep(1)
        await sandbox.stop()
        await asyncio.sleep(1)
    finally:
        process.kill()
        await process.wait()
    text = log.read_text()
    assert "trying again" in text and "DEBUG" in text, text[-3000:]
    assert SECRET not in text and HOOK_SECRET not in text
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
