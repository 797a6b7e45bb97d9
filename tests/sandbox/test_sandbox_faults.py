"""Faults and rates, each switched on by itself."""

import asyncio
from typing import Any

import aiohttp
import pytest
from sandbox_helpers import GROUP, picture


async def faults(http: Any, bot: Any, **settings: Any) -> Any:
    async with http.post(f"{bot.url}/client/faults", json=settings) as response:
        return response.status, await response.json()


async def test_planned_faults_are_used_up_in_order(bot: Any, you: Any, http: Any) -> None:
    plan = [
        {"method": "sendMessage", "error_code": 429, "retry_after": 3},
        {"method": "sendMessage", "error_code": 502, "times": 2},
    ]
    await faults(http, bot, next=plan)
    limited = await bot("sendMessage", chat_id=1001, text="1")
    assert limited.error == (429, "Too Many Requests: retry after 3")
    assert limited.body["parameters"] == {"retry_after": 3}
    assert (await bot("getMe")).ok
    assert (await bot("sendMessage", chat_id=1001, text="2")).error == (502, "Bad Gateway")
    assert (await bot("sendMessage", chat_id=1001, text="3")).status == 502
    assert (await bot("sendMessage", chat_id=1001, text="4")).ok
    assert [message["text"] for message in await you.messages()] == ["/start", "4"]


@pytest.mark.parametrize("executed", [True, False])
async def test_a_dropped_connection_may_hide_success(bot: Any, you: Any, http: Any, executed: bool) -> None:
    await faults(http, bot, next=[{"method": "sendMessage", "drop": True, "executed": executed}])
    with pytest.raises(aiohttp.ClientConnectionError):
        await bot("sendMessage", chat_id=1001, text="Did it arrive?")
    texts = [message["text"] for message in await you.messages()]
    assert texts == ["/start", "Did it arrive?"] if executed else ["/start"]


async def test_an_answer_can_be_held(bot: Any, you: Any, http: Any) -> None:
    await faults(http, bot, next=[{"method": "sendMessage", "hold": 30, "executed": True}])
    call = asyncio.create_task(bot("sendMessage", chat_id=1001, text="slow"))
    await you.wait_for(lambda message: message.get("text") == "slow")
    assert not call.done()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)


async def test_rates_hit_only_the_methods_named(bot: Any, you: Any, http: Any) -> None:
    await faults(http, bot, rate_429=1.0, retry_after=2, methods=["sendMessage"])
    assert (await bot("sendMessage", chat_id=1001, text="x")).status == 429
    assert (await bot("sendChatAction", chat_id=1001, action="typing")).ok
    await faults(http, bot, rate_429=0.0, rate_5xx=1.0, methods=None)
    assert (await bot("getMe")).status >= 500
    assert (await bot("getUpdates")).ok


async def test_the_same_seed_fails_the_same_calls(bot: Any, http: Any) -> None:
    async def run() -> list[int]:
        await faults(http, bot, rate_5xx=0.5, executed_rate=0.0, seed=7)
        return [(await bot("getMe")).status for _ in range(12)]

    first = await run()
    assert first == await run()
    assert len(set(first)) > 1


async def test_doubled_updates_come_once_more_after_they_were_confirmed(bot: Any, you: Any, http: Any) -> None:
    await faults(http, bot, double_updates=1.0)
    await you.say("once?")
    (update,) = await bot.updates()
    assert await bot.updates(offset=update["update_id"] + 1) == [update]
    assert await bot.updates(offset=update["update_id"] + 1) == []


async def test_reordered_updates_are_all_there(bot: Any, you: Any, http: Any) -> None:
    for number in range(8):
        await you.say(str(number))
    await faults(http, bot, reorder_updates=1.0)
    texts = [update["message"]["text"] for update in await bot.updates()]
    assert sorted(texts) == list("01234567")
    assert texts != list("01234567")


async def test_a_fault_that_does_not_exist_is_named(bot: Any, http: Any) -> None:
    status, body = await faults(http, bot, rate_7xx=1)
    assert status == 400
    assert "rate_7xx" in body["error"]


async def test_real_rates_let_a_burst_through_and_then_name_the_wait(bot: Any, you: Any, http: Any) -> None:
    await faults(http, bot, limits=True)
    replies = [await bot("sendMessage", chat_id=1001, text=str(number)) for number in range(6)]
    assert [reply.ok for reply in replies] == [True] * 5 + [False]
    assert replies[-1].status == 429
    assert 1 <= replies[-1].body["parameters"]["retry_after"] <= 5
    await faults(http, bot, limits=False)
    assert (await bot("sendMessage", chat_id=1001, text="free again")).ok


def test_a_group_takes_twenty_messages_a_minute() -> None:
    from bot.sandbox.limits import Limits

    limits = Limits(on=True)
    taken = 0
    waits = []
    for second in range(60):
        wait = limits.wait(1, -100, float(second))
        taken += wait == 0
        waits.append(wait)
    assert taken == 20
    assert waits[20] == 40
    assert limits.wait(1, -100, 60.0) == 0


def test_a_bot_sends_thirty_messages_a_second() -> None:
    from bot.sandbox.limits import Limits

    limits = Limits(on=True)
    assert [limits.wait(1, chat, 0.5) for chat in range(1, 32)] == [0] * 30 + [1]
    assert limits.wait(2, 1, 0.5) == 0


async def test_faults_of_one_chat_stay_with_it_until_they_are_taken_away(bot: Any, you: Any, http: Any) -> None:
    await faults(http, bot, always=[{"chats": [1001], "error_code": 429, "retry_after": 30}])
    for _ in range(3):
        limited = await bot("sendMessage", chat_id="1001", text="x")
        assert limited.status == 429 and limited.body["parameters"] == {"retry_after": 30}
    assert (await bot("sendMessage", chat_id=GROUP, text="x")).ok
    assert (await bot("getMe")).ok
    await faults(http, bot, always=[])
    assert (await bot("sendMessage", chat_id=1001, text="x")).ok


async def test_files_of_one_chat_fail_and_anothers_arrive(bot: Any, you: Any, http: Any) -> None:
    await faults(http, bot, always=[{"method": "download", "chats": [1001], "error_code": 502}])
    paths = []
    await you.send_picture(picture())
    await you.send_picture(picture(), f"@{(await bot('getMe')).result['username']}", chat=GROUP)
    for update in await bot.updates():
        if "photo" in update["message"]:
            found = await bot("getFile", file_id=update["message"]["photo"][-1]["file_id"])
            paths.append(found.result["file_path"])
    assert len(paths) == 2
    async with http.get(f"{bot.url}/file/bot{bot.token}/{paths[0]}") as response:
        assert response.status == 502
    assert await bot.download(paths[1])


@pytest.mark.parametrize("method", ["download", "getFile"])
async def test_an_answer_can_drip_and_end_in_the_middle(bot: Any, you: Any, http: Any, method: str) -> None:
    await you.send_file(b"a file of thirty-two bytes it is", "f.txt")
    file_id = (await bot.updates())[-1]["message"]["document"]["file_id"]
    path = (await bot("getFile", file_id=file_id)).result["file_path"]

    def call() -> Any:
        if method == "download":
            return http.get(f"{bot.url}/file/bot{bot.token}/{path}")
        return http.post(f"{bot.url}/bot{bot.token}/getFile", json={"file_id": file_id})

    await faults(http, bot, next=[{"method": method, "chats": [1001], "drip": 0.001}])
    async with call() as response:
        chunks = [chunk async for chunk in response.content.iter_any()]
    whole = b"".join(chunks)
    assert len(chunks) > 5 and (whole == b"a file of thirty-two bytes it is" or b'"ok": true' in whole)
    await faults(http, bot, next=[{"method": method, "cut": 0.5}])
    async with call() as response:
        assert response.status == 200 and response.content_length == len(whole)
        assert await response.content.readexactly(len(whole) // 2) == whole[: len(whole) // 2]
        with pytest.raises(aiohttp.ClientError):
            await response.content.read()


async def test_rates_of_dripping_and_cut_answers(bot: Any, http: Any) -> None:
    await faults(http, bot, cut_rate=1.0, methods=["getMe"])
    with pytest.raises(aiohttp.ClientError):
        await bot("getMe")
    await faults(http, bot, cut_rate=0.0, drip_rate=1.0, drip_seconds=0.001)
    assert (await bot("getMe")).ok
