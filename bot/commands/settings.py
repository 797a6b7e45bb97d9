"""`vqabot settings`: whether the settings are right, and what holds."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from bot.commands.errors import WrongSetting
from bot.settings import PREFIX, Settings, SettingsError, load_settings
from bot.texts.failures import sentence

HIDDEN = ("telegram_token", "proxy", "webhook_secret", "broker_url")
"""What may hold a secret: of these it is only said that they are set."""


@click.command(epilog="Example: vqabot settings")
@click.option("--worker", "of_worker", is_flag=True, help="As `vqabot worker` needs them: a broker, and no token.")
def settings(of_worker: bool) -> None:
    """Check the settings as the bot reads them when it starts, and show what holds, secrets hidden.

    They come from the environment and from .env (see .env.example). Each problem is a line; the exit code is 2 then.
    Nothing is started.
    """
    try:
        read = load_settings()
    except SettingsError as error:
        problems = list(error.problems)
    else:
        problems = _problems(read, of_worker=of_worker)
    for problem in problems:
        click.echo(f"Error: {problem}", err=True)
    if problems:
        sys.exit(WrongSetting.exit_code)
    for name in Settings.model_fields:
        default = "" if name in read.model_fields_set else "    # default"
        click.echo(f"{PREFIX}{name.upper()}={_shown(name, getattr(read, name))}{default}")
    click.echo("These settings are fine.")


def _problems(read: Settings, *, of_worker: bool) -> list[str]:
    """What would end the bot, or a worker, when it starts."""
    from bot.broker import open_broker, open_worker
    from bot.tracing import export
    from model.errors import BrokerError, ModelError

    checks: list[Callable[[], object]] = [lambda: export(read.otlp_endpoint, "vqabot-settings")()]
    checks += [lambda: open_worker(read, "here")] if of_worker else [lambda: read.token, lambda: open_broker(read)]
    problems = []
    for check in checks:
        try:
            check()
        except (BrokerError, ModelError, SettingsError) as error:
            problems.append(sentence(error))
    return problems


def _shown(name: str, value: object) -> str:
    """A value as it stands in .env."""
    if value is None or value == ():
        return ""
    if name in HIDDEN:
        return "(hidden)"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
