"""Which broker carries the questions: the one place that chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.settings import Settings, SettingsError
from model.backends.placement import Placement
from model.loading import check_setup
from model.plugins import find
from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.protocol import Broker, Worker
from model.speech.transcriber import check_speech

NO_BROKER = (
    "No broker: give --broker redis://host:6379, or set VQABOT_BROKER_URL. A bot that runs without one has its worker "
    "beside it."
)
SCHEMES = {"rediss": "redis", "unix": "redis"}
"""Of addresses whose scheme is not the broker's name in `model.serving.broker`."""


def open_broker(settings: Settings) -> Broker:
    """The broker that the settings ask for, not started.

    Without an address its workers are processes beside the bot. With one, the scheme names the broker: a module of
    `model.serving.broker`, or one that an installed package offers, whose `connect` takes the address and a name for
    this bot, the same after each start.

    Raises:
        SettingsError: No broker has such addresses.
        BrokerError: The address is not as its broker's are.
        ModelError: The workers would run here, and the model or what it needs is not here.
    """
    if settings.broker_url is None:
        return _embedded(settings)
    url = settings.broker_url.get_secret_value()
    connect = _verb(url, "connect")
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    broker: Broker = connect(url, token.partition(":")[0] or "bot")  # what stands before the colon is no secret
    return broker


def open_worker(settings: Settings, machine: str) -> Worker:
    """A worker that answers on this machine what a broker elsewhere carries, not started.

    Args:
        settings: Which broker, and which model where.
        machine: What people call this machine.

    Raises:
        SettingsError: There is no address, no broker has such ones, or its workers are started otherwise.
        BrokerError: The address is not as its broker's are.
        ModelError: The model or what it needs is not here.
    """
    url = settings.broker_url.get_secret_value() if settings.broker_url is not None else ""
    if not url:
        raise SettingsError(NO_BROKER)
    worker: Worker = _verb(url, "work")(url, _embedded(settings), machine)
    return worker


def _embedded(settings: Settings) -> EmbeddedBroker:
    check_setup(settings.model)
    check_speech(settings.speech)
    placement = Placement(settings.device, settings.dtype, settings.threads)
    return EmbeddedBroker(
        settings.model, settings.batch_size, placement=placement, workers=settings.workers, speech=settings.speech
    )


def _verb(url: str, verb: str) -> Callable[..., Any]:
    """A function of the broker that an address is for.

    Raises:
        SettingsError: There is none.
    """
    scheme, separator, _ = url.partition("://")
    name = SCHEMES.get(scheme.lower(), scheme.lower())
    found = find("model.serving.broker", name, verb) if separator else None
    if found is None:
        wrong = f"begins with {scheme}://, which no broker here understands" if separator else "has no scheme://"
        raise SettingsError(f"VQABOT_BROKER_URL {wrong}. Leave the setting out, and the model runs beside the bot.")
    return found
