"""What handlers work with, handed in as one typed object."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram import Message
from telegram.constants import ChatType
from telegram.ext import Application, CallbackContext, ExtBot

from bot.answering.refusals import Refusals
from bot.conversation.recent_messages import RecentMessages
from bot.conversation.wording import TextOnly, Wording
from bot.effective import Effective, effective
from bot.settings import Settings
from model.serving.broker.protocol import Broker
from storage.store import Store

if TYPE_CHECKING:
    from bot.answering.delivery import Delivery
    from bot.answering.dispatcher import Dispatcher
    from bot.answering.progress import Progress
    from bot.exporting.exporter import Exporter
    from bot.picture_decoder import PictureDecoder
    from bot.transport.downloads import Downloads


@dataclass(slots=True)
class Services:
    """The parts of a running bot."""

    settings: Settings
    store: Store
    broker: Broker
    bot: ExtBot[Any]
    dispatcher: Dispatcher
    delivery: Delivery
    decoder: PictureDecoder
    downloads: Downloads
    exporter: Exporter
    progress: Progress
    started_at: float = field(default_factory=time.monotonic)
    """When the bot started, by a clock that nobody sets."""
    last_poll_at: float | None = None
    """When Telegram was last reached for updates (unix seconds)."""
    refusals: Refusals = field(default_factory=Refusals)
    """Who was told of a limit."""
    wording: Wording = field(default_factory=TextOnly)
    """Turns messages into words."""
    recent: RecentMessages = field(default_factory=RecentMessages)
    """The last messages, between people and for the bot."""
    unfinished: set[int] = field(default_factory=set)
    """Updates whose handler met a transient error: they are handled again."""
    admins_with_menu: set[int] = field(default_factory=set)
    """Admins of the bot whose private chat lists /admin."""
    waiting_for_room: set[int] = field(default_factory=set)
    """Updates whose sender knows that the disk is full."""
    used_menus: set[tuple[int, int]] = field(default_factory=set)
    """Chats and messages whose buttons have deleted everything."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def effective(self, chat_id: int) -> Effective:
        """The settings that count for a chat now."""
        return effective(await self.store.chats.settings(chat_id), await self.store.settings.get(), self.settings)

    async def know(self, message: Message) -> None:
        """Keep what is known of a message's chat up to date; a private chat speaks its person's language."""
        chat, person = message.chat, message.from_user
        language = person.language_code if chat.type == ChatType.PRIVATE and person is not None else None
        await self.store.chats.touch(chat.id, chat.type, chat.title or chat.first_name or "", language)

    def wake(self) -> None:
        """There is a new question, or one that changed."""
        self.dispatcher.wake()
        self.progress.wake()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something run beside the handler; it is cancelled when the bot stops."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class Context(CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """What handlers get beside the update."""

    @property
    def services(self) -> Services:
        """The parts of the bot that the handler runs in."""
        services: Services = self.bot_data["services"]
        return services


App = Application[Any, Context, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]
"""python-telegram-bot's application with the types of this bot."""
