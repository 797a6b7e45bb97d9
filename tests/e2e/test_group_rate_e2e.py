"""Many questions at once in one group, whose messages Telegram counts: 20 a minute."""

from __future__ import annotations

import asyncio

import pytest
from delivery_helpers import alone, ask, quiet
from e2e_helpers import GROUP, StartBot

from bot.sandbox.limits import Rule
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.transport.rate_limiter import Rate
from model.serving.broker.null import NullBroker
from model.types import Answer, Request

QUESTIONS = 20


class Slow(NullBroker):
    """Takes long enough for progress to be shown."""

    async def _reply(self, request: Request) -> None:
        await asyncio.sleep(1.0)
        self._in_flight.pop(request.id, None)
        self._results.put_nowait(Answer(request.id, self._answer, self._confidence, 1.0, known_picture=True))


async def test_a_burst_in_a_group_is_answered_with_few_calls_beyond_one_each(
    start_bot: StartBot, sandbox: Sandbox, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Telegram's count of a group, twenty times faster, at both ends; what it takes in a second does not bind."""
    for name, messages, seconds in (("OVERALL", 30, 1.0), ("ONE_CHAT", 30, 0.25), ("ONE_GROUP", 20, 3.0)):
        monkeypatch.setattr(f"bot.transport.rate_limiter.{name}", Rate(messages, seconds))
        monkeypatch.setattr(f"bot.sandbox.limits.{name}", Rule(messages, seconds))
    for name, seconds in (("SLOW_SECONDS", 0.05), ("TICK", 0.05), ("GROUP_SECONDS", 60.0)):
        monkeypatch.setattr(f"bot.answering.progress.{name}", seconds)
    monkeypatch.setattr("bot.app.TELEGRAM", sandbox.url)  # the bot keeps the rates
    bot = await start_bot(Slow("red", 0.9))
    sandbox.world.limits.on = True
    asked = [await ask(bot, you, GROUP) for _ in range(QUESTIONS)]
    await quiet(bot)
    for question in asked:
        assert await alone(you, question, GROUP)
    calls = [entry for entry in sandbox.world.recorder.log if entry.get("ok")]
    assert sum(entry["method"] == "sendMessage" for entry in calls) == QUESTIONS
    assert 0 < sum(entry["method"] == "editMessageText" for entry in calls) <= 5, (
        "each question with progress costs one"
    )
