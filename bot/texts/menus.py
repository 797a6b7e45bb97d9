"""Every sentence and button of the menus: settings, history, export, delete. HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, tzinfo
from html import escape, unescape
from types import MappingProxyType

from bot.effective import Effective
from bot.texts import feedback
from bot.texts.answers import Shown, familiarity, shown
from bot.texts.catalog import N_, _, directed, isolated, joined, moment, plural, translate_constants, translated, whole
from bot.texts.language import NAMES, language
from bot.texts.lines import shorten
from bot.time_zones import distance, place_of
from storage.feedback import Opinion
from storage.records import ChatSettings, DeletedCounts, Kept, Question

ONLY_ADMINS = N_("Only admins of this group may do that.")
NOT_YOURS = N_("Only who asked for it may press this.")
GONE = N_("That is not there any more.")
DONE = N_("Done.")
CARE, LENGTH, KEEPING = N_("Care (beams)"), N_("Length (max new tokens)"), N_("How long I keep things")
TRAINING, YES, NO = N_("May be used to train me"), N_("Yes"), N_("No")
MAY_TRAIN = N_("Thank you! Pictures and questions whose answers you call right or wrong may teach me.")
MAY_NOT_TRAIN = N_("Nothing of this chat is used to train me.")
LANGUAGE, TIME_ZONE, BACK = N_("Language"), N_("Time zone"), N_("‹ Back")
CHOOSE_ZONE = N_(
    "<b>Time zone</b>\nWhich city has your time? If it is not among the buttons, write it, for example "
    "<code>/settings Lisbon</code>, or the distance from UTC: <code>/settings UTC+3:30</code>."
)
SETTING_UNKNOWN = N_(
    "I cannot set that. What can be set: the time zone by a country or its capital (<code>/settings Lisbon</code>) or "
    "the distance from UTC (<code>/settings UTC+3:30</code>), <code>/settings beams 4</code>, "
    "<code>/settings length 10</code>, <code>/settings language Deutsch</code>, and <code>/settings reset</code>; "
    "/settings alone shows everything."
)
NO_END = "∞"
"""The button for keeping things as long as there is room."""
NO_CHOICE = N_("This chat follows the defaults already.")
MENU_OUTDATED = N_("This menu is out of date. Send the command again.")

EMPTY_HISTORY = N_("There is nothing yet: you have not asked me about a picture in this chat.")
HISTORY_USAGE = N_(
    "After /history can come a day or a month, for example <code>/history 2026-11-03</code> or "
    "<code>/history 2026-11</code>. /history alone begins with the newest."
)
ONLY_ANSWERED = N_("Only questions that have an answer are shown.")
EMPTY_EXPORT = N_("There is nothing to export: I have kept nothing of this chat.")
EXPORT_RUNNING = N_("An export of this chat is already being made.")
EXPORTING = N_("📦 Packing your history…")
EXPORTING_AGAIN = N_("📦 Packing your history…\nI was restarted meanwhile, so it takes a little longer.")
EXPORT_FAILED = N_("The export could not be made. Please try again later.")
EXPORT_CAPTION = N_("Unpack it and open index.html.")

PICTURE_GONE = N_("picture not kept any more")
WITH_WHERE = N_("with where I looked")
NEWEST, OLDEST = N_("« Newest"), N_("Oldest »")
NEWER, OLDER, REFRESH, RESET = N_("‹ Newer"), N_("Older ›"), N_("Refresh"), N_("Reset to defaults")
DELETE_YES, DELETE_NO, DELETE_MESSAGES = (
    N_("Delete everything"),
    N_("Keep it"),
    N_("Delete everything and my messages here"),
)
DELETE_KEPT = N_("Nothing was deleted.")
DELETED_ALREADY = N_("Everything of this chat is deleted already.")
DELETE_EMPTY = N_("There is nothing to delete: I have kept nothing of this chat.")


def settings(now: Effective, chosen: ChatSettings) -> str:
    """The text over the buttons of /settings."""
    trained = translated(YES if chosen.for_training else NO)
    values = (
        _chosen(CARE, whole(now.beams), chosen.beams),
        _chosen(LENGTH, whole(now.max_new_tokens), chosen.max_new_tokens),
        _chosen(KEEPING, keeping(now.keep_days), chosen.keep_days),
        f"{translated(TRAINING)}: <b>{trained}</b>",
        f"{translated(TIME_ZONE)}: <b>{zone_named(chosen.time_zone)}</b>",
        f"{translated(LANGUAGE)}: <b>{NAMES[language()]}</b>",
    )
    pairs = [f"{value}\n{meaning}" for value, meaning in zip(values, settings_meanings(now), strict=True)]
    return "\n\n".join((_("<b>Settings of this chat</b>"), *pairs))


def settings_meanings(now: Effective) -> tuple[str, ...]:
    """What each row of /settings is for, in their order; shown over the chat, too: at most 200 characters."""
    return (
        _("How many answers I weigh against each other, 1 to {most}; more is slower.", most=now.max_beams),
        _("How long an answer may become, in pieces of words, 1 to {most}.", most=now.max_max_new_tokens),
        _("Older questions and pictures are deleted."),
        _("Whether pictures and questions whose answers you call right or wrong may teach me, without names."),
        _("In which I write times."),
        _("In which I write to you. Questions and answers are in English."),
    )


def zone_named(name: str | None) -> str:
    """A time zone by its city, with its distance from UTC now."""
    place = escape(place_of(name))
    return isolated(place if place.startswith("UTC") else f"{place} (UTC{distance(name)})")


def zone_changed(name: str | None) -> str:
    """Times are those of a zone from now on."""
    return _("{name}: {value} from now on.", name=translated(TIME_ZONE), value=zone_named(name))


def several_zones(names: Sequence[str]) -> str:
    """A country has several times: what to send for each of them, to be copied by a tap."""
    lines = (
        isolated(f"<code>/settings {escape(place_of(name))}</code>") + isolated(f" UTC{distance(name)}")
        for name in names
    )
    return "\n".join((_("There are several time zones there. Send the one that is yours:"), *map(directed, lines)))


def _chosen(name: str, value: str, chosen: int | None) -> str:
    """A setting with its value, and whether it is the chat's own."""
    whose = _("default") if chosen is None else _("chosen here")
    return f"{translated(name)}: <b>{value}</b> ({whose})"


def keeping(days: int) -> str:
    """How long things are kept."""
    return plural("{number} day", "{number} days", days) if days else _("as long as there is room")


def keeping_changed(days: int) -> str:
    """What is older is deleted from now on; at most 200 characters."""
    if not days:
        return _("I keep questions and pictures as long as there is room.")
    return plural(
        "Questions and pictures that are older than {number} day are deleted within the next minutes.",
        "Questions and pictures that are older than {number} days are deleted within the next minutes.",
        days,
    )


def setting_changed(name: str, value: int) -> str:
    """A setting of this chat has a new value."""
    return _("{name}: {value} from now on.", name=name, value=value)


def setting_limited(name: str, value: int) -> str:
    """What was asked for is out of the range: the end of it was taken."""
    if value == 1:
        return _("{name}: {value} from now on, the least.", name=name, value=value)
    return _("{name}: {value} from now on, the most here.", name=name, value=value)


def setting_kept(name: str, value: int, high: int) -> str:
    """What was pressed is set already; at an end of the range, that it is one."""
    if value == high:
        return _("{name} is {value} already, the most here.", name=name, value=value)
    if value == 1:
        return _("{name} is {value} already, the least.", name=name, value=value)
    return _("{name} is {value} already.", name=name, value=value)


def export_progress(done: int, total: int) -> str:
    """How far the export is."""
    far = plural("{done} of {number} question", "{done} of {number} questions", total, done=done)
    return f"{translated(EXPORTING)}\n{far}"


def export_part_coming(part: int, parts: int) -> str:
    """In the place of one ZIP of several, before it comes."""
    return _("📦 Part {part} of {parts} is on its way…", part=part, parts=parts)


def export_part(part: int, parts: int) -> str:
    """The caption of one ZIP of several."""
    return _("Part {part} of {parts}. Each part opens alone: unpack it and open index.html.", part=part, parts=parts)


def delete_question(kept: Kept, group: bool) -> str:
    """Are you sure?"""
    questions = plural("{number} question with all answers", "{number} questions with all answers", kept.questions)
    things = [questions] if kept.questions else []
    things += [plural("{number} picture", "{number} pictures", kept.photos)] if kept.photos else []
    listed_things = joined([*things, _("name and settings")])
    if group:
        what = _("This deletes <b>this group's {things}</b> from my machine, for good.", things=listed_things)
    else:
        what = _("This deletes <b>your {things}</b> from my machine, for good.", things=listed_things)
    rest = _(
        "/export makes a copy first.\n\n"
        "The messages in this chat are kept by Telegram, not by me. Of those I can only take away my own of the last "
        "two days.\n\nReally delete everything?"
    )
    return f"{what} {rest}"


def deleted(counts: DeletedCounts, messages: int | None) -> str:
    """What was deleted where; `messages` is how many of the bot's own went, None where that was not asked for."""
    if not (counts.questions or counts.photos or counts.known):
        return translated(DELETED_ALREADY)
    done = _(
        "Deleted: {questions} and {pictures}, and this chat's name and settings. Nothing of this chat is left with me.",
        questions=plural("{number} question", "{number} questions", counts.questions),
        pictures=plural("{number} picture", "{number} pictures", counts.photos),
    )
    if messages is not None:
        took = plural(
            "I also took away {number} message of mine.", "I also took away {number} messages of mine.", messages
        )
        done = f"{done} {took}"
    kept = _("The messages that you still see are kept by Telegram: you can delete them in your app.")
    return f"{done}\n\n{kept}"


def empty_history(keep_days: int) -> str:
    """There is nothing to show."""
    nothing = translated(EMPTY_HISTORY)
    return f"{nothing} {older_is_deleted(keep_days)}" if keep_days else nothing


def older_is_deleted(keep_days: int) -> str:
    """What does not stand in the history."""
    return plural(
        "What is older than {number} day is deleted.", "What is older than {number} days is deleted.", keep_days
    )


def history_page(
    items: list[tuple[int, Question, str | None]],
    page: int,
    pages: int,
    total: int,
    *,
    named: bool = False,
    gone: Collection[int] = (),
    explained: Collection[int] = (),
    unanswered: bool = False,
    keep_days: int = 0,
    opinions: Mapping[int, Sequence[Opinion]] = MappingProxyType({}),
    zone: tzinfo = UTC,
) -> str:
    """A page of the history: numbered questions with answers, and a link where Telegram has links.

    `named` says who asked; `gone` are the questions whose picture is not kept any more, `explained` those
    of which it was shown where the answer came from; `unanswered`: others are not shown;
    after `keep_days` (0: never) all of it goes; `opinions` says what people think of the answers.
    Times are those of `zone`.

    The text stays under Telegram's 4,096 characters: a page has few items and each is cut.
    """
    head = plural(
        "<b>History</b> – {number} question, page {page} of {pages}",
        "<b>History</b> – {number} questions, page {page} of {pages}",
        total,
        page=page + 1,
        pages=pages,
    )
    lines = [head]
    if unanswered:
        lines.append(f"<i>{translated(ONLY_ANSWERED)}</i>")
    if keep_days:
        lines.append(f"<i>{older_is_deleted(keep_days)}</i>")
    for place, question, link in items:
        answered = shown(question)
        asked = isolated(escape(shorten(answered.asked_as or question.asked, 160)))
        linked = f'<a href="{escape(link)}">{asked}</a>' if link else asked
        who = f"{escape(shorten(question.user_name, 40))}: " if named and question.user_name else ""
        new = familiarity(question)
        several = len({one.in_short for _, one in answered.lines}) > 1  # then each says how sure it is
        sure = joined([part for part in (not several and answered.in_short, new) if part])
        answer = escape(_in_a_row(answered) if several else shorten(answered.answer, 160))
        thought = feedback.of_answer(question, opinions.get(question.id, ()))
        picture = PICTURE_GONE if question.id in gone else WITH_WHERE if question.id in explained else ""
        beside = "".join(f" · {part}" for part in (thought, translated(picture)) if part)
        when = isolated(moment(question.created_at, zone))
        lines += ["", directed(f"{whole(place)}. {who}{linked}")]
        brackets = f" ({isolated(sure)})" if sure else ""
        lines.append(directed(f"    <b>{isolated(answer)}</b>{brackets} · {when}{beside}"))
    return "\n".join(lines)


def _in_a_row(answered: Shown) -> str:
    """The lines of an answer, each with how sure it is."""
    room = max(30, 240 // len(answered.lines))
    lines = [(shorten(f"{before} {one.answer}".strip(), room), one.in_short) for before, one in answered.lines]
    return shorten(" · ".join(isolated(f"{said} ({sure})" if sure else said) for said, sure in lines), 400)


def without_tags(text: str) -> str:
    """A sentence without its HTML, for the small window that answers a press."""
    return unescape(re.sub(r"<[^>]*>", "", text))


translate_constants(__name__)
