"""The long poll goes on, whatever Telegram answers for a while and however slowly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.intake import polling
from bot.intake.polling import Poller

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Telegram:
    """Answers one poll after the other as a test says, the last way for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.kept: list[int] = []
        self.polls = 0
        self.good = 0
        self.connections: set[Any] = set()

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        self.polls += 1
        assert request.transport is not None
        self.connections.add(request.transport.get_extra_info("peername"))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        self.kept.extend(update["update_id"] for update in updates)

    def seen(self) -> None:
        self.good += 1

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.005)


@asynccontextmanager
async def polled(telegram: Telegram) -> AsyncIterator[Poller]:
    app = web.Application()
    app.router.add_post("/bot/getUpdates", telegram._poll)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    poller = Poller(f"http://127.0.0.1:{runner.addresses[0][1]}/bot", telegram.take, telegram.seen)
    try:
        await poller.start()
        yield poller
    finally:
        await poller.stop()
        await runner.cleanup()


def refusal(status: int) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"ok": False, "error_code": status, "description": "no"}, status=status)

    return answer


def retry_after(seconds: int) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        body = {"ok": False, "error_code": 429, "description": "slowly", "parameters": {"retry_after": seconds}}
        return web.json_response(body, status=429)

    return answer


def updates(*numbers: int) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(0.005)
        return web.json_response({"ok": True, "result": [{"update_id": number} for number in numbers]})

    return answer


async def drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.01)


async def silence(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 0.02)


@pytest.mark.parametrize("status", [401, 404, 409, 500])
async def test_a_refusal_that_does_not_last_ends_nothing(status: int) -> None:
    telegram = Telegram(refusal(status), refusal(status), updates(7), updates())
    async with polled(telegram) as poller:
        await telegram.until(lambda: telegram.kept == [7])
        assert not poller.failure.done()


@pytest.mark.parametrize(("status", "sentence"), [(401, "does not know"), (404, "does not know"), (409, "same token")])
async def test_a_refusal_that_lasts_ends_with_a_sentence(
    status: int, sentence: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(polling, "REFUSED_SECONDS", 0.2)
    telegram = Telegram(refusal(status))
    async with polled(telegram) as poller:
        assert sentence in await asyncio.wait_for(poller.failure, 60)
        polls = telegram.polls
        assert polls > 2, "it was tried again"
        assert sentence in caplog.text, "and said meanwhile"


async def test_a_second_bot_that_lets_some_polls_through_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "REFUSED_SECONDS", 0.2)
    telegram = Telegram(*[refusal(409), updates()] * 500, refusal(409))
    async with polled(telegram) as poller:
        assert "same token" in await asyncio.wait_for(poller.failure, 60)
        assert telegram.good > 0


async def test_conflicts_with_quiet_between_them_are_no_second_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "REFUSED_SECONDS", 0.05)
    monkeypatch.setattr(polling, "QUIET_SECONDS", 0.0)
    telegram = Telegram(*[refusal(409), updates()] * 20, updates())
    async with polled(telegram) as poller:
        await telegram.until(lambda: telegram.good > 20)
        assert not poller.failure.done()


async def test_a_poll_whose_answer_drips_ends_and_the_next_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "WAIT", 0)
    monkeypatch.setattr(polling, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr("bot.transport.http.CONNECT_SECONDS", 0.2)
    telegram = Telegram(drip, updates(7), updates())
    async with polled(telegram):
        await telegram.until(lambda: telegram.kept == [7])


async def test_an_answer_that_has_begun_may_not_take_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram holds a poll back for long, but not its second half: that is a broken connection."""

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 100
        await response.prepare(request)
        await response.write(b"{")
        await asyncio.sleep(3600)
        return response

    monkeypatch.setattr(polling, "BODY_SECONDS", 0.1)
    telegram = Telegram(half, updates(7), updates())
    async with polled(telegram):
        await telegram.until(lambda: telegram.kept == [7])


async def test_a_poll_that_never_ends_is_left_behind_with_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "STUCK_SECONDS", 0.2)
    monkeypatch.setattr(polling, "ANSWER_SECONDS", 3600.0)  # its own time-out does not end it
    telegram = Telegram(silence, updates(7), updates())
    async with polled(telegram):
        await telegram.until(lambda: telegram.kept == [7])
    assert len(telegram.connections) == 2


async def test_polls_that_fail_for_long_get_a_new_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "RENEW_SECONDS", 0.1)
    telegram = Telegram(refusal(500))
    async with polled(telegram):
        await telegram.until(lambda: len(telegram.connections) > 2)
        telegram.answers[:] = [updates(7), updates()]
        await telegram.until(lambda: telegram.kept == [7])


async def test_pauses_grow_and_telegrams_own_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "FIRST_PAUSE", 1.0)
    monkeypatch.setattr(polling, "LONGEST_PAUSE", 30.0)
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        if seconds >= polling.FIRST_PAUSE:  # others are this file's own
            pauses.append(seconds)
            seconds = 0.0
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", noted)
    telegram = Telegram(*[refusal(502)] * 7, updates(7), refusal(502), retry_after(17), updates())
    async with polled(telegram):
        await telegram.until(lambda: telegram.good > 1)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 1, 17]
