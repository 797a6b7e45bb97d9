"""`vqabot builtin`: rebuild the model that ships with the project."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.errors import in_words, needs
from bot.commands.terminal import note


@click.command(
    epilog="Example: vqabot builtin runs/builtin --seed 0     (then: vqabot ask picture.png --model runs/builtin/model)"
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", type=int, default=0, show_default=True, help="Names the scenes and the first weights.")
@click.option("--dense-steps", type=click.IntRange(0), help="Steps on what is where.  [default: the recipe's]")
@click.option("--question-steps", type=click.IntRange(1), help="Steps on questions.  [default: the recipe's]")
@click.option("--processes", type=click.IntRange(1), help="Processes side by side.  [default: the recipe's]")
def builtin(
    folder: Path, seed: int, dense_steps: int | None, question_steps: int | None, processes: int | None
) -> None:
    """Train the built-in model from a seed, on scenes drawn as they are needed.

    FOLDER keeps a checkpoint: the same command goes on where an interrupted one stopped. The model is written to
    FOLDER/model. On two CPU cores it takes two and a half hours.
    """
    note("Loading torch ...")
    try:
        from training.builtin.recipe import Recipe, train
    except ModuleNotFoundError as error:
        raise needs("training", error) from error
    chosen = {"dense_steps": dense_steps, "question_steps": question_steps, "processes": processes}
    recipe = Recipe(seed=seed, **{key: value for key, value in chosen.items() if value is not None})
    with in_words(interrupted="The same command goes on from the last checkpoint.", place=folder):
        try:
            train(recipe, folder, click.echo)
        except (ValueError, FloatingPointError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"The model is in {folder / 'model'}.")
