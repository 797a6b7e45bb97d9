"""Telegram's rates, chat by chat: what waits, what does not, and what is remembered of it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image
from telegram import InputMediaPhoto
from telegram.error import RetryAfter
from telegram.ext import ExtBot

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.transport import rate_limiter
from bot.transport.rate_limiter import LONGEST_WAIT, MANY, MAX_RETRIES, CallLimits, ChatRateLimiter, Rate

TOKEN = "1000000001:rate_limiter_tests_have_no_secret"
GROUP, YOU = -100200300, 1001
ENDLESS = 3600.0


class Telegram:
    """What the calls arrive at: it notes them, and refuses those that it is told to."""

    def __init__(self, limiter: ChatRateLimiter) -> None:
        self.limiter = limiter
        self.calls: list[tuple[str, Any, float]] = []
        self.refusals: dict[Any, list[int]] = {}
        self.result: Any = True

    async def __call__(self, endpoint: str, chat: Any, *, call: CallLimits | None = None, **data: Any) -> Any:
        data = data if chat is None else {"chat_id": chat, **data}
        return await self.limiter.process_request(self._receive, (endpoint, chat), {}, endpoint, data, call)

    async def _receive(self, endpoint: str, chat: Any) -> Any:
        self.calls.append((endpoint, chat, asyncio.get_running_loop().time()))
        if self.refusals.get(chat):
            raise RetryAfter(self.refusals[chat].pop(0))
        return self.result

    def chats(self) -> list[Any]:
        return [chat for _, chat, _ in self.calls]


def rates(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Rates that a test can reach; those that are not named never bind."""
    free = Rate(10**6, 0.0)
    for name, value in {"OVERALL": free, "ONE_CHAT": free, "ONE_GROUP": free, "MARGIN": 0.0, **changed}.items():
        monkeypatch.setattr(rate_limiter, name, value)


async def stands(task: asyncio.Task[Any]) -> bool:
    """Whether a call waits: everything that could go on has gone on, and it is not done."""
    for _ in range(20):
        await asyncio.sleep(0)
    return not task.done()


async def ended(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_no_span_of_time_holds_more_than_its_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, ONE_CHAT=Rate(3, 0.2), MARGIN=0.05)  # a call stands a little later than its permission
    telegram = Telegram(ChatRateLimiter())
    await asyncio.gather(*(telegram("sendMessage", YOU) for _ in range(8)))
    times = [at for _, _, at in telegram.calls]
    assert len(times) == 8
    assert all(later - earlier >= 0.2 for earlier, later in zip(times, times[3:], strict=False))


async def test_a_full_group_waits_alone_and_only_for_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, ONE_GROUP=Rate(2, ENDLESS))
    telegram = Telegram(ChatRateLimiter())
    for endpoint in (
        "sendChatAction",
        "deleteMessage",
        "getChatMember",
        "sendMessage",
        "sendChatAction",
        "editMessageText",
    ):
        await telegram(endpoint, GROUP)
    waiting = asyncio.create_task(telegram("editMessageText", GROUP))
    assert await stands(waiting)
    assert telegram.limiter.delay(GROUP) > ENDLESS / 2 and telegram.limiter.delay(YOU) == 0
    await telegram("sendChatAction", GROUP)
    await telegram("answerCallbackQuery", None)
    await telegram("sendMessage", YOU)
    await telegram("sendMessage", GROUP - 1)
    assert await stands(waiting)
    await ended(waiting)


async def test_chats_take_turns_at_the_rate_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, OVERALL=Rate(1, 0.01))
    telegram = Telegram(ChatRateLimiter())
    many = [asyncio.create_task(telegram("sendMessage", YOU)) for _ in range(30)]
    await asyncio.sleep(0)
    await telegram("sendMessage", 2)
    await asyncio.gather(*many)
    assert telegram.chats().index(2) <= 3, "who sends one message does not wait behind another's thirty"


async def test_an_album_counts_each_of_its_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, ONE_CHAT=Rate(5, ENDLESS))
    telegram = Telegram(ChatRateLimiter())
    await telegram("sendMediaGroup", YOU, media=[1, 2, 3, 4])
    await telegram("sendMessage", YOU)
    waiting = asyncio.create_task(telegram("sendMessage", YOU))
    assert await stands(waiting)
    await ended(waiting)
    await asyncio.wait_for(telegram("sendMediaGroup", 5, media=list(range(10))), 10)  # more than ever fit at once


@pytest.mark.parametrize("limited", [True, False])
async def test_a_429_halts_its_chat_only(limited: bool) -> None:
    telegram = Telegram(ChatRateLimiter(limited=limited))
    telegram.refusals[GROUP] = [30]
    halted = asyncio.create_task(telegram("sendMessage", GROUP))
    assert await stands(halted)
    typing = asyncio.create_task(telegram("sendChatAction", GROUP))
    assert await stands(typing)
    for chat in (YOU, GROUP - 1, None):
        await telegram("sendMessage", chat)
    assert telegram.chats() == [GROUP, YOU, GROUP - 1, None] and await stands(halted)
    await ended(halted, typing)


async def test_what_was_refused_is_called_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch)
    telegram = Telegram(ChatRateLimiter())
    monkeypatch.setattr(rate_limiter, "seconds_of", lambda _: 0.01)
    telegram.refusals[YOU] = [1] * MAX_RETRIES
    assert await telegram("sendMessage", YOU) is True
    telegram.refusals[YOU] = [1] * (MAX_RETRIES + 1)
    with pytest.raises(RetryAfter):
        await telegram("sendMessage", YOU)
    telegram.refusals[None] = [1]
    assert await telegram("getMe", None) is True
    assert len(telegram.calls) == 2 * (MAX_RETRIES + 1) + 2


async def test_a_long_pause_is_handed_on_and_kept() -> None:
    telegram = Telegram(ChatRateLimiter())
    telegram.refusals[YOU] = [int(LONGEST_WAIT) + 30]
    for _ in range(3):
        with pytest.raises(RetryAfter):
            await telegram("sendMessage", YOU)
    assert telegram.chats() == [YOU], "a chat that is halted for long is not called"
    telegram.refusals[None] = [int(LONGEST_WAIT) + 30]
    with pytest.raises(RetryAfter):
        await telegram("getFile", None, call=CallLimits(chat_id=5))
    with pytest.raises(RetryAfter):
        await telegram("sendMessage", 5)
    telegram.refusals[None] = [int(LONGEST_WAIT) + 30]
    for_nobody = asyncio.create_task(telegram("setMyCommands", None))
    assert not await stands(for_nobody), "nor does a call wait that is for no chat"
    with pytest.raises(RetryAfter):
        await for_nobody


async def test_many_chats_that_are_refused_at_once_pause_the_bot_for_a_moment() -> None:
    telegram = Telegram(ChatRateLimiter())
    chats = range(100, 100 + MANY)
    telegram.refusals = {chat: [30] for chat in chats}
    halted = [asyncio.create_task(telegram("sendMessage", chat)) for chat in chats]
    assert await stands(halted[-1])
    assert 0 < telegram.limiter.delay(YOU) <= rate_limiter.MANY_PAUSE
    await telegram("sendMessage", YOU)
    assert not any(task.done() for task in halted)
    await ended(*halted)


async def test_what_was_sent_is_told_and_a_failure_there_costs_nothing() -> None:
    recorded: list[tuple[int, list[int]]] = []

    async def sent(chat: int, messages: Sequence[int]) -> None:
        recorded.append((chat, list(messages)))
        raise OSError("the disk is full")

    telegram = Telegram(ChatRateLimiter(sent=sent))
    telegram.result = {"message_id": 5, "chat": {"id": GROUP}}
    assert await telegram("sendMessage", "@friends") == telegram.result
    await telegram("editMessageText", GROUP)
    telegram.result = [{"message_id": 6, "chat": {"id": YOU}}, {"message_id": 7, "chat": {"id": YOU}}]
    await telegram("sendMediaGroup", YOU, media=[1, 2])
    telegram.result = [{"message_id": 8}, {"message_id": 9}]
    await telegram("copyMessages", YOU, message_ids=[1, 2])
    telegram.result = True
    await telegram("sendChatAction", YOU)
    assert recorded == [(GROUP, [5]), (YOU, [6, 7]), (YOU, [8, 9])]


async def test_chats_that_are_idle_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch)
    telegram = Telegram(ChatRateLimiter())
    telegram.refusals[1] = [int(LONGEST_WAIT) + 1]
    for chat in range(1, 5000):
        try:
            await telegram("sendMessage", chat)
        except RetryAfter:
            continue
    kept = telegram.limiter._chats
    assert len(kept) <= 2 * rate_limiter.IDLE_SWEEP
    assert 1 in kept, "who is halted is remembered"


async def test_telegrams_rates_are_never_broken() -> None:
    """The sandbox counts as Telegram does: a burst to a person and one to a group bring no 429."""
    async with Sandbox(port=0, token=TOKEN) as sandbox, Person(sandbox.url, YOU) as you:
        sandbox.world.limits.on = True
        limiter = ChatRateLimiter()
        async with ExtBot(TOKEN, f"{sandbox.url}/bot", f"{sandbox.url}/file/bot", rate_limiter=limiter) as bot:
            await you.say("/start")
            pictures = [InputMediaPhoto(_dot(), filename=f"{n}.png") for n in range(2)]
            await bot.send_media_group(GROUP, pictures)
            await asyncio.gather(
                *(bot.send_message(YOU, str(number)) for number in range(6)),
                *(bot.send_message(GROUP, str(number)) for number in range(4)),
            )
        assert all(entry["ok"] for entry in sandbox.world.recorder.log)


def _dot() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    return file.getvalue()
