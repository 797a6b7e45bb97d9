"""`vqabot bench feedback`: what corrections of answers bring, chosen by the model's doubt and by chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.errors import in_words
from bot.commands.options import config_options, resolve
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from training.evaluation.intervals import Difference

from training.finetune.config import TrainConfig


@click.command(
    "feedback",
    epilog="Example: vqabot bench feedback datasets/prepared runs/worth --model builtin --learning-rate 1e-4",
)
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--corrections", type=click.IntRange(1), default=300, show_default=True, help="Answers that are corrected."
)
@click.option(
    "--split",
    type=click.Choice(["val", "calibration", "judging", "test"]),
    default="val",
    show_default=True,
    help="The held-out questions.",
)
@click.option("--beams", type=click.IntRange(1, 10), default=3, show_default=True, help="As the bot has it; 1: greedy.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@config_options(TrainConfig)
def bench_feedback(
    data: Path,
    out: Path,
    corrections: int,
    split: str,
    beams: int,
    as_json: bool,
    config_file: Path | None,
    **given: object,
) -> None:
    """Correct answers of a model to the train questions of DATA, train on from it, and measure the held-out gain.

    DATA is what `vqabot data prepare` wrote, of questions that the model did not learn from. The people are simulated:
    the annotations say what is right. Once the answers of which the model is least sure are corrected, and once as many
    at random. The same command goes on where an interrupted one stopped.
    """
    config = resolve(TrainConfig, config_file, given)
    with in_words(interrupted="The same command goes on where this one stopped.", place=out):
        from training.compare.corrections import measure

        found = measure(config, data, out, Terminal(), corrections=corrections, split=split, beams=beams)
    if as_json:
        click.echo(json.dumps(found.as_dict()))
        return
    click.echo(f"before: {100 * found.before:.2f} % of {found.judged_by} held-out questions of {split}")
    for arm in (found.uncertain, found.chance):
        click.echo(
            f"{arm.name}: {100 * arm.accuracy:.2f} %, {_points(arm.gain)}; {arm.wrong} of the {found.corrections} "
            "corrected answers were wrong"
        )
    click.echo(f"{found.uncertain.name} against {found.chance.name}: {_points(found.difference)}")


def _points(found: Difference) -> str:
    return f"{100 * found.value:+.2f} points (95 %: {100 * found.low:+.2f} to {100 * found.high:+.2f})"
