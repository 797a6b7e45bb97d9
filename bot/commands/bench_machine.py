"""`vqabot bench machine` and `bench builtin`: what the machine can do, and how fast it trains the built-in model."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from bot.benchmarks.steps import kill_all, last_line
from bot.commands.terminal import show_figures


@click.command(epilog="Example: vqabot bench machine --device cuda")
@click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def machine(device: str, as_json: bool) -> None:
    """Name the machine, its releases, and what it reaches: products of large matrices, and copying in its memory."""
    import torch

    from model.backends.precision import find_device
    from model.benchmarks.answering import ceiling_of

    device = find_device(device)
    on_gpu = device.startswith("cuda")
    formats = (torch.float32, torch.bfloat16, torch.float16) if on_gpu else (torch.float32, torch.bfloat16)
    figures: dict[str, Any] = {
        "device": torch.cuda.get_device_name(device) if on_gpu else platform.processor() or platform.machine(),
        "memory_gb": round(torch.cuda.get_device_properties(device).total_memory / 2**30, 1) if on_gpu else None,
        "cpu_cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "transformers": version("transformers"),
        "vllm": "not here: Florence-2 runs there through a plug-in that has to be fetched, so it is not compared with",
    }
    for dtype in formats:
        rate = ceiling_of(dtype, device)
        figures[f"{str(dtype).removeprefix('torch.')}_gflop_per_second"] = round(rate / 1e9)
    figures["copied_gb_per_second"] = round(_copy_rate(device) / 1e9, 1)
    show_figures(figures, as_json)


def _copy_rate(device: str) -> float:
    """Bytes read and written a second when a large tensor is copied."""
    import torch

    source = torch.empty(2**30 if device.startswith("cuda") else 2**26, dtype=torch.uint8, device=device)
    target, best = torch.empty_like(source), float("inf")
    for _ in range(6):
        began = time.perf_counter()
        target.copy_(source)
        if source.is_cuda:
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - began)
    return 2 * source.nbytes / best


@click.command("builtin", epilog="Example: vqabot bench builtin --seconds 90 --drawers 14")
@click.option("--seconds", type=click.FloatRange(1), default=90.0, show_default=True, help="For both phases together.")
@click.option("--batch", type=click.IntRange(3), default=96, show_default=True, help="Samples a step of questions.")
@click.option("--dense-batch", type=click.IntRange(1), help="Pictures a step before.  [default: the recipe's]")
@click.option("--drawers", type=click.IntRange(0), help="Processes that draw.  [default: two fewer than CPU cores]")
@click.option("--threads", type=click.IntRange(0), default=0, help="CPU threads.  [default: all cores]")
@click.option("--report-every", type=click.IntRange(1), default=10, show_default=True, help="Steps between readings.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_builtin(
    seconds: float,
    batch: int,
    dense_batch: int | None,
    drawers: int | None,
    threads: int,
    report_every: int,
    as_json: bool,
) -> None:
    """Train the built-in model for a while, in both phases of its recipe, and say what the whole would take.

    The first third of the time is for the phase of dense targets. Readings before the first do not count.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    drawers = max(0, cores - 2) if drawers is None else drawers
    from training.builtin.recipe import Recipe

    recipe = Recipe()
    dense_batch = dense_batch or recipe.dense_batch
    flags = ["--processes", "1", "--drawers", str(drawers), "--batch", str(batch), "--report-every", str(report_every)]
    flags += ["--dense-batch", str(dense_batch), "--threads", str(threads)]
    dense = _pace([*flags, "--dense-steps", "1000000"], seconds / 3)
    questions = _pace([*flags, "--dense-steps", "0"], seconds * 2 / 3)
    # The recipe's number of samples, whatever is taken at once.
    steps = recipe.question_steps * recipe.batch / batch
    figures = {
        "drawers": drawers,
        "dense_seconds_per_step": round(dense, 4),
        "dense_scenes_per_second": round(dense_batch / dense, 1),
        "question_samples_per_step": batch,
        "question_seconds_per_step": round(questions, 4),
        "question_samples_per_second": round(batch / questions, 1),
        "whole_training_hours": round((recipe.dense_steps * dense + steps * questions) / 3600, 2),
        "whole_training_hours_with_the_recipes_steps": round(
            (recipe.dense_steps * dense + recipe.question_steps * questions) / 3600, 2
        ),
    }
    show_figures(figures, as_json)


def _pace(flags: list[str], seconds: float) -> float:
    """Seconds a step of `vqabot builtin`, which is ended after so many, counted from its first line of losses.

    Raises:
        click.ClickException: It came to fewer than two lines.
    """
    readings: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-u", "-m", "bot.cli", "builtin", str(Path(folder) / "run"), *flags],
                stdout=subprocess.PIPE,
                stderr=file,
                start_new_session=True,
            )
        assert process.stdout is not None
        until = None
        for line in process.stdout:
            if line.startswith(b"{"):
                readings.append((int(json.loads(line)["step"]), time.monotonic()))
                until = until or time.monotonic() + seconds
            if until is not None and time.monotonic() >= until and len(readings) > 1:
                break
        kill_all(process)
        last = last_line(log)
    if len(readings) < 2:
        raise click.ClickException(f"The training did not come far enough to be timed: {last}")
    (first, began), (step, ended) = readings[0], readings[-1]
    return (ended - began) / (step - first)
