"""The bot's own admins, and how they are told of trouble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.texts.language import speaking
from storage.store import Store


class Admins:
    """Those who may use /admin."""

    def __init__(self, store: Store, bot: ExtBot[Any], numbers: Sequence[int]) -> None:
        """Write with `bot` to the people with these Telegram numbers."""
        self._store, self._bot, self._numbers = store, bot, numbers

    async def tell(self, text: Callable[[], str]) -> None:
        """Send each of them what `text` makes (HTML), in their language."""
        for number in self._numbers:
            with suppress(TelegramError), speaking(await self._store.chats.language(number)):
                await self._bot.send_message(number, text(), parse_mode=ParseMode.HTML)  # fails for who never wrote
