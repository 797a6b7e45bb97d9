"""`vqabot compare`: models held against each other on the same data, within the same budget."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.errors import in_words
from bot.commands.terminal import Terminal


@click.command(
    epilog="Example: vqabot compare comparison.yaml runs/comparison     (docs/comparison.md has such a file)"
)
@click.argument("config_file", metavar="CONFIG.YAML", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--again", is_flag=True, help="Try what came to nothing once more.")
def compare(config_file: Path, out: Path, again: bool) -> None:
    """Train each model of CONFIG.YAML with each seed, judge all by the same questions, and write OUT/comparison.html.

    A model that fails does not stop the others. The same command goes on where an interrupted one stopped.
    """
    from model.loading import locate
    from training.compare.config import CompareConfig
    from training.compare.figures import figures_of
    from training.compare.page import write_page
    from training.compare.run import curves_of, run_all
    from training.data.splits import load_split
    from training.evaluation.evaluate import check_answered
    from training.finetune.families import check_trainable
    from training.finetune.inputs import read_answered
    from training.locks import only_writer

    with in_words(interrupted="The same command goes on where this one stopped.", place=out), only_writer(out):
        config = CompareConfig.resolve(config_file, {})
        read_answered(config.data, "train")
        questions = load_split(config.data, config.split, limit=config.limit, pictures=False).questions
        check_answered(config.data, config.split, questions)
        for name in config.models:  # else it would be found out after those before it
            model = config.training(name, config.seeds[0]).model
            check_trainable(locate(model), model)
        outcomes = run_all(config, out, Terminal(), again=again)
        figures = figures_of(outcomes, questions, config.price)
        page = write_page(out, config, figures, curves_of(out, list(outcomes), config.seeds), len(questions))
    click.echo(f"\n{'model':<20}{'accuracy':>10}{'95 % interval':>18}{'spread':>8}{'ECE':>7}{'done':>6}")
    for row in figures.rows:
        if row.official is None:
            click.echo(f"{row.name:<20}{'none came to an end':>28}")
            continue
        low, high = row.official.percent()
        spread = "" if row.spread is None else f"{100 * row.spread:.1f}"
        done = f"{row.ended.get('done', 0)}/{row.seeds}"
        between = f"{low:.1f} to {high:.1f}"
        click.echo(f"{row.name:<20}{100 * row.official.value:>8.1f} %{between:>18}{spread:>8}{row.ece:>7.3f}{done:>6}")
    for pair in figures.pairs:
        found = pair.difference
        verdict = "real" if pair.real else "may be chance"
        points = f"{100 * found.value:+.1f} points ({100 * found.low:+.1f} to {100 * found.high:+.1f})"
        click.echo(f"{pair.first} against {pair.second}: {points}, {verdict}")
    click.echo(f"\nThe report is {page}.")
