"""`vqabot bench gpu`: everything that is to be known about a GPU, within some minutes."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import click

from bot.commands.errors import check_place


@click.command(epilog="Example: vqabot bench gpu --out gpu.json")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("gpu.json"), show_default=True)
@click.option("--minutes", type=click.FloatRange(min=0), default=8.0, show_default=True, help="For all of it.")
@click.option("--device", type=click.Choice(["cuda", "cpu"]), default="cuda", show_default=True)
@click.option("--small/--whole", default=None, help="Tiny models and numbers, to try it.  [default: on a CPU]")
@click.option("--only", multiple=True, help="Only steps whose name holds this text.")
def gpu(out: Path, minutes: float, device: str, small: bool | None, only: tuple[str, ...]) -> None:
    """Check and measure answering and training on a GPU, against plain ways on the same card.

    The same tokens as generate(), right answers in other number formats, questions a second, training, a kill, a full
    memory. Each step is a process of its own with a limit; whatever one does, the others run, but none where there
    is no such device. OUT holds all figures
    after each step. deploy/gpu/check.sh calls this on a bare machine.
    """
    from bot.benchmarks.gpu_steps import MACHINE, steps, table
    from bot.benchmarks.steps import StepResult, run

    check_place(out.absolute())
    began, outcomes = time.time(), list[StepResult]()

    def report(outcome: StepResult) -> None:
        outcomes.append(outcome)
        head = {"device": device, "began": began, "seconds": round(time.time() - began, 1)}
        out.write_text(json.dumps({**head, "steps": [asdict(each) for each in outcomes]}, indent=2) + "\n")
        click.echo(f"{outcome.seconds:>7.1f} s  {outcome.name}: {outcome.result}", err=True)
        if outcome.name == MACHINE and outcome.result == "failed":  # every other step would fail of the same
            raise click.ClickException((outcome.said.splitlines() or [""])[-1].removeprefix("Error: "))

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # the steps end with it
    with tempfile.TemporaryDirectory(prefix="vqabot-gpu-") as work:
        groups = steps(device, Path(work), small=device == "cpu" if small is None else small)
        names = [step.name for group in groups for step in group]
        if nothing := [text for text in only if not any(text in name for name in names)]:
            raise click.ClickException(f"No step is called {nothing[0]!r}. There are: {'; '.join(names)}.")
        wanted = (*only, "make", *([MACHINE] if device == "cuda" else []))
        chosen = [[s for s in group if not only or any(text in s.name for text in wanted)] for group in groups]
        run([group for group in chosen if group], 60 * minutes, report)
    width = max((len(outcome.name) for outcome in outcomes), default=0)
    for name, line in table(outcomes):
        click.echo(f"{name:<{width}}  {line}")
    bad = [outcome.name for outcome in outcomes if outcome.result != "ok"]
    if bad:
        raise click.ClickException(
            f"{len(bad)} of {len(outcomes)} steps are not ok: {', '.join(bad)}. {out} says more."
        )
