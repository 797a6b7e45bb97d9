"""`vqabot bench`: speed and memory, as ratios against a baseline in the same run."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from statistics import median

import click

from bot.commands.bench_answer import answer
from bot.commands.bench_arithmetic import arithmetic
from bot.commands.bench_bot import bench_bot
from bot.commands.bench_equality import equality
from bot.commands.bench_feedback import bench_feedback
from bot.commands.bench_flood import bench_flood
from bot.commands.bench_gpu import gpu
from bot.commands.bench_hostile import bench_hostile
from bot.commands.bench_ledger import bench_ledger
from bot.commands.bench_machine import bench_builtin, machine
from bot.commands.bench_needs import training_needs
from bot.commands.bench_scale import bench_scale
from bot.commands.bench_train import train
from bot.commands.bench_trouble import memory, resume
from bot.commands.bench_voice import bench_voice
from bot.commands.bench_where import bench_where
from bot.commands.bench_year import bench_year
from bot.commands.terminal import show_figures

QUESTIONS = ("What color is the ball?", "What animal is there?", "Is there a house?", "What is the girl wearing?")


@click.group(
    commands=(
        *(answer, bench_where, arithmetic, bench_bot, bench_builtin, equality, bench_feedback, bench_flood, gpu),
        *(bench_hostile, bench_ledger, machine, memory, resume, training_needs, bench_scale, train, bench_year),
        bench_voice,
    ),
    epilog="Example: vqabot bench ask",
)
def bench() -> None:
    """Measure speed and memory against a baseline that runs beside it."""


@bench.command(epilog="Example: vqabot bench ask --runs 5 --json")
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True, help="Runs; the median counts.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def ask(model: str, runs: int, as_json: bool) -> None:
    """Time `vqabot ask`: a cold call, and a further question on a picture that is known.

    The baseline for the further question is the same question on a picture that is seen for the first time.
    """
    from model.answerer import Answerer
    from model.backends.peak_memory import peak_bytes
    from model.types import Request

    picture = (files("bot") / "example.png").read_bytes()
    cold = median([_cold(model) for _ in range(runs)])
    answerer = Answerer.load(model)
    answerer.warm_up()
    first: list[float] = []
    further: list[float] = []
    for run in range(runs):
        # A few bytes after the end make a picture that was never seen, with the same pixels.
        unseen = picture + bytes([run + 1]) * 8
        for place, question in enumerate(QUESTIONS):
            started = time.perf_counter()
            answerer.answer([Request(f"{run}/{place}", unseen, question)])
            (further if place else first).append(time.perf_counter() - started)
    figures = {
        "cold_call_seconds": round(cold, 2),
        "first_question_ms": round(1000 * median(first), 1),
        "further_question_ms": round(1000 * median(further), 1),
        "further_to_first": round(median(further) / median(first), 3),
        "peak_memory_mb": round(peak_bytes("cpu") / 2**20),
    }
    show_figures(figures, as_json)


def _cold(model: str) -> float:
    """Seconds of a whole `vqabot ask` process, from start to exit."""
    with_example = Path(str(files("bot") / "example.png"))
    command = [sys.executable, "-m", "bot.cli", "ask", str(with_example), QUESTIONS[0], "--model", model]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode:
        raise click.ClickException(done.stderr.strip().removeprefix("Error: "))
    return time.perf_counter() - started
