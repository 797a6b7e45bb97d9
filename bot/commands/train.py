"""`vqabot train`: fine-tune a model on prepared data."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import click

from bot.commands.errors import in_words
from bot.commands.options import config_options, resolve
from bot.commands.terminal import Terminal, note
from model.counting import counted
from training.finetune.config import TrainConfig


@click.command(
    epilog="Example: vqabot train datasets/prepared runs/first --model builtin --learning-rate 1e-4 --epochs 1"
)
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@config_options(TrainConfig)
def train(data: Path, out: Path, config_file: Path | None, **given: object) -> None:
    """Fine-tune a Florence-2, a BLIP or a PaliGemma on DATA, which `vqabot data prepare` wrote.

    The best weights by official accuracy become OUT/model, which every other command takes as --model. The same command
    goes on where an interrupted one stopped. On several GPUs: torchrun --no-python --nproc-per-node 4 vqabot train ...
    """
    from training.finetune.inputs import read_inputs
    from training.locks import only_writer

    first = not int(os.environ.get("RANK", "0"))  # of several processes the first one speaks
    config = resolve(TrainConfig, config_file, given)
    for option, needed, there in (
        ("lora_alpha", "--lora-rank", config.lora_rank > 0),
        ("lora_dropout", "--lora-rank", config.lora_rank > 0),
        ("feature_cache", "--freeze-vision or --lora-rank", config.tower_frozen),
        ("feature_cache_gb", "--freeze-vision or --lora-rank", config.tower_frozen),
    ):
        if given[option] is not None and not there:
            raise click.UsageError(f"--{option.replace('_', '-')} does nothing without {needed}.")
    goes_on = f"The same command goes on from the last checkpoint in {out / 'checkpoints'}, if there is one yet."
    with in_words(interrupted=goes_on, place=out), only_writer(out) if first else nullcontext():
        inputs = read_inputs(config, data, out)
        if first:
            if inputs.remark:
                note(inputs.remark)
            note(f"Loading torch and the model {config.model} ...")
        from training.finetune.run import train as run

        result = run(config, data, out, Terminal(), inputs)
    if not first:
        return
    if result.best_official is not None:
        before = "" if result.reference_official is None else f" ({result.reference_official:.2f} % before)"
        click.echo(
            f"Official accuracy {result.best_official:.2f} %{before} on {counted(result.judged_by, 'question')} of val."
        )
        if not result.best_step:
            click.echo("No evaluation was better than the one before training: the weights are those it started from.")
    if not result.finished:
        click.echo("The time limit ended it: the same command goes on, also with another --max-minutes.")
    click.echo(f"The model is in {out / 'model'}.")
