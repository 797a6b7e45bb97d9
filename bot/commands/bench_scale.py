"""`vqabot bench scale`: what more workers bring, over a real Redis."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click

from bot.commands.measuring import cpu_seconds
from bot.commands.terminal import show_figures

START_SECONDS = 60.0


@click.command("scale", epilog="Example: vqabot bench scale --workers 1 --workers 2 --workers 8 --json")
@click.option("--broker", help="A Redis server that is there.  [default: one is started]")
@click.option("--workers", "numbers", multiple=True, type=click.IntRange(1, 64), default=(1, 2, 8), show_default=True)
@click.option("--batch-size", type=click.IntRange(1, 256), default=1, show_default=True, help="Of a worker.")
@click.option("--milliseconds", type=click.FloatRange(1), default=20.0, show_default=True, help="That a batch takes.")
@click.option("--seconds", type=click.FloatRange(1), default=5.0, show_default=True, help="Of each measurement.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_scale(
    broker: str | None, numbers: tuple[int, ...], batch_size: int, milliseconds: float, seconds: float, as_json: bool
) -> None:
    """Time questions over Redis with workers whose model is a wait, as processes of their own.

    Prints questions a second by the number of workers, beside what their waits allow; what the broker adds at half the
    load of the first number of workers; and the CPU time that a question costs who asks (as the bot does), a worker and
    Redis: where these add up to the machine's cores, more workers bring no more. The baseline is one worker.
    """

    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as folder:
        try:
            figures = asyncio.run(_measure(Path(folder), broker, numbers, batch_size, milliseconds / 1000, seconds))
        except TimeoutError as error:
            raise click.ClickException("The workers did not come, or did not answer, in time.") from error
    show_figures(figures, as_json)


async def _measure(
    folder: Path, broker: str | None, numbers: tuple[int, ...], batch_size: int, batch_seconds: float, seconds: float
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    first: float | None = None
    async with _server(folder, broker) as (url, server):
        for number in numbers:
            place = f"{url}?namespace=bench{number}"
            async with _workers(place, number, batch_size, batch_seconds) as workers:
                parts = {"asking": [os.getpid()], "workers": workers, "redis": server}
                rate, cpu = await _saturate(place, number * 2 * batch_size, seconds, parts)
                if first is None:
                    first = rate / number
                    added = await _added(place, rate / 2, seconds, batch_seconds)
                    figures["added_ms_p50_at_half_load"], figures["added_ms_p99_at_half_load"] = added
            figures[f"questions_per_second_{number}"] = round(rate, 1)
            figures[f"allowed_{number}"] = round(number * batch_size / batch_seconds, 1)
            figures[f"times_one_worker_{number}"] = round(rate / first, 2)
            figures |= {f"cpu_ms_a_question_{part}_{number}": value for part, value in cpu.items()}
    return figures


@asynccontextmanager
async def _server(folder: Path, broker: str | None) -> AsyncIterator[tuple[str, list[int]]]:
    """An address, and the numbers of the server's processes that are ours."""
    if broker is not None:
        from model.serving.broker.redis import RedisBroker

        RedisBroker(broker)  # what is wrong with the address is said here, once, and not by each worker
        yield broker.partition("?")[0], []
        return
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise click.ClickException("There is no redis-server here: install one, or name a server with --broker.")
    socket = folder / "redis.sock"
    command = [found, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    try:
        while not socket.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.02)
        yield f"unix://{socket}", [process.pid]
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def _workers(url: str, number: int, batch_size: int, seconds: float) -> AsyncIterator[list[int]]:
    """The numbers of their processes."""
    command = [sys.executable, "-m", "bot.benchmarks.simulated_worker", url, str(batch_size), str(seconds)]
    processes = [await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE) for _ in range(number)]
    try:
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            if process.stdin is not None:
                process.stdin.close()
        await asyncio.gather(*(process.wait() for process in processes))


@asynccontextmanager
async def _asking(url: str, capacity: int) -> AsyncIterator[Any]:
    """A broker's side whose workers are all there."""
    from model.serving.broker.redis import RedisBroker

    broker = RedisBroker(url, "bench", sweep=0.1)
    await broker.start()
    try:
        async with asyncio.timeout(START_SECONDS):
            while broker.capacity < capacity or not all(one.ready for one in await broker.workers()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield broker
    finally:
        await broker.stop()


async def _saturate(
    url: str, capacity: int, seconds: float, parts: dict[str, list[int]]
) -> tuple[float, dict[str, float]]:
    """Questions a second with as many in flight as the workers may have in hand; milliseconds of CPU a question."""
    from model.types import Request

    def used() -> dict[str, float]:
        return {
            part: cpu_seconds(processes) for part, processes in parts.items() if processes and sys.platform == "linux"
        }

    async with _asking(url, capacity) as broker:
        answered, number = 0, capacity
        for first in range(capacity):
            await broker.submit(Request(str(first), b"picture", "what"))
        began, warm, before = time.monotonic(), False, used()
        async for _ in broker.results():
            if not warm and time.monotonic() - began > 1.0:
                began, answered, warm, before = time.monotonic(), 0, True, used()
            answered += 1
            if warm and time.monotonic() - began > seconds:
                break
            number += 1
            await broker.submit(Request(str(number), b"picture", "what"))
        took = time.monotonic() - began
        cpu = {part: round(1000 * (now - before[part]) / answered, 2) for part, now in used().items()}
        return answered / took, cpu


async def _added(url: str, rate: float, seconds: float, batch_seconds: float) -> tuple[float, float]:
    """Milliseconds at the median and at 99 % that a question takes beyond its batch, at a steady pace."""
    from model.types import Request

    async with _asking(url, 1) as broker:
        sent: dict[str, float] = {}
        took: list[float] = []

        async def listen() -> None:
            async for answer in broker.results():
                if answer.id in sent:
                    took.append(  # noqa: PERF401 - what came stays when listening is cancelled
                        time.monotonic() - sent.pop(answer.id) - batch_seconds
                    )

        listening = asyncio.create_task(listen())
        due = began = time.monotonic()
        number = 10**6
        while due < began + seconds:
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            number += 1
            sent[str(number)] = time.monotonic()
            await broker.submit(Request(str(number), b"picture", "what"))
        async with asyncio.timeout(START_SECONDS):
            while sent:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    took.sort()
    return round(1000 * took[len(took) // 2], 1), round(1000 * took[int(0.99 * (len(took) - 1))], 1)
