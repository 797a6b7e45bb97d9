"""`vqabot walkthrough`: a training from start to end, on things that the built-in model has never met."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from bot.commands.errors import Interrupted, in_words


@click.command(epilog="Example: vqabot walkthrough runs/walkthrough --theme underwater")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--theme", type=click.Choice(["underwater", "space"]), default="underwater", show_default=True)
@click.option("--train", type=click.IntRange(8), default=2000, show_default=True, help="Pictures to train on.")
@click.option("--val", type=click.IntRange(75), default=450, show_default=True, help="Pictures to choose and judge by.")
@click.option(
    "--epochs",
    type=click.FloatRange(0, min_open=True),
    default=1.5,
    show_default=True,
    help="Passes over the training questions.",
)
@click.option("--seed", default="0", show_default=True, help="Names the scenes.")
def walkthrough(out: Path, theme: str, train: int, val: int, epochs: float, seed: str) -> None:
    """See a training teach the built-in model things that it has never met.

    Gives the commands from `vqabot scenes` to `vqabot evaluate` one after the other and writes
    OUT/walkthrough.html: the data, each command with its output, the curve, and answers before and after. The same
    command goes on where it was interrupted or killed.
    """
    from bot.cli import main
    from training import walkthrough as way

    goes_on = "The same command goes on where this one stopped."
    with in_words(interrupted=goes_on, place=out):
        steps = way.steps(out, theme, train, val, epochs, seed)
        way.check(out, steps)
        for step in steps:
            click.echo(f"$ vqabot {shlex.join(step.words)}")
            if step.done:
                click.echo("(done already)")
                continue
            with way.recorded(out, step, sys.stdout):
                try:
                    main.main(list(step.words), prog_name="vqabot", standalone_mode=False)
                except Interrupted:
                    raise KeyboardInterrupt from None
            if not step.done:  # an evaluation ends well on Ctrl-C, with a part of the questions
                raise KeyboardInterrupt
        page = way.write_page(out, steps, theme)
    click.echo(f"\nThe page is {page}.")
