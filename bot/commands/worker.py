"""`vqabot worker`: answers questions for a bot that runs elsewhere."""

from __future__ import annotations

import asyncio
import errno
import logging
import platform
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import click
from pydantic import SecretStr

from bot import loop, metrics, tracing
from bot.broker import NO_BROKER, open_worker
from bot.commands.errors import WrongSetting
from bot.monitoring import Monitoring
from bot.settings import Settings, SettingsError, load_settings
from bot.tasks import cancel_and_wait
from bot.texts.failures import sentence
from model.errors import BrokerError, ModelError
from model.serving.broker.protocol import Worker

log = logging.getLogger(__name__)

SILENT_SECONDS = 10.0
"""A worker that has not reached its broker for so long is not ready."""


@click.command(epilog="Example: vqabot worker --broker rediss://:password@redis.example.org:6379")
@click.option("--broker", help="The broker's address. Better in VQABOT_BROKER_URL, where no process list shows it.")
@click.option("--model", help="'builtin', a folder, a ZIP, or a hub id.  [default: VQABOT_MODEL]")
@click.option(
    "--device",
    "devices",
    multiple=True,
    help="auto, cpu, cuda, cuda:1; give it again for more of them.  [default: VQABOT_DEVICE]",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes on each device.  [default: VQABOT_WORKERS]")
@click.option("--batch-size", type=click.IntRange(1, 256), help="Most questions at once.  [default: VQABOT_BATCH_SIZE]")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    help="For /metrics and /readyz.  [default: VQABOT_METRICS_PORT]",
)
@click.option("--name", help="What /admin calls this machine.  [default: its host name]")
@click.option(
    "--grace", type=click.FloatRange(0), default=25.0, show_default=True, help="Seconds to finish in when it ends."
)
def worker(
    broker: str | None,
    model: str | None,
    devices: tuple[str, ...],
    workers: int | None,
    batch_size: int | None,
    metrics_port: int | None,
    name: str | None,
    grace: float,
) -> None:
    """Answer questions for a bot on another machine.

    It takes questions from the broker (Redis or Valkey) by calling out, so that it needs no open port, and never sees
    the bot's token. It may join and leave at any time: SIGTERM and Ctrl-C let it finish what it has, or hand it back.
    What is not given is taken from the settings (see .env.example).
    """
    given = {"model": model, "workers": workers, "batch_size": batch_size, "metrics_port": metrics_port}
    try:
        settings = load_settings()
        changes: dict[str, object] = {key: value for key, value in given.items() if value is not None}
        if broker is not None:
            changes["broker_url"] = SecretStr(broker)
        settings = settings.model_copy(update={**changes, "telegram_token": None, "webhook_secret": None})
        if broker is not None and "://" not in broker:
            raise SettingsError("--broker has no scheme://. Give an address such as redis://host:6379.")
        if settings.broker_url is None or not settings.broker_url.get_secret_value():
            raise SettingsError(NO_BROKER)
    except SettingsError as error:
        raise WrongSetting(sentence(error)) from error
    from bot.environment import hide_settings
    from bot.redact import set_up_logging

    set_up_logging(settings.log_level, [settings.broker_url.get_secret_value()], settings.log_format)
    hide_settings()
    loop.run(_work(settings, devices or (settings.device,), name or platform.node() or "worker", grace))


async def _work(settings: Settings, devices: tuple[str, ...], machine: str, grace: float) -> None:
    stopped, stack = loop.stop_requested(), AsyncExitStack()
    try:
        stack.push_async_callback(
            asyncio.to_thread, await asyncio.to_thread(tracing.export, settings.otlp_endpoint, "vqabot-worker")
        )
        here = [
            await asyncio.to_thread(open_worker, settings.model_copy(update={"device": device}), machine)
            for device in devices
        ]
        if settings.metrics_port:
            await stack.enter_async_context(monitored(here, settings))
        running = [asyncio.create_task(one.run(stopped, grace)) for one in here]
        try:
            await _first_end(running)
        finally:
            stopped.set()  # where one cannot go on, the others finish
            await asyncio.gather(*running, return_exceptions=True)
    except (BrokerError, ModelError, SettingsError) as error:
        raise WrongSetting(sentence(error)) from error
    except OSError as error:
        where = f"{settings.metrics_listen} port {settings.metrics_port}"
        kind = click.ClickException if error.errno == errno.EADDRINUSE else WrongSetting
        raise kind(f"The metrics cannot be served on {where}: {error.strerror or error}.") from error
    finally:
        await stack.aclose()
    log.info("this worker has left")


@asynccontextmanager
async def monitored(here: Sequence[Worker], settings: Settings) -> AsyncIterator[None]:
    """While it runs its figures are served."""

    async def measure() -> None:
        while True:
            found = [await one.state() for one in here]
            processes = [process for state in found for process in state.processes]
            metrics.of_worker(processes, sum(state.in_hand for state in found), max(state.silence for state in found))
            await asyncio.sleep(1.0)

    def ready() -> bool:
        silence = metrics.WORKER_REGISTRY.get_sample_value("vqabot_worker_silence_seconds") or 0.0
        return bool(metrics.WORKER_REGISTRY.get_sample_value("vqabot_worker_ready")) and silence < SILENT_SECONDS

    monitoring = Monitoring(metrics.WORKER_REGISTRY, ready, settings.metrics_listen, settings.metrics_port)
    await monitoring.start()
    measuring = asyncio.create_task(measure())
    try:
        yield
    finally:
        await cancel_and_wait(measuring)
        await monitoring.stop()


async def _first_end(running: list[asyncio.Task[None]]) -> None:
    """Wait until all have ended; the first that fails is told at once."""
    for ended in asyncio.as_completed(running):
        await ended
