"""Judges a run from Telegram's record and from the ledger."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaos_people import Asked, People

from bot.sandbox.accounts import Stored
from bot.sandbox.server import Sandbox
from bot.texts.failures import sentence
from bot.texts.questions import GIVEN_UP
from model.serving.broker.jobs import POISON

NUMBER = re.compile(r"q(\d+)")
DATABASE = "vqabot.sqlite3"


@dataclass
class Verdict:
    """What was found."""

    lost: list[Asked] = field(default_factory=list)
    doubled: list[Asked] = field(default_factory=list)
    wrong: list[Asked] = field(default_factory=list)
    """Answered with another picture's colour or another question's words."""
    given_up: int = 0
    """Told that the model stopped twice over them: two kills of the worker met the same question."""
    maps: int = 0
    """Pictures that show where an answer came from."""
    notices: int = 0
    """Sentences that are neither an answer nor progress."""
    left_progress: int = 0
    """Progress messages of which the bot never heard that they were sent."""
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything was as promised."""
        return not (self.lost or self.doubled or self.wrong or self.problems)


def bot_messages(sandbox: Sandbox, user: int) -> list[Stored]:
    """What the bot's messages in a person's chat are now."""
    world = sandbox.world
    bot = next(iter(world.bots.values()))
    messages = world.private_chat(bot, user).messages.values()
    return [stored for stored in messages if stored.sender_id == bot.id and not stored.deleted]


def is_answer(stored: Stored) -> bool:
    """Whether a message shows an answer."""
    return "% sure" in stored.body.get("text", "")


def by_question(questions: Sequence[Asked], messages: Sequence[Stored]) -> defaultdict[int | None, list[Stored]]:
    """The bot's messages to one person by the message that asked: what they reply to, or whose number they carry.

    Under a picture stand its caption's answer, and those to questions that may mean another picture (a clock that
    jumped mixes up which was shown last).
    """
    of_number = {number: asked for asked in questions for number in (asked.number, asked.edited) if number is not None}
    found: defaultdict[int | None, list[Stored]] = defaultdict(list)
    for stored in messages:
        carried = NUMBER.findall(stored.body.get("text", ""))
        named = of_number.get(int(carried[-1])) if carried else None
        meant = named is not None and stored.reply_to == named.picture
        found[named.message_id if named is not None and meant else stored.reply_to].append(stored)
    return found


def note_answers(sandbox: Sandbox, people: People, now: float) -> None:
    """Remember when the first answer to each question stood in its chat."""
    waiting: dict[int, list[Asked]] = {}
    for asked in people.asked:
        if asked.answered_at is None:
            waiting.setdefault(asked.person, []).append(asked)
    for user, questions in waiting.items():
        shown = by_question(questions, [stored for stored in bot_messages(sandbox, user) if is_answer(stored)])
        for asked in questions:
            if shown[asked.message_id]:
                asked.answered_at = now


def judge(sandbox: Sandbox, people: People, data_dir: Path, *, checkable: bool) -> Verdict:
    """Hold Telegram's record against what was asked, and look into the ledger.

    Args:
        sandbox: Telegram, as far as the bot could see.
        people: What was asked.
        data_dir: The bot's folder; the bot has ended.
        checkable: Whether answers carry the picture's colour and the question's number.
    """
    verdict = Verdict()
    by_person: dict[int, list[Asked]] = {}
    for asked in people.asked:
        by_person.setdefault(asked.person, []).append(asked)
    for user, questions in by_person.items():
        messages = [stored for stored in bot_messages(sandbox, user) if "text" in stored.body]
        for stored in messages:
            text = stored.body.get("text", "")
            verdict.left_progress += text.startswith("🔎")
            verdict.notices += not text.startswith("🔎") and not is_answer(stored) and text != sentence(POISON)
        shown = by_question(questions, [stored for stored in messages if not stored.body["text"].startswith("🔎")])
        for asked in questions:
            answers = shown[asked.message_id]
            if not answers and user not in people.blocked:
                verdict.lost.append(asked)
            elif len(answers) > 1:
                verdict.doubled.append(asked)
            elif answers and answers[0].body["text"] == sentence(POISON):
                verdict.given_up += 1
            elif answers and not (is_answer(answers[0]) and (not checkable or _fits(asked, answers[0]))):
                verdict.wrong.append(asked)
    verdict.problems += _map_problems(sandbox, people, data_dir, verdict)
    verdict.problems += _ledger_problems(data_dir)
    verdict.problems += _silent_problems(sandbox, data_dir)
    return verdict


def _map_problems(sandbox: Sandbox, people: People, data_dir: Path, verdict: Verdict) -> list[str]:
    """Each answer whose "Where?" was pressed has one picture below it, of that answer; the others have none."""
    problems: list[str] = []
    with closing(sqlite3.connect(data_dir / DATABASE)) as ledger:
        known = dict(ledger.execute("SELECT explains, max(heat) FROM questions WHERE explains NOTNULL GROUP BY 1"))
        gone = {number for (number,) in ledger.execute("SELECT id FROM questions WHERE picture_removed")}
        stale = {number for (number,) in ledger.execute(_REPLACED)}
    for user in {asked.person for asked in people.asked} - people.blocked:
        shown: defaultdict[int | None, list[str]] = defaultdict(list)
        for stored in bot_messages(sandbox, user):
            if "photo" in stored.body:
                shown[stored.reply_to].append(stored.body.get("caption", ""))
        pressed = {one.message_id: set[int]() for one in people.pressed if one.person == user}
        for one in people.pressed:
            if one.person == user:
                pressed[one.message_id].add(one.question)
        for message, captions in shown.items():
            verdict.maps += len(captions)
            asked = sorted(pressed[message]) if message in pressed else []
            if len(captions) > max(1, len(asked)):  # an edit asks anew: it has a map of its own
                problems.append(f"{len(captions)} maps below message {message} of person {user}: {captions}, {asked}")
            if message not in pressed:
                problems.append(f"a map below message {message} of person {user}, which was not asked for")
        for message, questions in pressed.items():
            lost = [n for n in questions if n not in known and n not in gone and n not in stale]
            if lost:
                problems.append(f"presses below message {message} of person {user} are lost: {lost}")
            if any(known.get(number) for number in questions) and not shown[message] and not questions & gone:
                problems.append(f"no map below message {message} of person {user}")
    return problems


_REPLACED = """
    SELECT id FROM questions AS old WHERE EXISTS (
        SELECT 1 FROM questions WHERE chat_id = old.chat_id AND message_id = old.message_id AND revision > old.revision
    )
"""
"""Questions that were edited: the button that was pressed may have been there no more when the press arrived."""


def _fits(asked: Asked, answer: Stored) -> bool:
    text = answer.body["text"]
    return asked.shade in text.lower() and NUMBER.findall(text)[-1:] == [str(asked.final_number)]


def _ledger_problems(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / DATABASE)) as ledger:
        checks = [row[0] for row in ledger.execute("PRAGMA integrity_check")]
        found = [] if checks == ["ok"] else [f"integrity_check: {checks[0]}"]
        for sql, what in (
            ("SELECT count(*) FROM questions WHERE delivered = 0", "questions are not delivered"),
            ("SELECT count(*) FROM questions WHERE state IN ('queued', 'running', 'answered')", "have no final state"),
            ("SELECT count(*) FROM updates WHERE state = 'pending'", "updates are not handled"),
        ):
            (number,) = ledger.execute(sql).fetchone()
            if number:
                found.append(f"{number} {what}")
    return found


def _silent_problems(sandbox: Sandbox, data_dir: Path) -> list[str]:
    """What ended the bot again and again is put aside, and said so under its message."""
    with closing(sqlite3.connect(data_dir / DATABASE)) as ledger:
        rows = ledger.execute("SELECT update_id, raw, error FROM updates WHERE state = 'failed'").fetchall()
    problems = []
    for number, raw, error in rows:
        message = json.loads(raw).get("message", {})
        replies = [
            stored
            for stored in bot_messages(sandbox, message.get("chat", {}).get("id", 0))
            if stored.reply_to == message.get("message_id") and stored.body.get("text") == GIVEN_UP
        ]
        if not replies:
            problems.append(f"update {number} is given up silently: {error}")
    return problems


def unfinished(data_dir: Path) -> int:
    """How many questions and updates are under way, seen from outside while the bot runs."""
    if not (data_dir / DATABASE).exists():
        return 1
    with closing(sqlite3.connect(f"file:{data_dir / DATABASE}?mode=ro", uri=True)) as ledger:
        sql = (
            "SELECT (SELECT count(*) FROM questions WHERE delivered = 0) + (SELECT count(*) FROM updates"
            " WHERE state = 'pending')"
        )
        try:
            return int(ledger.execute(sql).fetchone()[0])
        except sqlite3.OperationalError:  # being started, say
            return 1


def story(sandbox: Sandbox, data_dir: Path, asked: Asked) -> str:
    """All that is known about one question: what its chat shows, and its rows in the ledger."""
    lines = [f"q{asked.final_number} of person {asked.person}, message {asked.message_id}"]
    for stored in bot_messages(sandbox, asked.person):
        if stored.reply_to == asked.message_id or f"q{asked.final_number}" in stored.body.get("text", ""):
            lines.append(f"  chat: message {stored.id}: {stored.body.get('text')!r}")
    with closing(sqlite3.connect(data_dir / DATABASE)) as ledger:
        ledger.row_factory = sqlite3.Row
        where = "chat_id = ? AND message_id = ?"
        rows: list[Any] = ledger.execute(
            f"SELECT * FROM questions WHERE {where}", (asked.person, asked.message_id)
        ).fetchall()
        lines += [f"  ledger: {dict(row)}" for row in rows] or ["  ledger: no row"]
    return "\n".join(lines)
