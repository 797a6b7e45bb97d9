"""Puts the parts together, and starts and stops them in order."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Protocol

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes
from telegram.request import BaseRequest

from bot import metrics
from bot.admins import Admins
from bot.answering.delivery import Delivery
from bot.answering.dispatcher import Dispatcher
from bot.answering.listening import Listening
from bot.answering.outcomes import OutcomeRenderer
from bot.answering.progress import Progress
from bot.answering.worker_watch import WorkerWatch
from bot.asking.speech_to_text import SpeechToText
from bot.conversation.small_talk import read_lists
from bot.conversation.wording import TextOnly
from bot.errors import AddressError, BotError, DataFolderLostError, WrongTokenError
from bot.exporting.exporter import Exporter
from bot.handlers import commands, register_all
from bot.housekeeping import Housekeeping
from bot.intake.polling import Poller
from bot.intake.updates import ALLOWED, Inbox
from bot.intake.webhook import WebhookServer
from bot.monitoring import Monitoring
from bot.picture_decoder import PictureDecoder
from bot.services import App, Context, Services
from bot.settings import TELEGRAM, Settings
from bot.tasks import cancel_and_wait
from bot.transport.downloads import Downloads
from bot.transport.http import AiohttpRequest, proxy_of_environment
from bot.transport.rate_limiter import ChatRateLimiter
from bot.transport.retrying import retrying
from bot.trouble_watch import TroubleWatch
from model.serving.broker.protocol import Broker
from model.speech.transcriber import OFF
from storage.opening import refusal
from storage.quota import MB, Budget
from storage.store import Store

log = logging.getLogger(__name__)

CONNECTIONS = 64
LONGEST_PAUSE = 30.0


class Component(Protocol):
    """Something that runs while the bot does."""

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> object:
        """End; what is not finished goes on at the next start."""


class Bot:
    """A running bot. It lives inside somebody's event loop and leaves signals alone."""

    def __init__(self, settings: Settings, broker: Broker) -> None:
        """A bot with these settings whose questions go to `broker`, which it starts and stops."""
        self._settings, self._broker = settings, broker
        self._token = settings.token
        self._running = AsyncExitStack()
        self._application: App | None = None
        self.failure: asyncio.Future[str] | None = None
        self.lost: asyncio.Future[str] | None = None
        """Done with a sentence when the data folder is not in its place any more."""
        self.model_ready: asyncio.Task[None] | None = None
        """Done when the model answers; its exception is a ModelError that says why it never will."""
        self.services: Services | None = None
        self.inbox: Inbox | None = None

    async def start(self) -> None:
        """Start everything; when this returns the bot answers.

        Raises:
            WrongTokenError: Telegram refuses the token.
            BotError: The webhook's port is taken.
            ModelError: The model cannot be loaded, as far as that is known before Telegram is reached.
            BrokerError: The broker's server refuses this bot, as far as that is known by then.
            StorageError: The data folder cannot be used.
        """
        own = self._settings
        budget = Budget(own.max_stored_mb * MB, own.max_stored_mb_per_chat * MB, own.min_free_mb * MB)
        store = await Store.open(own.data_dir, budget)
        self._running.push_async_callback(store.close)
        try:
            await self._start(store)
        except BaseException as error:
            await self.stop()
            if isinstance(error, sqlite3.OperationalError):  # the disk is full, say
                raise refusal(store.db.path, error) from error
            raise

    async def _start(self, store: Store) -> None:
        settings, base = self._settings, self._settings.telegram_base_url
        proxy = settings.proxy or proxy_of_environment(base)
        request = AiohttpRequest(CONNECTIONS, proxy)
        self._running.push_async_callback(request.shutdown)  # an application that was never reached leaves it open
        # Telegram's limits bind at Telegram; a sandbox of one's own is not slowed down.
        limiter = ChatRateLimiter(limited=base == TELEGRAM, sent=store.sent.record)
        application = self._application = _application(settings, self._token, request, limiter)
        await self._begin(self._broker)
        ready = asyncio.create_task(self._broker.wait_ready())
        self._running.push_async_callback(cancel_and_wait, ready)
        await _unless(ready, _retry_until_answered(application.initialize))
        self._running.push_async_callback(application.shutdown)
        decoder = PictureDecoder(store)
        delivery = Delivery(store, application.bot, OutcomeRenderer(store, decoder))
        admins = Admins(store, application.bot, settings.admin_ids)
        watch = WorkerWatch(self._broker, admins)
        progress = Progress(
            store, delivery, busy=lambda chat_id: limiter.delay(chat_id, 2) > 0, outage=lambda: watch.outage
        )
        listening = Listening(self._broker)
        dispatcher = Dispatcher(store, self._broker, delivery.wake, listening.take)
        downloads = Downloads(self._token, base, limiter, proxy)
        exporter = Exporter(store, application.bot, decoder, delivery)
        services = self.services = Services(
            settings=settings,
            store=store,
            broker=self._broker,
            bot=application.bot,
            dispatcher=dispatcher,
            delivery=delivery,
            decoder=decoder,
            downloads=downloads,
            exporter=exporter,
            progress=progress,
            wording=TextOnly()
            if settings.speech == OFF
            else SpeechToText(listening, downloads, store, application.bot.id),
        )
        application.bot_data["services"] = services
        register_all(application)
        inbox = self.inbox = Inbox(store, application, delivery.sending.see)
        # In this order they start, in the opposite one they stop: what feeds a part stops before it.
        housekeeping = Housekeeping(store, settings.keep_days, self._broker.forget)
        self.lost = housekeeping.failure
        await self._begin(decoder, delivery, watch, progress, dispatcher, downloads, exporter, housekeeping)
        await self._begin(TroubleWatch(store.photos.quota, admins))
        self._running.push_async_callback(lambda: cancel_and_wait(*services.tasks))
        await self._monitor(settings, watch)
        await asyncio.to_thread(read_lists)  # else everybody would wait while the first message is understood
        await self._begin(inbox)
        await self._receive(application, inbox, services, proxy)
        services.spawn(_publish_commands(services))
        self.model_ready = asyncio.create_task(_announce(ready, application.bot.username))
        self._running.push_async_callback(cancel_and_wait, self.model_ready)

    async def _monitor(self, settings: Settings, watch: WorkerWatch) -> None:
        if not settings.metrics_port:
            return
        where = f"{settings.metrics_listen} port {settings.metrics_port}"
        monitoring = Monitoring(metrics.REGISTRY, lambda: watch.ready, settings.metrics_listen, settings.metrics_port)
        try:
            await self._begin(monitoring)
        except OSError as error:
            raise AddressError.of(f"The metrics cannot be served on {where}", error) from error

    async def _receive(self, application: App, inbox: Inbox, services: Services, proxy: str | None) -> None:
        def seen() -> None:
            services.last_poll_at = time.time()

        settings, bot = self._settings, application.bot
        if settings.webhook_url is None:
            await _retry_until_answered(bot.delete_webhook)
            poller = Poller(bot.base_url, inbox.take, seen, proxy)
            self.failure = poller.failure
            await self._begin(poller)
            return
        secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
        server = WebhookServer(settings.webhook_listen, settings.webhook_port, secret, inbox.take, seen)
        try:
            await self._begin(server)
        except OSError as error:
            where = f"{settings.webhook_listen} port {settings.webhook_port}"
            raise AddressError.of(f"The webhook cannot listen on {where}", error) from error
        await _retry_until_answered(
            partial(bot.set_webhook, settings.webhook_url, secret_token=secret, allowed_updates=ALLOWED)
        )

    async def _begin(self, *parts: Component) -> None:
        for part in parts:
            self._running.push_async_callback(part.stop)
            await part.start()

    async def stop(self) -> None:
        """Stop everything, the last started first; what is not finished goes on at the next start."""
        try:
            await self._running.aclose()
        except Exception:
            log.exception("the bot did not stop cleanly")

    async def __aenter__(self) -> Bot:
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.stop()


async def _announce(ready: asyncio.Task[None], name: str) -> None:
    """Say that the bot is ready when its model is; what is asked before waits for it."""
    await ready
    log.info("@%s is ready", name)


async def _unless(ready: asyncio.Task[None], work: Coroutine[Any, Any, None]) -> None:
    """Do something unless the model turns out never to answer: then it is not waited for."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            ready.result()
        await task
    finally:
        await cancel_and_wait(task)


def _application(settings: Settings, token: str, request: BaseRequest, limiter: ChatRateLimiter) -> App:
    base = settings.telegram_base_url
    builder = ApplicationBuilder().token(token).updater(None).request(request)
    builder = builder.base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
    return builder.rate_limiter(limiter).context_types(ContextTypes(context=Context)).job_queue(None).build()


async def _retry_until_answered(call: Callable[[], Awaitable[object]]) -> None:
    """Make a call of the start until Telegram answers it.

    Raises:
        WrongTokenError: Telegram does not know the token.
        BotError: It refuses the call for another reason.
    """
    try:
        await retrying("Telegram cannot be reached", longest=LONGEST_PAUSE)(call)
    except InvalidToken as error:
        raise WrongTokenError(
            "Telegram does not know this token. Copy it from @BotFather again (VQABOT_TELEGRAM_TOKEN)."
        ) from error
    except TelegramError as error:
        raise BotError(f"Telegram does not let the bot start: {error.message}.") from error


async def _publish_commands(services: Services) -> None:
    """Tell Telegram which commands there are; without it everything works but the menus."""
    try:
        await commands.publish(services)
    except TelegramError as error:
        log.warning("the commands could not be registered: %s", error.message)


async def run_until(bot: Bot, stopped: asyncio.Event) -> None:
    """Run a started bot until it is told to stop, or cannot go on.

    Raises:
        BotError: Receiving updates cannot go on (a second bot on the same token, say).
        DataFolderLostError: The data folder is not in its place any more.
        ModelError: The model cannot be loaded.
        BrokerError: The broker's server refuses this bot.
    """
    waiting: set[asyncio.Future[Any]] = {asyncio.ensure_future(stopped.wait())}
    waiting.update(future for future in (bot.failure, bot.lost, bot.model_ready) if future is not None)
    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if bot.model_ready in done:
        bot.model_ready.result()
    if done == {bot.model_ready}:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if bot.lost is not None and bot.lost.done():
        raise DataFolderLostError(bot.lost.result())
    if bot.failure is not None and bot.failure.done():
        raise BotError(bot.failure.result())
