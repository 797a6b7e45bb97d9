"""`vqabot score`: anybody's results against official annotations."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.commands.errors import in_words
from model.counting import counted

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog="Example: vqabot score results.json abstract_v002_val2015_annotations.json")
@click.argument("results", type=_FILE)
@click.argument("annotations", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Everything, also by question, as one JSON object.")
def score(results: Path, annotations: Path, as_json: bool) -> None:
    """Score RESULTS against ANNOTATIONS, both in the official format, by the official VQA accuracy.

    The official evaluator leaves case, marks and articles as they are where all ten people agree; the second column
    always evens them out.
    """
    from training.data.vqa import read_annotations, read_results
    from training.evaluation.scoring import MEASURES
    from training.evaluation.scoring import score as score_answers

    with in_words(place=results):
        notes = list(read_annotations(annotations).values())
        answers = read_results(results)
        official, normalised = (score_answers(answers, notes, MEASURES[name]) for name in ("official", "normalised"))
    if as_json:
        both = {"official": official.as_dict(), "normalised": normalised.as_dict()}
        click.echo(json.dumps({"questions": len(notes), **official.as_dict(), **both}))
        return
    rows = [("overall", official.overall, normalised.overall)]
    for first, second in (
        (official.by_answer_type, normalised.by_answer_type),
        (official.by_question_type, normalised.by_question_type),
    ):
        rows += [(name or "(none)", value, second[name]) for name, value in first.items()]
    click.echo(f"{counted(len(notes), 'question'):<28}  official  normalised")
    for label, one, two in rows:
        click.echo(f"{label[:28]:<28}  {one:8.2f}  {two:10.2f}")
