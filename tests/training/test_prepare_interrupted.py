"""A preparation that is interrupted, killed or out of disk says so and goes on; nothing half-made is trained on."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from training.data.prepared import read_examples

PICTURES = 400
"""Enough that processes of their own read them."""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interrupted") / "data"
    folder.mkdir()
    lines = []
    for number in range(PICTURES):
        noise = random.Random(number).randbytes(3 * 500 * 400)
        Image.frombytes("RGB", (500, 400), noise).save(folder / f"{number}.png", compress_level=0)
        lines.append(json.dumps({"image": f"{number}.png", "question": "what is it", "answer": "red"}))
    (folder / "train.jsonl").write_text("\n".join(lines))
    return folder


def start(source: Path, out: Path, *more: str, limit: int | None = None) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bot.cli", "data", "prepare", str(source), str(out), "--processes", "2", *more]

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # also where the tests run in the background
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=prepare,
    )


def prepared(out: Path) -> list[Path]:
    return sorted(out.glob("images/*/*.png"))


def wait_for_some(out: Path, process: "subprocess.Popen[str]") -> None:
    while len(prepared(out)) < 20:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.01)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_same_command_goes_on(source: Path, tmp_path: Path, how: signal.Signals) -> None:
    out = tmp_path / "out"
    process = start(source, out)
    wait_for_some(out, process)
    os.killpg(process.pid, how)  # as a terminal does: every process of the command
    said = process.communicate()[0]
    assert process.returncode != 0
    assert "Traceback" not in said
    if how == signal.SIGINT:
        assert "Interrupted. The same command goes on with the pictures that are done." in said
        assert not list(out.rglob("*.partial"))
    assert not (out / "train.jsonl").exists()
    done = {path: path.stat().st_mtime_ns for path in prepared(out)}
    assert 0 < len(done) < PICTURES
    again = start(source, out)
    said = again.communicate()[0]
    assert again.returncode == 0, said
    assert len(read_examples(out, "train")) == len(prepared(out)) == PICTURES
    assert all(path.stat().st_mtime_ns == then for path, then in done.items()), "what was done is not done again"
    assert not list(out.rglob("*.partial")), "what a kill left half-made is gone"


def test_a_full_disk_ends_in_a_sentence(source: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: writing fails in the processes that read pictures."""
    process = start(source, tmp_path / "out", limit=20_000)
    said = process.communicate()[0]
    assert process.returncode == 1
    assert "Traceback" not in said
    assert f"Error: {tmp_path / 'out'} cannot be written: File too large." in said
    assert not list((tmp_path / "out").rglob("*.partial"))


def test_a_killed_reader_ends_in_a_sentence(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(source, out)
    wait_for_some(out, process)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    readers = [pid for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(int(readers[0]), signal.SIGKILL)
    said = process.communicate()[0]
    assert process.returncode == 1
    assert "Traceback" not in said
    assert "A process that reads pictures was killed, most likely for want of memory" in said
