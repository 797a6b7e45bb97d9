"""`vqabot builtin`: rebuild the model that ships with the project, or make one of its size of another family."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.errors import in_words
from bot.commands.terminal import note


@click.command(
    epilog="Example: vqabot builtin runs/builtin --seed 0     (then: vqabot ask picture.png --model runs/builtin/model)"
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--family",
    type=click.Choice(["florence2", "blip", "paligemma"]),
    default="florence2",
    show_default=True,
    help="florence2 is the one that ships; the others are to try and to compare.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Names the scenes and the first weights.")
@click.option(
    "--start",
    default="",
    help="An earlier built-in model to begin with, or the folder of its training.  [default: from nothing]",
)
@click.option("--dense-steps", type=click.IntRange(0), help="Steps on what is where.  [default: the recipe's]")
@click.option("--question-steps", type=click.IntRange(1), help="Steps on questions.  [default: the recipe's]")
@click.option("--dense-batch", type=click.IntRange(1), help="Pictures a step before.  [default: the recipe's]")
@click.option("--batch", type=click.IntRange(1), help="Samples a step.  [default: the recipe's]")
@click.option(
    "--per-pair", type=click.IntRange(0), help="Questions a pair of pictures; 0: no pairs.  [default: the recipe's]"
)
@click.option("--learning-rate", type=float, help="The highest.  [default: the recipe's]")
@click.option("--processes", type=click.IntRange(1), help="Processes side by side.  [default: the recipe's]")
@click.option("--threads", type=click.IntRange(0), help="CPU threads of a single process.  [default: all cores]")
@click.option("--drawers", type=click.IntRange(0), help="Processes that draw besides, for a GPU.  [default: none]")
@click.option("--report-every", type=click.IntRange(1), help="Steps between lines of losses.  [default: the recipe's]")
@click.option(
    "--leave-out", multiple=True, help="Style, emoji set, kind of thing or `typed` to do without, to be judged by it."
)
@click.option(
    "--wide/--no-wide", default=True, help="All styles; or one, as `vqabot scenes` draws: learnt within hours."
)
def builtin(
    folder: Path, family: str, seed: int, start: str, leave_out: tuple[str, ...], wide: bool, **settings: float | None
) -> None:
    """Train the built-in model from a seed, on scenes drawn as they are needed.

    FOLDER keeps a checkpoint: the same command goes on where an interrupted one stopped. The model is written to
    FOLDER/model. On two CPU cores it takes most of a day, in as many sittings as you like. Other families learn the
    same scenes by the same recipe as far as it fits: one picture a question, in one process.
    """
    note("Loading torch ...")
    from training.builtin.other_families import train_family
    from training.builtin.recipe import Recipe, train
    from training.locks import only_writer

    chosen = {key: value for key, value in settings.items() if value is not None}
    with in_words(interrupted="The same command goes on from the last checkpoint.", place=folder), only_writer(folder):
        try:
            recipe = Recipe(seed=seed, start=start, leave_out=leave_out, wide=wide, **chosen)  # type: ignore[arg-type]
            if family == "florence2":
                train(recipe, folder, click.echo)
            else:
                train_family(family, recipe, folder, click.echo)
        except (ValueError, FloatingPointError, OSError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"The model is in {folder / 'model'}.")
