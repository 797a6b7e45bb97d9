"""`vqabot evaluate`: how good a model is, and how far its confidence is true."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from training.evaluate import Report


@click.command(epilog="Example: vqabot evaluate data/scenes --split val --limit 300")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--split", type=click.Choice(["train", "val"]), default="val", show_default=True)
@click.option("--task", type=click.Choice(["open-ended", "multiple-choice"]), default="open-ended", show_default=True)
@click.option("--model", default="builtin", show_default=True, help="builtin, a folder, a ZIP or a hub id.")
@click.option("--limit", type=click.IntRange(1), help="Only the first questions.  [default: all]")
@click.option("--by-kind/--no-by-kind", default=None, help="Kinds of questions.  [default: for vqabot's own scenes]")
@click.option("--beams", type=click.IntRange(1, 10), default=1, show_default=True)
@click.option("--max-new-tokens", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Which pictures are taken when shuffled.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def evaluate(
    data: Path,
    split: str,
    task: str,
    model: str,
    limit: int | None,
    by_kind: bool | None,
    beams: int,
    max_new_tokens: int,
    seed: int,
    as_json: bool,
) -> None:
    """Judge a model on the annotated questions in DATA (official VQA files, such as `vqabot scenes` writes).

    Beside the accuracy stand the scores with shuffled pictures, with plain grey ones, and of the words alone: the
    commonest answers of the train split, where DATA has one. In multiple choice the model scores the 18 choices of each
    question and takes the likeliest. Ctrl-C ends early and reports on a random sample.
    """
    from model.errors import ModelError
    from training.vqa import DataError, annotation_file, drawn_here, read_questions

    try:
        multiple = task == "multiple-choice"
        questions = read_questions(data, split, task="MultipleChoice" if multiple else "OpenEnded")[:limit]
        kinds = drawn_here(data, split) if by_kind is None else by_kind
        has_train = any((folder / annotation_file("train")).is_file() for folder in (data, data / "Annotations"))
        learnt = read_questions(data, "train") if split != "train" and has_train else None
        try:
            from model.answerer import Answerer
            from training.choices import Chooser
            from training.evaluate import Settings
            from training.evaluate import evaluate as judge

            answerer = Answerer.load(model)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"This needs the training extra: pip install 'vqabot[training]' ({error})."
            ) from error
        with click.progressbar(length=len(questions), label="Answering", show_pos=True, file=sys.stderr) as bar:
            settings = Settings(beams, max_new_tokens, seed)
            answers = Chooser(answerer, questions) if multiple else answerer
            report = judge(answers, data, split, questions, settings, learnt=learnt, kinds=kinds, progress=bar.update)
    except (DataError, ModelError) as error:
        raise click.ClickException(str(error)) from error
    if report is None:
        raise click.ClickException("Interrupted before the first answer.")
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    else:
        _show(report)


def _show(report: Report) -> None:
    part = "" if report.questions == report.asked else f" of {report.asked} (interrupted; a random sample)"
    click.echo(f"\n{report.questions} questions{part}, {report.questions_per_second:.1f} a second")
    click.echo(f"official VQA accuracy     {report.official.overall:6.2f} %")
    click.echo(f"always normalised         {report.normalised.overall:6.2f} %")
    click.echo(f"exact match               {report.exact.overall:6.2f} %")
    click.echo(f"  with shuffled pictures  {report.shuffled.overall:6.2f} %")
    click.echo(f"  with grey pictures      {report.blind.overall:6.2f} %")
    click.echo(f"  by the words alone      {report.words_alone.overall:6.2f} %")
    click.echo(f"  by the type alone       {report.type_alone.overall:6.2f} %")
    click.echo(f"calibration error (ECE)   {report.ece:6.3f}")
    if report.refused:
        number, sentence = next(iter(report.refused.items()))
        click.echo(f"\n{len(report.refused)} refused, such as question {number}: {sentence}")
    if report.by_kind:
        click.echo(f"\n{'kind':<28}  questions   exact   words alone")
        for name, value in report.by_kind.items():
            counted, alone = report.by_kind_count[name], report.words_alone_by_kind[name]
            click.echo(f"{name:<28}  {counted:9d}  {value:6.2f}  {alone:12.2f}")
    for title, groups in (
        ("answer type", report.official.by_answer_type),
        ("question type", report.official.by_question_type),
    ):
        click.echo(f"\n{title:<28}  official")
        for name, value in groups.items():
            click.echo(f"{(name or '(none)')[:28]:<28}  {value:8.2f}")
    click.echo("\nconfidence  exactly right  share of questions")
    for row in report.bins:
        click.echo(f"{row.confidence:10.3f}  {row.accuracy:13.3f}  {row.share:18.3f}")
