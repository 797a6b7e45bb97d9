"""A running bot, under trouble and at its most talkative: its secrets stand nowhere, its own environment included."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from e2e_helpers import TOKEN, YOU, picture

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts.sureness import is_answer

SECRET, HOOK_SECRET = TOKEN.split(":")[1], "a_webhook_secret_to_keep"


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def environment_of(sandbox: Sandbox, tmp_path: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VQABOT_")},
        "VQABOT_TELEGRAM_TOKEN": TOKEN,
        "VQABOT_TELEGRAM_BASE_URL": sandbox.url,
        "VQABOT_DATA_DIR": str(tmp_path / "data"),
    }


async def test_no_secret_in_logs_errors_process_list_or_worker(sandbox: Sandbox, tmp_path: Path) -> None:
    environment = {
        **environment_of(sandbox, tmp_path),
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
            await you.wait_for(lambda m: is_answer(m.get("text", "")), timeout=120)
            processes = family(process.pid)
            assert len(processes) >= 2, "the worker is one of them"
            for pid in processes:
                assert SECRET.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
            for pid in processes:  # the bot's own too: as the kernel shows it, not as the program thinks it is
                inherited = Path(f"/proc/{pid}/environ").read_bytes()
                assert SECRET.encode() not in inherited and HOOK_SECRET.encode() not in inherited
            own = Path(f"/proc/{process.pid}/environ").read_bytes()
            assert b"PATH=" in own and b"VQABOT" not in own
            assert Path(f"/proc/{process.pid}/environ").stat().st_uid == 0, "not dumpable: it is root's"
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


async def test_a_token_that_telegram_does_not_know_is_told_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    wrong = "1000000002:a_token_that_nobody_at_telegram_knows"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "run"),
        env={**environment_of(sandbox, tmp_path), "VQABOT_TELEGRAM_TOKEN": wrong},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=tmp_path,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 2, said
    assert "does not know this token" in said and "Traceback" not in said
    assert wrong.split(":")[1] not in said


AS_NOBODY = """
import ctypes, os, sys
from pathlib import Path
from bot.environment import hide_settings

def readable():
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    try:
        Path(f"/proc/{os.getppid()}/environ").read_bytes()
    except PermissionError:
        os._exit(1)
    os._exit(0)

os.setgroups([]), os.setgid(65534), os.setuid(65534)
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # to become somebody else closes a process, too: open it again
before = readable()
hide_settings()
print(before, readable(), [name for name in os.environ if name.startswith("VQABOT_")], flush=True)
os.system("env")
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs root, to become nobody")
def test_other_processes_of_the_same_user_cannot_read_the_bots() -> None:
    """What the test above cannot show as root, who may read everything."""
    command = [sys.executable, "-c", AS_NOBODY]
    environment = {**os.environ, "VQABOT_TELEGRAM_TOKEN": TOKEN, "vqabot_webhook_secret": HOOK_SECRET}
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True, env=environment
    )
    assert done.stdout.startswith("True False []\n"), done.stderr
    assert "PATH=" in done.stdout and not re.search("^vqabot_", done.stdout, re.M | re.I), "nor do its children"
