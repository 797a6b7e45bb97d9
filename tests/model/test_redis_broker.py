"""Redis itself in trouble, and workers of other machines: nothing is lost, nothing answered by a stranger's answer."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis_house import Answering, House, ask, collect, until
from redis_server import RedisServer

from model.errors import BrokerUnavailableError
from model.serving.broker.jobs import POISON
from model.serving.broker.redis import worker as worker_module
from model.types import Request


@pytest.fixture
async def house(redis_server: RedisServer) -> AsyncIterator[House]:
    house = House(redis_server.url())
    async with house.stack:
        yield house
    await house.client.aclose()


async def test_a_server_that_forgets_everything_loses_no_question(house: House) -> None:
    broker, answering = await house.bot(), Answering(capacity=2)
    await house.worker(answering)
    requests = {str(number): Request(str(number), b"p", f"q{number}") for number in range(6)}
    for request in requests.values():
        await broker.submit(request)
    await until(lambda: len(answering.asked) == 2)
    for key in await house.keys():
        await house.client.delete(house.prefix + key)
    answering.free.set()
    answers = await collect(broker, 6, again=requests)
    assert {number: answer.text for number, answer in answers.items()} == {str(i): f"q{i} p" for i in range(6)}


@pytest.mark.parametrize("persistent", [False, True])
async def test_a_server_that_dies_and_comes_back_loses_no_question(tmp_path: Path, persistent: bool) -> None:
    server = RedisServer(tmp_path, persistent=persistent)
    server.start()
    house = House(server.url())
    async with house.stack:
        broker, answering = await house.bot(), Answering()
        await house.worker(answering)
        requests = {str(number): Request(str(number), b"p", f"q{number}") for number in range(6)}
        for request in requests.values():
            await broker.submit(request)
        await until(lambda: len(answering.asked) == 4 and broker.capacity == 4)
        server.kill()
        await until(lambda: broker.capacity == 0)
        answering.free.set()
        with pytest.raises(BrokerUnavailableError):
            await broker.submit(Request("late", b"p", "q"))
        assert not any(worker.ready for worker in await broker.workers())
        server.start()
        answers = await collect(broker, 6, again=requests)
        assert {answer.text for answer in answers.values()} == {f"q{i} p" for i in range(6)}
        assert broker.given_up == 0, "workers get their time after a restart of the server"
    await house.client.aclose()
    server.kill()


async def test_what_a_dead_worker_had_goes_to_others_alone_and_is_given_up_at_last(house: House) -> None:
    broker = await house.bot()
    await until(lambda: broker.reached)
    for death in range(3):
        process = house.process(delay=3600)
        await until(lambda: broker.capacity == 4)
        if death == 0:
            await ask(broker, "a", "b")
        waiting = 2 if death == 0 else 1

        async def taken(number: int = waiting) -> bool:
            found = [await house.client.xpending(house.prefix + name, "workers") for name in ("jobs", "alone")]
            return sum(one["pending"] for one in found) == number

        await until(taken)
        process.kill()
        await until(lambda: broker.capacity == 0)
    # Both were in hand at the first death; of the two that came alone, one was in hand twice more or each once.
    answering = Answering()
    answering.free.set()
    await house.worker(answering)
    answers = await collect(broker, 2)
    assert set(answers) == {"0", "1"}
    dead = await house.client.xrange(house.prefix + "dead")
    given_up = [answer for answer in answers.values() if answer.error == POISON]
    assert broker.given_up == len(dead) == len(given_up)
    assert all(b"died 3 times" in fields[b"reason"] for _, fields in dead)
    assert broker.redelivered >= 3


async def test_a_worker_that_stood_still_answers_nothing_twice(house: House) -> None:
    broker = await house.bot()
    process = house.process(delay=0.3)
    await until(lambda: broker.capacity == 4)
    process.send_signal(signal.SIGSTOP)
    await ask(broker, *"abcd")
    await until(lambda: broker.capacity == 0)
    answering = Answering()
    answering.free.set()
    await house.worker(answering)
    seen: list[str] = []

    async def listen() -> None:
        async for answer in broker.results():
            seen.append(answer.id)

    listening = asyncio.create_task(listen())
    await until(lambda: len(seen) == 4)
    process.send_signal(signal.SIGCONT)
    await until(lambda: broker.capacity == 8)  # it is back
    await broker.submit(Request("last", b"p", "last"))
    await until(lambda: len(seen) == 5)
    listening.cancel()
    assert sorted(seen) == ["0", "1", "2", "3", "last"]


async def test_a_drained_worker_finishes_and_leaves(house: House) -> None:
    broker, answering = await house.bot(), Answering()
    worker, _ = await house.worker(answering, grace=60.0)
    await ask(broker, "a", "b")
    await until(lambda: len(answering.asked) == 2)
    assert not await broker.drain("nobody")
    assert await broker.drain(worker.name)
    await until(lambda: broker.capacity == 0)
    answering.free.set()
    assert set(await collect(broker, 2)) == {"0", "1"}

    async def gone() -> bool:
        return [info.name for info in await broker.workers()] == [""]

    await until(gone)


async def test_what_a_leaving_worker_cannot_finish_goes_to_another_without_blame(house: House) -> None:
    broker, slow = await house.bot(), Answering()
    _, stopped = await house.worker(slow)
    await ask(broker, "a", "b", "c")
    await until(lambda: len(slow.asked) == 3)
    stopped.set()
    quick = Answering()
    quick.free.set()
    await house.worker(quick)
    assert {answer.text for answer in (await collect(broker, 3)).values()} == {"a p", "b p", "c p"}
    assert broker.redelivered == 0 and await house.client.hlen(house.prefix + "deaths") == 0


async def test_what_was_given_and_never_arrived_is_taken_all_the_same(house: House) -> None:
    broker, answering = await house.bot(), Answering(capacity=1)
    worker, _ = await house.worker(answering)
    await ask(broker, "a", "b")
    await until(lambda: answering.asked == ["a"])
    await house.client.xreadgroup("workers", worker.name, {house.prefix + "jobs": ">"})  # a reply that got lost
    answering.free.set()
    assert set(await collect(broker, 2)) == {"0", "1"}


async def test_a_picture_travels_once_and_one_that_is_gone_is_asked_for(house: House) -> None:
    broker, answering = await house.bot(), Answering()
    answering.free.set()
    await house.worker(answering)
    await ask(broker, "a", "b", "c")
    await collect(broker, 3)
    [picture] = [key for key in await house.keys() if key.startswith("picture:")]
    await house.client.delete(house.prefix + picture)
    await broker.submit(Request("3", b"p", "d"))  # put there again, and not fetched
    assert (await collect(broker, 1))["3"].text == "d p"

    other, slow = await house.bot("other"), Answering()
    answering.free.clear()
    await house.worker(slow)
    await other.submit(Request("4", b"new", "e"))
    await until(lambda: "e" in [*slow.asked, *answering.asked])
    assert await house.client.ttl(house.prefix + picture) > 0


async def test_a_picture_that_redis_threw_away_makes_the_question_lost(house: House) -> None:
    broker = await house.bot()
    await until(lambda: broker.reached)
    await ask(broker, "a")
    [picture] = [key for key in await house.keys() if key.startswith("picture:")]
    await house.client.delete(house.prefix + picture)
    answering = Answering()
    answering.free.set()
    await house.worker(answering)
    answers = await collect(broker, 1, again={"0": Request("0", b"p", "a")})
    assert answers["0"].text == "a p"


async def test_deleted_pictures_go_from_the_server_and_from_workers(house: House) -> None:
    broker, answering = await house.bot(), Answering()
    answering.free.set()
    worker, _ = await house.worker(answering)
    await ask(broker, "a")
    await collect(broker, 1)
    assert worker.keeps_pictures
    await broker.forget([Request("0", b"p", "a").picture_key])
    assert not [key for key in await house.keys() if key.startswith("picture:")]
    await until(lambda: not worker.keeps_pictures)


async def test_two_bots_share_the_workers_and_hear_their_own_answers(house: House) -> None:
    first, second, answering = await house.bot("1"), await house.bot("2"), Answering()
    answering.free.set()
    await house.worker(answering)
    await first.submit(Request("0", b"p", "a"))
    await second.submit(Request("0", b"p", "b"))
    assert (await collect(first, 1))["0"].text == "a p"
    assert (await collect(second, 1))["0"].text == "b p"


async def test_after_a_restart_the_bot_finds_what_is_under_way(house: House) -> None:
    broker, answering = await house.bot(), Answering()
    await house.worker(answering)
    await ask(broker, "a", "b")
    await until(lambda: len(answering.asked) == 2)
    await broker.stop()
    again = await house.bot()
    await ask(again, "a", "b")
    answering.free.set()
    assert {answer.text for answer in (await collect(again, 2)).values()} == {"a p", "b p"}
    assert answering.asked == ["a", "b"]


async def test_nothing_is_left_behind_and_everything_expires(house: House) -> None:
    broker, answering = await house.bot(), Answering()
    answering.free.set()
    await house.worker(answering)
    await ask(broker, *"abcdef")
    await collect(broker, 6)
    for name in ("entries", "deaths", "answers:bot"):

        async def empty(name: str = name) -> bool:
            kind = await house.client.type(house.prefix + name)
            return kind == b"none" or (kind == b"stream" and not await house.client.xlen(house.prefix + name))

        await until(empty)
    assert await house.client.xlen(house.prefix + "jobs") == 0

    async def all_expire() -> bool:
        return all([await house.client.ttl(house.prefix + key) > 0 for key in await house.keys()])

    await until(all_expire)


async def test_a_worker_that_cannot_answer_any_more_lets_others(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "UNREADY_SECONDS", 0.2)
    broker, broken, good = await house.bot(), Answering(), Answering()
    await house.worker(broken)
    await ask(broker, "a")
    await until(lambda: broken.asked == ["a"])
    broken._stopped = True  # its processes cannot be started again
    good.free.set()
    await house.worker(good)
    assert (await collect(broker, 1))["0"].text == "a p"
    broken._stopped = False
