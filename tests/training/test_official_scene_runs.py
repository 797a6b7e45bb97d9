"""Drawing official files: interrupted, twice at once, and in places where it cannot be."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock
from scene_files import digests, scenes
from vqa_helpers import read_questions

from training.data.vqa import DataError
from training.scenes.official import Plan, write_scenes


def test_an_interrupt_ends_it_with_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "scenes", str(tmp_path / "x"), "--train", "2000"]
    listening = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # also where the tests run unheard
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=listening)
    pieces = tmp_path / "x.partial" / ".progress"
    while len(list(pieces.glob("train-*.json"))) < 2 and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)  # as the terminal sends it: to the drawing processes as well
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "Interrupted. The same command goes on from here."
    assert "Error" not in errors
    assert "Traceback" not in errors


def test_two_at_once_do_not_mix(tmp_path: Path) -> None:
    with FileLock(tmp_path / "x.partial.lock"):
        code, output = scenes(tmp_path / "x", "--train", 1)
    assert code == 1
    assert "Another process is writing" in output


def test_what_another_plan_left_is_not_used(tmp_path: Path) -> None:
    plan = Plan("7", {"val": 3})
    write_scenes(tmp_path / "a", plan, lambda _: None, workers=1)
    stale = tmp_path / "b.partial"
    (stale / ".progress").mkdir(parents=True)
    (stale / ".progress" / "plan.json").write_text('{"seed": "6"}')
    (stale / ".progress" / "val-0.json").write_text("[]")
    (stale / "left.png").touch()
    write_scenes(tmp_path / "b", plan, lambda _: None, workers=1)
    assert digests(tmp_path / "b") == digests(tmp_path / "a")


def test_a_folder_with_other_content_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    code, output = scenes(tmp_path, "--train", 1)
    assert code == 1
    assert f"{tmp_path.name} is not empty" in output
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_partial_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.partial").mkdir()
    (tmp_path / "x.partial" / "thesis.tex").touch()
    code, output = scenes(tmp_path / "x", "--train", 1)
    assert code == 1
    assert "x.partial is in the way" in output
    assert (tmp_path / "x.partial" / "thesis.tex").exists()


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    code, output = scenes(tmp_path, "--train", 0, "--val", 2, "--test", 0, "--questions-per-picture", 5)
    assert code == 0, output
    assert "2 pictures" in output
    assert len(read_questions(tmp_path, "val")) == 10


def test_nothing_to_draw_is_said(tmp_path: Path) -> None:
    code, output = scenes(tmp_path / "x", "--train", 0, "--val", 0, "--test", 0)
    assert code == 1
    assert "nothing to draw" in output


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="cannot be written"):
        write_scenes(tmp_path / "file" / "x", Plan("0", {"val": 1}), lambda _: None)
