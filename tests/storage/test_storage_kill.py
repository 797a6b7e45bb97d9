"""kill -9 in the middle of it all: nothing that was said to be kept is lost, and nothing is half."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage.records import State
from storage.store import Store

RANK = {"asked": 0, "answered": 1, "delivered": 2}
REACHED = {State.QUEUED: 0, State.RUNNING: 0, State.ANSWERED: 1, State.DELIVERED: 2}


def write_and_kill(folder: Path, lines: int) -> dict[int, str]:
    """Let the writer say so many things, kill it; returns how far it said that each question came."""
    said: dict[int, str] = {}
    command = [sys.executable, str(Path(__file__).with_name("ledger_writer.py")), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        try:
            for _ in range(lines):
                what, number = writer.stdout.readline().split()
                said[int(number)] = what
        finally:
            writer.kill()
        for line in writer.stdout:
            if line.endswith("\n"):
                what, number = line.split()
                said[int(number)] = what
    said.pop(0, None)
    return said


@pytest.mark.parametrize("lines", [3, 40, 203])
async def test_killed_again_and_again(tmp_path: Path, lines: int) -> None:
    folder = tmp_path / "data"
    known: dict[int, str] = {}
    for turn in range(3):
        known.update(write_and_kill(folder, lines + turn))
        async with await Store.open(folder) as store:
            for number, what in known.items():
                question = await store.questions.get(number)
                assert question is not None, "a question was lost"
                assert REACHED[question.state] >= RANK[what], "a state went back"
                assert (question.answer is not None) == (REACHED[question.state] >= 1)
                assert question.delivered == (question.state is State.DELIVERED)
                data = await store.photos.read(question.chat_id, question.photo_sha256)
                assert hashlib.sha256(data).hexdigest() == question.photo_sha256
            assert [tuple(row) for row in await store.db.fetch_all("PRAGMA integrity_check")] == [("ok",)]
            # The next run asks about new messages.
            await store.questions.requeue_running()
            known = {}
            for chat in range(8):
                await store.chats.migrate(chat, 1000 * (turn + 1) + chat)


def test_a_writer_that_is_killed_leaves_a_log_to_recover(tmp_path: Path) -> None:
    """The tests above are about recovery only if the kill leaves something to recover."""
    write_and_kill(tmp_path / "data", 30)
    assert (tmp_path / "data" / "vqabot.sqlite3-wal").stat().st_size > 0
    connection = sqlite3.connect(tmp_path / "data" / "vqabot.sqlite3")
    assert connection.execute("SELECT count(*) FROM questions").fetchone()[0] > 0
    connection.close()
