"""Chaos: a bot, its worker and Telegram under load while everything goes wrong; then every question has one answer.

Example: python tests/chaos/chaos.py --seed 1 --questions 1200 --kills 100
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from chaos_hostile import BOMBER, HOARDER
from chaos_judge import Verdict, judge, note_answers, story, unfinished
from chaos_people import FIRST_PERSON, People, ask_some
from chaos_process import TOKEN, BotProcess
from chaos_redis import RedisSide
from chaos_trouble import Trouble, small_disk

from bot.sandbox.accounts import User
from bot.sandbox.server import Sandbox

QUIET_SECONDS = 240.0
"""How long the bot has to finish after the last trouble."""
WATCH_SECONDS = 0.25
MOST_LEFT = 0.03
"""The share of questions of which a progress message may stay for ever."""


@dataclass(frozen=True)
class Plan:
    """What a run does."""

    seed: int = 1
    questions: int = 1000
    kills: int = 100
    people: int = 40
    pace: float = 9.0
    """Seconds between a person's questions, on average."""
    pause: float = 0.8
    """Seconds between troubles, on average."""
    real_model: bool = False
    redis: bool = False
    """With a Redis server and two workers on it."""


@dataclass
class Report:
    """What came of it."""

    verdict: Verdict
    figures: dict[str, Any]
    stories: list[str]


async def run(plan: Plan, folder: Path) -> Report:
    """Run the plan in an empty folder."""
    dice = random.Random(plan.seed)
    people = People()
    disk = folder / "disk"
    with small_disk(disk):
        async with AsyncExitStack() as stack:
            sandbox = await stack.enter_async_context(Sandbox(port=0, token=TOKEN))
            redis: RedisSide | None = None
            if plan.redis:
                redis = RedisSide(folder / "redis", dice, real_model=plan.real_model)
                await stack.enter_async_context(redis)
            for index in range(plan.people):
                sandbox.world.users[FIRST_PERSON + index] = User(FIRST_PERSON + index, f"Person {index}")
            for number in (BOMBER, HOARDER):
                sandbox.world.users[number] = User(number, f"Person {number}")
            broker_url = redis.url if redis is not None else None
            bot = BotProcess(sandbox.url, folder, disk / "data", real_model=plan.real_model, broker_url=broker_url)
            trouble = Trouble(sandbox, bot, people, dice, redis)
            async with bot:
                watch = asyncio.create_task(_watch(sandbox, people))
                share, rest = divmod(plan.questions, plan.people)
                crowd = [
                    ask_some(people, sandbox.url, i, share + (i < rest), random.Random(f"{plan.seed}/{i}"), plan.pace)
                    for i in range(plan.people)
                ]
                await asyncio.gather(trouble.run(plan.kills, plan.pause), *crowd)
                await trouble.stop()
                quiet = await _quiet(sandbox, bot)
                watch.cancel()
                note_answers(sandbox, people, asyncio.get_running_loop().time())
                await trouble.bot_polls()  # a start that is under way knows no SIGTERM yet
                code = await bot.end()
            verdict = judge(sandbox, people, bot.data_dir, checkable=not plan.real_model)
            if not quiet:
                verdict.problems.append(f"not finished after {QUIET_SECONDS:.0f} s")
            if verdict.left_progress >= max(2, MOST_LEFT * len(people.asked)):
                verdict.problems.append(f"{verdict.left_progress} progress messages are left")
            if code != 0:
                verdict.problems.append(f"SIGTERM ended the bot with code {code}")
            bad = [*verdict.lost, *verdict.doubled, *verdict.wrong]
            if not verdict.good:
                shutil.copytree(bot.data_dir, folder / "ledger")
            stories = [story(sandbox, bot.data_dir, asked) for asked in bad[:20]]
            return Report(verdict, _figures(people, bot, trouble, sandbox, verdict), stories)


async def _watch(sandbox: Sandbox, people: People) -> None:
    while True:
        note_answers(sandbox, people, asyncio.get_running_loop().time())
        await asyncio.sleep(WATCH_SECONDS)


async def _quiet(sandbox: Sandbox, bot: BotProcess) -> bool:
    """Wait until nothing is under way any more; False when that takes too long."""
    account = next(iter(sandbox.world.bots.values()))
    calm = 0
    try:
        async with asyncio.timeout(QUIET_SECONDS):
            while calm < 4:
                await asyncio.sleep(0.5)
                idle = not account.updates.head() and not account.updates.again and unfinished(bot.data_dir) == 0
                calm = calm + 1 if idle else 0
    except TimeoutError:
        return False
    return True


def _figures(people: People, bot: BotProcess, trouble: Trouble, sandbox: Sandbox, verdict: Verdict) -> dict[str, Any]:
    times = sorted(asked.answered_at - asked.at for asked in people.asked if asked.answered_at is not None)
    calls = [entry for entry in sandbox.world.recorder.log if not entry.get("ok", True)]
    return {
        "questions": len(people.asked),
        "of them edited": sum(asked.edited is not None for asked in people.asked),
        "kill -9 of the bot": bot.kills,
        "kill -9 of the worker": bot.worker_kills,
        "starts of the bot": bot.starts,
        "ends of its own": bot.own_ends,
        "calls that failed (of the last recorded)": len(calls),
        **{name: trouble.counts[name] for name in sorted(trouble.counts)},
        "lost": len(verdict.lost),
        "answered twice": len(verdict.doubled),
        "answered wrongly": len(verdict.wrong),
        "presses of Where?": len(people.pressed),
        "maps": verdict.maps,
        "given up after two deaths of the worker": verdict.given_up,
        "other sentences": verdict.notices,
        "progress messages left over": verdict.left_progress,
        "median seconds to the answer": round(times[len(times) // 2], 1) if times else None,
        "slowest": round(times[-1], 1) if times else None,
    }


@click.command(epilog="Example: python tests/chaos/chaos.py --seed 2 --questions 1200 --kills 100")
@click.option("--seed", default=1, show_default=True, help="What the troubles and their instants are drawn from.")
@click.option("--questions", default=1200, show_default=True, help="How many questions are asked.")
@click.option("--kills", default=100, show_default=True, help="How many kill -9, of bot and worker together.")
@click.option("--people", default=40, show_default=True, help="How many people ask.")
@click.option("--pace", default=9.0, show_default=True, help="Seconds between a person's questions, on average.")
@click.option("--pause", default=0.8, show_default=True, help="Seconds between troubles, on average.")
@click.option("--redis", is_flag=True, help="With a Redis server and two workers, all of which are killed too.")
@click.option("--real-model", is_flag=True, help="With the built-in model instead of a worker that names colours.")
def main(**options: Any) -> None:
    """Ask under trouble and count the answers; exit code 1 when one is lost, doubled or wrong."""
    plan = Plan(**options)
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    try:
        report = asyncio.run(run(plan, folder))
    finally:
        click.echo(f"seed {plan.seed}: {plan}")
    for name, value in report.figures.items():
        click.echo(f"| {name} | {value} |")
    for line in [*report.verdict.problems, *report.stories]:
        click.echo(line)
    if report.verdict.good and not report.figures["ends of its own"]:
        shutil.rmtree(folder)
    else:
        click.echo(f"The bot's log, and its folder where something went wrong: {folder}")
    if not report.verdict.good:
        sys.exit(1)


if __name__ == "__main__":
    main()
