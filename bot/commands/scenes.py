"""`vqabot scenes`: scenes with questions, in the official VQA files."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from bot.commands.errors import in_words
from bot.commands.terminal import Terminal
from model.counting import counted


@click.command(epilog="Example: vqabot scenes datasets/scenes --train 2000 --val 500 --test 500 --seed 7")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--train", type=click.IntRange(0), default=2000, show_default=True, help="Pictures to train on.")
@click.option("--val", type=click.IntRange(0), default=500, show_default=True, help="Pictures to judge on.")
@click.option("--test", type=click.IntRange(0), default=500, show_default=True, help="Pictures without answers.")
@click.option("--seed", default="0", show_default=True, help="Names the scenes; the same seed gives the same bytes.")
@click.option("--questions-per-picture", type=click.IntRange(1, 10), default=3, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes that draw.")
@click.option("--wide", is_flag=True, help="All styles, emoji sets and shapes, and questions as people type them.")
@click.option(
    "--theme",
    type=click.Choice(["underwater", "space"]),
    help="Things that the built-in model does not know, in their own place.",
)
@click.option(
    "--pairs", is_flag=True, help="Two pictures a question: what changed, which one has what; as train.jsonl."
)
@click.option(
    "--wide-questions", is_flag=True, help="Ask as --wide does, also for what is not there; draw as without it."
)
@click.option("--judging", is_flag=True, help="Instead: sets that other code draws, to judge the built-in model by.")
@click.option(
    "--leave-out",
    multiple=True,
    help="With --wide or --wide-questions: a style, emoji set, thing or `typed` to do without.",
)
def scenes(
    out: Path,
    train: int,
    val: int,
    test: int,
    seed: str,
    questions_per_picture: int,
    workers: int,
    wide: bool,
    pairs: bool,
    wide_questions: bool,
    judging: bool,
    leave_out: tuple[str, ...],
    theme: str | None,
) -> None:
    """Draw cartoon scenes with questions into OUT, in the file layout of VQA abstract scenes v1.

    With --pairs each of the numbers is one of pairs of pictures, in files of one's own: train.jsonl, val.jsonl,
    test.jsonl and images/, which `vqabot data prepare` takes.

    The scenes that the built-in model was trained on have seeds of their own and never come up here. An interrupted
    run goes on where it stopped when the same command is given again. With --theme the scenes hold things that it has
    never met, for a training to learn (`vqabot walkthrough` does all of it). With --judging OUT gets sets that the
    generator did not draw: --val pictures of two other kinds with careful and typed questions, and foreign pictures.
    """
    from training.scenes.official import Plan, write_scenes

    here = click.get_current_context()
    others = {parameter.name for parameter in here.command.params if parameter.name} - {"out", "val", "seed", "judging"}
    if judging and any(here.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in others):
        raise click.ClickException("--judging goes with --val and --seed alone: other code draws its pictures.")
    if theme and (pairs or wide or leave_out or wide_questions):
        raise click.ClickException(
            "--theme goes without --wide, --wide-questions, --leave-out and --pairs: it has things of its own."
        )
    if wide_questions and (pairs or wide):
        raise click.ClickException("--wide-questions goes without --wide, which asks so anyhow, and without --pairs.")
    if judging:
        _write_judging_sets(out, seed, val)
        return
    plan = Plan(
        seed,
        {"train": train, "val": val, "test": test},
        questions_per_picture,
        wide,
        leave_out,
        pairs,
        theme or "",
        wide_questions,
    )
    if leave_out and not (wide or wide_questions):
        raise click.ClickException("--leave-out is for --wide and --wide-questions.")
    try:
        _ = plan.variety
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    total = sum(plan.counts.values())
    if not total:
        raise click.ClickException("There is nothing to draw: give --train, --val or --test a number above 0.")
    with (
        in_words(interrupted="The same command goes on from here.", place=out),
        Terminal().bar(total, "Drawing") as bar,
    ):
        write_scenes(out, plan, bar.update, workers)
    what = counted(total, "pair" if pairs else "picture")
    click.echo(f"{what} and the questions about them are in {out}.")


def _write_judging_sets(out: Path, seed: str, pictures: int) -> None:
    with in_words(place=out):
        from training.builtin.judging_sets import write_sets

        count = write_sets(out, seed, pictures)
    click.echo(
        f"{out} holds {counted(pictures, 'picture')} of each other kind with questions, and {count} foreign ones."
    )
