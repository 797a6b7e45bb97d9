"""`vqabot bench bot`: the bot without a model, from update to delivered answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from bot.commands.measuring import cpu_seconds, measured
from bot.commands.terminal import show_figures

CHATS = 1000


@click.command("bot", epilog="Example: vqabot bench bot --seconds 20 --json")
@click.option("--seconds", type=click.FloatRange(1), default=10.0, show_default=True, help="Of each measurement.")
@click.option("--rate", type=click.FloatRange(1), default=100.0, show_default=True, help="Questions a second.")
@click.option("--outstanding", type=click.IntRange(1), default=96, show_default=True, help="Chats at saturation.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the ledger is made.  [default: temporary]",
)
@click.option("--profile", type=click.Path(dir_okay=False, path_type=Path), help="Write a cProfile of the bot here.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_bot(
    seconds: float, rate: float, outstanding: int, data_dir: Path | None, profile: Path | None, as_json: bool
) -> None:
    """Time the bot itself: every question gets the same answer at once, without a model.

    The bot runs as a process of its own with its ledger in synchronous=FULL, and polls a stub of Telegram over HTTP
    that lives with the load in this process and has no limits. Prints questions a second at saturation and the latency
    from update to delivered answer at a steady pace. The baseline is what this disk takes of single durable commits.
    """
    show_figures(measured(lambda folder: _measure(folder, seconds, rate, outstanding, profile), data_dir), as_json)


async def _measure(folder: Path, seconds: float, rate: float, outstanding: int, profile: Path | None) -> dict[str, Any]:
    from bot.benchmarks.baseline import durable_commits
    from bot.benchmarks.fake_telegram import FakeTelegram
    from bot.benchmarks.load import introduce, saturate, steady
    from bot.benchmarks.process import BotProcess

    commits = durable_commits(folder, min(2.0, seconds))
    chats = list(range(1, CHATS + 1))
    async with FakeTelegram() as telegram:
        options = ["--profile", str(profile)] if profile else []
        async with BotProcess(telegram.settings(folder / "data"), options) as bot:
            await introduce(telegram, chats)
            before, started_cpu = dict(telegram.calls), cpu_seconds([bot.pid])
            latencies = await steady(telegram, chats, rate, seconds)
            paced_cpu = cpu_seconds([bot.pid]) - started_cpu
            answered, started_cpu = telegram.answered, cpu_seconds([bot.pid])
            at_saturation = await saturate(telegram, chats[:outstanding], seconds, warm_up=min(2.0, seconds))
            cpu_each = (cpu_seconds([bot.pid]) - started_cpu) / (telegram.answered - answered)
            calls = sum(telegram.calls.values()) - sum(before.values())
            peak = bot.peaks_mb()["bot"]
    return {
        "questions_per_second": round(at_saturation, 1),
        "durable_commits_per_second_alone": round(commits),
        "questions_to_single_commits": round(at_saturation / commits, 2),
        "steady_questions_per_second": rate,
        "p50_ms": round(1000 * latencies.p50, 1),
        "p95_ms": round(1000 * latencies.p95, 1),
        "p99_ms": round(1000 * latencies.p99, 1),
        "largest_ms": round(1000 * latencies.largest, 1),
        "bot_cores_at_steady_pace": round(paced_cpu / seconds, 2),
        "cpu_ms_per_question": round(1000 * cpu_each, 2),
        "calls_to_telegram": calls,
        "peak_memory_mb": round(peak),
        "cores": len(os.sched_getaffinity(0)),
    }
