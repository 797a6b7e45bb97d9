"""The short form of the fuzz of updates (`make fuzz` is the long one), and the proof that it would find something."""

from __future__ import annotations

import json
from pathlib import Path

import telegram
from fuzz_updates import draw, run
from telegram_schema import fields_of
from update_strategies import GROUP, USER, Drawn

NUMBER, SEED = 1000, 7
PEAK_MB = 300


async def test_odd_updates_end_in_the_ledger_and_people_are_told(tmp_path: Path) -> None:
    report = await run(draw(NUMBER, SEED), SEED, tmp_path / "data")
    assert report.findings == []
    assert report.answers_afterwards
    assert report.updates == NUMBER and report.told == report.owed > NUMBER / 4
    assert report.states["done"] + report.states["failed"] >= NUMBER - report.refused
    assert len(report.kinds) > 12 and report.states["failed"] > 0 and report.questions > 20
    assert report.peaks_mb["bot"] < PEAK_MB


async def test_somebody_who_is_not_told_is_noticed(tmp_path: Path) -> None:
    """Claimed to be owed a word: a message between others in a group, which the bot rightly leaves alone."""
    chat = {"id": GROUP, "type": "supergroup", "title": "Others"}
    sender = {"id": USER, "is_bot": False, "first_name": "Other"}
    aside: Drawn = ({"message": {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": "Hi"}}, True)
    report = await run([aside], 1, tmp_path / "data", slots=1, patience=1)
    assert [finding["problem"] for finding in report.findings] == ["nobody was told"]
    assert report.answers_afterwards


def test_the_strategies_reach_the_whole_schema() -> None:
    drawn = draw(600, 3)
    assert draw(50, 3) == draw(50, 3)
    text = json.dumps(drawn)
    known = [name for name in fields_of(telegram.Message) if f'"{name}":' in text]
    assert len(known) > 45, "few of a message's fields are ever drawn"
    assert any("\\ud" in json.dumps(update) and owed for update, owed in drawn)
