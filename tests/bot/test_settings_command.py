"""`vqabot settings`: all that is wrong in one go, each in a line; and what holds, without secrets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.broker import NO_BROKER
from bot.cli import main
from bot.settings import Settings

TOKEN = "123456789:" + "A" * 35


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("VQABOT_")]:
        monkeypatch.delenv(name)


def settings(*words: str) -> Result:
    return CliRunner().invoke(main, ["settings", *words])


def test_what_holds_is_shown_without_secrets(tmp_path: Path) -> None:
    secrets = f"VQABOT_TELEGRAM_TOKEN={TOKEN}\nVQABOT_PROXY=http://me:word@host:8080\n"
    (tmp_path / ".env").write_text(f"{secrets}VQABOT_ADMIN_IDS=1, 2\nVQABOT_WORKERS=2\n")
    done = settings()
    assert (done.exit_code, done.stderr) == (0, "")
    *lines, last = done.stdout.splitlines()
    assert last == "These settings are fine."
    assert [line.partition("=")[0] for line in lines] == [f"VQABOT_{name.upper()}" for name in Settings.model_fields]
    assert {"VQABOT_WORKERS=2", "VQABOT_ADMIN_IDS=1,2", "VQABOT_MODEL=builtin    # default"} <= {*lines}
    assert {"VQABOT_TELEGRAM_TOKEN=(hidden)", "VQABOT_PROXY=(hidden)"} <= {*lines}
    assert TOKEN not in done.output and "word" not in done.output


def test_each_problem_is_a_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("VQABOT_DEFAULT_BEAMS=11\nVQABOT_MAXBEAMS=5\nVQABOT_DEVICE=tpu\n")
    done = settings()
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "Error: There is no setting VQABOT_MAXBEAMS. Did you mean VQABOT_MAX_BEAMS?",
        "Error: VQABOT_DEVICE must be auto, cpu, cuda or cuda:1, not tpu.",
        "Error: VQABOT_DEFAULT_BEAMS must be at most 10.",
    ]
    (tmp_path / ".env").write_text("VQABOT_MODEL=/nowhere/model\nVQABOT_TELEGRAM_TOKEN=hello\n")
    done = settings()
    token, model = done.stderr.splitlines()
    assert done.exit_code == 2 and "not the form of a token" in token and "/nowhere/model" in model
    (tmp_path / ".env").write_bytes(b"VQABOT_MODEL=\xe9\n")
    assert settings().stderr == "Error: The file .env is no text in UTF-8: save it as UTF-8.\n"


def test_a_worker_needs_a_broker_and_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (settings("--worker").exit_code, settings("--worker").stderr) == (2, f"Error: {NO_BROKER}\n")
    monkeypatch.setenv("VQABOT_BROKER_URL", "redis://:word@127.0.0.1:1")
    done = settings("--worker")
    assert (done.exit_code, done.stderr) == (0, ""), "whether anybody is there shows when it runs"
    assert "VQABOT_BROKER_URL=(hidden)" in done.stdout and "word" not in done.stdout
    monkeypatch.setenv("VQABOT_BROKER_URL", "carrier-pigeon://x")
    assert "no broker here understands" in settings("--worker").stderr
