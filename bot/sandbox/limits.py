"""Telegram's rates, when they are switched on: so many messages a second in all, in a chat, and a minute in a group."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `count` messages in `seconds`."""

    count: int
    seconds: float


OVERALL = Rule(30, 1.0)
ONE_CHAT = Rule(5, 5.0)  # one a second, with room for a short burst
ONE_GROUP = Rule(20, 60.0)


@dataclass
class Limits:
    """Counts what each bot sends."""

    on: bool = False
    _sent: dict[tuple[int, int, Rule], deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def wait(self, bot_id: int, chat_id: int, now: float, messages: int = 1) -> int:
        """Count messages to a chat; when they are too many, count nothing and say how many seconds to wait."""
        if not self.on:
            return 0
        rules = [(0, OVERALL), (chat_id, ONE_CHAT)]
        if chat_id < 0:
            rules.append((chat_id, ONE_GROUP))
        for key, rule in rules:
            sent = self._sent[(bot_id, key, rule)]
            while sent and sent[0] <= now - rule.seconds:
                sent.popleft()
            if len(sent) + messages > rule.count and sent:
                return max(1, math.ceil(sent[0] + rule.seconds - now))
        for key, rule in rules:
            self._sent[(bot_id, key, rule)].extend([now] * messages)
        return 0
