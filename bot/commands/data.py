"""`vqabot data`: prepare data for training, and look at it."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.errors import in_words
from bot.commands.options import config_options, resolve
from bot.commands.terminal import Terminal, note
from training.data.prepare_config import PrepareConfig
from training.eda.report import ReportConfig


@click.group(epilog="Example: vqabot data prepare datasets/scenes datasets/prepared")
def data() -> None:
    """Look at data and prepare it for training."""


@data.command(epilog="Example: vqabot data prepare datasets/scenes datasets/prepared --model builtin")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@config_options(PrepareConfig)
def prepare(source: Path, out: Path, config_file: Path | None, **given: object) -> None:
    """Make OUT from SOURCE: questions in lower case, pictures once as the model sees them.

    SOURCE is a folder or ZIP of official VQA files, of train, val and test files of one's own (JSON Lines, JSON or CSV
    of image, question and answer; also maestro's, LLaVA's and Hugging Face's image folders), or one such file. Missing
    and broken pictures, and words that the model does not know, are counted and named. The same command goes on where
    an interrupted one stopped.
    """
    from training.data.prepare import prepare as run
    from training.locks import only_writer

    config = resolve(PrepareConfig, config_file, given)
    note(f"Reading the questions in {source} ...")
    interrupted = "The same command goes on with the pictures that are done."
    with in_words(interrupted=interrupted, place=out), only_writer(out):
        run(config, source, out, Terminal())
    click.echo(f"The prepared data is in {out}.")


@data.command(epilog="Example: vqabot data report datasets/scenes datasets/report")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@config_options(ReportConfig)
def report(source: Path, out: Path, config_file: Path | None, **given: object) -> None:
    """Look at all that is in SOURCE and write a page about it, OUT/report.html.

    SOURCE is whatever `vqabot data prepare` takes, or what it wrote. The page carries its pictures with it.
    """
    from training.eda.report import report as run

    config = resolve(ReportConfig, config_file, given)
    note(f"Reading the questions in {source} ...")
    with in_words(interrupted="No report was written.", place=out):
        page = run(config, source, out, Terminal())
    click.echo(f"The report is {page}.")
