"""`vqabot evaluate`: how good a model is, how much it owes to the pictures, how far its confidence is true."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.errors import check_place, in_words
from bot.commands.options import config_options, resolve
from bot.commands.terminal import Terminal, note
from model.counting import counted

if TYPE_CHECKING:
    from training.evaluation.evaluate import Report
    from training.evaluation.intervals import Estimate
    from training.evaluation.pairs import PairFigures
    from training.evaluation.trust import Figure, Prediction, Set

from training.config import FILE_NAME
from training.evaluation.asking import EvaluateConfig


@click.command(epilog="Example: vqabot evaluate datasets/scenes --model runs/first/model --report runs/first/report")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--model", default="builtin", show_default=True, help="builtin, a folder, a ZIP or a hub id.")
@click.option(
    "--report", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder for a page with charts."
)
@click.option(
    "--compare",
    "earlier",
    type=click.Path(file_okay=False, path_type=Path),
    help="An earlier --report to compare with.",
)
@click.option(
    "--shifted", "folders", multiple=True, type=click.Path(path_type=Path), help="Data of another kind, beside it."
)
@click.option(
    "--foreign", "others", type=click.Path(file_okay=False, path_type=Path), help="Pictures unlike the model's own."
)
@click.option(
    "--shifts", type=click.IntRange(0), default=0, help="Questions of each way in which DATA's pictures are changed."
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@config_options(EvaluateConfig)
def evaluate(
    data: Path,
    model: str,
    folder: Path | None,
    earlier: Path | None,
    folders: tuple[Path, ...],
    others: Path | None,
    shifts: int,
    as_json: bool,
    config_file: Path | None,
    **given: object,
) -> None:
    """Judge a model on the annotated questions in DATA: official VQA files, or what `vqabot data prepare` wrote.

    Beside the accuracy stand the scores with shuffled pictures, with plain grey ones, and of the words alone: the
    commonest answers of the train split, where DATA has one. In multiple choice the model scores the 18 choices of each
    question and takes the likeliest. Ctrl-C ends early and reports on a random sample. With --shifted, --foreign and
    --shifts the report says how far the confidence can be trusted there, too.
    """
    from model.loading import locate
    from training.data import provenance
    from training.data.splits import has_answers, load_split, split_of
    from training.evaluation import answer_length, shifted_sets
    from training.evaluation.choices import Chooser
    from training.evaluation.comparison import compare, read_answers
    from training.evaluation.evaluate import check_answered, with_sets
    from training.evaluation.evaluate import evaluate as judge
    from training.evaluation.shifts import SHIFTS

    config = resolve(EvaluateConfig, config_file, given)
    multiple = config.task == "multiple-choice"
    with in_words(interrupted="No answer was given yet.", place=folder):
        asked = load_split(data, config.split, multiple_choice=multiple, limit=config.limit)
        check_answered(data, config.split, asked.questions)
        remarks = provenance.remarks(provenance.read(locate(model)), asked)
        before = None if earlier is None else read_answers(earlier)
        kinds = asked.drawn_here if config.by_kind is None else config.by_kind
        learnt = None
        shifted = {each.name: load_split(each, split_of(each, config.split)) for each in folders}
        strange = [] if others is None else shifted_sets.foreign_pictures(others)
        if config.split != "train" and has_answers(data, "train"):
            learnt = load_split(data, "train", pictures=False).questions
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            check_place(folder / FILE_NAME)
        note(f"Loading the model {model} ...")
        from model.answerer import Answerer

        answerer = Answerer.load(model)
        if not multiple:
            config = answer_length.with_room(config, answerer.family, asked.questions)
            if longer := answer_length.remark(config, answerer.family, asked.questions):
                remarks.append(longer)
        for remark in remarks:
            note(remark)
        with Terminal().bar(len(asked.questions), "Answering") as bar:
            answers = Chooser(answerer, asked.questions) if multiple else answerer
            report = judge(
                answers, asked.pictures, asked.questions, config, learnt=learnt, kinds=kinds, progress=bar.update
            )
        if report is None:
            raise KeyboardInterrupt
        more = shifted_sets.number_of(shifted, shifts, strange, len(SHIFTS) + 2)
        predictions: list[Prediction] = []
        with Terminal().bar(more, "Shifted data") if more else nullcontext() as bar:
            moved = (lambda _: None) if bar is None else bar.update
            if shifts:
                predictions += shifted_sets.changed(answerer, asked.pictures, asked.questions, shifts, config, moved)
            for name, split in shifted.items():
                predictions += shifted_sets.of_folder(answerer, name, split, config, moved)
            predictions += shifted_sets.foreign(answerer, strange, asked.questions, config, moved)
        report = with_sets(report, predictions)
        compared = None if before is None else compare(report, asked.questions, before)
    if as_json:
        against = {} if compared is None else {"compared": compared.as_dict()}
        click.echo(json.dumps({**report.as_dict(), **against}))
    else:
        _show(report)
        if compared is not None:
            click.echo(f"\n{compared.sentence}")
    if folder is not None:
        from training.evaluation.report import ReportContext, weights_of, write_report

        about = ReportContext(
            model,
            f"the {config.split} split of {data.name}",
            answerer.profile.calibration,
            tuple(remarks),
            compared,
            weights_of(locate(model)),
        )
        with in_words(place=folder):
            page = write_report(folder, report, asked.questions, asked.pictures, about)
            config.save(folder)
        if not as_json:
            click.echo(f"\nThe report is {page}.")


def _show(report: Report) -> None:
    part = "" if report.questions == report.asked else f" of {report.asked} (interrupted; a random sample)"
    click.echo(f"\n{counted(report.questions, 'question')}{part}, {report.questions_per_second:.1f} a second")
    click.echo(f"official VQA accuracy     {report.official.overall:6.2f} %  {_interval(report, 'official')}")
    click.echo(f"always normalised         {report.normalised.overall:6.2f} %")
    click.echo(f"exact match               {report.exact.overall:6.2f} %  {_interval(report, 'exact')}")
    click.echo(f"  with shuffled pictures  {report.shuffled.overall:6.2f} %")
    click.echo(f"  with grey pictures      {report.blind.overall:6.2f} %")
    click.echo(f"  by the words alone      {report.words_alone.overall:6.2f} %")
    click.echo(f"  by the type alone       {report.type_alone.overall:6.2f} %")
    click.echo(f"calibration error (ECE)   {report.ece:6.3f}")
    for each in report.selective.coverages:
        met = f", {each.risk:.1%} wrong" if each.coverage else ""
        click.echo(f"  at {each.allowed:>3.0%} risk            {100 * each.coverage:6.2f} % answered{met}")
    _show_trust(report.trust)
    if report.absences is not None:
        _show_shares(
            "questions about what is not there",
            {"noticed": report.absences.noticed, "called absent falsely": report.absences.false},
        )
    if report.pairs is not None:
        _show_pairs(report.pairs)
    if report.refused:
        number, sentence = next(iter(report.refused.items()))
        click.echo(f"\n{len(report.refused)} refused, such as question {number}: {sentence}")
    if report.by_kind:
        click.echo(f"\n{'kind':<28}  questions   exact   words alone")
        for name, value in report.by_kind.items():
            number, alone = report.by_kind_count[name], report.words_alone_by_kind[name]
            click.echo(f"{name:<28}  {number:9d}  {value:6.2f}  {alone:12.2f}")
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


def _show_pairs(pairs: PairFigures) -> None:
    named = {
        "all": pairs.exact,
        "with the last picture only": pairs.last_alone,
        "what changed": pairs.changes,
        "what changed, the last only": pairs.changes_last_alone,
        "the same, exchanged": pairs.same_when_exchanged,
        "false alarms": pairs.false_alarms,
        "changes overlooked": pairs.overlooked,
    }
    _show_shares(f"{counted(pairs.questions, 'question')} about several pictures", {**named, **pairs.by_type})


def _show_shares(title: str, shares: Mapping[str, Estimate | None]) -> None:
    click.echo(f"\n{title:<40}   questions     %     95 %")
    for name, each in shares.items():
        if each is not None:
            low, high = each.percent()
            click.echo(f"{name[:40]:<40}  {each.count:9d}  {100 * each.value:6.2f}   {low:.2f} to {high:.2f}")


def _show_trust(trust: Sequence[Set]) -> None:
    click.echo(
        f"\n{'set':<22}  answers   right    sure    ECE  Brier  AUROC   AURC  sure and wrong  told as unlike  AUROC"
    )
    for each in trust:
        found = each.figures

        def shown(name: str, form: str = ".3f", found: Mapping[str, Figure] = found) -> str:
            return format(found[name].value, form) if name in found else "–"

        click.echo(
            f"{each.name[:22]:<22}  {each.answers:7d}  {shown('right', '.1%'):>6}  {shown('confidence', '.1%'):>6}  "
            f"{shown('ece'):>5}  {shown('brier'):>5}  {shown('auroc'):>5}  {shown('aurc'):>5}  "
            f"{shown('sure and wrong', '.1%'):>14}  {shown('told as unlike', '.1%'):>14}  {shown('auroc of unlike'):>5}"
        )


def _interval(report: Report, name: str) -> str:
    low, high = report.intervals[name].percent()
    return f"(95 %: {low:.2f} to {high:.2f})"
