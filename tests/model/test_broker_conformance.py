"""What every broker promises, held against each of them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from brokers import BROKERS, OBEDIENT, ask, collect, listed
from fragile_worker import EVIDENCE
from redis_server import RedisServer
from test_images import READABLE
from tiny import Picture

from model.benchmarks.picture_bombs import progressive_jpeg
from model.errors import ModelError
from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.jobs import POISON
from model.serving.broker.protocol import Broker
from model.serving.image_pool import TOO_SLOW
from model.types import Answer, Request

BALL = (Path(__file__).parents[1] / "speech" / "ball.ogg").read_bytes()
Start = Callable[..., Awaitable[Broker]]


@pytest.fixture(params=BROKERS)
async def broker(request: pytest.FixtureRequest, tiny_folder: Path, redis_server: RedisServer) -> AsyncIterator[Broker]:
    broker = BROKERS[request.param](tiny_folder, redis_server)
    await broker.start()
    yield broker
    await broker.stop(5)


@pytest.fixture(params=OBEDIENT)
async def start(request: pytest.FixtureRequest, redis_server: RedisServer) -> AsyncIterator[Start]:
    """Starts brokers with obedient workers."""
    async with AsyncExitStack() as stack:

        async def started(model: str = "obedient", workers: int = 1) -> Broker:
            broker = OBEDIENT[request.param](model, workers, redis_server)
            stack.push_async_callback(broker.stop, 5)
            await broker.start()
            return broker

        yield started


@pytest.fixture
async def obedient(start: Start) -> Broker:
    return await start()


async def test_an_answer_is_explained(broker: Broker, picture: Picture) -> None:
    await broker.submit(Request("1", picture(1), "what is this", explains="red ball"))
    answer = (await collect(broker, 1))["1"]
    assert (answer.error, answer.text) == (None, "red ball")
    (grid,) = answer.where
    assert max(map(max, grid)) == 1.0


async def test_order_of_arrival_is_order_of_answers(obedient: Broker) -> None:
    await ask(obedient, *(f"q{number}" for number in range(20)))
    assert [answer.id for answer in await listed(obedient, "19")] == [str(number) for number in range(20)]


async def test_what_a_dead_worker_had_is_answered_by_the_next(obedient: Broker) -> None:
    await ask(obedient, "a")
    await collect(obedient, 1)
    await ask(obedient, "slow", "b", "c", "d", first=1)
    pid = (await obedient.workers())[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    answers = await collect(obedient, 4)
    assert {number: answer.error for number, answer in answers.items()} == dict.fromkeys("1234")
    assert (await obedient.workers())[0].restarts >= 1


@pytest.mark.parametrize("poison", ["die", "die decoding", "hang"])
async def test_a_poisonous_request_fails_alone_with_a_sentence(obedient: Broker, poison: str) -> None:
    await ask(obedient, "a", "b", poison, "c", "d")
    answers = await collect(obedient, 5)
    assert answers["2"].error == POISON
    assert [answers[number].error for number in "0134"] == [None] * 4
    restarts = (await obedient.workers())[0].restarts
    assert restarts == 2 or (restarts > 2 and poison == "hang")  # a busy machine may hold up an innocent worker as long
    await ask(obedient, "e", first=5)  # and it goes on
    assert (await collect(obedient, 1))["5"].error is None


async def test_a_slow_worker_is_waited_for(obedient: Broker) -> None:
    await ask(obedient, "slow", "slow", "a")
    assert [answer.error for answer in (await collect(obedient, 3)).values()] == [None] * 3
    assert (await obedient.workers())[0].restarts == 0


async def test_slow_work_that_moves_is_no_hang(obedient: Broker) -> None:
    await ask(obedient, "plod", "a")
    assert [answer.error for answer in (await collect(obedient, 2)).values()] == [None] * 2
    assert (await obedient.workers())[0].restarts == 0


async def test_nothing_waits_for_a_picture_that_is_not_ready(obedient: Broker) -> None:
    bombs = [Request(f"bomb {number}", progressive_jpeg(40_000 + number), "look", origin="a") for number in range(3)]
    for bomb in bombs:
        await obedient.submit(bomb)
    await ask(obedient, "a", "b")
    await obedient.submit(Request("good", READABLE["png"](), "look", origin="b"))
    answers = await collect(obedient, 3)
    assert set(answers) == {"0", "1", "good"}
    refused = await collect(obedient, len(bombs))
    assert {answer.error for answer in refused.values()} == {TOO_SLOW}
    assert {answer.refused_picture for answer in refused.values()} == {bomb.picture_key for bomb in bombs}
    await obedient.submit(Request("again", bombs[0].picture, "look"))
    assert (await collect(obedient, 1))["again"].error == TOO_SLOW
    assert (await obedient.workers())[0].restarts == 0


async def test_a_request_handed_in_twice_is_answered_once(obedient: Broker) -> None:
    await ask(obedient, "slow", "a")
    await ask(obedient, "slow", "a")
    await ask(obedient, "last", first=2)
    assert sorted(answer.id for answer in await listed(obedient, "2")) == ["0", "1", "2"]


async def test_cancelling_takes_nothing_else_along_and_frees_the_id(obedient: Broker) -> None:
    await ask(obedient, "slow", *"abcdef")
    for number in ("4", "5"):
        await obedient.cancel(number)
    assert {answer.id for answer in await listed(obedient, "6")} >= {"0", "1", "2", "3", "6"}
    await ask(obedient, "again", first=4)  # free for another question
    assert "4" in {answer.id for answer in await listed(obedient, "4")}


async def test_more_than_its_capacity_is_kept_not_lost(obedient: Broker) -> None:
    number = 10 * obedient.capacity
    assert obedient.capacity >= 2
    await ask(obedient, *("q" for _ in range(number)))
    assert set(await collect(obedient, number)) == {str(index) for index in range(number)}


async def test_two_workers_share_the_work_and_one_goes_on_alone(start: Start) -> None:
    broker = await start(workers=2)
    assert broker.capacity >= 2 * (await start()).capacity
    while not all(worker.ready for worker in await broker.workers()) or len(await broker.workers()) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await ask(broker, *["slow"] * 4, *["q"] * 8)
    first, second = (worker.pid for worker in await broker.workers())
    assert first and second and first != second
    os.kill(first, signal.SIGKILL)
    answers = await collect(broker, 12)
    assert {answer.error for answer in answers.values()} == {None}
    assert {worker.pid for worker in await broker.workers()} >= {second}


async def test_who_waits_for_the_first_worker_hears_why_there_is_none(start: Start) -> None:
    with pytest.raises(ModelError, match="There is no such model"):
        await (await start("unusable")).wait_ready()
    broker = await start()
    await broker.wait_ready()
    assert (await broker.workers())[0].ready


async def test_a_request_that_cannot_be_prepared_is_answered_with_an_error(obedient: Broker) -> None:
    await ask(obedient, "break decoding", "a")
    answers = await collect(obedient, 2)
    assert answers["0"].error == "question_failed"
    assert answers["1"].error is None
    assert (await obedient.workers())[0].restarts == 0


async def test_a_session_with_a_worker(broker: Broker, picture: Picture) -> None:
    assert broker.capacity >= 1
    for number in range(5):
        await broker.submit(Request(str(number), picture(number % 2), "what colour is the ball", 1 + number % 2, 5))
    answers = await collect(broker, 5)
    assert set(answers) == set("01234")
    assert all(answer.error is None and 0 <= answer.confidence <= 1 for answer in answers.values())
    [info] = await broker.workers()
    assert info.ready
    assert info.answered >= 5

    # The same id may be used again once it has been answered, and results can be read again.
    await broker.submit(Request("0", picture(1), "who is there"))
    assert set(await collect(broker, 1)) == {"0"}

    await broker.cancel("never asked")
    await broker.stop(5)
    await broker.stop(5)  # harmless
    assert not (await broker.workers())[0].ready
    with pytest.raises(RuntimeError):
        await broker.submit(Request("late", picture(1), "who"))
    assert [answer async for answer in broker.results()] == []


async def test_sounds_are_heard_and_one_that_a_dead_worker_had_is_heard_by_the_next(start: Start) -> None:
    broker = await start("listening")
    await broker.submit(Request("ball", BALL, "", listens=True))
    await ask(broker, "a")
    answers = await collect(broker, 1)
    pid = (await broker.workers())[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await broker.submit(Request("none", b"no sound", "", listens=True))
    answers |= await collect(broker, 2)
    assert (answers["ball"].error, answers["ball"].text) == (None, "What color is the ball?")
    assert answers["ball"].confidence >= 0.5
    assert (answers["none"].error, answers["none"].text) == ("sound_unknown", "")
    assert answers["0"].text == "a of 1"


async def test_a_worker_that_does_not_listen_says_so(obedient: Broker) -> None:
    await obedient.submit(Request("ball", BALL, "", listens=True))
    assert (await collect(obedient, 1))["ball"].error == "speech_off"


@pytest.mark.parametrize("kind", OBEDIENT)
async def test_answers_say_what_they_took(
    kind: str, tiny_folder: Path, picture: Picture, redis_server: RedisServer
) -> None:
    broker = BROKERS[kind](tiny_folder, redis_server)
    await broker.start()
    for number in range(2):
        await broker.submit(Request(str(number), picture(0), "what colour is the ball"))
        [answer] = (await collect(broker, 1)).values()
        assert answer.batch_size == 1
        assert set(answer.stages) == {"waiting", "decoding", "images", "prompts", "generation"}
        assert sum(answer.stages.values()) > 0 and min(answer.stages.values()) >= 0
        assert answer.picture_kept is bool(number)
        assert (answer.stages["decoding"] == 0) is bool(number)
    await broker.stop(5)


async def test_what_is_known_about_an_answer_comes_with_it(obedient: Broker) -> None:
    await obedient.submit(Request("1", b"", "evidence"))
    [answer] = (await collect(obedient, 1)).values()
    assert {name: getattr(answer, name) for name in EVIDENCE} == EVIDENCE


async def test_killed_in_the_middle_every_question_is_answered(tiny_folder: Path, picture: Picture) -> None:
    broker = EmbeddedBroker(str(tiny_folder), batch_size=4, first_delay=0.01)
    await broker.start()
    for number in range(12):
        await broker.submit(Request(str(number), picture(number), "who is there", 5, 60))
    answers: dict[str, Answer] = {}
    async for answer in broker.results():
        answers[answer.id] = answer
        if len(answers) == 1:
            pid = (await broker.workers())[0].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        if len(answers) == 12:
            break
    while (await broker.workers())[0].restarts < 1:  # noqa: ASYNC110 - what is awaited is another process
        await asyncio.sleep(0.01)
    await broker.stop(5)
    assert [answer.error for answer in answers.values()] == [None] * 12


async def test_a_picture_that_is_none_is_refused_with_a_sentence(tiny_folder: Path, picture: Picture) -> None:
    broker = EmbeddedBroker(str(tiny_folder))
    await broker.start()
    await broker.submit(Request("bad", b"not a picture", "what is this"))
    await broker.submit(Request("good", picture(0), "what is this"))
    answers = await collect(broker, 2)
    await broker.stop(5)
    assert answers["bad"].error == "picture_text"
    assert answers["good"].error is None
