"""Faults that can be switched on: what a network and a busy Telegram do to a bot."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Fault:
    """What goes wrong with one call."""

    error_code: int = 0  # 0: no error is answered
    retry_after: int = 1  # seconds, with 429
    description: str = ""
    drop: bool = False  # the connection ends without an answer
    hold: float = 0.0  # seconds before the answer
    executed: bool = False  # whether the call takes effect all the same
    drip: float = 0.0  # seconds before each byte of the answer
    cut: float = 1.0  # how much of the answer comes before the connection ends: 0.5 is half of it

    @property
    def text(self) -> str:
        """The error's description."""
        known = {
            429: f"Too Many Requests: retry after {self.retry_after}",
            500: "Internal Server Error",
            502: "Bad Gateway",
            503: "Service Unavailable",
            504: "Gateway Timeout",
            403: "Forbidden: bot was blocked by the user",
        }
        return self.description or known.get(self.error_code, "Bad Request: a fault was switched on")


@dataclass
class Faults:
    """The faults that are on. Rates are probabilities from 0 to 1."""

    rate_5xx: float = 0.0
    rate_429: float = 0.0
    retry_after: int = 1  # seconds
    timeout_rate: float = 0.0  # the answer is held for timeout_seconds, then the connection drops
    timeout_seconds: float = 10.0
    drop_rate: float = 0.0  # the connection drops at once
    drip_rate: float = 0.0  # the answer comes a byte every drip_seconds
    drip_seconds: float = 5.0
    cut_rate: float = 0.0  # the connection drops after half of the answer
    executed_rate: float = 0.5  # how many of the calls that fail in one of these ways took effect (429: none)
    double_updates: float = 0.0
    reorder_updates: float = 0.0
    methods: list[str] | None = None  # only these methods fail at a rate; None: all but getUpdates
    # Single faults: the fields of `Fault`, and which calls they meet, by "method" ("download" for files) and "chats".
    next: list[dict[str, Any]] = field(default_factory=list)  # used up first, one a call or as many as "times" says
    always: list[dict[str, Any]] = field(default_factory=list)  # stay until they are taken away
    seed: int = 0
    _random: random.Random = field(default_factory=lambda: random.Random(0), repr=False)

    def change(self, settings: dict[str, Any]) -> None:
        """Set what is named and leave the rest.

        Raises:
            ValueError: For a name that does not exist.
        """
        known = {item.name for item in fields(self)} - {"_random"}
        unknown = set(settings) - known
        if unknown:
            names = ", ".join(sorted(unknown))
            raise ValueError(f"There is no fault named {names}; there are {', '.join(sorted(known))}.")
        for name, value in settings.items():
            setattr(self, name, value)
        if "seed" in settings:
            self._random = random.Random(self.seed)

    def as_json(self) -> dict[str, Any]:
        """What is on now."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("_")}

    def draw(self, method: str, chat: int | None = None) -> Fault | None:
        """Decide what goes wrong with one call that is for a chat."""
        for index, planned in enumerate(self.next):
            if _meets(planned, method, chat):
                return self._planned(index)
        for planned in self.always:
            if _meets(planned, method, chat):
                return _fault(planned)
        affected = method.lower() != "getupdates" if self.methods is None else method in self.methods
        if not affected:
            return None
        if self._happens(self.rate_429):
            return Fault(429, retry_after=self.retry_after)
        executed = self._happens(self.executed_rate)
        if self._happens(self.rate_5xx):
            return Fault(self._random.choice([500, 502, 503, 504]), executed=executed)
        if self._happens(self.timeout_rate):
            return Fault(drop=True, hold=self.timeout_seconds, executed=executed)
        if self._happens(self.drop_rate):
            return Fault(drop=True, executed=executed)
        if self._happens(self.drip_rate):
            return Fault(drip=self.drip_seconds)
        if self._happens(self.cut_rate):
            return Fault(cut=0.5)
        return None

    def doubles(self) -> bool:
        """Whether one update comes twice."""
        return self._happens(self.double_updates)

    def reorder(self, updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Mix up a batch of updates, when that is on."""
        if len(updates) > 1 and self._happens(self.reorder_updates):
            updates = list(updates)
            self._random.shuffle(updates)
        return updates

    def _planned(self, index: int) -> Fault:
        planned = self.next[index]
        times = int(planned.get("times", 1))
        if times > 1:
            self.next[index] = {**planned, "times": times - 1}
        else:
            self.next = self.next[:index] + self.next[index + 1 :]
        return _fault(planned)

    def _happens(self, rate: float) -> bool:
        return rate > 0 and self._random.random() < rate


def _meets(planned: dict[str, Any], method: str, chat: int | None) -> bool:
    chats = planned.get("chats")
    return str(planned.get("method", method)).lower() == method.lower() and (chats is None or chat in chats)


def _fault(planned: dict[str, Any]) -> Fault:
    names = {item.name for item in fields(Fault)}
    return Fault(**{name: value for name, value in planned.items() if name in names})
