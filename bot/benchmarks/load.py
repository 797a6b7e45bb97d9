"""Questions to a measured bot: as many as it takes, or at a steady pace whether it keeps up or not."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from bot.benchmarks.fake_telegram import FakeTelegram, Key

T = TypeVar("T")
SETTLE_SECONDS = 60.0
"""How long the last answers may take."""


class LoadError(Exception):
    """The bot did not answer; the text says what was missing."""


@dataclass(frozen=True, slots=True)
class Latencies:
    """Seconds from when an update was due to the message that answers it."""

    p50: float
    p95: float
    p99: float
    largest: float

    @classmethod
    def of(cls, seconds: list[float]) -> Latencies:
        """The quantiles of what was measured."""
        ordered = sorted(seconds)
        p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99))
        return cls(p50, p95, p99, ordered[-1])


async def introduce(telegram: FakeTelegram, chats: list[int]) -> None:
    """Every chat sends the picture that its questions will be about."""
    left: set[Key] = set()
    done = asyncio.Event()

    def replied(key: Key) -> None:
        left.discard(key)
        if not left:
            done.set()

    telegram.replied = replied
    left |= {telegram.show(chat) for chat in chats}
    try:
        await _soon(done.wait(), lambda: f"{len(left)} of {len(chats)} pictures got no reply")
    finally:
        telegram.replied = lambda key: None


async def saturate(telegram: FakeTelegram, chats: list[int], seconds: float, warm_up: float) -> float:
    """Every chat asks again as soon as it is answered; returns questions per second after the warm-up."""
    answered, stopping = 0, False
    counting = False

    def delivered(key: Key, _: float) -> None:
        nonlocal answered
        answered += counting
        if not stopping:
            telegram.ask(key[0], "What is it?")

    telegram.delivered = delivered
    for chat in chats:
        telegram.ask(chat, "What is it?")
    await asyncio.sleep(warm_up)
    counting, started = True, time.monotonic()
    await asyncio.sleep(seconds)
    rate = answered / (time.monotonic() - started)
    stopping = True
    await _settled(telegram)
    return rate


async def steady(telegram: FakeTelegram, chats: list[int], rate: float, seconds: float, seed: int = 1) -> Latencies:
    """Questions come at random moments, `rate` a second on average, from chats in turn; none waits for another.

    A question that could not be written in time counts from when it should have been.
    """
    rng = random.Random(seed)
    found: list[float] = []
    telegram.delivered = lambda key, latency: found.append(latency)
    due = started = time.monotonic()
    number = 0
    while due < started + seconds:
        due += rng.expovariate(rate)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        telegram.ask(chats[number % len(chats)], "What is it?", due)
        number += 1
    await _settled(telegram)
    return Latencies.of(found)


async def _settled(telegram: FakeTelegram) -> None:
    await _soon(telegram.quiet.wait(), lambda: f"{telegram.open_questions} questions were not answered")


async def _soon(waiting: Awaitable[T], failure: Callable[[], str]) -> T:
    """Wait for something, but not for ever.

    Raises:
        LoadError: With what `failure` says then.
    """
    try:
        async with asyncio.timeout(SETTLE_SECONDS):
            return await waiting
    except TimeoutError:
        raise LoadError(f"{failure()} in {SETTLE_SECONDS:.0f} s") from None


class Probe:
    """Questions of one chat, one after the other, while another chat floods."""

    def __init__(self, telegram: FakeTelegram, other: int) -> None:
        self._telegram, self._other = telegram, other
        self._flood_answers = 0
        self._answered: asyncio.Queue[float] = asyncio.Queue()
        self._wanted, self._enough = 0, asyncio.Event()
        telegram.delivered = self._delivered

    async def ask(self) -> tuple[float, int]:
        """Ask; returns the seconds until the answer, and how many of the flood's answers came meanwhile."""
        before = self._flood_answers
        self._telegram.ask(self._other, "What is it?")
        seconds = await _soon(self._answered.get(), lambda: "a question was not answered")
        return seconds, self._flood_answers - before

    async def flood_is_under_way(self, answers: int) -> None:
        """Wait until so many of the flood's questions are answered."""
        self._wanted = answers
        await _soon(self._enough.wait(), lambda: "the flood was not answered")

    def _delivered(self, key: Key, seconds: float) -> None:
        if key[0] == self._other:
            self._answered.put_nowait(seconds)
            return
        self._flood_answers += 1
        if self._wanted and self._flood_answers >= self._wanted:
            self._enough.set()
