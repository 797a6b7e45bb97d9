"""`vqabot bench train`: the speed of a training step against the plain loop over the same batches."""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Literal

import click

from training.finetune.families.shapes import SHAPES, save_shape


@click.command(epilog="Example: vqabot bench train --size 384 --pictures 3 --steps 4")
@click.option(
    "--shape", type=click.Choice(["base", "large", "tiny", *SHAPES]), default="base", help="base: florence2-base."
)
@click.option("--model", type=click.Path(path_type=Path), help="A folder, instead of a shape; with its picture size.")
@click.option("--size", type=click.IntRange(32, 1600), default=224, show_default=True, help="Side in pixels.")
@click.option("--pictures", type=click.IntRange(1), default=8, show_default=True, help="Pictures a step.")
@click.option("--per-picture", type=click.IntRange(1), default=3, show_default=True, help="Questions a picture.")
@click.option("--batch-size", type=click.IntRange(1), help="Questions a step.  [default: all of its pictures]")
@click.option("--steps", type=click.IntRange(2), default=4, show_default=True, help="The first one does not count.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--only", multiple=True, help="Only these ways, by name or a part of names.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def train(
    shape: str,
    model: Path | None,
    size: int,
    pictures: int,
    per_picture: int,
    batch_size: int | None,
    steps: int,
    device: Literal["auto", "cpu", "cuda"],
    only: tuple[str, ...],
    as_json: bool,
) -> None:
    """Time the steps of `vqabot train` and of the plain loop, on a model with random weights.

    The plain loop is what notebooks write: each question with its own picture, fp32. All train on the same batches; the
    median step counts. On a machine shared with others the ratio of CPU times, with OMP_NUM_THREADS=1, is the one to
    believe. Dropout is off, so that the losses can be compared step by step. A way that does not fit a GPU's memory is
    said to, and the others go on.
    """
    import torch

    from model.processor import read_image_settings
    from training.finetune import throughput
    from training.finetune.synthetic import write_synthetic_data

    if device == "cuda" and not torch.cuda.is_available():
        raise click.ClickException("There is no GPU here that torch can use; choose --device cpu.")
    questions = batch_size or pictures * per_picture
    shape = shape if "-" in shape else f"florence2-{shape}"
    found: dict[str, throughput.Measured] = {}
    too_large: list[str] = []
    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as folder:
        base = Path(folder)
        if model is not None:
            size = int(read_image_settings(model)["size"]["width"])
        task = throughput.Task(
            model or save_shape(shape, base / "model", (size, size), dropout=False),
            write_synthetic_data(base / "data", -(-questions * steps // per_picture), per_picture, (size, size)),
            base / "work",
            questions,
            steps,
            ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device,
        )
        ways = task.ways()
        parts = [part for part in only if part not in ways]
        names = [name for name in ways if not only or name in only or any(part in name for part in parts)]
        if not names:
            raise click.ClickException(f"No way is called {only[0]!r}. There are: {'; '.join(ways)}.")
        with (
            throughput.Measurer(task) as measurer,
            click.progressbar(names, label="Measuring", item_show_func=lambda name: name, file=sys.stderr) as bar,
        ):
            for name in bar:
                try:
                    found[name] = measurer.measure(name)
                except torch.OutOfMemoryError:
                    too_large.append(name)
                except BrokenProcessPool as error:
                    raise click.ClickException(
                        f"The process that measured {name!r} was killed, most likely for want of memory: "
                        "try fewer --pictures."
                    ) from error
    rows = throughput.compare(found, questions)
    if as_json:
        figures = {"shape": str(model or shape), "size": size, "questions_per_step": questions, "ways": rows}
        click.echo(json.dumps({**figures, "too_large_for_the_gpu": too_large}))
        return
    click.echo(f"{model or shape}, {size} pixels, {questions} questions a step, {per_picture} a picture\n")
    _show(rows, too_large)


def _show(rows: dict[str, dict[str, Any]], too_large: list[str]) -> None:
    heads = (("s a step", 10), ("questions/s", 13), ("times plain", 13), ("in CPU time", 13), ("loss differs", 14))
    click.echo(f"{'':<34}{''.join(f'{head:>{width}}' for head, width in heads)}{'GB':>7}")
    for name, row in rows.items():
        click.echo(
            f"{name:<34}{row['seconds_per_step']:>10.2f}{row['questions_per_second']:>13.2f}"
            f"{_cell(row['times_plain'], '.2f'):>13}{_cell(row['times_plain_in_cpu'], '.2f'):>13}"
            f"{_cell(row['largest_loss_difference'], '.1e'):>14}"
            f"{row['peak_memory_gb']:>7.1f}"
        )
    for name in too_large:
        click.echo(f"{name:<34}does not fit the GPU's memory")


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
