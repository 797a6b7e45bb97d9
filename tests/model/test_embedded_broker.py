"""The embedded broker with real processes that are really killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from brokers import collect
from refusals import refuses

from bot.texts.failures import sentence
from model.errors import ModelError
from model.serving.broker.embedded import EmbeddedBroker
from model.types import Request

FRAGILE = (str(Path(__file__).with_name("fragile_worker.py")),)
Make = Callable[..., Awaitable[EmbeddedBroker]]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    brokers: list[EmbeddedBroker] = []

    async def start(model: str = "obedient", **options: object) -> EmbeddedBroker:
        broker = EmbeddedBroker(model, command=FRAGILE, first_delay=0.01, **options)  # type: ignore[arg-type]
        brokers.append(broker)
        await broker.start()
        return broker

    yield start
    for broker in brokers:
        await broker.stop(5)


async def ask(broker: EmbeddedBroker, *questions: str, first: int = 0) -> None:
    for number, question in enumerate(questions, first):
        await broker.submit(Request(str(number), b"bytes", question))


async def keep_busy(broker: EmbeddedBroker, prompt: str = "slow") -> None:
    """Request "0" holds the worker for a while; what is asked now waits together."""
    await ask(broker, prompt)

    async def busy() -> bool:
        return broker._jobs["0"].stage == "answering"

    await until(busy)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    while not await condition():  # noqa: ASYNC110 - what is awaited is another process
        await asyncio.sleep(0.01)


async def test_suspects_are_asked_again_one_at_a_time(make: Make) -> None:
    broker = await make(batch_size=8)
    await keep_busy(broker)
    await ask(broker, "a", "b", "die", "c", first=1)
    answers = await collect(broker, 5)
    assert [answers[i].text for i in "124"] == ["a of 1", "b of 1", "c of 1"]


async def test_what_waits_shares_a_batch(make: Make) -> None:
    broker = await make(batch_size=3)
    await keep_busy(broker)
    await ask(broker, "a", "b", "c", "d", first=1)
    answers = await collect(broker, 5)
    assert answers["0"].text == "slow of 1"
    assert [answers[i].text for i in "1234"] == ["a of 3", "b of 3", "c of 3", "d of 1"]


async def test_killed_from_outside_while_idle_it_comes_back(make: Make) -> None:
    broker = await make()
    await ask(broker, "a")
    await collect(broker, 1)
    first = (await broker.workers())[0].pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    async def replaced() -> bool:
        [info] = await broker.workers()
        return info.ready and info.pid != first

    await until(replaced)
    await broker.submit(Request("again", b"", "b"))
    assert (await collect(broker, 1))["again"].text == "b of 1"


async def test_ctrl_c_is_left_to_the_parent(make: Make) -> None:
    broker = await make()
    await ask(broker, "a")
    await collect(broker, 1)
    pid = (await broker.workers())[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    await broker.submit(Request("after", b"", "b"))
    assert (await collect(broker, 1))["after"].text == "b of 1"
    assert (await broker.workers())[0].pid == pid


async def test_a_model_that_is_slow_by_its_own_measure_is_given_its_time(make: Make) -> None:
    broker = await make("slow", hang_seconds=0.6)
    await ask(broker, "plod once", "a")
    answers = await collect(broker, 2)
    assert [answer.error for answer in answers.values()] == [None, None]
    assert (await broker.workers())[0].restarts == 0


async def test_cancelled_before_its_batch_it_is_not_answered(make: Make) -> None:
    broker = await make(batch_size=1)
    await keep_busy(broker)
    await ask(broker, "a", "b", first=1)
    await broker.cancel("1")
    answers = await collect(broker, 2)
    assert set(answers) == {"0", "2"}
    await broker.cancel("nobody knows this")


async def test_cancelled_and_asked_again_it_is_answered(make: Make) -> None:
    broker = await make(batch_size=1)
    await keep_busy(broker)
    await ask(broker, "a", first=1)
    await broker.cancel("1")
    await ask(broker, "b", first=1)
    assert (await collect(broker, 2))["1"].text in ("a of 1", "b of 1")
    assert not broker._jobs


async def test_cancelled_it_is_not_asked_again_after_a_death(make: Make) -> None:
    broker = await make(batch_size=1)
    await keep_busy(broker)
    await broker.cancel("0")  # too late for this worker
    pid = (await broker.workers())[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await ask(broker, "a", first=1)
    assert set(await collect(broker, 1)) == {"1"}
    assert not broker._jobs


async def test_the_worker_never_sees_the_bots_settings(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VQABOT_TELEGRAM_TOKEN", "123:secret")
    monkeypatch.setenv("VQABOT_WEBHOOK_SECRET", "secret")
    monkeypatch.setenv("UNRELATED", "1")
    broker = await make()
    await ask(broker, "environment")
    names = (await collect(broker, 1))["0"].text.split()
    assert "UNRELATED" in names
    assert not [name for name in names if name.startswith("VQABOT_")]


async def test_a_model_that_cannot_be_loaded_is_told(make: Make) -> None:
    broker = await make("unusable")

    async def told() -> bool:
        return (await broker.workers())[0].error == "There is no such model."

    await until(told)
    assert not (await broker.workers())[0].ready


async def test_who_waits_for_the_first_worker_hears_why_there_is_none(make: Make) -> None:
    with refuses(ModelError, match="ended with code 1"):
        await (await make("die at start")).wait_ready()


async def test_a_worker_that_dies_at_start_costs_no_request(make: Make) -> None:
    broker = await make("die at start")
    await ask(broker, "a")

    async def tried_often() -> bool:
        return (await broker.workers())[0].restarts >= 3

    await until(tried_often)
    assert "ended with code 1" in sentence((await broker.workers())[0].error)
    assert broker._jobs["0"].deaths == 0


async def test_after_stop_no_process_is_left_and_results_end(make: Make) -> None:
    broker = await make()
    await ask(broker, "a")
    await collect(broker, 1)
    pid = (await broker.workers())[0].pid
    assert pid is not None
    await broker.stop(5)
    assert [answer async for answer in broker.results()] == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(RuntimeError):
        await broker.submit(Request("late", b"", "a"))


async def test_stop_does_not_wait_for_a_hanging_worker(make: Make) -> None:
    broker = await make()
    await keep_busy(broker, "hang")
    await broker.stop(0.1)
    assert not (await broker.workers())[0].ready


async def test_stopped_at_once_after_start_nothing_is_left(make: Make) -> None:
    broker = await make()
    await broker.stop(0.1)
    assert (await broker.workers())[0].pid is None


def test_the_worker_ends_with_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(f"""
        import asyncio, os, signal
        from model.serving.broker.embedded import EmbeddedBroker
        from model.types import Request

        async def main():
            broker = EmbeddedBroker("obedient", command={FRAGILE!r})
            await broker.start()
            await broker.submit(Request("0", b"", "a"))
            async for _ in broker.results():
                break
            print((await broker.workers())[0].pid, flush=True)
            await broker.submit(Request("1", b"", "hang"))
            await asyncio.sleep(0.1)
            os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
        """)
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    while True:  # the kernel needs a moment; the test's own time limit ends a worker that stays
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
