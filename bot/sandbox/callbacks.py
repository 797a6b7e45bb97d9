"""Pressed buttons that wait for `answerCallbackQuery`."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache

KEPT = 1_000
EXPIRES_AFTER = 30.0  # seconds in which a bot may answer


@dataclass(slots=True)
class Query:
    """One press that was not answered yet."""

    id: str
    bot_id: int
    user_id: int
    chat_id: int
    answer: asyncio.Future[dict[str, Any]]


class Callbacks:
    """The open callback queries of all bots."""

    def __init__(self) -> None:
        self._open: TTLCache[str, Query] = TTLCache(KEPT, EXPIRES_AFTER)

    def ask(self, bot_id: int, user_id: int, chat_id: int) -> Query:
        """Open a query."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        query = Query(str(random.getrandbits(62)), bot_id, user_id, chat_id, answer)
        self._open[query.id] = query
        return query

    def take(self, query_id: str, bot_id: int) -> Query | None:
        """Close and return a query; None when it is unknown, answered, too old or another bot's."""
        query = self._open.get(query_id)
        if query is None or query.bot_id != bot_id:
            return None
        self._open.pop(query_id, None)  # it may expire in just this moment
        return query
