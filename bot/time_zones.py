"""Time zones of chats: those that the menu offers, and those that people name by a city or a distance from UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
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


def find_zones(text: str) -> list[str]:
    """The names to store for what somebody typed: a city or a country, in a language spoken here, or "UTC+3".

    Several for a country with several times: a city of each, from west to east. None if unknown.
    """
    wanted = _folded(text)
    if not wanted or len(wanted) > LONGEST:
        return []
    if (offset := _offset(wanted)) is not None:
        return [f"UTC{_signed(offset)}"] if _WESTERNMOST <= offset <= _EASTERNMOST else []
    tongues = dict.fromkeys((LANGUAGES[0], language(), *LANGUAGES))
    city = next((found for tongue in tongues if (found := _names(tongue).get(wanted))), None)
    country = next((found for tongue in tongues if (found := _countries(tongue).get(wanted))), None)
    return [city] if city else _zones_of(country) if country else []


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


@cache
def _countries(tongue: str) -> dict[str, str]:
    """The codes (ISO 3166) of countries by what people call them in a language."""
    from babel import Locale

    names = {_folded(name): code for code, name in Locale(tongue).territories.items() if code in _zones_by_country()}
    return {**names, "usa": "US", "uk": "GB"}  # Babel keeps no short names


@cache
def _zones_by_country() -> dict[str, list[str]]:
    """The zones of each country, in the order of the tz database: the one with most people mostly comes first."""
    found: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, name = line.split("\t")[:3]
            found.setdefault(code, []).append(name)
    return found


def _zones_of(country: str) -> list[str]:
    """A zone for each time that a country has this year, in winter and summer, from west to east."""
    year, of = datetime.now(UTC).year, dict[tuple[timedelta, ...], str]()
    for name in sorted(_zones_by_country()[country], key=lambda name: name not in PICKS):
        times = (datetime(year, month, 1, tzinfo=zone_of(name)).utcoffset() for month in (1, 7))
        of.setdefault(tuple(time or timedelta() for time in times), name)
    return [of[times] for times in sorted(of)]


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
