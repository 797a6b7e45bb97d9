"""`vqabot run`: the bot on Telegram."""

from __future__ import annotations

import asyncio
import logging
import sqlite3

import click

from bot import loop
from bot.commands.errors import WrongSetting
from bot.settings import Settings, SettingsError, load_settings
from bot.tasks import cancel_and_wait
from bot.texts.failures import sentence

log = logging.getLogger(__name__)

FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
"""What SQLite says of a disk that may have room again later."""


@click.command(epilog="Example: VQABOT_TELEGRAM_TOKEN=... vqabot run")
def run() -> None:
    """Run the bot on Telegram.

    Settings come from the environment and from .env (see .env.example). SIGTERM and Ctrl-C end it cleanly; questions
    that are under way are answered after the next start.
    """
    try:
        settings = load_settings()
        token = settings.token
    except SettingsError as error:
        raise WrongSetting(sentence(error)) from error
    from bot.environment import hide_settings
    from bot.redact import set_up_logging
    from model.backends.allocator import share_arena

    others = (settings.webhook_secret, settings.broker_url)
    secrets = [one.get_secret_value() for one in others if one is not None]
    set_up_logging(settings.log_level, [token, *secrets], settings.log_format)
    hide_settings()
    share_arena()
    try:
        loop.run(_run(settings))
    except click.ClickException:
        raise
    except Exception:
        log.exception("the bot ended by a mistake of the program")  # a container's files may be gone when it is read
        raise


async def _run(settings: Settings) -> None:
    from bot import tracing
    from bot.app import Bot, run_until
    from bot.asking.pictures import PASSING
    from bot.broker import open_broker
    from bot.errors import AddressError, BotError, DataFolderLostError, WrongTokenError
    from model.errors import BrokerError, ModelError
    from storage.errors import DataDirInUseError, StorageError

    stopped = loop.stop_requested()
    try:
        stop_exporting = tracing.export(settings.otlp_endpoint, "vqabot-bot")
        broker = open_broker(settings)
    except (
        BrokerError,
        ModelError,
        SettingsError,
    ) as error:  # without waiting for Telegram, or for the worker to say so
        raise WrongSetting(sentence(error)) from error
    bot = Bot(settings, broker)
    starting = asyncio.ensure_future(bot.start())
    waiting = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():  # told to stop while Telegram could not be reached
            await cancel_and_wait(starting)
            return
        await starting
        await run_until(bot, stopped)
    except (BotError, StorageError) as error:
        lasting = isinstance(error, (WrongTokenError, DataFolderLostError, AddressError))
        if isinstance(error, StorageError):
            cause = error.__cause__
            full = isinstance(cause, OSError) and cause.errno in PASSING
            full = full or (
                isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", FULL[0]) % 256 in FULL
            )
            lasting = not (full or isinstance(error, DataDirInUseError))
        if not lasting:  # started again it may run
            raise click.ClickException(sentence(error)) from error
        raise WrongSetting(sentence(error)) from error
    except (BrokerError, ModelError) as error:
        raise WrongSetting(sentence(error)) from error
    finally:
        waiting.cancel()
        await bot.stop()
        await asyncio.to_thread(stop_exporting)
