"""`vqabot calibrate`: make a model's confidence true."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.commands.options import config_options, resolve
from bot.commands.terminal import Terminal

try:
    from training.calibrate import CalibrateConfig
except ModuleNotFoundError as error:
    raise click.ClickException(f"This needs the training extra: pip install 'vqabot[training]' ({error}).") from error


@click.command(epilog="Example: vqabot calibrate datasets/scenes --model runs/first/model")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--model", default="builtin", show_default=True, help="builtin, a folder, a ZIP or a hub id.")
@click.option("--split", type=click.Choice(["train", "val"]), default="val", show_default=True)
@click.option(
    "--store/--no-store", "keep", default=None, help="Write it into the model.  [default: when it is a folder]"
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@config_options(CalibrateConfig)
def calibrate(
    data: Path, model: str, split: str, keep: bool | None, as_json: bool, config_file: Path | None, **given: object
) -> None:
    """Fit the confidence on annotated questions in DATA that the model was not trained on.

    DATA is a folder of official VQA files or a prepared one. One part of the pictures chooses and fits a method, the
    other part judges it. The result stands in the model's vqabot.json, and every worker applies it; calibration.json
    beside it says how it came about.
    """
    from model.answerer import Answerer
    from model.errors import ModelError
    from model.loading import locate
    from training import calibrate as fitting
    from training.splits import load_split
    from training.vqa import DataError

    config = resolve(CalibrateConfig, config_file, given)
    folder = Path(model)
    if keep is None:
        keep = folder.is_dir()
    if keep and not (folder.is_dir() or model == "builtin"):
        raise click.ClickException(f"The calibration cannot be stored in {model}: give the model as a folder.")
    try:
        asked = load_split(data, split, limit=config.limit)
        answerer = Answerer.load(model)
        with Terminal().bar(len(asked.questions), "Answering") as bar:
            observations = fitting.observe(answerer, asked.pictures, asked.questions, config, bar.update)
        result = fitting.calibrate(observations, config)
        if keep:
            fitting.store(locate(model), result.calibration)
            fitting.record(locate(model), result, config, f"the {split} split of {data.name}")
    except (DataError, ModelError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"The calibration cannot be stored: {error.strerror or error}.") from error
    except KeyboardInterrupt:
        raise click.ClickException("Interrupted: nothing was changed.") from None
    if as_json:
        click.echo(json.dumps(result.as_dict()))
        return
    click.echo(f"fitted on {result.fitted} answers, judged on {result.judged} others: {result.accuracy:.1%} right")
    click.echo(f"method: {result.method}  {result.calibration}")
    click.echo("calibration error (ECE, 15 bins) on the judged answers")
    click.echo(f"  calibrated                       {result.ece:.3f}")
    click.echo(f"  the model's own probability      {result.ece_raw:.3f}")
    click.echo(f"  exp(sequences_scores)            {result.ece_study:.3f}")
    click.echo("stored in the model" if keep else "not stored: the model is no folder, or --no-store was given")
