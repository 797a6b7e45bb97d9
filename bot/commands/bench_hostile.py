"""`vqabot bench hostile`: what one person's picture, file or chat costs another."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

from bot.commands.measuring import measured

TOKEN = "1000000001:the_bench_has_no_secret_to_keep"


@click.command("hostile", epilog="Example: vqabot bench hostile --probes 20 --json")
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option("--probes", type=click.IntRange(2), default=20, show_default=True, help="Follow-ups in each scenario.")
@click.option("--only", help="Only scenarios whose name holds this text, and the calm one.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_hostile(model: str, probes: int, only: str | None, as_json: bool) -> None:
    """Time a person's follow-ups while something ordinary or hostile of others lasts.

    The whole bot with a real worker against the sandbox's Telegram: pictures that cost a lot, downloads and polls that
    drip, a group that is told to wait, files that cannot be had. The baseline is the same without any of it.
    """
    figures = measured(lambda folder: _measure(folder, model, probes, only))
    if as_json:
        click.echo(json.dumps(figures))
        return
    click.echo(f"{'while there is':<52} {'median s':>9} {'p95 s':>8} {'to calm':>8}")
    for name, row in figures.items():
        click.echo(f"{name:<52} {row['median_s']:>9} {row['p95_s']:>8} {row['to_calm']:>8}")


async def _measure(folder: Path, model: str, probes: int, only: str | None) -> dict[str, dict[str, Any]]:
    from importlib.resources import files

    from bot.benchmarks.hostile import Stage, add_people, measure, scenarios
    from bot.benchmarks.process import BotProcess
    from bot.sandbox.server import Sandbox

    chosen = [one for place, one in enumerate(scenarios()) if place == 0 or only is None or only in one.name]
    found: dict[str, dict[str, Any]] = {}
    calm = 1.0
    async with Sandbox(port=0, token=TOKEN) as sandbox:
        add_people(sandbox)
        settings: dict[str, object] = {
            "telegram_token": TOKEN,
            "telegram_base_url": sandbox.url,
            "data_dir": folder / "data",
            "questions_per_minute": 100_000,
            "log_level": "ERROR",
        }
        stage = Stage(sandbox, (files("bot") / "example.png").read_bytes())
        async with BotProcess(settings, ["--model", model]):
            for scenario in chosen:
                seconds = sorted(await measure(stage, scenario, probes))
                median, p95 = seconds[len(seconds) // 2], seconds[math.ceil(0.95 * len(seconds)) - 1]
                calm = median if not found else calm
                found[scenario.name] = {
                    "median_s": round(median, 2),
                    "p95_s": round(p95, 2),
                    "to_calm": round(median / calm, 1),
                }
    return found
