"""A worker that only gets no CPU is not one that hangs."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from model.serving.broker import watchdog
from model.serving.broker.embedded import EmbeddedBroker
from model.serving.broker.jobs import POISON
from model.types import Answer, Request

FRAGILE = (str(Path(__file__).with_name("fragile_worker.py")),)
LOOP = "import os; os.sched_setaffinity(0, {%d})\nwhile True: pass"


@pytest.fixture
def rivals() -> Iterator[list[int]]:
    """Two processes that both want one CPU for as long as the test runs."""
    cpu = min(os.sched_getaffinity(0))
    processes = [subprocess.Popen([sys.executable, "-c", LOOP % cpu]) for _ in range(2)]
    yield [process.pid for process in processes]
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this system does not say who waits for a CPU")
def test_the_wait_for_a_cpu_is_counted(rivals: list[int]) -> None:
    before = {pid: watchdog.cpu_wait(pid) for pid in rivals}
    while not all(watchdog.cpu_wait(pid) > before[pid] + 0.05 for pid in rivals):
        time.sleep(0.01)


def test_a_process_that_is_gone_waits_for_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert watchdog.cpu_wait(process.pid) == 0


def test_waiting_for_a_cpu_excuses_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, waited = [100.0], [0.0]
    monkeypatch.setattr(watchdog, "cpu_wait", lambda pid: waited[0])
    monkeypatch.setattr(watchdog, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    watched = watchdog.Watchdog(1)
    clock[0] += 3
    assert watched.left(4) == 1
    clock[0] += 2
    waited[0] += 1.5
    assert watched.left(4) == 0.5
    clock[0] += 2
    waited[0] += 50  # of many threads at once
    assert watched.left(4) == 0.5
    watched.moved()
    assert watched.left(4) == 4
    for _ in range(100):
        clock[0] += 1
        waited[0] += 1
        watched.left(4)
    assert watched.left(4) == 4 + 40 - 100


async def first_answer(broker: EmbeddedBroker, question: str) -> Answer:
    await broker.start()
    await broker.submit(Request("0", b"", question))
    answer = await anext(aiter(broker.results()))
    await broker.stop(1)
    return answer


async def test_a_worker_that_gets_no_cpu_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "cpu_wait", lambda pid: time.monotonic())
    broker = EmbeddedBroker("obedient", command=FRAGILE, first_delay=0.01, hang_seconds=1.0)
    assert (await first_answer(broker, "plod once")).error is None
    assert (await broker.workers())[0].restarts == 0


async def test_one_that_hangs_is_ended_on_a_busy_machine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    waited = itertools.count(step=1)
    monkeypatch.setattr(watchdog, "cpu_wait", lambda pid: next(waited))
    broker = EmbeddedBroker("obedient", command=FRAGILE, first_delay=0.01, hang_seconds=0.1)
    assert (await first_answer(broker, "hang")).error == POISON
