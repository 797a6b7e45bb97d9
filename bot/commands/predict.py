"""`vqabot predict`: a results file in the official format."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.errors import check_place, in_words
from bot.commands.options import config_options, resolve
from bot.commands.terminal import Terminal, note
from model.counting import counted
from training.evaluation.predict import PredictConfig


@click.command(epilog="Example: vqabot predict datasets/scenes results.json --split test --model runs/first/model")
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--model", default="builtin", show_default=True, help="builtin, a folder, a ZIP or a hub id.")
@config_options(PredictConfig)
def predict(data: Path, out: Path, model: str, config_file: Path | None, **given: object) -> None:
    """Answer a split of DATA (official VQA files, or prepared) into OUT, complete and in the questions' order.

    The same command goes on where an interrupted one stopped. The settings are saved beside OUT.
    """
    from model.loading import locate
    from training.data.splits import load_split
    from training.evaluation.choices import Chooser
    from training.evaluation.predict import model_name
    from training.evaluation.predict import predict as run
    from training.locks import only_writer

    config = resolve(PredictConfig, config_file, given)
    multiple = config.task == "multiple-choice"
    check_place(out)
    with in_words(interrupted="The same command goes on from the answers so far.", place=out), only_writer(out):
        asked = load_split(data, config.split, multiple_choice=multiple, answered=False)
        questions = asked.questions
        locate(model)
        note(f"Loading the model {model} ...")
        from model.answerer import Answerer

        answerer = Answerer.load(model)
        answers = Chooser(answerer, questions) if multiple else answerer
        with Terminal().bar(len(questions), "Answering") as bar:
            refused = run(answers, model_name(model), asked.pictures, questions, config, out, bar.update)
        config.write(out.with_name(f"{out.stem}.config.yaml"))
    if refused:
        number, sentence = next(iter(refused.items()))
        click.echo(f"{len(refused)} refused, left empty, such as question {number}: {sentence}")
    click.echo(f"{counted(len(questions), 'answer')} in {out}.")
