"""`vqabot package`: a model as one ZIP."""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.errors import check_place, in_words
from bot.commands.terminal import note
from model.counting import counted


@click.command(
    epilog="Example: vqabot package runs/first/model first.zip --report runs/first/report --training runs/first"
)
@click.argument("model")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--report", type=click.Path(path_type=Path), help="What `vqabot evaluate --report` wrote, for the model card."
)
@click.option("--training", type=click.Path(path_type=Path), help="The training's folder, for the model card.")
@click.option("--name", default="", help="The model's name on its card.  [default: that of the folder around it]")
@click.option("--push", "hub_id", help="Upload it to the hub under this id (owner/name), too.")
@click.option("--private/--public", default=True, show_default=True, help="Who sees what is uploaded.")
def package(
    model: str, out: Path, report: Path | None, training: Path | None, name: str, hub_id: str | None, private: bool
) -> None:
    """Pack MODEL (builtin, a folder, a ZIP or a hub id) into OUT, which VQABOT_MODEL takes as it is.

    The ZIP holds weights, processor, generation config, calibration and a model card. It is checked by answering from
    it before it gets its name.
    """
    if out.suffix.lower() != ".zip":
        raise click.ClickException(f"{out} must end in .zip, so that it is known for one.")
    if not private and not hub_id:
        raise click.UsageError("--public does nothing without --push.")
    check_place(out)
    with in_words(interrupted="No ZIP was written.", place=out):
        from model.loading import locate

        locate(model)
        note(f"Loading the model {model}, which answers before it is packed and from the ZIP ...")
        from training.package import Sources, pack, push

        files = pack(model, out, Sources(report, training, name))
        click.echo(
            f"{out}: {counted(len(files), 'file')}, {out.stat().st_size / 2**20:.1f} MB, checked by answering from it."
        )
        if hub_id:
            note(f"Uploading it to {hub_id} ...")
            click.echo(f"Pushed to {push(out, hub_id, private)}.")
