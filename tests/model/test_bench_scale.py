"""`vqabot bench scale`: its figures hang together, and it ends in words where it cannot measure."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis_server import RedisServer

from bot.cli import main
from bot.commands.bench_scale import bench_scale

SHORT = ["--workers", "1", "--workers", "2", "--milliseconds", "50", "--seconds", "1", "--json"]


def test_more_workers_answer_more_over_a_server_that_is_there(redis_server: RedisServer) -> None:
    server = redis_server.url().partition("?")[0]
    done = CliRunner().invoke(bench_scale, [*SHORT, "--batch-size", "2", "--broker", server], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    for number in (1, 2):
        allowed = number * 2 / 0.05
        assert figures[f"allowed_{number}"] == allowed
        assert all(figures[f"cpu_ms_a_question_{part}_{number}"] > 0 for part in ("asking", "workers"))
        assert 0 < figures[f"questions_per_second_{number}"] <= 1.5 * allowed, "what was in hand comes beside"
    assert figures["times_one_worker_1"] == 1.0
    ratio = figures["questions_per_second_2"] / figures["questions_per_second_1"]
    assert figures["times_one_worker_2"] == pytest.approx(ratio, abs=0.02)
    assert figures["added_ms_p50_at_half_load"] <= figures["added_ms_p99_at_half_load"]


def test_without_a_server_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    done = CliRunner().invoke(bench_scale, SHORT)
    assert done.exit_code == 1
    assert "There is no redis-server here: install one, or name a server with --broker." in done.output


def test_a_server_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["bench", "scale", *SHORT, "--broker", "http://127.0.0.1:1"])
    assert done.exit_code == 1 and done.output.startswith("Error: ") and "Traceback" not in done.output


def test_a_wrong_address_is_said_once(capfd: pytest.CaptureFixture[str]) -> None:
    done = CliRunner().invoke(main, ["bench", "scale", "--broker", "foo"])
    assert (done.exit_code, done.output.splitlines()) == (
        1,
        ["Error: The broker's address cannot be understood; it looks like redis://:password@host:6379."],
    )
    assert "Traceback" not in capfd.readouterr().err
