"""Pressed buttons that wait for `answerCallbackQuery`."""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

KEPT = 1_000
EXPIRES_AFTER = 30.0  # seconds in which a bot may answer


@dataclass(slots=True)
class Query:
    """One press that was not answered yet."""

    id: str
    bot_id: int
    user_id: int
    chat_id: int
    asked_at: float  # event loop's clock
    answer: asyncio.Future[dict[str, Any]]


class Callbacks:
    """The open callback queries of all bots."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Query] = OrderedDict()

    def ask(self, bot_id: int, user_id: int, chat_id: int) -> Query:
        """Open a query."""
        loop = asyncio.get_running_loop()
        query = Query(str(random.getrandbits(62)), bot_id, user_id, chat_id, loop.time(), loop.create_future())
        self._open[query.id] = query
        while len(self._open) > KEPT:
            self._open.popitem(last=False)
        return query

    def take(self, query_id: str, bot_id: int) -> Query | None:
        """Close and return a query; None when it is unknown, answered, too old or another bot's."""
        query = self._open.get(query_id)
        if query is None or query.bot_id != bot_id:
            return None
        del self._open[query_id]
        too_old = asyncio.get_running_loop().time() - query.asked_at > EXPIRES_AFTER
        return None if too_old else query
