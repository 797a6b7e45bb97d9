"""`vqabot worker` as people start it: processes of their own behind a real Redis, with the built-in model."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack

import pytest
from e2e_helpers import TOKEN, StartBot, picture, sure
from process_helpers import PATIENCE, command
from redis.asyncio import Redis
from redis_server import RedisServer

from bot import metrics
from bot.broker import open_broker
from bot.commands.worker import monitored
from bot.demo.samples import sample_scenes
from bot.sandbox.person import Person
from bot.settings import Settings
from model.serving.broker.null import NullBroker
from model.serving.broker.redis import RedisBroker
from model.serving.broker.redis.connection import split_namespace
from model.serving.broker.redis.worker import RedisWorker


async def test_a_workers_figures_and_readiness_are_served(redis_server: RedisServer) -> None:
    stack = AsyncExitStack()
    settings = Settings(metrics_port=0, _env_file=None)  # type: ignore[call-arg]
    stopped, one = asyncio.Event(), RedisWorker(redis_server.url(), NullBroker(), "here")
    running = asyncio.create_task(one.run(stopped, 0.0))
    await stack.enter_async_context(monitored([one], settings))
    while metrics.WORKER_REGISTRY.get_sample_value("vqabot_worker_ready") != 1:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert (metrics.WORKER_REGISTRY.get_sample_value("vqabot_worker_silence_seconds") or 0.0) < 10
    await stack.aclose()
    stopped.set()
    await running


async def test_workers_join_and_leave_and_every_question_is_answered_once(
    start_bot: StartBot, you: Person, redis_server: RedisServer
) -> None:
    url = redis_server.url()
    broker = open_broker(Settings(telegram_token=TOKEN, broker_url=url, _env_file=None))  # type: ignore[arg-type]
    bot = await start_bot(broker)
    scene = sample_scenes()[0]
    question, truth = scene.questions[0]
    await you.send_picture(scene.picture, question)  # before there is anybody
    async with (
        command("worker", "--broker", url, "--name", "attic") as first,
        command("worker", VQABOT_BROKER_URL=url) as second,
    ):
        await you.wait_for(lambda m: truth in m.get("text", "").lower(), PATIENCE)
        while sum(one.ready for one in await broker.workers()) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert "attic" in {one.machine for one in await broker.workers()}
        assert bot.model_ready is not None
        await bot.model_ready
        first.kill()
        await first.wait()
        await you.say(scene.questions[1][0])
        await you.wait_for(lambda m: scene.questions[1][1] in m.get("text", "").lower(), PATIENCE)
        second.send_signal(signal.SIGTERM)
        said, _ = await asyncio.wait_for(second.communicate(), PATIENCE)
        assert second.returncode == 0 and "Traceback" not in said.decode(), said.decode()
    answers = [m for m in await you.messages() if sure(m)]
    assert len(answers) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model", "/nope"], "There is no model at '/nope'"),
        (["--device", "tpu"], "There is no kind of device 'tpu'"),
        (["--model", "nobody/nothing"], "cannot be fetched from the hub"),
        (["--broker", "redis://host:port"], "The broker's address cannot be understood"),
        (["--broker", "nowhere://host"], "VQABOT_BROKER_URL begins with nowhere://"),
        (["--broker", ""], "--broker has no scheme://"),
    ],
)
async def test_a_wrong_set_up_ends_the_worker_with_a_sentence(
    arguments: list[str], sentence: str, redis_server: RedisServer
) -> None:
    settings = {"VQABOT_BROKER_URL": redis_server.url(), "HF_HUB_OFFLINE": "1", "VQABOT_TELEGRAM_TOKEN": TOKEN}
    async with command("worker", *arguments, **settings) as process:
        said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 2, said
    (error,) = [line for line in said.splitlines() if line.startswith("Error: ")]
    assert sentence in error and "is ready" not in said and "Traceback" not in said


async def test_a_question_that_redis_lost_is_asked_again_by_the_ledger(
    start_bot: StartBot, you: Person, redis_server: RedisServer
) -> None:
    url = redis_server.url()
    address, prefix = split_namespace(url)
    broker = RedisBroker(url, sweep=0.1)
    bot = await start_bot(broker)
    assert bot.services is not None
    client, stopped = Redis.from_url(address), asyncio.Event()
    slow = NullBroker("never", delay=3600.0)
    running = asyncio.create_task(RedisWorker(url, slow, "here").run(stopped, 0.0))
    await you.send_picture(picture(), "What is it?")
    while not await client.hlen(prefix + "entries"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    stopped.set()
    await running
    while await client.exists(prefix + "jobs"):  # the server forgets all, also what came back meanwhile
        await client.delete(prefix + "jobs", prefix + "entries")
    other = asyncio.Event()
    running = asyncio.create_task(RedisWorker(url, NullBroker("red"), "there").run(other, 0.0))
    await you.wait_for(sure, PATIENCE)
    [question] = [q async for q in bot.services.store.questions.export(you.user_id)]
    assert question.attempts >= 2 and question.answer == "red"
    other.set()
    await running
    await client.aclose()
