"""`vqabot bench gpu`: its steps run here on tiny shapes, and whatever a step does, the others run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner

from bot.benchmarks import gpu_steps
from bot.benchmarks.steps import Step, StepResult, run
from bot.cli import main

PATIENCE = 600.0


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that a step can call: it prints, fails or waits as its arguments say."""
    (tmp_path / "stepping.py").write_text(
        "import sys, time\n"
        "print(sys.argv[1], flush=True)\n"
        "print('what was wrong', file=sys.stderr, flush=True)\n"
        "if len(sys.argv) > 3: __import__('subprocess').Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "time.sleep(600) if sys.argv[2] == 'wait' else sys.exit(int(sys.argv[2]))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


def test_a_failed_and_a_slow_step_stop_nothing(program: Path) -> None:
    steps = [
        Step("good", ("stepping", 'first\n{"speed": 3}', "0"), PATIENCE),
        Step("bad", ("stepping", '{"far": 1}', "7"), PATIENCE),
        Step("none", ("no_such_module",), PATIENCE),
        Step("slow", ("stepping", "{not json", "wait", "with a child"), 1.0),
        Step("last", ("stepping", "nothing", "0"), PATIENCE),
    ]
    reported: list[StepResult] = []
    outcomes = run([steps[:2], *([step] for step in steps[2:])], PATIENCE, reported.append)
    assert reported == outcomes
    assert [(one.name, one.result) for one in outcomes] == [
        ("good", "ok"),
        ("bad", "failed"),
        ("none", "failed"),
        ("slow", "too slow"),
        ("last", "ok"),
    ]
    assert [one.figures for one in outcomes] == [{"speed": 3}, {"far": 1}, {}, {}, {}]
    assert outcomes[1].said == "what was wrong"
    assert "no_such_module" in outcomes[2].said


def test_when_no_time_is_left_a_step_is_left_out(program: Path) -> None:
    step = Step("one", ("stepping", "{}", "0"), PATIENCE)
    assert [one.result for one in run([[step], [step]], 0.0, lambda _: None)] == ["left out", "left out"]


def test_every_step_is_a_command_that_there_is() -> None:
    """Also those for a GPU, which nobody can run here: names of commands and options, their limits, the time in all."""
    for small in (False, True):
        groups = gpu_steps.steps("cuda", Path("work"), small=small)
        names = [step.name for group in groups for step in group]
        assert len(set(names)) == len(names)
        for step in (step for group in groups for step in group):
            if step.words[0] == "bot.cli":
                done = CliRunner().invoke(main, [*step.words[1:], "--help"])
                assert done.exit_code == 0, (step, done.output)
                context = main.make_context("vqabot", list(step.words[1:]), resilient_parsing=True)
                bench = main.get_command(context, "bench")
                command = bench.get_command(context, step.words[2])  # type: ignore[union-attr]
                parsed = command.make_context(step.words[2], list(step.words[3:]))
                assert parsed.params["as_json"] is True


def test_a_place_that_cannot_be_written_is_said_before_anything_runs(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["bench", "gpu", "--device", "cpu", "--out", str(tmp_path / "no" / "gpu.json")])
    assert (result.exit_code, "cannot be written" in result.output) == (1, True)
    assert "Traceback" not in result.output


def test_without_a_gpu_the_first_step_says_so_and_no_other_runs(tmp_path: Path) -> None:
    """`--only` leaves the look at the machine in."""
    out = tmp_path / "gpu.json"
    with patch.dict(os.environ, {"CUDA_VISIBLE_DEVICES": ""}):
        result = CliRunner().invoke(main, ["bench", "gpu", "--only", "answer", "--out", str(out)])
    assert result.exit_code == 1
    assert "GPU" in result.output.splitlines()[-1]
    assert [step["name"] for step in json.loads(out.read_text())["steps"]] == ["machine"]


def test_a_filter_that_matches_nothing_names_what_there_is(tmp_path: Path) -> None:
    words = ["bench", "gpu", "--device", "cpu", "--only", "nosuch", "--out", str(tmp_path / "gpu.json")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 1
    assert "Error: No step is called 'nosuch'. There are: machine; make tiny; same tokens" in result.output
    result = CliRunner().invoke(main, ["bench", "train", "--shape", "tiny", "--device", "cpu", "--only", "foo"])
    assert result.exit_code == 1
    assert "Error: No way is called 'foo'. There are: " in result.output


def test_what_runs_ends_with_the_measurement(program: Path) -> None:
    """A report that raises stands for a signal: the step beside would wait for minutes."""

    def end(outcome: StepResult) -> None:
        raise InterruptedError(outcome.name)

    steps = [Step("bad", ("stepping", "{}", "7"), PATIENCE), Step("slow", ("stepping", "{}", "wait"), PATIENCE)]
    with pytest.raises(InterruptedError, match="bad"):
        run([steps], PATIENCE, end)
