"""`vqabot backup`: a copy of everything, while the bot runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click


@click.command(epilog="Example: vqabot backup /backups/vqabot-2026-11-23")
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="The folder to copy; VQABOT_DATA_DIR by default.",
)
def backup(target: Path, data_dir: Path | None) -> None:
    """Copy the data folder to TARGET, a new folder, while the bot runs or not.

    To restore, stop the bot and put the copy in the place of the data folder.
    """
    from bot.settings import load_settings
    from storage.backup import backup as copy

    source = load_settings().data_dir if data_dir is None else data_dir
    pictures = asyncio.run(copy(source, target))
    click.echo(f"Copied the database and the pictures ({pictures}) to {target}.")
