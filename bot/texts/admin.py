"""Every sentence of /admin, which admins read in English. HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.answering.effective import Effective
from bot.texts import feedback
from bot.texts.answers import percent
from bot.texts.workers import listed
from model.counting import counted
from model.types import WorkerInfo
from storage.feedback import Opinions
from storage.records import GlobalSettings, State, Statistics
from storage.room import MB, Usage

NAMES: dict[str, tuple[str, str]] = {
    "beams": ("default_beams", "default beams"),
    "tokens": ("default_max_new_tokens", "default max new tokens"),
    "max_beams": ("max_beams", "largest beams"),
    "max_tokens": ("max_max_new_tokens", "largest max new tokens"),
    "rate": ("questions_per_minute", "questions that a person may ask in a minute"),
    "unsure": ("unsure_below", "percent below which an answer is said as a guess"),
    "feedback": ("feedback", "whether people are asked what they think of answers (1: yes, 0: no)"),
}
"""What /admin sets: its word, the stored name, and how it is called in a sentence."""


def overview(
    counts: dict[State, int],
    workers: Sequence[WorkerInfo],
    stats: Statistics,
    room: Usage,
    admins: GlobalSettings,
    now: Effective,
    *,
    in_flight: int,
    updates: dict[str, int],
    opinions: Opinions,
    uptime: float,
    last_poll: float | None,
) -> str:
    """How the bot is doing, and what is set."""
    mean = "–" if stats.mean_seconds is None else f"{stats.mean_seconds:.2f} s"
    sure = "–" if stats.mean_confidence is None else f"{percent(stats.mean_confidence)} %"

    full = "" if room.free > room.kept_free else ": too little, so I take no new pictures"

    def value(number: int, stored: int | None) -> str:
        return f"<b>{number}</b>{'' if stored is None else ' (set here)'}"

    return (
        "<b>How the bot is doing</b>\n\n"
        f"<b>Queue</b>: {counts[State.QUEUED]} waiting, {counts[State.RUNNING]} running ({in_flight} with the worker), "
        f"{counts[State.ANSWERED]} to be delivered\n"
        f"<b>Ever</b>: {counts[State.DELIVERED]} answered, {counts[State.FAILED]} failed, "
        f"{counts[State.CANCELLED]} cancelled\n"
        f"{listed(workers)}"
        f"<b>Asked</b>: {stats.last_hour} in the last hour, {stats.last_day} in the last day, {stats.total} in all, "
        f"by {counted(stats.chats, 'chat')}\n"
        f"<b>Last day</b>: {mean} an answer, {sure} sure on average\n"
        f"{_unmeasured(stats)}"
        f"{feedback.for_admins(opinions, wanted=now.feedback)}"
        f"<b>Pictures</b>: {stats.photos}, {room.used / MB:,.1f} of at most {room.total / MB:,.0f} MB\n"
        f"<b>Disk</b>: {room.free / MB:,.0f} MB free{full}\n"
        f"<b>Updates</b>: {updates['pending']} pending, {updates['failed']} unreadable; "
        f"Telegram reached {ago(last_poll)}\n"
        f"<b>Up</b>: {duration(uptime)}\n\n"
        f"Default beams {value(now.beams, admins.default_beams)}, largest {value(now.max_beams, admins.max_beams)}\n"
        f"Default max new tokens {value(now.max_new_tokens, admins.default_max_new_tokens)}, "
        f"largest {value(now.max_max_new_tokens, admins.max_max_new_tokens)}\n"
        "Questions that a person may ask in a minute "
        f"{value(now.questions_per_minute, admins.questions_per_minute)}\n"
        f"Percent below which I say that I do not know, and guess {value(now.unsure_below, admins.unsure_below)}\n\n"
        "Set any value with <code>/admin beams 5</code>, <code>max_beams</code>, <code>tokens</code>, "
        "<code>max_tokens</code>, <code>rate</code>, <code>unsure</code> or <code>feedback</code>; "
        "<code>/admin beams default</code> takes it back. Who may use me: <code>/admin access</code>"
    )


def _unmeasured(stats: Statistics) -> str:
    """Where a model stores nothing of what it knows."""
    if not stats.unmeasured:
        return ""
    return (
        f"<b>Confidence</b>: in words instead of percentages for {counted(stats.unmeasured, 'answer')} of the "
        "last day, since the model stores nothing of what it knows; <code>vqabot calibrate</code> measures it.\n"
    )


def use_per_day(days: Sequence[tuple[date, int]]) -> str:
    """What stands under the chart of the last days."""
    most = max(days, key=lambda day: day[1])
    return (
        f"Questions a day, the last {len(days)} days (UTC): {sum(number for _, number in days)} in all, "
        f"at most {most[1]}, on {most[0]:%d %b}."
    )


def usage() -> str:
    """What can stand after /admin."""
    words = ", ".join(f"<code>{word}</code>" for word in NAMES)
    return (
        f"After /admin comes one of {words} and a number, or the word default. For example: <code>/admin beams 5</code>"
    )


def out_of_range(word: str, low: int, high: int) -> str:
    """A value out of its range."""
    return f"<code>{word}</code> must be a whole number from {low} to {high}, or the word default."


def changed(word: str, value: int | None, limit: int | None = None) -> str:
    """A value was set; `limit` is the largest value allowed now where that is less and so counts instead."""
    called = NAMES[word][1].capitalize()
    if value is None:
        return f"{called}: back to the default."
    counts = "" if limit is None else f" The largest is {limit}, so {limit} is what counts."
    return f"{called}: <b>{value}</b> from now on.{counts}"


def duration(seconds: float) -> str:
    """A time span in its two largest units."""
    minutes, _ = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def ago(moment: float | None) -> str:
    """How long ago something was."""
    if moment is None:
        return "not yet"
    seconds = max(0.0, datetime.now(UTC).timestamp() - moment)
    return f"{seconds:.0f} s ago" if seconds < 120 else f"{duration(seconds)} ago"
