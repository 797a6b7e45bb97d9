"""Odd and broken updates to the real bot, over HTTP, as Telegram's webhook sends them.

The bot runs as a process of its own against the sandbox. Every update must end in the ledger, everybody who is owed a
word must get one, and in the end a normal question is answered. `python tests/fuzz/fuzz_updates.py --help`
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from picture_damage import damage
from picture_seeds import make_seeds
from update_ledger import Ledger
from update_strategies import BOT, FILES, GROUP, USER, Drawn, updates

from bot.measuring.process import BotProcess
from bot.sandbox.accounts import Chat, Stored, User
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

TOKEN = "1000000001:fuzzed_bots_have_no_secret_to_keep"
SECRET = "fuzz"
FIRST_USER, FIRST_GROUP, FIRST_UPDATE = 500_000, -100_500_000, 1_000_000
PATIENCE = 60.0
"""Seconds before something counts as never done, on a machine that may be busy."""
BROKEN_REQUESTS = {400, 413}
"""What the webhook may answer to a body that is no update at all."""


@dataclass
class Report:
    """What became of all updates."""

    seed: int
    updates: int = 0
    owed: int = 0
    told: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    states: dict[str, int] = field(default_factory=dict)
    failed_because: dict[str, int] = field(default_factory=dict)
    questions: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    answers_afterwards: bool = False
    peaks_mb: dict[str, float] = field(default_factory=dict)
    resident_mb: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def find(self, what: str, update: object) -> None:
        """Note something that must not be."""
        self.findings.append({"problem": what, "update": json.dumps(update)[:2000]})

    def as_dict(self) -> dict[str, Any]:
        """The figures."""
        return {
            "seed": self.seed,
            "updates": self.updates,
            "kinds": dict(self.kinds.most_common()),
            "not_updates_refused": self.refused,
            "states": self.states,
            "failed_because": self.failed_because,
            "owed_a_word": self.owed,
            "told": self.told,
            "questions": self.questions,
            "answers_afterwards": self.answers_afterwards,
            "peak_mb": {name: round(value) for name, value in self.peaks_mb.items()},
            "bot_resident_mb_over_time": [round(value) for value in self.resident_mb],
            "seconds": round(self.seconds, 1),
            "findings": self.findings,
        }


def draw(number: int, seed: int) -> list[Drawn]:
    """`number` updates from the strategies; the same for the same seed."""
    drawn: list[Drawn] = []
    for part in itertools.count():
        # Hypothesis likes to vary what it drew before; starting anew again and again gives more kinds.
        drawn += _draw(25, seed * 1_000_003 + part)
        if len(drawn) >= number:
            return drawn[:number]
    raise AssertionError("counting does not end")


def _draw(most: int, seed: int) -> list[Drawn]:
    drawn: list[Drawn] = []

    @seeded(seed)
    @settings(
        max_examples=most,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(updates)
    def collect(update: Drawn) -> None:
        drawn.append(update)

    collect()
    return drawn


class Fuzz:
    """Hands updates to a running bot, several at a time, each into a chat of its own."""

    def __init__(self, sandbox: Sandbox, hook: str, ledger: Ledger, report: Report, patience: float) -> None:
        self._sandbox, self._hook, self._ledger, self._report = sandbox, hook, ledger, report
        self._patience = patience
        self._numbers = itertools.count(FIRST_UPDATE)
        self._rng = random.Random(report.seed)
        self._seeds = make_seeds(self._rng)
        self._bot_id = int(TOKEN.split(":")[0])

    def add_slot(self, slot: int) -> None:
        """Let a person and a group move in, silently."""
        world = self._sandbox.world
        bot = world.bots[self._bot_id]
        user = world.users[FIRST_USER + slot] = User(FIRST_USER + slot, "Fuzz")
        chat = world.private_chat(bot, user.id)
        chat.keep(Stored({"message_id": 1, "date": 0, "chat": chat.as_json(), "text": "hello"}, user.id))
        members = {user.id: "administrator" if slot % 2 else "member", bot.id: "member"}
        world.groups[FIRST_GROUP - slot] = Chat(FIRST_GROUP - slot, "supergroup", "Fuzz", members=members)

    async def work(self, session: aiohttp.ClientSession, slot: int, queue: list[Drawn]) -> None:
        """Send updates from `queue` into one slot's chats until it is empty."""
        while queue:
            template, owed = queue.pop()
            try:
                await self._send(session, slot, template, owed)
            except (aiohttp.ClientError, TimeoutError) as error:
                self._report.find(f"the bot is not there: {type(error).__name__}", template)
                return

    async def _send(self, session: aiohttp.ClientSession, slot: int, template: dict[str, Any], owed: bool) -> None:
        report, ledger = self._report, self._ledger
        number = next(self._numbers)
        query = self._sandbox.world.callbacks.ask(self._bot_id, FIRST_USER + slot, FIRST_USER + slot)
        update = {"update_id": number, **self._filled(template, slot, query.id, number)}
        chats = (FIRST_USER + slot, FIRST_GROUP - slot)
        before = sum(ledger.told[chat] for chat in chats)
        report.updates += 1
        report.kinds[next((kind for kind in update if kind != "update_id"), "nothing")] += 1
        async with session.post(self._hook, data=json.dumps(update).encode()) as response:
            if response.status != 200:
                report.refused += 1
                if response.status not in BROKEN_REQUESTS or owed:
                    report.find(f"the webhook answers {response.status}", update)
                return

        def told() -> bool:
            if "callback_query" in update:
                return query.id in ledger.answered_queries
            return sum(ledger.told[chat] for chat in chats) > before

        def settled() -> bool:
            return update["update_id"] not in ledger.pending and ledger.open_chats.isdisjoint(chats)

        await ledger.fresh()
        try:
            async with asyncio.timeout(self._patience), ledger.changed:
                await ledger.changed.wait_for(lambda: settled() and (not owed or told()))
        except TimeoutError:
            report.find("nobody was told" if settled() else "it never ended", update)
        report.owed += owed
        report.told += owed and told()

    def _filled(self, value: Any, slot: int, query: str, number: int) -> Any:
        """The template with real numbers, files and the query's id."""
        if isinstance(value, dict):
            return {key: self._filled(item, slot, query, number) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item, slot, query, number) for item in value]
        if not isinstance(value, str):
            return value
        if value in FILES:
            return self._file(value)
        known = {USER: FIRST_USER + slot, GROUP: FIRST_GROUP - slot, BOT: self._bot_id}
        return {**known, "{query}": query, "{update}": number}.get(value, value)

    def _file(self, kind: str) -> str:
        data = {
            "{picture}": lambda: self._seeds["png 48x32"],
            "{damaged}": lambda: damage(self._rng, self._seeds)[1],
            "{text}": lambda: b"no picture\n",
        }.get(kind)
        if data is None:
            return kind
        return self._sandbox.world.files.add(data(), "photo", "file.jpg", "image/jpeg").file_id


async def run(drawn: Sequence[Drawn], seed: int, folder: Path, *, slots: int = 40, **options: Any) -> Report:
    """Send all of `drawn` to a bot with its data in `folder`.

    Keyword Args:
        slots: How many chats write at the same time.
        patience: Seconds before something counts as never done.
        model: The model that answers; without one every answer is the same.
    """
    report = Report(seed)
    model, patience = options.get("model"), options.get("patience", PATIENCE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hook = f"http://127.0.0.1:{port}/hook"
    started = time.monotonic()
    async with Sandbox(port=0, token=TOKEN) as sandbox:
        bot_settings: dict[str, object] = {
            "telegram_token": TOKEN,
            "telegram_base_url": sandbox.url,
            "data_dir": folder,
            "webhook_url": hook,
            "webhook_secret": SECRET,
            "webhook_port": port,
            "questions_per_minute": 1_000_000,
            "log_level": "ERROR",
        }
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with (
            BotProcess(bot_settings, ["--model", model] if model else []) as bot,
            Ledger(folder / "vqabot.sqlite3", sandbox.world) as ledger,
            aiohttp.ClientSession(headers=headers) as session,
        ):
            fuzz = Fuzz(sandbox, hook, ledger, report, patience)
            for slot in range(slots):
                fuzz.add_slot(slot)
            queue = list(reversed(drawn))
            watch = asyncio.create_task(_watch_memory(bot, report, len(queue)))
            await asyncio.gather(*(fuzz.work(session, slot, queue) for slot in range(slots)))
            report.answers_afterwards = await _still_answers(sandbox)
            await ledger.fresh()
            report.states, report.failed_because = ledger.states(), ledger.reasons()
            report.questions = ledger.questions()
            if ledger.states().get("pending") or ledger.unfinished_questions():
                report.find("something is left unfinished in the ledger", ledger.states())
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            if not bot.alive:
                report.find("the bot ended", None)
            report.peaks_mb = bot.peaks_mb()
    report.seconds = time.monotonic() - started
    return report


async def _watch_memory(bot: BotProcess, report: Report, total: int) -> None:
    """Note the bot's size at every tenth of the way."""
    while True:
        if bot.alive:
            bot.peaks_mb()
            if report.updates * 10 >= total * len(report.resident_mb):
                report.resident_mb.append(bot.resident_mb())
        await asyncio.sleep(0.2)


async def _still_answers(sandbox: Sandbox) -> bool:
    async with Person(sandbox.url, 1001) as person:
        picture = (Path(__file__).resolve().parents[2] / "bot" / "example.png").read_bytes()
        await person.send_picture(picture, "What color is the ball?")
        try:
            await person.wait_for(lambda m: "% sure" in m.get("text", ""), timeout=PATIENCE)
        except TimeoutError:
            return False
        return True


def main() -> int:
    """The long form; returns 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--number", type=int, default=10_000, help="updates")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="builtin", help="the model that answers; `none`: the same answer to all")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds before something never happened")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vqabot-fuzz-") as folder:
        drawn = draw(options.number, options.seed)
        model = None if options.model == "none" else options.model
        work = run(drawn, options.seed, Path(folder) / "data", model=model, patience=options.patience)
        figures = asyncio.run(work).as_dict()
    if options.json:
        print(json.dumps(figures))
    else:
        findings = figures.pop("findings")
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):<28} {value}")
        for finding in findings:
            print("FOUND", json.dumps(finding))
        figures["findings"] = findings
    return 1 if figures["findings"] or not figures["answers_afterwards"] else 0


if __name__ == "__main__":
    sys.exit(main())
