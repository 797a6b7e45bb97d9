"""The bot as a process of its own, with answers that need no model unless one is named.

Settings come from the environment as for `vqabot run`. It says "ready" in one line, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import cProfile
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import loop
from bot.app import Bot
from bot.broker import open_broker
from bot.redact import set_up_logging
from bot.settings import Settings
from model.serving.broker.null import NullBroker

if TYPE_CHECKING:
    from model.serving.broker.protocol import Broker

READY = b"ready\n"


async def run(settings: Settings, model: str | None, capacity: int) -> None:
    """Run until standard input ends."""
    broker: Broker = (
        NullBroker("red", 0.87, capacity)
        if model is None
        else open_broker(settings.model_copy(update={"model": model}))
    )
    ended = loop.end_of_input()
    async with Bot(settings, broker):
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()
        await ended.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="bot.benchmarks.bot_process", description=__doc__)
    parser.add_argument("--model", help="answer with this model instead of always the same")
    parser.add_argument("--capacity", type=int, default=64, help="questions in flight without a model")
    parser.add_argument("--profile", type=Path, help="write a profile of the process here (cProfile)")
    options = parser.parse_args(arguments)
    settings = Settings(_env_file=None)
    set_up_logging(settings.log_level, [settings.token])
    if settings.log_level == "ERROR":  # a measured bot is shown damage on purpose
        logging.disable(logging.ERROR)
    work = run(settings, options.model, options.capacity)
    if options.profile is None:
        loop.run(work)
        return
    profile = cProfile.Profile()
    try:
        profile.runcall(loop.run, work)
    finally:
        profile.dump_stats(options.profile)


if __name__ == "__main__":
    main()
