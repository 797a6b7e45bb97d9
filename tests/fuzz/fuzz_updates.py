"""Odd and broken updates to the real bot, over HTTP, as Telegram's webhook sends them.

The bot runs as a process of its own against the sandbox. Every update must end in the ledger, in time, everybody who is
owed a word must get it under their own message and once, the bot must stay small, and in the end a normal question is
answered. `python tests/fuzz/fuzz_updates.py --help`
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
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
from picture_damage import damage
from picture_seeds import make_seeds
from update_essentials import essentials
from update_ledger import Ledger, Said, twice
from update_report import JUDGED, Judged, Report
from update_strategies import BOT, FILES, GROUP, USER, Drawn, draw

from bot.benchmarks.process import BotProcess
from bot.sandbox.accounts import Chat, Stored, User
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts.sureness import is_answer

TOKEN = "1000000001:fuzzed_bots_have_no_secret_to_keep"
SECRET = "fuzz"
FIRST_USER, FIRST_GROUP, FIRST_UPDATE = 500_000, -100_500_000, 1_000_000
PATIENCE = 60.0
"""Seconds before something counts as never done, on a machine that may be busy."""
BROKEN_REQUESTS = {400, 413}
"""What the webhook may answer to a body that is no update at all."""


def _album(update: dict[str, Any]) -> str | None:
    """The album that a message belongs to, edited or not."""
    messages = (update.get(kind) for kind in ("message", "edited_message"))
    return next((str(m["media_group_id"]) for m in messages if isinstance(m, dict) and "media_group_id" in m), None)


def plan(number: int, seed: int) -> list[Drawn]:
    """`number` updates (but all of the essential ones in any case), mixed; the same for the same seed."""
    certain = essentials() * max(1, number // 1000)
    mixed = certain + draw(max(0, number - len(certain)), seed)
    random.Random(seed).shuffle(mixed)
    return mixed


class Fuzz:
    """Hands updates to a running bot, several at a time, each into a chat of its own."""

    def __init__(
        self, sandbox: Sandbox, hook: str, ledger: Ledger, report: Report, patience: float, judged: Judged
    ) -> None:
        self._sandbox, self._hook, self._ledger, self._report = sandbox, hook, ledger, report
        self._patience, self._judged = patience, judged
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
        chats, album = (FIRST_USER + slot, FIRST_GROUP - slot), _album(update)
        heard = {chat: len(ledger.said[chat]) for chat in chats}
        report.updates += 1
        report.kinds[next((kind for kind in update if kind != "update_id"), "nothing")] += 1
        async with session.post(self._hook, data=json.dumps(update).encode()) as response:
            if response.status != 200:
                report.refused += 1
                if response.status not in BROKEN_REQUESTS or owed:
                    report.find(f"the webhook answers {response.status}", update)
                return

        def said() -> list[Said]:
            return [one for chat, before in heard.items() for one in ledger.said[chat][before:]]

        def told() -> bool:
            if "callback_query" in update:
                return query.id in ledger.answered_queries
            under = {one.under for one in said()}
            if number in under or (None in under and _is_command(update)):  # menus are no replies
                return True
            if under and not under.isdisjoint(ledger.places(chats, number, album)):
                return True
            return album is not None and ledger.joined(chats, number, album)

        def settled() -> bool:
            return update["update_id"] not in ledger.pending and ledger.open_chats.isdisjoint(chats)

        began = ledger.seconds
        await ledger.fresh()
        try:
            async with asyncio.timeout(self._patience), ledger.changed:
                await ledger.changed.wait_for(lambda: settled() and (not owed or told()))
        except TimeoutError:
            report.find("nobody was told" if settled() else "it never ended", update)
        took = ledger.seconds - began
        report.slowest_seconds = max(report.slowest_seconds, took)
        if took > self._judged.seconds:
            report.find(f"it took {took:.0f} s", update)
        for text in twice(said()):
            report.find(f"said twice: {text[:100]}", update)
        if ledger.answered_queries[query.id] > 1:
            report.find("a press was answered twice", update)
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


def _is_command(update: dict[str, Any]) -> bool:
    message = update.get("message")
    said = (message.get("text") or message.get("caption")) if isinstance(message, dict) else None
    return isinstance(said, str) and said.startswith("/")


async def run(drawn: Sequence[Drawn], seed: int, folder: Path, *, slots: int = 40, **options: Any) -> Report:
    """Send all of `drawn` to a bot with its data in `folder`.

    Keyword Args:
        slots: How many chats write at the same time.
        patience: Seconds before something counts as never done.
        judged: What the bot may take.
        model: The model that answers; without one every answer is the same.
    """
    report = Report(seed)
    model, patience, judged = options.get("model"), options.get("patience", PATIENCE), options.get("judged", JUDGED)
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
            fuzz = Fuzz(sandbox, hook, ledger, report, patience, judged)
            for slot in range(slots):
                fuzz.add_slot(slot)
            queue = list(reversed(drawn))
            watch = asyncio.create_task(_watch_memory(bot, report, len(queue)))
            await asyncio.gather(*(fuzz.work(session, slot, queue) for slot in range(slots)))
            report.answers_afterwards = await _still_answers(sandbox)
            await ledger.fresh()
            with suppress(TimeoutError):  # that the last answer stands in its chat is kept a moment after it does
                async with asyncio.timeout(patience), ledger.changed:
                    await ledger.changed.wait_for(lambda: not ledger.pending and not ledger.open_chats)
            report.states, report.failed_because = ledger.states(), ledger.reasons()
            report.questions = ledger.questions()
            if ledger.states().get("pending") or ledger.unfinished_questions():
                report.find("something is left unfinished in the ledger", ledger.states())
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            if not bot.alive:
                report.find("the bot ended", None)
            report.peaks_mb = bot.peaks_mb()
            for name, limit in (("bot", judged.bot_mb), ("worker", judged.worker_mb)):
                if report.peaks_mb.get(name, 0.0) > limit:
                    report.find(f"{report.peaks_mb[name]:.0f} MB are too many for the {name}", None)
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
            await person.wait_for(lambda m: is_answer(m.get("text", "")), timeout=PATIENCE)
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
        drawn = plan(options.number, options.seed)
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
