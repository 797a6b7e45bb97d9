"""`vqabot bench resume` and `bench memory`: a training that is killed, and one that memory does not suffice for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from bot.benchmarks.steps import kill_all, last_line
from bot.commands.terminal import show_figures

_PATIENCE = 600.0
"""Seconds that a training may take to start, or to end."""
_LIMITED = """
import os, resource, sys
import training.finetune.run
from bot.cli import main
if __name__ == "__main__":
    now = int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    most = now + int(float(sys.argv.pop(1)) * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    main()
"""
"""`vqabot`, with so many GB of memory beyond what it takes to start."""

_device = click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
_model = click.option("--model", default="builtin", show_default=True, help="builtin, a folder, a ZIP or a hub id.")
_json = click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")


@click.command(epilog="Example: vqabot bench resume --device cuda")
@_model
@click.option("--steps", type=click.IntRange(4), default=60, show_default=True, help="Of the whole training.")
@click.option("--save-every", type=click.IntRange(1), default=10, show_default=True, help="Steps between checkpoints.")
@_device
@_json
def resume(model: str, steps: int, save_every: int, device: str, as_json: bool) -> None:
    """Kill a training with SIGKILL after a checkpoint, let it go on, and hold its losses against one left alone.

    On a CPU they are the same to the last bit; on a GPU some sums come in another order each time.
    """
    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as temporary:
        folder = Path(temporary)
        _draw(folder / "data", model, pictures=8)
        flags = f"--batch-size 8 --max-steps {steps} --save-every {save_every} --eval-questions 0 --log-every 1"
        words = ["train", str(folder / "data"), "OUT", "--model", model, "--new-words", "none", "--device", device]
        words += [*flags.split(), "--learning-rate", "1e-4"]
        whole, killed = folder / "whole", folder / "killed"
        alone = _start(_to(words, whole), folder / "whole.log")
        doomed = _start(_to(words, killed), folder / "killed.log")
        began = time.monotonic()
        while not (at := list(killed.glob("checkpoints/checkpoint-*/complete"))):
            if doomed.poll() is not None or time.monotonic() - began > _PATIENCE:
                kill_all(doomed)
                kill_all(alone)
                raise click.ClickException(f"The training came to no checkpoint: {last_line(folder / 'killed.log')}")
            time.sleep(0.002)
        ended_before = doomed.poll() is not None
        kill_all(doomed)
        again = _start(_to(words, killed), folder / "again.log")
        for process, log in ((alone, "whole.log"), (again, "again.log")):
            if process.wait(_PATIENCE):
                kill_all(alone)
                kill_all(again)
                raise click.ClickException(f"A training failed: {last_line(folder / log)}")
        one, other = _losses(whole), _losses(killed)
        figures = {
            "killed_after_the_checkpoint_of_step": max(int(path.parent.name.rpartition("-")[2]) for path in at),
            "killed_before_its_end": not ended_before,
            "steps": len(other),
            "steps_left_alone": len(one),
            "largest_loss_difference": max(abs(a - b) for a, b in zip(one, other, strict=False)),
            "last_loss": other[-1],
        }
    show_figures(figures, as_json)
    if ended_before or len(one) != len(other):
        raise click.ClickException("The training ended before it could be killed, or its log is not whole.")


@click.command(epilog="Example: vqabot bench memory --model runs/large --batch-size 256 --device cuda")
@_model
@click.option("--batch-size", type=click.IntRange(1), default=256, show_default=True, help="More than memory holds.")
@click.option("--headroom", type=float, default=0.5, show_default=True, help="GB that a CPU's training may take.")
@_device
@_json
def memory(model: str, batch_size: int, headroom: float, device: str, as_json: bool) -> None:
    """Train with a batch that memory does not hold: it has to end with a sentence that says what to change."""
    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as temporary:
        folder = Path(temporary)
        _draw(folder / "data", model, copies=batch_size)
        words = ["train", str(folder / "data"), str(folder / "out"), "--model", model, "--new-words", "none"]
        words += ["--batch-size", str(batch_size), "--max-steps", "1", "--eval-questions", "0", "--device", device]
        start = [sys.executable, "-m", "bot.cli"]
        if device == "cpu":
            (folder / "limited.py").write_text(_LIMITED)
            start = [sys.executable, str(folder / "limited.py"), str(headroom)]
        paths = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
        done = subprocess.run(  # noqa: S603 - our own program
            [*start, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
            env={**os.environ, "PYTHONPATH": paths},
        )
    lines = done.stderr.strip().splitlines()
    sentences = ("The memory does not suffice", "Gradients and moments of the weights need")
    explained = any(sentence in done.stderr for sentence in sentences)
    figures = {"exit_code": done.returncode, "explained": explained, "traceback": "Traceback" in done.stderr}
    show_figures({**figures, "sentence": lines[-1].removeprefix("Error: ") if lines else ""}, as_json)
    if not explained:
        raise click.ClickException("No sentence about memory came.")


def _draw(folder: Path, model: str, *, pictures: int = 1, copies: int = 1) -> None:
    """Prepared data at the model's size, one question a picture."""
    from model.loading import locate
    from model.processor import read_image_settings
    from training.finetune.synthetic import write_synthetic_data

    size = read_image_settings(locate(model))["size"]
    write_synthetic_data(folder, pictures, 1, (int(size["width"]), int(size["height"])), copies=copies)


def _to(words: list[str], out: Path) -> list[str]:
    return [str(out) if word == "OUT" else word for word in words]


def _start(words: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "bot.cli", *words], stdout=file, stderr=file, start_new_session=True
        )


def _losses(out: Path) -> list[float]:
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [line["loss"] for line in lines if "loss" in line]
