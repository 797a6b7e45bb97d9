"""`vqabot calibrate`: make a model's confidence true."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.errors import in_words
from bot.commands.options import config_options, resolve
from bot.commands.terminal import Terminal, note
from model.counting import counted

if TYPE_CHECKING:
    from model.confidence.calibration import Calibration
    from training.data.splits import Split
    from training.evaluation.calibrate import Observation
    from training.evaluation.calibration_run import Learnt
    from training.evaluation.int8 import Int8Cost

from training.evaluation.calibrate import CalibrateConfig


@click.command(epilog="Example: vqabot calibrate datasets/scenes --model runs/first/model")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--model", default="builtin", show_default=True, help="builtin, a folder, a ZIP or a hub id.")
@click.option("--split", type=click.Choice(["train", "val", "calibration", "test"]), default="val", show_default=True)
@click.option(
    "--store/--no-store", "keep", default=None, help="Write it into the model.  [default: when it is a folder]"
)
@click.option(
    "--shifted",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Annotated questions unlike the model's own (other styles, wordings, things); may be given again.",
)
@click.option(
    "--own",
    "own_folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Further annotated questions of the model's own kind, in other words or of other kinds; may be given again.",
)
@click.option(
    "--words",
    "word_folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Further questions that the model was trained to read, for their words; may be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@config_options(CalibrateConfig)
def calibrate(
    data: Path,
    model: str,
    split: str,
    keep: bool | None,
    folders: tuple[Path, ...],
    own_folders: tuple[Path, ...],
    word_folders: tuple[Path, ...],
    as_json: bool,
    config_file: Path | None,
    **given: object,
) -> None:
    """Fit the confidence on annotated questions in DATA that the model was not trained on.

    DATA is a folder of official VQA files or a prepared one. The command learns what the model's own pictures and
    questions look like, changes them in many ways, and fits how sure to be on both. One part of the pictures serves to
    fit, another judges. The result stands in the model's evidence.json and vqabot.json, and every worker applies it;
    calibration.json beside them says how it came about.
    """
    from model.confidence.taught_kinds import untaught
    from model.loading import locate
    from training.data import provenance
    from training.data.splits import has_answers, load_split, split_of
    from training.evaluation import answer_length, calibration_run
    from training.evaluation import calibrate as fitting
    from training.evaluation.evaluate import check_answered
    from training.evaluation.seen import RESERVED
    from training.locks import only_writer

    config = resolve(CalibrateConfig, config_file, given)
    folder = Path(model)
    if keep is None:
        keep = folder.is_dir()
    if keep and not (folder.is_dir() or model == "builtin"):
        raise click.ClickException(f"The calibration cannot be stored in {model}: give the model as a folder.")
    data_name = f"the {split} split of {data.name}"
    with (
        in_words(interrupted="Nothing was changed.", place=folder),
        only_writer(locate(model)) if keep else nullcontext(),
    ):
        asked = load_split(data, split, limit=config.limit)
        check_answered(data, split, asked.questions)
        fitting.check_enough(asked.questions)
        others: dict[str, Split] = {}
        for each in folders:
            name = str(each) if each.name in {*RESERVED, *others} else each.name
            others[name] = load_split(each, split_of(each, split))
            check_answered(each, split, others[name].questions)
        further = [load_split(each, split_of(each, split)) for each in own_folders]
        for each, one in zip(own_folders, further, strict=True):
            check_answered(each, split, one.questions)
        trained = list(load_split(data, "train", pictures=False).questions if has_answers(data, "train") else [])
        for each in word_folders:
            trained += load_split(each, split_of(each, "train"), pictures=False).questions
        source = locate(model)
        known = provenance.read(source)
        remarks = provenance.remarks({**known, "calibrated": ()}, asked)
        for remark in remarks:
            note(remark)
        note(f"Loading the model {model} ...")
        from model.answerer import Answerer
        from model.backends.placement import Placement
        from model.backends.precision import INT8_MAY_COST

        answerer = Answerer.load(model, Placement(trust_int8=False))
        config = answer_length.with_room(config, answerer.family, asked.questions)
        if longer := answer_length.remark(config, answerer.family, asked.questions):
            note(longer)
        with Terminal().bar(len(asked.questions), "Answering") as bar:
            observations = fitting.observe(answerer, asked.pictures, asked.questions, config, bar.update)
        result = fitting.calibrate(observations, config)
        cost = _int8(source, observations, asked, config)
        with Terminal().bar(calibration_run.total(asked, further, others, config), "Looking at what it knows") as bar:
            learnt = calibration_run.run(answerer, asked, further, others, config, trained, bar.update)
        own = [question for one in (asked, *further) for question in one.questions]
        not_taught = untaught(one.question for one in (*own, *trained)) if config.refuse else ()
        found = {
            "own": [each.name for each in own_folders],
            "int8": cost and asdict(cost),
            "shifted": list(others),
            "untaught": not_taught,
            **learnt.as_dict(),
        }
        if keep:
            calibration_run.store_confidence_model(source, learnt.confidence_model)
            fitting.store(source, result.calibration, None if cost is None else cost.high, not_taught)
            fitting.record(source, result, config, data_name, remarks, found)
            names = (data_name, *(f"the {split} split of {each.name}" for each in own_folders))
            met = [
                provenance.Sketch.of(name, provenance.digests(one.questions, one.pictures))
                for name, one in zip(names, (asked, *further), strict=True)
            ]
            provenance.write(source, {**known, "calibrated": met})
    if as_json:
        click.echo(json.dumps({**result.as_dict(), **found}))
        return
    click.echo(
        f"fitted on {counted(result.fitted, 'answer')}, judged on {result.judged} others: {result.accuracy:.1%} right"
    )
    click.echo(f"method: {result.method}{_shown(result.calibration)}")
    click.echo("calibration error (ECE, 15 bins) on the judged answers")
    click.echo(f"  calibrated                       {result.ece:.3f}")
    click.echo(f"  the model's own probability      {result.ece_raw:.3f}")
    click.echo(f"  exp(sequences_scores)            {result.ece_study:.3f}")
    if cost is not None:
        click.echo(
            f"8-bit weights cost {cost.points:.2f} points ({cost.low:.2f} to {cost.high:.2f}) on "
            f"{counted(cost.questions, 'question')}; {INT8_MAY_COST:g} at most are let pass without being asked for"
        )
    _show_evidence(learnt)
    if not_taught:
        click.echo(f"refused, as its data does not ask such questions: {', '.join(not_taught)}")
    click.echo("stored in the model" if keep else "not stored: the model is no folder, or --no-store was given")


def _int8(source: Path, observations: list[Observation], asked: Split, config: CalibrateConfig) -> Int8Cost | None:
    """What 8-bit weights cost, where that is asked for, or is of use and possible."""
    from training.evaluation import int8

    if config.int8 is False or (config.int8 is None and not int8.large_enough(source)):
        return None
    if not int8.possible():
        if config.int8:
            raise click.ClickException("This CPU has no products of 8-bit numbers: give --no-int8.")
        return None
    with Terminal().bar(len(asked.questions), "Answering with 8-bit weights") as bar:
        return int8.measure(source, observations, asked.pictures, asked.questions, config, bar.update)


def _show_evidence(done: Learnt) -> None:
    if done.confidence_model is None:
        click.echo(f"no evidence beside the probability: {done.reason}")
        return
    click.echo("\nwith the evidence of pictures and words, on pictures that nothing was fitted on")
    click.echo(f"{'set':<22}  answers   right    sure    ECE   (raw)   sure and wrong (raw)   told as unlike")
    for now, before in zip(done.judged, done.before, strict=True):
        new, old = now.figures, before.figures
        click.echo(
            f"{now.name[:22]:<22}  {now.answers:7d}  {new['right'].value:6.1%}  {new['confidence'].value:6.1%}  "
            f"{new['ece'].value:5.3f}  {old['ece'].value:6.3f}   {new['sure and wrong'].value:14.1%} "
            f"{old['sure and wrong'].value:6.1%}  {new['told as unlike'].value:14.1%}"
        )
    held, wanted = done.set_coverage, done.confidence_model.coverage
    click.echo(f"answer and alternatives held the right answer in {held:.1%} (asked: {wanted:.0%})")


def _shown(calibration: Calibration) -> str:
    """What it does, in numbers; nothing where it changes nothing."""
    if calibration == type(calibration)():
        return " (the model's own probability, unchanged)"
    numbers = f"a = {calibration.a:.3f}, b = {calibration.b:.3f}, c = {calibration.c:.3f}"
    return f" ({numbers} in sigmoid(a ln p - b ln(1 - p) + c))"
