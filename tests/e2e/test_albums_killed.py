"""kill -9 of bot and worker amid albums and comparisons, with the processes and the model as people start them."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from album_helpers import answers
from e2e_helpers import says, sure
from process_helpers import PATIENCE, running

from bot.demo.samples import sample_scenes
from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from bot.texts import heat_maps as texts


def states(data_dir: Path) -> list[str]:
    """Of all questions and presses, oldest first, as the running bot entered them."""
    with closing(sqlite3.connect(f"file:{data_dir / 'vqabot.sqlite3'}?mode=ro", uri=True)) as database:
        return [state for (state,) in database.execute("SELECT state FROM questions ORDER BY id")]


def worker_of(process: asyncio.subprocess.Process) -> int:
    """The number of the worker's process; 0 while there is none."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return next((int(pid) for pid in children if "embedded_worker" in Path(f"/proc/{pid}/cmdline").read_text()), 0)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it does not happen")


@pytest.mark.timeout(600)
async def test_joint_answers_come_once_whoever_is_killed(sandbox: Sandbox, you: Person, tmp_path: Path) -> None:
    one, other = (scene.picture for scene in sample_scenes()[:2])
    data_dir, faults = tmp_path / "data", sandbox.world.faults
    async with running(sandbox, data_dir) as process:
        await you.send_picture(one, "What is the weather like?")
        plain = await you.wait_for(sure, PATIENCE)
        faults.change({"next": [{"method": "sendMessage", "hold": 600.0, "executed": True}]})
        pair = await you.send_album([one, one], "What changed?")
        await until(lambda: not faults.next)  # its message stands in the chat, and the bot does not hear of that
        process.kill()
        await process.wait()
    async with running(sandbox, data_dir) as process:
        joint = await you.wait_for(lambda m: m.get("text", "").startswith("Nothing"), PATIENCE, since=0)
        await you.say("What is the weather like?")
        again = await you.wait_for(sure, PATIENCE)
        worker = worker_of(process)
        assert worker, "it has just answered"
        os.kill(worker, signal.SIGSTOP)  # what it gets stays in its hands
        three = await you.send_album([one, one, other], ["", "", "What changed?"])
        named = await you.say("Is it the same as the previous picture?", reply_to=three[2])
        await you.press(plain, texts.BUTTON)
        await until(lambda: states(data_dir)[3:] == ["running"] * 3)
        os.kill(worker, signal.SIGKILL)
        await until(lambda: worker_of(process) not in (0, worker))  # the loss is noticed, and the next one begins
        process.kill()
        await process.wait()
    async with running(sandbox, data_dir):
        steps = await you.wait_for(says("1\u00a0→\u00a02: Nothing"), PATIENCE, since=0)
        await you.wait_for(lambda m: "photo" in m and m["from"]["is_bot"], PATIENCE, since=0)
        same = await you.wait_for(lambda m: sure(m) and is_reply(m, named), PATIENCE, since=0)
        await until(lambda: set(states(data_dir)) == {"delivered"})
    assert joint["reply_to_message"]["message_id"] == pair[0]["message_id"]
    assert "2\u00a0→\u00a03: Everything" in steps["text"]
    numbers = sorted(m["message_id"] for m in (plain, joint, again, steps, same))
    assert [m["message_id"] for m in await answers(you)] == numbers
    assert len([m for m in await you.messages() if "photo" in m and m["from"]["is_bot"]]) == 1


def is_reply(message: Message, asked: Message) -> bool:
    return bool(message.get("reply_to_message", {}).get("message_id") == asked["message_id"])
