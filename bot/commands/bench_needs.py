"""`vqabot bench needs`: what memory a training needs, before a machine is rented for it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click

from bot.commands.terminal import note


@click.command("needs", epilog="Example: vqabot bench needs --measure blip-base")
@click.option("--size", type=click.IntRange(32, 1600), default=224, show_default=True, help="Side of a picture.")
@click.option("--measure", "measured", multiple=True, help="A shape to measure as well, on the CPU; slow, and large.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def training_needs(size: int, measured: tuple[str, ...], as_json: bool) -> None:
    """Compute weights, gradients and moments of AdamW for each shape and each way to train it, in GB (10^9 bytes).

    And what a step needs beside them, however small. What a batch takes comes on top, and grows with it. Adapters have
    rank 16. Computed from the configs, nothing is loaded; `--measure` trains a shape with random weights, one question
    a step, in fp32.
    """
    from training.finetune.families.shapes import SHAPES, save_shape
    from training.finetune.memory import GB, WAYS, Sizes, measure
    from training.trials import in_child_process

    if unknown := sorted(set(measured) - set(SHAPES)):
        raise click.ClickException(f"There is no shape {unknown[0]}; there are {', '.join(SHAPES)}.")
    rows: dict[str, dict[str, object]] = {}
    for shape in SHAPES:
        sizes = Sizes.of(shape, size)
        rows[shape] = {"parameters": sizes.whole, **{way: round(sizes.bytes_of(way) / GB, 2) for way in WAYS}}
    for shape in dict.fromkeys(measured):
        with tempfile.TemporaryDirectory(prefix="vqabot-memory-") as place:
            model = save_shape(shape, Path(place) / "model", (size, size), dropout=False)
            for way in WAYS[:3]:  # the 4-bit one needs a GPU
                note(f"Training {shape}, {way} ...")
                found = in_child_process(measure, model, way, size, Path(place) / way.replace(" ", "-"))
                rows[shape][f"{way}, measured"] = round(found / GB, 2)
    if as_json:
        click.echo(json.dumps(rows))
        return
    click.echo(f"{'GB':<18}{'parameters':>12}{''.join(f'{way:>22}' for way in WAYS)}")
    for shape, row in rows.items():
        cells = "".join(f"{_cell(row, way):>22}" for way in WAYS)
        click.echo(f"{shape:<18}{int(str(row['parameters'])) / 1e6:>10.0f} M{cells}")


def _cell(row: dict[str, object], way: str) -> str:
    found = row.get(f"{way}, measured")
    return f"{row[way]}" if found is None else f"{row[way]} ({found} measured)"
