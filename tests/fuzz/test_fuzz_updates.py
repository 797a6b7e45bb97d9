"""The short form of the fuzz of updates (`make fuzz` is the long one), and the proof that it would find something."""

from __future__ import annotations

import json
from pathlib import Path

import telegram
from fuzz_updates import plan, run
from telegram_schema import fields_of
from update_essentials import essentials
from update_ledger import Said, twice
from update_report import Judged
from update_strategies import GROUP, USER, Drawn, draw

NUMBER, SEED = 500, 7


async def test_odd_updates_end_in_the_ledger_and_people_are_told(tmp_path: Path) -> None:
    report = await run(plan(NUMBER, SEED), SEED, tmp_path / "data")
    assert report.findings == []
    assert report.answers_afterwards
    assert report.updates == NUMBER and report.told == report.owed > NUMBER / 4
    assert report.states["done"] + report.states["failed"] >= NUMBER - report.refused
    assert len(report.kinds) > 12 and report.states["failed"] > 0 and report.questions > 20
    assert report.peaks_mb["bot"] > 0 and report.slowest_seconds > 0


async def test_somebody_who_is_not_told_is_noticed(tmp_path: Path) -> None:
    """Claimed to be owed a word: a message between others in a group, which the bot rightly leaves alone."""
    chat = {"id": GROUP, "type": "supergroup", "title": "Others"}
    sender = {"id": USER, "is_bot": False, "first_name": "Other"}
    aside: Drawn = ({"message": {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": "Hi"}}, True)
    report = await run([aside], 1, tmp_path / "data", slots=1, patience=1)
    assert [finding["problem"] for finding in report.findings] == ["nobody was told"]
    assert report.answers_afterwards


async def test_what_takes_too_much_is_noticed(tmp_path: Path) -> None:
    """The same updates, judged as if the bot had to be faster and smaller than any can be."""
    report = await run(essentials()[:1], 1, tmp_path / "data", slots=1, judged=Judged(0.0, 1.0, 0.0))
    problems = [finding["problem"] for finding in report.findings]
    slow, large = problems
    assert slow.startswith("it took ") and large.endswith("MB are too many for the bot")


def test_what_is_said_twice_is_noticed() -> None:
    progress, answer = Said(1, 9, "Looking…"), Said(1, 9, "Red")
    assert twice([progress, answer, Said(2, 8, "Red")]) == [], "an edit is one message, and others are answered alike"
    assert twice([progress, answer, Said(2, 9, "Red")]) == ["Red"]


def test_what_people_send_every_day_is_always_among_it() -> None:
    mixed = plan(100, 1)
    assert len(mixed) == 100 and mixed == plan(100, 1)
    assert all(drawn in mixed for drawn in essentials())


def test_the_strategies_reach_the_whole_schema() -> None:
    drawn = draw(600, 3)
    assert draw(50, 3) == draw(50, 3)
    text = json.dumps(drawn)
    known = [name for name in fields_of(telegram.Message) if f'"{name}":' in text]
    assert len(known) > 45, "few of a message's fields are ever drawn"
    assert any("\\ud" in json.dumps(update) and owed for update, owed in drawn)
