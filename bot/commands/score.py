"""`vqabot score`: anybody's results against official annotations."""

from __future__ import annotations

import json
from pathlib import Path

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog="Example: vqabot score results.json abstract_v002_val2015_annotations.json")
@click.argument("results", type=_FILE)
@click.argument("annotations", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Everything, also by question, as one JSON object.")
def score(results: Path, annotations: Path, as_json: bool) -> None:
    """Score RESULTS (official format) against ANNOTATIONS by the official VQA accuracy."""
    from training.scoring import MEASURES
    from training.scoring import score as score_answers
    from training.vqa import DataError, read_annotations, read_results

    try:
        notes = list(read_annotations(annotations).values())
        answers = read_results(results)
        scores = {name: score_answers(answers, notes, MEASURES[name]) for name in ("official", "normalised")}
    except DataError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        official = scores["official"].as_dict()
        click.echo(json.dumps({**official, **{name: found.as_dict() for name, found in scores.items()}}))
        return
    click.echo(f"{len(notes)} questions          official  normalised")
    one, two = scores["official"], scores["normalised"]
    rows = [("overall", one.overall, two.overall)]
    rows += [(name or "(none)", value, two.by_answer_type[name]) for name, value in one.by_answer_type.items()]
    rows += [(name or "(none)", value, two.by_question_type[name]) for name, value in one.by_question_type.items()]
    for label, official, normalised in rows:
        click.echo(f"{label[:24]:<24}  {official:8.2f}  {normalised:10.2f}")
