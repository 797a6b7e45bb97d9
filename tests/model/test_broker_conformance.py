"""What every broker promises, held against each of them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from tiny import Picture

from model.broker.embedded import EmbeddedBroker
from model.broker.null import NullBroker
from model.broker.protocol import Broker
from model.types import Answer, Request

BROKERS: dict[str, Callable[[Path], Broker]] = {
    "embedded": lambda model: EmbeddedBroker(str(model), batch_size=3),
    "null": lambda _: NullBroker(),
}


@pytest.fixture(params=BROKERS)
async def broker(request: pytest.FixtureRequest, tiny_folder: Path) -> AsyncIterator[Broker]:
    broker = BROKERS[request.param](tiny_folder)
    await broker.start()
    yield broker
    await broker.stop(5)


async def collect(broker: Broker, count: int) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    async for answer in broker.results():
        answers[answer.id] = answer
        if len(answers) == count:
            break
    return answers


async def test_a_session_with_a_worker(broker: Broker, picture: Picture) -> None:
    assert broker.capacity >= 1
    for number in range(5):
        await broker.submit(Request(str(number), picture(number % 2), "what colour is the ball", 1 + number % 2, 5))
    answers = await collect(broker, 5)
    assert set(answers) == set("01234")
    assert all(answer.error is None and 0 <= answer.confidence <= 1 for answer in answers.values())
    info = await broker.info()
    assert info.ready
    assert info.answered >= 5

    # The same id may be used again once it has been answered, and results can be read again.
    await broker.submit(Request("0", picture(1), "who is there"))
    assert set(await collect(broker, 1)) == {"0"}

    await broker.cancel("never asked")
    await broker.stop(5)
    await broker.stop(5)  # harmless
    assert not (await broker.info()).ready
    with pytest.raises(RuntimeError):
        await broker.submit(Request("late", picture(1), "who"))
    assert [answer async for answer in broker.results()] == []


async def test_killed_in_the_middle_every_question_is_answered(tiny_folder: Path, picture: Picture) -> None:
    broker = EmbeddedBroker(str(tiny_folder), batch_size=4, first_delay=0.01)
    await broker.start()
    for number in range(12):
        await broker.submit(Request(str(number), picture(number), "who is there", 5, 60))
    answers: dict[str, Answer] = {}
    async for answer in broker.results():
        answers[answer.id] = answer
        if len(answers) == 1:
            pid = (await broker.info()).pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        if len(answers) == 12:
            break
    while (await broker.info()).restarts < 1:  # noqa: ASYNC110 - what is awaited is another process
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
    assert "text file" in (answers["bad"].error or "")
    assert answers["good"].error is None
