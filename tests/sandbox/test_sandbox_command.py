"""`vqabot sandbox` as a process."""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import aiohttp
from click.testing import CliRunner

from bot.commands.sandbox import sandbox


async def test_it_serves_records_and_ends(tmp_path: Path) -> None:
    recording = tmp_path / "traffic.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "sandbox", "--port", "0", "--record", recording, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        first = (await process.stdout.readline()).decode()
    url = first.split()[-1]
    assert url.startswith("http://127.0.0.1:")
    async with aiohttp.ClientSession() as session, session.get(f"{url}/bot1:any_token/getMe") as response:
        assert (await response.json())["ok"] is True
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    (line,) = recording.read_text().splitlines()
    assert json.loads(line)["method"] == "getMe"


def test_a_busy_port_is_a_sentence() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        result = CliRunner().invoke(sandbox, ["--port", str(port)])
    assert result.exit_code == 1
    assert f"port {port}" in result.output
    assert "--port" in result.output
    assert "Traceback" not in result.output
