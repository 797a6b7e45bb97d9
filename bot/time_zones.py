"""Time zones of chats: those that the menu offers, and those that people name by a city or a distance from UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.texts.language import LANGUAGES, language

PICKS = (
    *("America/Los_Angeles", "America/Chicago", "America/New_York", "America/Mexico_City", "America/Sao_Paulo"),
    *("UTC", "Europe/London", "Europe/Berlin", "Europe/Moscow", "Africa/Cairo", "Asia/Tehran", "Asia/Dubai"),
    *("Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney"),
)
"""What the menu offers, from west to east. Buttons carry the place in it, so that a further one comes last."""
LONGEST = 60
"""Characters of what may name a time zone."""
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_WESTERNMOST, _EASTERNMOST = timedelta(hours=-12), timedelta(hours=14)
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Etc/GMT+3 lies west of Greenwich, which is not what people mean by it.
_NO_PLACES = ("Etc/", "SystemV/", "posix", "right/", "localtime", "Factory")


def zone_of(name: str | None) -> tzinfo:
    """The zone of a stored name; UTC for None, and for one that this machine does not know."""
    if name is None or name == "UTC":
        return UTC
    if (offset := _offset(name)) is not None:
        return timezone(offset)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def find_zone(text: str) -> str | None:
    """The name to store for what somebody typed: a city, in a language spoken here, or "UTC+3"; None if unknown."""
    wanted = _folded(text)
    if not wanted or len(wanted) > LONGEST:
        return None
    if (offset := _offset(wanted)) is not None:
        return f"UTC{_signed(offset)}" if _WESTERNMOST <= offset <= _EASTERNMOST else None
    tongues = dict.fromkeys((LANGUAGES[0], language(), *LANGUAGES))
    return next((found for tongue in tongues if (found := _names(tongue).get(wanted))), None)


def place_of(name: str | None) -> str:
    """What a stored name is called: its city, as the language has it."""
    return "UTC" if name is None else _city(name, language())


def distance(name: str | None) -> str:
    """How far a zone is from UTC now: "+1", "−3:30"; "0" for UTC."""
    offset = datetime.now(zone_of(name)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "" if not offset else "+" if offset > timedelta() else "−"
    return f"{sign}{hours}{f':{minutes:02}' if minutes else ''}"


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    sign = 1 if found[1] == "+" else -1
    return sign * timedelta(hours=int(found[2]), minutes=int(found[3] or 0))


def _signed(offset: timedelta) -> str:
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    return f"{'-' if offset < timedelta() else '+'}{hours:02}:{minutes:02}"


@cache
def _names(tongue: str) -> dict[str, str]:
    """Zones by what people call them in a language: in full, or the city alone."""
    zones = [name for name in sorted(available_timezones(), key=_preference) if not name.startswith(_NO_PLACES)]
    cities = {_folded(_city(name, tongue)): name for name in zones}
    return {**cities, **{_folded(name): name for name in zones}}


def _preference(name: str) -> tuple[bool, int, str]:
    """Of several names for a city the last one counts: one of an area, and of those the shortest."""
    return name.partition("/")[0] in _AREAS, -len(name), name


def _city(name: str, tongue: str) -> str:
    if tongue == LANGUAGES[0] or _offset(name) is not None:
        return name.rpartition("/")[2].replace("_", " ")
    from babel.dates import get_timezone_location

    return get_timezone_location(ZoneInfo(name), locale=tongue, return_city=True) if _known(name) else name


def _known(name: str) -> bool:
    return name == "UTC" or zone_of(name) is not UTC


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())
