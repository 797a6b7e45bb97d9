"""How much one person may ask, and how much may wait."""

from __future__ import annotations

import math
import time
from typing import NamedTuple

from bot.effective import Effective
from bot.services import Services
from bot.texts import questions as texts

MINUTE = 60.0


class Refusal(NamedTuple):
    """A limit that binds."""

    sentence: str
    """For the person."""
    seconds: float
    """How long it holds, or may hold."""


async def refusal(services: Services, effective: Effective, chat_id: int, person: int) -> Refusal | None:
    """The limit that keeps a person from asking in a chat now, if there is one."""
    now, own = time.time(), services.settings
    load = await services.store.questions.load(chat_id, person, now - MINUTE)
    if load.asked >= effective.questions_per_minute:
        # There is room as soon as so many of the newest remain within a minute.
        since = await services.store.questions.asked_at(person, effective.questions_per_minute, now - MINUTE)
        seconds = 1 if since is None else max(1, math.ceil(since + MINUTE - now))
        return Refusal(texts.too_fast(effective.questions_per_minute, seconds), seconds)
    if load.waiting_of_person >= own.max_waiting_per_person:
        return Refusal(texts.too_many_of_yours(load.waiting_of_person), MINUTE)
    if load.waiting_here >= own.max_waiting_per_chat or load.waiting >= own.max_waiting:
        return Refusal(texts.too_many_waiting(), MINUTE)
    return None
