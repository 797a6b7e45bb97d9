"""Workers elsewhere, as admins and those who wait see them."""

from __future__ import annotations

import asyncio
import re

import pytest
from e2e_helpers import StartBot, picture, says, sure
from redis_server import RedisServer

from bot import metrics
from bot.answering import progress, worker_watch
from bot.sandbox.person import Person
from bot.texts import workers as texts
from model.serving.broker.null import NullBroker
from model.serving.broker.redis import RedisBroker
from model.serving.broker.redis.worker import RedisWorker
from model.types import WorkerInfo


async def test_admins_see_workers_and_let_one_leave(
    start_bot: StartBot, you: Person, ada: Person, redis_server: RedisServer
) -> None:
    url, never = redis_server.url(), asyncio.Event()
    await start_bot(RedisBroker(url, sweep=0.1))
    await you.say("/admin")
    menu = await you.wait_for(lambda m: "reply_markup" in m)
    assert "Workers: none is there" in menu["text"]
    workers = [RedisWorker(url, NullBroker(f"{name}"), name) for name in ("attic", "cellar")]
    running = [asyncio.create_task(worker.run(never, 5.0)) for worker in workers]
    for worker in workers:
        while worker.beat_at is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await you.say("/admin")
    menu = await you.wait_for(lambda m: "attic" in m.get("text", ""))
    assert f"Worker {workers[1].name}: ready" in menu["text"] and re.search(r"heard \d+ s ago", menu["text"])
    assert (await you.press(menu, texts.let_leave(workers[0].name)))["text"] == texts.leaving(workers[0].name)
    await asyncio.wait_for(running[0], 60)
    assert not running[1].done()
    assert (await you.press(menu, texts.let_leave(workers[0].name)))["text"] == texts.GONE_ALREADY
    await you.send_picture(picture(), "What colour?")
    assert "Cellar" in (await you.wait_for(sure))["text"]
    never.set()
    await running[1]


class Away(NullBroker):
    """A broker whose only worker comes when it is let."""

    def __init__(self) -> None:
        super().__init__("red")
        self.here = False

    @property
    def capacity(self) -> int:
        return super().capacity if self.here else 0

    async def workers(self) -> list[WorkerInfo]:
        return [WorkerInfo("x", ready=self.here, error=None if self.here else 'worker_ended {"code": 1}')]


async def test_when_nobody_can_answer_admins_and_those_who_wait_are_told(
    start_bot: StartBot, you: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_watch, "ADMINS_SECONDS", 0.0)
    monkeypatch.setattr(worker_watch, "WAITING_SECONDS", 0.0)
    monkeypatch.setattr(worker_watch, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(progress, "POSITION_SECONDS", 0.05)
    metrics.workers_ready.set(1)  # as before they went
    broker = Away()
    await you.say("/start")  # an admin whom the bot can write to
    await start_bot(broker)
    told = await you.wait_for(says("No worker can answer"))
    assert "The worker ended with code 1" in told["text"]
    assert metrics.REGISTRY.get_sample_value("vqabot_workers_ready") == 0.0, "the alert asks for it"
    await ada.send_picture(picture(), "What colour?")
    await ada.wait_for(says("Nobody can look at pictures just now"))
    monkeypatch.setattr(worker_watch, "ADMINS_SECONDS", 3600.0)
    monkeypatch.setattr(worker_watch, "WAITING_SECONDS", 3600.0)
    broker.here = True
    await ada.wait_for(sure)
    await you.wait_for(says("Workers can answer again"))
    assert metrics.REGISTRY.get_sample_value("vqabot_workers_ready") == 1.0
    assert not [m for m in await ada.messages() if "Nobody can look" in m.get("text", "")], "it became the answer"


def test_many_workers_fit_into_a_message() -> None:
    many = [
        WorkerInfo("model" * 10, True, "cuda:1", "bfloat16", 12345, 1, 10**9, 0.0, None, 0.012, f"m-{i}", "m", 1.0)
        for i in range(500)
    ]
    text = texts.listed(many)
    assert "and 490 more workers" in text and len(text) < 2500
    assert "not heard of" in texts.listed([WorkerInfo("m", False, name="a-1", machine="a")])
    assert "leaving" in texts.listed([WorkerInfo("m", True, name="a-1", draining=True)])
