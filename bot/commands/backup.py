"""`vqabot backup`: a copy of everything, while the bot runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot.texts.failures import sentence


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
    from bot.settings import SettingsError, load_settings
    from storage.backup import backup as copy
    from storage.errors import StorageError

    try:
        source = load_settings().data_dir if data_dir is None else data_dir
        pictures = asyncio.run(copy(source, target))
    except (SettingsError, StorageError) as error:
        raise click.ClickException(sentence(error)) from error
    click.echo(f"Copied the database and the pictures ({pictures}) to {target}.")
