"""Hosts in network namespaces: a bot, Redis and two workers, cut off from each other both ways and one way only.

Example: python tests/chaos/chaos_network.py --questions 80

Everything lies inside namespaces of this program's own (Linux, util-linux' `unshare`, iproute2), which end with it: the
machine's network is not touched, and no rights are needed where user namespaces may be made.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import click
from chaos_people import People

sys.path.insert(0, str(Path(__file__).parents[1]))
HERE = Path(__file__).parent
UNSHARE = (
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
)
INSIDE = "CHAOS_INSIDE"
HOSTS = {"telegram": "10.77.0.1", "bot": "10.77.0.2", "redis": "10.77.0.3", "left": "10.77.0.4", "right": "10.77.0.5"}
PORT = 6379
PEOPLE = 8
PACE = 5.0
CUT_SECONDS = 14.0
"""Longer than a worker may be silent."""
SHORT_SECONDS = 5.0


def possible() -> bool:
    """Whether namespaces can be made here, and what they need is installed."""
    if not all(map(shutil.which, ("unshare", "ip", "redis-server"))):
        return False
    probe = "mount -t tmpfs none /run && ip link add hub type bridge"
    return subprocess.run([*UNSHARE, "--mount-proc", "sh", "-c", probe], capture_output=True).returncode == 0


def run_inside(questions: int, seed: int) -> subprocess.CompletedProcess[str]:
    """Run the whole in namespaces of its own; exit code 1 when a question is lost, doubled or wrong."""
    command = [*UNSHARE, "--mount-proc", sys.executable, __file__, "--questions", str(questions), "--seed", str(seed)]
    return subprocess.run(command, env={**os.environ, INSIDE: "1"}, text=True, stdout=subprocess.PIPE, check=False)


class Network:
    """Hosts on one switch; Telegram is the switch's own address."""

    def __init__(self) -> None:
        _ip("link", "set", "lo", "up")
        _ip("link", "add", "hub", "type", "bridge")
        _ip("addr", "add", f"{HOSTS['telegram']}/24", "dev", "hub")
        _ip("link", "set", "hub", "up")
        for host in list(HOSTS)[1:]:
            _ip("netns", "add", host)
            _ip("link", "add", f"to-{host}", "type", "veth", "peer", "name", "eth0", "netns", host)
            _ip("link", "set", f"to-{host}", "master", "hub", "up")
            _ip("-n", host, "addr", "add", f"{HOSTS[host]}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                _ip("-n", host, "link", "set", device, "up")

    @asynccontextmanager
    async def cut(self, host: str) -> AsyncIterator[None]:
        """Nothing comes to a host or from it."""
        _ip("link", "set", f"to-{host}", "down")
        try:
            yield
        finally:
            _ip("link", "set", f"to-{host}", "up")

    @asynccontextmanager
    async def one_way(self, source: str, target: str) -> AsyncIterator[None]:
        """What one host says does not reach another, which it still hears."""
        _ip("-n", source, "route", "add", "blackhole", HOSTS[target])
        try:
            yield
        finally:
            _ip("-n", source, "route", "del", "blackhole", HOSTS[target])


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


async def _process(stack: AsyncExitStack, host: str, *command: str, log: Path, **environment: str) -> None:
    """Start a program on a host; it is killed in the end."""
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *("ip", "netns", "exec", host, *command), stdout=file, stderr=file, env={**os.environ, **environment}
        )

    async def kill() -> None:
        if process.returncode is None:
            process.kill()
        await process.wait()

    stack.push_async_callback(kill)


async def _break(network: Network, people: People, pause: float) -> dict[str, int]:
    """Once somebody was answered, what breaks, one after the other; counted by its name."""
    while not any(asked.answered_at for asked in people.asked):  # noqa: ASYNC110 - done by others
        await asyncio.sleep(0.1)
    troubles = {
        "a worker cut off": (network.cut("left"), CUT_SECONDS),
        "a worker that is not heard": (network.one_way("right", "redis"), CUT_SECONDS),
        "a worker that does not hear": (network.one_way("redis", "left"), CUT_SECONDS),
        "a bot that is not heard": (network.one_way("bot", "redis"), SHORT_SECONDS),
        "a bot that does not hear": (network.one_way("redis", "bot"), SHORT_SECONDS),
        "Redis cut off": (network.cut("redis"), SHORT_SECONDS),
        "both workers cut off": (network.cut("right"), SHORT_SECONDS),
    }
    for name, (trouble, seconds) in troubles.items():
        await asyncio.sleep(pause)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(trouble)
            if name.startswith("both"):
                await stack.enter_async_context(network.cut("left"))
            await asyncio.sleep(seconds)
    return dict.fromkeys(troubles, 1)


async def _play(folder: Path, questions: int, seed: int) -> bool:
    from chaos import _quiet, _watch
    from chaos_bot import WORKER
    from chaos_judge import judge, note_answers, story
    from chaos_people import FIRST_PERSON, ask_some
    from chaos_process import TOKEN, BotProcess

    from bot.sandbox.accounts import User
    from bot.sandbox.server import Sandbox

    network, people = Network(), People()
    url = f"redis://{HOSTS['redis']}:{PORT}?namespace=network"
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(port=0, host=HOSTS["telegram"], token=TOKEN))
        for index in range(PEOPLE):
            sandbox.world.users[FIRST_PERSON + index] = User(FIRST_PERSON + index, f"Person {index}")
        redis = ("redis-server", "--bind", HOSTS["redis"], "--port", str(PORT), "--protected-mode", "no", "--save", "")
        await _process(stack, "redis", *redis, "--dir", str(folder), log=folder / "redis.log")
        for host in ("left", "right"):
            command = (sys.executable, str(HERE / "chaos_bot.py"), "worker", "--name", host)
            settings = {"VQABOT_BROKER_URL": url, WORKER: str(HERE / "chaos_worker.py")}
            await _process(stack, host, *command, log=folder / f"{host}.log", **settings)
        prefix = ("ip", "netns", "exec", "bot")
        bot = BotProcess(sandbox.url, folder, folder / "data", real_model=False, broker_url=url, prefix=prefix)
        async with bot:
            watch = asyncio.create_task(_watch(sandbox, people))
            share, rest = divmod(questions, PEOPLE)
            crowd = [
                ask_some(people, sandbox.url, i, share + (i < rest), random.Random(f"{seed}/{i}"), PACE)
                for i in range(PEOPLE)
            ]
            counts, *_ = await asyncio.gather(_break(network, people, 2.0), *crowd)
            quiet = await _quiet(sandbox, bot)
            watch.cancel()
            note_answers(sandbox, people, asyncio.get_running_loop().time())
        verdict = judge(sandbox, people, bot.data_dir, checkable=True)
    times = sorted(asked.answered_at - asked.at for asked in people.asked if asked.answered_at is not None)
    figures = {
        "questions": len(people.asked),
        **counts,
        "ends of the bot": bot.own_ends,
        "lost": len(verdict.lost),
        "answered twice": len(verdict.doubled),
        "answered wrongly": len(verdict.wrong),
        "slowest": f"{times[-1]:.1f} s" if times else "none",
    }
    for name, value in figures.items():
        click.echo(f"| {name} | {value} |")
    problems = [*verdict.problems, *([] if quiet else ["not finished"])]
    bad = [*verdict.lost, *verdict.doubled, *verdict.wrong]
    for line in [*problems, *(story(sandbox, bot.data_dir, asked) for asked in bad)]:
        click.echo(line)
    return verdict.good and quiet


@click.command(epilog="Example: python tests/chaos/chaos_network.py --questions 80 --seed 2")
@click.option("--questions", default=80, show_default=True, help="How many questions are asked.")
@click.option("--seed", default=1, show_default=True, help="What people ask and when is drawn from it.")
def main(questions: int, seed: int) -> None:
    """Cut a bot, Redis and two workers off from each other; exit code 1 when an answer is lost, doubled or wrong."""
    if INSIDE not in os.environ:
        if not possible():
            raise click.ClickException("No network namespaces can be made here, or ip or redis-server is missing.")
        done = run_inside(questions, seed)
        click.echo(done.stdout, nl=False)
        sys.exit(done.returncode)
    folder = Path(tempfile.mkdtemp(prefix="chaos-network-"))
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)  # where `ip netns` keeps its names
    good = asyncio.run(_play(folder, questions, seed))
    if not good:
        click.echo(f"The logs: {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
