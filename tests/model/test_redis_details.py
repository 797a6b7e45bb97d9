"""Addresses, passwords, bounds and neighbouring releases of the Redis broker."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis_server import RedisServer
from refusals import refuses

from model.errors import BrokerError
from model.serving import framing
from model.serving.broker.null import NullBroker
from model.serving.broker.redis import RedisBroker, keys
from model.serving.broker.redis.connection import split_namespace
from model.serving.broker.redis.pictures import SentPictures
from model.serving.broker.redis.worker import RedisWorker
from model.types import Answer, Request


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [("redis://host:port", "cannot be understood"), ("unix:///nowhere?nonsense=1", "cannot be understood")],
)
def test_an_address_that_is_none_is_said_in_a_sentence(url: str, sentence: str) -> None:
    with refuses(BrokerError, match=sentence):
        RedisBroker(url)


async def test_a_wrong_password_is_said_in_a_sentence(own_server: RedisServer) -> None:
    url = own_server.url()
    client = Redis.from_url(split_namespace(url)[0])
    await client.config_set("requirepass", "right")
    broker = RedisBroker(url)
    await broker.start()
    with refuses(BrokerError, match="refuses the name or the password"):
        await broker.wait_ready()
    await broker.stop()
    worker = RedisWorker(url, NullBroker(), "here")
    with refuses(BrokerError, match="refuses the name or the password"):
        await worker.run(asyncio.Event(), 0.0)
    await client.aclose()


def test_pictures_stay_within_their_bounds() -> None:
    sent = SentPictures(10)
    assert sent.put("a", 6, ["a"]) == []
    assert sent.put("b", 6, ["a", "b"]) == [], "both are needed"
    sent.used(["a"])
    assert sent.put("c", 4, ["c"]) == ["b"]


def test_bot_and_workers_of_neighbouring_releases_understand_each_other() -> None:
    """What one says beyond is left out, what it does not say yet is as it was; a trace makes no other question."""
    request = Request("1", b"picture", "What is it?", trace="00-" + "1" * 32 + "-" + "2" * 16 + "-01")
    header, pictures = framing.request_header(request), framing.request_pictures(request)
    assert framing.request_of({**header, "of_a_later_release": 1}, pictures) == request
    earlier = {name: value for name, value in header.items() if name != "trace"}
    assert framing.request_of(earlier, pictures) == replace(request, trace="")
    assert keys.job_name("bot", header) == keys.job_name("bot", earlier)
    assert keys.job_name("bot", header) != keys.job_name("bot", {**header, "beams": 2})
    answer = Answer("1", "red", 0.9, 0.1)
    assert framing.unpack_answer({**framing.answer_header(answer), "of_a_later_release": 1}) == answer
