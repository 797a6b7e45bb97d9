"""`vqabot predict`: a results file in the official format."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(epilog="Example: vqabot predict data/scenes results.json --split test --model runs/first/model")
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--split", type=click.Choice(["train", "val", "test"]), default="test", show_default=True)
@click.option("--task", type=click.Choice(["open-ended", "multiple-choice"]), default="open-ended", show_default=True)
@click.option("--model", default="builtin", show_default=True, help="builtin, a folder, a ZIP or a hub id.")
@click.option("--beams", type=click.IntRange(1, 10), default=3, show_default=True)
@click.option("--max-new-tokens", type=click.IntRange(1, 1000), default=20, show_default=True)
def predict(data: Path, out: Path, split: str, task: str, model: str, beams: int, max_new_tokens: int) -> None:
    """Answer a split of DATA (official VQA files) into OUT, complete and in the questions' order.

    The same command goes on where an interrupted one stopped.
    """
    from model.errors import ModelError
    from training.vqa import DataError, read_questions

    multiple = task == "multiple-choice"
    try:
        questions = read_questions(data, split, task="MultipleChoice" if multiple else "OpenEnded")
        try:
            from model.answerer import Answerer
            from training.choices import Chooser
            from training.evaluate import Settings
            from training.predict import predict as run
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"This needs the training extra: pip install 'vqabot[training]' ({error})."
            ) from error
        answerer = Answerer.load(model)
        answers = Chooser(answerer, questions) if multiple else answerer
        settings = Settings(beams, max_new_tokens)
        with click.progressbar(length=len(questions), label="Answering", show_pos=True, file=sys.stderr) as bar:
            refused = run(answers, f"{task} by {model}", data, split, questions, settings, out, bar.update)
    except (DataError, ModelError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror or error}.") from error
    except KeyboardInterrupt:
        raise click.ClickException("Interrupted: the same command goes on from the answers so far.") from None
    if refused:
        number, sentence = next(iter(refused.items()))
        click.echo(f"{len(refused)} refused, left empty, such as question {number}: {sentence}")
    click.echo(f"{len(questions)} answers are in {out}.")
