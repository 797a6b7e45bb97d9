"""Workers as processes of their own, with the built-in model, over a real Redis: one dies, one leaves, answers come."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import psutil
import pytest
from e2e_helpers import ADA, StartBot, quiet, sure
from prometheus_client.parser import text_string_to_metric_families
from redis_server import RedisServer

from bot import metrics
from bot.demo.samples import sample_scenes
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from model.serving.broker.redis import RedisBroker

PATIENCE = 300.0
PORT = 9400


class Worker:
    """A `vqabot worker` and the figures that it serves."""

    def __init__(self, process: Process, host: str) -> None:
        self.process, self._host = process, host

    async def figure(self, name: str) -> float:
        """One of its metrics; 0 while it starts."""
        try:
            async with aiohttp.ClientSession() as session, session.get(f"http://{self._host}:{PORT}/metrics") as reply:
                families = list(text_string_to_metric_families(await reply.text()))
        except aiohttp.ClientConnectorError:
            return 0.0
        return sum(one.value for family in families for one in family.samples if one.name == f"vqabot_worker_{name}")

    async def reaches(self, name: str, least: float) -> None:
        """Wait until one of its metrics is as large."""
        async with asyncio.timeout(PATIENCE):
            while await self.figure(name) < least:
                assert self.process.returncode is None
                await asyncio.sleep(0.05)


@asynccontextmanager
async def started(url: str, name: str) -> AsyncIterator[Worker]:
    """A worker that can answer; it is killed in the end, with what it started."""
    host = (
        f"127.{random.randrange(1, 255)}.{random.randrange(255)}.{random.randrange(1, 255)}"  # its port is free there
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "worker", "--name", name, "--metrics-port", str(PORT)),
        env={**os.environ, "VQABOT_BROKER_URL": url, "VQABOT_METRICS_LISTEN": host, "VQABOT_THREADS": "1"},
    )
    worker = Worker(process, host)
    try:
        await worker.reaches("ready", 1)
        yield worker
    finally:
        await kill(worker)


async def kill(worker: Worker) -> None:
    """kill -9 of a worker, and of what it leaves behind."""
    if worker.process.returncode is None:
        children = psutil.Process(worker.process.pid).children(recursive=True)
        worker.process.kill()
        await worker.process.wait()
        for child in children:
            if child.is_running():
                child.kill()


async def ask_on(person: Person, enough: asyncio.Event) -> int:
    """Ask about scenes, each question when the one before is answered, until it is enough; all must be right."""
    number, scenes = 0, sample_scenes()
    while not enough.is_set():
        scene = scenes[number % len(scenes)]
        question, truth = scene.questions[number // len(scenes) % len(scene.questions)]
        asked = await person.send_picture(scene.picture, question)
        answer = await person.wait_for(sure, PATIENCE, since=asked["message_id"])
        assert truth in answer["text"].lower()
        number += 1
    return number


def value(name: str) -> float:
    return metrics.REGISTRY.get_sample_value(f"vqabot_{name}") or 0.0


async def workers_are(number: int) -> None:
    """Wait until the bot's own figures show so many."""
    async with asyncio.timeout(PATIENCE):
        while value("workers_ready") != number:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_questions_go_on_while_one_worker_is_killed_and_one_leaves(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person, redis_server: RedisServer
) -> None:
    url, enough = redis_server.url("elsewhere"), asyncio.Event()
    bot = await start_bot(RedisBroker(url, sweep=0.2))
    before = {name: value(name) for name in ("questions_redelivered", "deliveries_total")}
    async with AsyncExitStack() as stack:
        attic = await stack.enter_async_context(started(url, "attic"))
        cellar = await stack.enter_async_context(started(url, "cellar"))
        await workers_are(2)
        asking = [asyncio.create_task(ask_on(person, enough)) for person in (you, ada)]
        for worker in (attic, cellar):
            await worker.reaches("answered", 2)

        for process in psutil.Process(attic.process.pid).children(recursive=True):
            process.suspend()  # so that it surely dies with a question in hand
        await attic.reaches("in_hand", 1)
        await kill(attic)
        await workers_are(1)
        answered = await cellar.figure("answered")
        await cellar.reaches("answered", answered + 4)
        assert value("questions_redelivered") > before["questions_redelivered"]

        attic = await stack.enter_async_context(started(url, "attic"))
        await workers_are(2)
        said = await you.say("/admin")
        menu = await you.wait_for(lambda m: "cellar" in m.get("text", ""), PATIENCE, since=said["message_id"])
        buttons = [one["text"] for row in menu["reply_markup"]["inline_keyboard"] for one in row]
        (leave,) = [text for text in buttons if "cellar" in text]
        assert (await you.press(menu, leave))["text"].startswith("cellar")
        assert await asyncio.wait_for(cellar.process.wait(), PATIENCE) == 0
        await workers_are(1)
        answered = await attic.figure("answered")
        await attic.reaches("answered", answered + 4)

        enough.set()
        numbers = await asyncio.gather(*asking)
        for chat, number in zip((you.user_id, ADA), numbers, strict=True):
            await quiet(bot, chat, questions=number)
    world = sandbox.world
    account = next(iter(world.bots.values()))
    for person, number in zip((you, ada), numbers, strict=True):
        said = world.private_chat(account, person.user_id).messages.values()
        replies = [stored.reply_to for stored in said if not stored.deleted and sure(stored.body)]
        assert len(replies) == len(set(replies)) == number
    assert value("deliveries_total") - before["deliveries_total"] == sum(numbers)
