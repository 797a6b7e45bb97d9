"""`vqabot tune`: search the settings of a training."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from bot.commands.errors import in_words
from bot.commands.options import resolve
from bot.commands.terminal import note
from model.counting import counted
from training.tune.config import TuneConfig


@click.command(epilog="Example: vqabot tune tune.yaml --processes 2     (docs/training.md has such a file)")
@click.argument("config", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--processes", type=click.IntRange(1), help="Trials side by side, overruling CONFIG.")
@click.option("--trials", type=click.IntRange(1), help="How many in the end, overruling CONFIG.")
@click.option("--storage", help="URL of the study's database, overruling CONFIG.")
@click.option("--json", "as_json", is_flag=True, help="The end as one JSON object.")
def tune(config: Path, as_json: bool, **given: int | str | None) -> None:
    """Search the settings of `vqabot train` with Optuna, as CONFIG (YAML) says.

    CONFIG names data and out, the settings that all trials share (train) and those that are searched (search). The same
    command goes on where it was interrupted or killed; more processes, also on other machines with the same folder or
    database, take part by it. The best is then held against the study's settings on questions that no trial saw.
    """
    settings = resolve(TuneConfig, config, dict(given))
    goes_on = "The same command goes on; trials that were under way are taken up where they were."
    with in_words(interrupted=goes_on, place=settings.out):
        from model.loading import locate
        from training.tune.holdout import divide

        for model in settings.models:
            locate(model)  # else each trial would fail of it
        view, last = divide(settings.data, settings.out, settings.final_share, settings.seed)
        note("Loading torch and Optuna ...")
        from training.tune import bookkeeping, final, report, search

        study = search.search(settings, view, note)
        done = bookkeeping.finished(study)
        best = max(done, key=lambda trial: (trial.value or 0.0, -trial.number))
        note(f"Judging the best and the study's settings on {counted(len(last), 'question')} that no trial saw ...")
        found = final.compare_on_held_out(settings, view, last, best)
        trials = bookkeeping.number_of_trials(study)
        page = report.write(settings, study, found)
    if as_json:
        click.echo(json.dumps({**asdict(found), "trials": trials, "report": str(page)}))
        return
    click.echo(f"{counted(trials, 'trial')}, {len(done)} judged to the end; the best is {found.trial}:")
    for name, value in found.settings.items():
        click.echo(f"  {name:<24}{report.shown(value)}")
    click.echo(
        f"On {counted(found.questions, 'question')} that no trial saw: {found.official:.2f} %, the study's settings "
        f"{found.reference:.2f} %; {found.gain:+.2f} points (95 %: {found.low:+.2f} to {found.high:+.2f})."
    )
    click.echo(f"Report: {page}\nTo repeat it:\n  {found.command}")
