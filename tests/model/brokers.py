"""The brokers that the conformance suite holds to what they owe, and how it asks them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from redis_server import RedisServer
from redis_workers import BrokerWithWorkers
from toy_broker import ToyBroker

from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.null import NullBroker
from model.serving.broker.protocol import Broker
from model.types import Answer, Request

FRAGILE = str(Path(__file__).with_name("fragile_worker.py"))
HANG_SECONDS = 4.0
"""So long nothing moves in a worker that hangs."""


def fragile(model: str, workers: int = 1) -> EmbeddedBroker:
    return EmbeddedBroker(model, 3, workers=workers, command=(FRAGILE,), first_delay=0.01, hang_seconds=HANG_SECONDS)


BROKERS: dict[str, Callable[[Path, RedisServer], Broker]] = {
    "embedded": lambda model, _: EmbeddedBroker(str(model), batch_size=3),
    "toy": lambda model, _: ToyBroker(str(model)),
    "redis": lambda model, redis: BrokerWithWorkers(redis.url(), [EmbeddedBroker(str(model), batch_size=3)]),
    "null": lambda *_: NullBroker(),
}
OBEDIENT: dict[str, Callable[[str, int, RedisServer], Broker]] = {
    "embedded": lambda model, workers, _: fragile(model, workers),
    "toy": lambda model, workers, _: ToyBroker(model, (FRAGILE,), workers=workers, hang_seconds=HANG_SECONDS),
    "redis": lambda model, workers, redis: BrokerWithWorkers(redis.url(), [fragile(model) for _ in range(workers)]),
}
"""Brokers with workers that do what their questions say; another transport adds itself here."""


async def ask(broker: Broker, *questions: str, first: int = 0) -> None:
    for number, question in enumerate(questions, first):
        await broker.submit(Request(str(number), b"bytes", question))


async def listed(broker: Broker, last: str) -> list[Answer]:
    """Every answer as it comes, up to that of `last`."""
    answers = []
    async for answer in broker.results():
        answers.append(answer)
        if answer.id == last:
            break
    return answers


async def collect(broker: Broker, count: int) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    async for answer in broker.results():
        answers[answer.id] = answer
        if len(answers) == count:
            break
    return answers
