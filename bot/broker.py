"""Which broker carries the questions: the one place that chooses."""

from __future__ import annotations

from bot.settings import Settings, SettingsError
from model.backends.placement import Placement
from model.loading import check_setup
from model.plugins import find
from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.protocol import Broker


def open_broker(settings: Settings) -> Broker:
    """The broker that the settings ask for, not started.

    Without an address its workers are processes beside the bot. With one, the scheme names the broker: a module of
    `model.serving.broker`, or one that an installed package offers, whose `connect` takes the address.

    Raises:
        SettingsError: No broker has such addresses.
        ModelError: The workers would run here, and the model or what it needs is not here.
    """
    if settings.broker_url is None:
        check_setup(settings.model)
        placement = Placement(settings.device, settings.dtype, settings.threads)
        return EmbeddedBroker(settings.model, settings.batch_size, placement=placement, workers=settings.workers)
    url = settings.broker_url.get_secret_value()
    scheme, separator, _ = url.partition("://")
    connect = find("model.serving.broker", scheme.lower(), "connect") if separator else None
    if connect is None:
        wrong = f"begins with {scheme}://, which no broker here understands" if separator else "has no scheme://"
        raise SettingsError(f"VQABOT_BROKER_URL {wrong}. Leave the setting out, and the model runs beside the bot.")
    broker: Broker = connect(url)
    return broker
