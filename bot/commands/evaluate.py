"""`vqabot evaluate`: how good a model is, and how far its confidence is true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from training.evaluate import Report


@click.command(epilog="Example: vqabot evaluate data/scenes --split val --limit 300")
@click.argument("data", type=click.Path(file_okay=False, path_type=Path))
@click.option("--split", type=click.Choice(["train", "val"]), default="val", show_default=True)
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option("--limit", type=click.IntRange(1), help="Only the first questions.  [default: all]")
@click.option("--beams", type=click.IntRange(1, 10), default=1, show_default=True)
@click.option("--max-new-tokens", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def evaluate(
    data: Path, split: str, model: str, limit: int | None, beams: int, max_new_tokens: int, as_json: bool
) -> None:
    """Judge a model on the annotated questions in DATA (official VQA files, such as `vqabot scenes` writes).

    Beside the accuracy stand the scores with shuffled pictures, with none (grey), and of the words alone.
    """
    from model.errors import ModelError
    from training.vqa import DataError, read_questions

    try:
        questions = read_questions(data, split)[:limit]
        from model.answerer import Answerer
        from training.evaluate import evaluate as judge

        answerer = Answerer.load(model)
        with click.progressbar(length=3 * len(questions), label="Answering", hidden=as_json) as bar:
            report = judge(
                answerer, data, split, questions, beams=beams, max_new_tokens=max_new_tokens, progress=bar.update
            )
    except (DataError, ModelError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    else:
        _show(report)


def _show(report: Report) -> None:
    click.echo(f"\n{report.questions} questions, {report.questions_per_second:.1f} a second")
    click.echo(f"official VQA accuracy     {report.official.overall:6.2f} %")
    click.echo(f"always normalised         {report.normalised.overall:6.2f} %")
    click.echo(f"exact match               {report.exact.overall:6.2f} %")
    click.echo(f"  with shuffled pictures  {report.shuffled:6.2f} %")
    click.echo(f"  with grey pictures      {report.blind:6.2f} %")
    click.echo(f"  by the words alone      {report.prior:6.2f} %")
    click.echo(f"calibration error (ECE)   {report.ece:6.3f}")
    click.echo("\nkind          questions   exact   words alone")
    for kind, value in report.by_kind.items():
        click.echo(f"{kind:<12}  {report.kinds[kind]:9d}  {value:6.2f}  {report.prior_by_kind[kind]:12.2f}")
    click.echo("\nanswer type   official")
    for kind, value in report.official.by_answer_type.items():
        click.echo(f"{kind or '(none)':<12}  {value:8.2f}")
    click.echo("\nconfidence   accuracy   share")
    for row in report.reliability:
        click.echo(f"{row['confidence']:10.3f}  {row['accuracy']:9.3f}  {row['share']:6.3f}")
