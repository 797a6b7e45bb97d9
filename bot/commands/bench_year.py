"""`vqabot bench year`: whether a bot that has run for a year is as fast as on its first day."""

from __future__ import annotations

import asyncio
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from bot.commands.terminal import Terminal

MB = 1_000_000


@click.command("year", epilog="Example: vqabot bench year --days 365 --keep-days 90 --json")
@click.option("--days", type=click.IntRange(2), default=365, show_default=True, help="Simulated ones.")
@click.option("--questions", type=click.IntRange(10), default=1000, show_default=True, help="A day, of 200 chats.")
@click.option("--keep-days", type=click.IntRange(0), default=0, show_default=True, help="0: for ever.")
@click.option("--budget-mb", type=click.IntRange(1), default=50, show_default=True, help="For pictures.")
@click.option("--picture-kb", type=click.IntRange(1), default=2, show_default=True, help="Of each, for 4 questions.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_year(days: int, questions: int, keep_days: int, budget_mb: int, picture_kb: int, as_json: bool) -> None:
    """Simulate a year of questions, and time the start, /history, /export, a question and /admin before and after.

    The questions are entered in bulk; retention and the budget are the bot's own. The baseline is the first day, in
    the same run; history and export are those of a chat that asked 100 questions on that day.
    """
    from bot.benchmarks.year import simulate

    with tempfile.TemporaryDirectory(prefix="vqabot-bench-") as folder, Terminal().bar(days - 1, "Days") as bar:
        first, last = asyncio.run(
            simulate(
                Path(folder) / "data",
                days=days,
                questions_a_day=questions,
                keep_days=keep_days,
                budget_bytes=budget_mb * MB,
                picture_bytes=picture_kb * 1000,
                progress=bar.update,
            )
        )
    if as_json:
        click.echo(json.dumps({"first_day": asdict(first), "last_day": asdict(last), "budget_bytes": budget_mb * MB}))
        return
    click.echo(f"{'':32}{'first day':>14}{'last day':>14}{'ratio':>8}")
    for name in ("questions", "pictures", "picture_bytes", "database_bytes"):
        click.echo(f"{name.replace('_', ' '):32}{getattr(first, name):>14,}{getattr(last, name):>14,}")
    for unit, befores, afters in (
        ("ms", first.milliseconds, last.milliseconds),
        ("ms of CPU", first.cpu_milliseconds, last.cpu_milliseconds),
    ):
        for name, before in befores.items():
            after = afters[name]
            click.echo(f"{f'{name}, {unit}':32}{before:>14.1f}{after:>14.1f}{after / before:>8.1f}")
