"""The speed commands over a tiny model: both sides run, the figures fit each other, wrong names are said plainly."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.commands import bench_answer
from model.benchmarks import answering
from model.families.florence2.flops import count_flops


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["bench", *words])


def test_both_sides_answer_the_same_questions(tiny_folder: Path, tmp_path: Path) -> None:
    plot = tmp_path / "plot.png"
    options = "--pictures 2 --per-picture 2 --waiting 3 --beams 2 --tokens 3 --threads 1 --load 0.5 --load-questions 5"
    options = [*options.split(), "--profile", "--plot", str(plot), "--json"]
    result = run("answer", "--model", str(tiny_folder), *options)
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert list(figures)[-1] == "ratio"
    assert figures["ratio"] > 0
    assert figures["baseline"]["questions"] == figures["ours"]["questions"] == 4
    assert figures["ours"]["p50_ms"] <= figures["ours"]["p99_ms"]
    assert figures["ours"]["arithmetic"] == "cpu, float32 on 1 thread"
    assert {"prepare_ms", "images_ms", "prompts_ms", "generation_ms"} <= set(figures["ours"])
    assert 0 < figures["ours"]["load_p50_ms"] <= figures["ours"]["load_p99_ms"]
    assert figures["operations"]["products"] > 0
    assert sum(figures["operations"].values()) == pytest.approx(1, abs=0.01)
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_one_at_a_time_tells_first_questions_from_further_ones(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a plot that cannot be written costs no figures. Both sides run here: the test above sees their processes."""
    monkeypatch.setattr(bench_answer, "_apart", lambda name, work: getattr(answering, name)(work))
    options = ["--pictures", "2", "--per-picture", "2", "--waiting", "1", "--tokens", "2", "--baseline-pictures", "1"]
    options += ["--plot", str(tmp_path / "nowhere" / "plot.png")]
    result = run("answer", "--model", str(tiny_folder), *options, "--json")
    assert (result.exit_code, "The plot cannot be written" in result.stderr) == (1, True)
    figures = json.loads(result.stdout)
    assert figures["baseline"]["questions"] == 2
    assert {"lone_to_baseline", "follow_up_to_baseline"} <= set(figures)


def test_more_pixels_beams_and_tokens_are_more_arithmetic(tiny_folder: Path) -> None:
    picture, question = count_flops(tiny_folder, (96, 64), 1, 2)
    assert picture > 0
    larger, longer = count_flops(tiny_folder, (192, 128), 3, 5)
    assert larger == pytest.approx(4 * picture, rel=0.2)
    assert longer > question


def test_equality_of_random_requests(tiny_folder: Path) -> None:
    result = run("equality", "--model", str(tiny_folder), "--number", "30", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert (figures["requests"], figures["different"]) == (30, 0)
    assert figures["different_answers"] > 5


def test_another_number_format_beside_float32() -> None:
    result = run("arithmetic", "--scenes", "3", "--dtype", "bfloat16", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["questions"] > 3
    assert min(figures["float32_right_percent"], figures["bfloat16_right_percent"]) > 60
    assert figures["same_answers_percent"] > 60


@pytest.mark.parametrize("command", ["answer", "equality", "arithmetic"])
def test_a_model_that_is_not_there(command: str) -> None:
    result = run(command, "--model", "nowhere")
    assert (result.exit_code, "There is no model at 'nowhere'" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("command", "device"),
    [
        ("answer", "cuda:99"),  # once: it looks in a process of its own
        *itertools.product(("equality", "arithmetic"), ("gpu", "cuda:99")),
    ],
)
def test_a_device_that_is_not_there(command: str, device: str) -> None:
    result = run(command, "--device", device)
    assert (result.exit_code, f"device '{device}'" in result.output or f"GPU '{device}'" in result.output) == (1, True)
    assert "Traceback" not in result.output
