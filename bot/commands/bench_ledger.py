"""`vqabot bench ledger`: what a large ledger costs the bot."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storage.records import NewQuestion

if TYPE_CHECKING:
    from storage.store import Store

CHART_DAYS = 30
TOGETHER = 500
ROUNDS = 5


@click.command("ledger", epilog="Example: vqabot bench ledger 1000000 --json")
@click.argument("rows", type=click.IntRange(1000), default=1_000_000)
@click.option("--days", type=click.FloatRange(0.1), default=30.0, show_default=True, help="That the questions span.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where it is made and left.  [default: a temporary one]"
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_ledger(rows: int, days: float, folder: Path | None, as_json: bool) -> None:
    """Make a ledger of ROWS questions and time what the bot asks of it, in milliseconds; the median of five counts.

    The baseline is a ledger of 1,000 questions in the same run.
    """

    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as temporary:
        place = folder if folder is not None else Path(temporary)
        if (place / "large").exists():
            raise click.ClickException(f"{place / 'large'} is there already; name a new folder.")
        figures = asyncio.run(_compare(place, rows, days))
    if as_json:
        click.echo(json.dumps(figures))
        return
    click.echo(f"{'':<44} {'1,000 rows':>12} {f'{rows:,} rows':>16}")
    for name, value in figures["ms"].items():
        click.echo(f"{name:<44} {figures['ms_of_1000'][name]:>12} {value:>16}")
    click.echo(f"{'the database, MB':<44} {'':>12} {figures['megabytes']:>16}")


async def _compare(place: Path, rows: int, days: float) -> dict[str, Any]:
    small, _ = await _measure(place / "small", 1000, days)
    large, size = await _measure(place / "large", rows, days)
    return {"rows": rows, "days": days, "megabytes": round(size / 1e6), "ms": large, "ms_of_1000": small}


async def _measure(folder: Path, rows: int, days: float) -> tuple[dict[str, float], int]:
    """Milliseconds of each thing, and the database's size in bytes."""
    from bot.benchmarks.large_ledger import fill
    from storage.data_folder import DATABASE
    from storage.store import Store

    async with await Store.open(folder) as store:
        await fill(store, rows, days)
    began = time.perf_counter()
    async with await Store.open(folder) as store:
        start = time.perf_counter() - began
        figures = {"a start": round(1000 * start, 1)}
        for name, work in _WORK.items():
            took = []
            for number in range(ROUNDS):
                began = time.perf_counter()
                await work(store, number)
                took.append(time.perf_counter() - began)
            figures[name] = round(1000 * sorted(took)[ROUNDS // 2], 1)
        figures[f"entering {TOGETHER} together, each"] = round(
            figures[f"entering {TOGETHER} together, each"] / TOGETHER, 2
        )
    return figures, (folder / DATABASE).stat().st_size


async def _admin(store: Store, number: int) -> None:
    await store.questions.counts()
    await store.statistics()
    await store.updates.counts()
    await store.feedback.lately(3)
    await store.use_per_day(CHART_DAYS)


async def _enter(store: Store, number: int, chats: int) -> None:
    await asyncio.gather(
        *(
            store.questions.ask(
                NewQuestion(
                    chat_id=chat,
                    message_id=-1000 * chats - number,
                    photo_sha256="ab" * 32,
                    text="What?",
                    beams=3,
                    max_new_tokens=20,
                    user_id=chat,
                )
            )
            for chat in range(1, chats + 1)
        )
    )


async def _positions(store: Store, number: int) -> None:
    queue = store.questions.fair_queue
    await queue.positions(await queue.next(16, ()))


_WORK: dict[str, Callable[[Store, int], Awaitable[object]]] = {
    "what a person has asked lately": lambda store, number: store.questions.load(
        7 + number, 7 + number, time.time() - 60
    ),
    "a page of /history": lambda store, number: store.history.page(7 + number, limit=5),
    "the next questions and their places": _positions,
    "the figures of /admin": _admin,
    "entering a question": lambda store, number: _enter(store, number, 1),
    f"entering {TOGETHER} together, each": lambda store, number: _enter(store, number, TOGETHER),
}
