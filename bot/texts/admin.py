"""Every sentence of /admin. HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.effective import Effective
from bot.texts import access, feedback, menus
from bot.texts.catalog import N_, _, day, digits, joined, number, plural, translate_constants, translated
from bot.texts.sureness import percent
from bot.texts.workers import listed
from model.types import WorkerInfo
from storage.feedback import Opinions
from storage.quota import MB, Usage
from storage.records import GlobalSettings, State, Statistics

NAMES: dict[str, tuple[str, str]] = {
    "beams": ("default_beams", N_("default beams")),
    "tokens": ("default_max_new_tokens", N_("default max new tokens")),
    "max_beams": ("max_beams", N_("largest beams")),
    "max_tokens": ("max_max_new_tokens", N_("largest max new tokens")),
    "rate": ("questions_per_minute", N_("questions that a person may ask in a minute")),
    "unsure": ("unsure_below", N_("percent below which an answer is said as a guess")),
    "feedback": ("feedback", N_("whether people are asked what they think of answers")),
}
"""What /admin sets: its word, the stored name, and how it is called in a sentence."""
ONLY_BOT_ADMINS = N_("Only the bot's admins may do that.")
"""To whoever presses a button under /admin in a group; a group's own admins are not meant."""


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
    mean = "–" if stats.mean_seconds is None else _("{value} s", value=number(stats.mean_seconds, 2))
    sure = "–" if stats.mean_confidence is None else _("{value} %", value=percent(stats.mean_confidence))
    doing = (
        _(
            "<b>Queue</b>: {waiting} waiting, {running} running ({with_workers} with the worker), "
            "{answered} to be delivered",
            waiting=counts[State.QUEUED],
            running=counts[State.RUNNING],
            with_workers=in_flight,
            answered=counts[State.ANSWERED],
        ),
        _(
            "<b>Ever</b>: {answered} answered, {failed} failed, {cancelled} cancelled",
            answered=counts[State.DELIVERED],
            failed=counts[State.FAILED],
            cancelled=counts[State.CANCELLED],
        ),
        listed(workers).rstrip(),
        _(
            "<b>Asked</b>: {hour} in the last hour, {day} in the last day, {total} in all, {chats}",
            hour=stats.last_hour,
            day=stats.last_day,
            total=stats.total,
            chats=plural("by {number} chat", "by {number} chats", stats.chats),
        ),
        _("<b>Last day</b>: {mean} an answer, {sure} sure on average", mean=mean, sure=sure),
        *_unmeasured(stats),
        feedback.for_admins(opinions, wanted=now.feedback).rstrip(),
        _(
            "<b>Pictures</b>: {pictures}, {used} of at most {most} MB",
            pictures=stats.photos,
            used=number(room.used / MB, 1),
            most=number(room.total / MB),
        ),
        _disk(room),
        _(
            "<b>Updates</b>: {pending} pending, {failed} unreadable; Telegram reached {ago}",
            pending=updates["pending"],
            failed=updates["failed"],
            ago=ago(last_poll),
        ),
        _("<b>Up</b>: {time}", time=duration(uptime)),
    )
    is_set = (
        _(
            "Default beams {value}, largest {largest}",
            value=_value(now.beams, admins.default_beams),
            largest=_value(now.max_beams, admins.max_beams),
        ),
        _(
            "Default max new tokens {value}, largest {largest}",
            value=_value(now.max_new_tokens, admins.default_max_new_tokens),
            largest=_value(now.max_max_new_tokens, admins.max_max_new_tokens),
        ),
        _(
            "Questions that a person may ask in a minute {value}",
            value=_value(now.questions_per_minute, admins.questions_per_minute),
        ),
        _(
            "Percent below which I say that I do not know, and guess {value}",
            value=_value(now.unsure_below, admins.unsure_below),
        ),
    )
    how = _(
        "Set any value with <code>/admin beams 5</code>, <code>max_beams</code>, <code>tokens</code>, "
        "<code>max_tokens</code>, <code>rate</code>, <code>unsure</code> or <code>feedback</code>; "
        "<code>/admin beams default</code> takes it back. Who may use me: <code>/admin access</code>"
    )
    return "\n\n".join((_("<b>How the bot is doing</b>"), "\n".join(doing), "\n".join(is_set), how))


def _value(value: int, stored: int | None) -> str:
    return f"<b>{digits(value)}</b>" if stored is None else _("<b>{value}</b> (set here)", value=digits(value))


def _disk(room: Usage) -> str:
    free = number(room.free / MB)
    if room.free > room.kept_free:
        return _("<b>Disk</b>: {free} MB free", free=free)
    return _("<b>Disk</b>: {free} MB free: too little, so I take no new pictures", free=free)


def _unmeasured(stats: Statistics) -> list[str]:
    """Where a model stores nothing of what it knows."""
    if not stats.unmeasured:
        return []
    return [
        plural(
            "<b>Confidence</b>: in words instead of percentages for {number} answer of the last day, since the model "
            "stores nothing of what it knows; <code>vqabot calibrate</code> measures it.",
            "<b>Confidence</b>: in words instead of percentages for {number} answers of the last day, since the model "
            "stores nothing of what it knows; <code>vqabot calibrate</code> measures it.",
            stats.unmeasured,
        )
    ]


def use_per_day(days: Sequence[tuple[date, int]]) -> str:
    """What stands under the chart of the last days."""
    most = max(days, key=lambda one: one[1])
    said = _(
        "Questions a day, the last {days} days (UTC): {total} in all, at most {most}, on {day}.",
        days=len(days),
        total=sum(one[1] for one in days),
        most=most[1],
        day=day(most[0]),
    )
    return said.replace("..", ".")  # "29. Nov." may end the sentence


def usage() -> str:
    """What can stand after /admin."""
    words = joined(f"<code>{word}</code>" for word in NAMES)
    settings = _(
        "After /admin comes one of {words} and a number, or the word default. For example: <code>/admin beams 5</code>",
        words=words,
    )
    return f"{settings}\n\n{access.USAGE}"


def out_of_range(word: str, low: int, high: int) -> str:
    """A value out of its range."""
    if word == "feedback":
        return _("<code>{word}</code> must be yes or no, or the word default.", word=word)
    return _(
        "<code>{word}</code> must be a whole number from {low} to {high}, or the word default.",
        word=word,
        low=digits(low),
        high=digits(high),
    )


def changed(word: str, value: int | None, limit: int | None = None) -> str:
    """A value was set; `limit` is the largest value allowed now where that is less and so counts instead."""
    called = translated(NAMES[word][1])
    called = called[:1].upper() + called[1:]
    if value is None:
        return _("{name}: back to the default.", name=called)
    shown = translated(menus.YES if value else menus.NO) if word == "feedback" else digits(value)
    said = _("{name}: <b>{value}</b> from now on.", name=called, value=shown)
    if limit is None:
        return said
    return said + " " + _("The largest is {limit}, so {limit} is what counts.", limit=digits(limit))


def duration(seconds: float) -> str:
    """A time span in its two largest units."""
    minutes = int(seconds) // 60
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h", days=days, hours=hours)
    return _("{hours} h {minutes} min", hours=hours, minutes=minutes) if hours else _("{minutes} min", minutes=minutes)


def ago(moment: float | None) -> str:
    """How long ago something was."""
    if moment is None:
        return _("not yet")
    seconds = max(0.0, datetime.now(UTC).timestamp() - moment)
    if seconds < 120:
        return _("{seconds} s ago", seconds=number(seconds))
    return _("{time} ago", time=duration(seconds))


translate_constants(__name__)
