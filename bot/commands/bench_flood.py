"""`vqabot bench flood`: what a thousand questions of one chat cost another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bot.commands.measuring import measured
from bot.commands.terminal import show_figures

FLOODING, OTHER = 1, 2


@click.command("flood", epilog="Example: vqabot bench flood --questions 1000 --json")
@click.option("--model", default="builtin", show_default=True, help="A folder, a ZIP or a hub id.")
@click.option("--questions", type=click.IntRange(50), default=1000, show_default=True, help="Of the flooding chat.")
@click.option("--probes", type=click.IntRange(1), default=10, show_default=True, help="Questions of the other chat.")
@click.option("--batch-size", type=click.IntRange(1, 256), default=8, show_default=True, help="Of the worker.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def bench_flood(model: str, questions: int, probes: int, batch_size: int, as_json: bool) -> None:
    """Let one chat ask a thousand questions at once, and count what stands before another chat's question.

    The whole bot and a real worker against a stub of Telegram. The baseline is the other chat's question without the
    flood, in the same run.
    """
    show_figures(measured(lambda folder: _measure(folder, model, questions, probes, batch_size)), as_json)


async def _measure(folder: Path, model: str, questions: int, probes: int, batch_size: int) -> dict[str, Any]:
    from bot.benchmarks.fake_telegram import FakeTelegram
    from bot.benchmarks.load import Probe, introduce
    from bot.benchmarks.process import BotProcess

    async with FakeTelegram() as telegram:
        settings = telegram.settings(folder / "data") | {
            "max_waiting_per_chat": questions + 1,
            "max_waiting_per_person": questions + 1,
            "max_waiting": questions + 100,
            "batch_size": batch_size,
        }
        async with BotProcess(settings, ["--model", model]):
            await introduce(telegram, [FLOODING, OTHER])
            probe = Probe(telegram, OTHER)
            alone = [await probe.ask() for _ in range(probes + 1)][1:]
            for _ in range(questions):
                telegram.ask(FLOODING, "What color is the ball?")
            await probe.flood_is_under_way(3 * batch_size)
            flooded = [await probe.ask() for _ in range(probes)]
            left = telegram.open_questions
    before = sorted(answers for _, answers in flooded)
    median, median_alone = (sorted(found)[len(found) // 2] for found in (flooded, alone))
    return {
        "flood_questions": questions,
        "batch_size": batch_size,
        "flood_answers_before_the_others_median": before[len(before) // 2],
        "flood_answers_before_the_others_most": before[-1],
        "in_batches_most": round(before[-1] / batch_size, 2),
        "other_chat_ms_in_the_flood": round(1000 * median[0], 1),
        "other_chat_ms_alone": round(1000 * median_alone[0], 1),
        "in_the_flood_to_alone": round(median[0] / median_alone[0], 2),
        "flood_questions_left_at_the_end": left,
    }
