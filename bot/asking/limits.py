"""How much one person may ask, and how much may wait."""

from __future__ import annotations

import math
import time

from bot.effective import Effective
from bot.services import Services
from bot.texts import questions as texts

MINUTE = 60.0
PRIVATE_SECONDS, GROUP_SECONDS = 3.0, 10.0
"""So long after a person was told of a limit they are not told again: many messages at once get one sentence, and what
is written after reading it gets its own. A group shares the messages that a bot may send there."""


async def refusal(services: Services, effective: Effective, chat_id: int, person: int) -> str | None:
    """The sentence for a person whom a limit keeps from asking in a chat now; None where none does."""
    now, own = time.time(), services.settings
    load = await services.store.questions.load(chat_id, person, now - MINUTE)
    if load.asked >= effective.questions_per_minute:
        # There is room as soon as so many of the newest remain within a minute.
        since = await services.store.questions.asked_at(person, effective.questions_per_minute, now - MINUTE)
        seconds = 1 if since is None else max(1, math.ceil(since + MINUTE - now))
        return texts.too_fast(effective.questions_per_minute, seconds)
    if load.waiting_of_person >= own.max_waiting_per_person:
        return texts.too_many_of_yours(load.waiting_of_person)
    if load.waiting_here >= own.max_waiting_per_chat or load.waiting >= own.max_waiting:
        return texts.too_many_waiting()
    return None
