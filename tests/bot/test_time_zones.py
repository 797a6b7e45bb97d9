"""Time zones as people name them, in their own language too."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.callback_data import ChangeSetting
from bot.handlers.history import end_of
from bot.texts.language import LANGUAGES, speaking
from bot.time_zones import LONGEST, PICKS, distance, find_zones, place_of, zone_of


@pytest.mark.parametrize(
    ("language", "typed", "name"),
    [
        ("en", "Lisbon", "Europe/Lisbon"),
        ("en", " new  york ", "America/New_York"),
        ("en", "Europe/Rome", "Europe/Rome"),
        ("de", "Rom", "Europe/Rome"),
        ("it", "Londra", "Europe/London"),
        ("ru", "Москва", "Europe/Moscow"),
        ("fa", "تهران", "Asia/Tehran"),
        ("fa", "Tehran", "Asia/Tehran"),
        ("pt", "São Paulo", "America/Sao_Paulo"),
        ("en", "Roma", "Europe/Rome"),
        ("de", "Wien", "Europe/Vienna"),
        ("en", "Wien", "Europe/Vienna"),
        ("it", "تهران", "Asia/Tehran"),
        ("en", "Italy", "Europe/Rome"),
        ("it", "germania", "Europe/Berlin"),
        ("en", "Österreich", "Europe/Vienna"),
        ("ru", "Аргентина", "America/Argentina/Buenos_Aires"),
        ("fa", "هند", "Asia/Kolkata"),
        ("en", "UK", "Europe/London"),
        ("en", "utc", "UTC"),
        ("en", "UTC+3:30", "UTC+03:30"),
        ("en", "gmt−3", "UTC-03:00"),
        ("en", "+0545", "UTC+05:45"),
    ],
)
def test_a_city_or_a_distance_is_found(language: str, typed: str, name: str) -> None:
    with speaking(language):
        assert find_zones(typed) == [name]


@pytest.mark.parametrize(
    "typed",
    ["", "Atlantis", "UTC+15", "-12:30", "+3:75", "../../etc/passwd", "Etc/GMT+3", "Factory", "x" * LONGEST * 9],
)
def test_what_is_no_time_zone_is_not_found(typed: str) -> None:
    assert find_zones(typed) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_country_with_several_times_leads_to_a_city_of_each_that_can_be_typed(language: str) -> None:
    with speaking(language):
        for country in ("España", "Россия", "USA", "Brasilien", "Australie", "مکزیک"):
            zones = find_zones(country)
            assert len(zones) > 1
            for zone in zones:
                [typed] = find_zones(place_of(zone))
                assert (place_of(typed), distance(typed)) == (place_of(zone), distance(zone))
        assert find_zones("Spain") == ["Atlantic/Canary", "Europe/Madrid"]
        assert {"America/New_York", "America/Denver", "America/Phoenix"} < set(find_zones("United States"))


def test_what_is_stored_is_read_and_what_is_not_known_here_is_utc() -> None:
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    assert zone_of("Europe/Rome") == ZoneInfo("Europe/Rome")
    assert str(moment.astimezone(zone_of("UTC-03:30")))[-6:] == "-03:30"
    assert {zone_of(name) for name in (None, "UTC", "Nowhere/Else", "../x", "")} == {UTC}
    assert [distance(name) for name in (None, "Asia/Tehran", "UTC-03:30")] == ["0", "+3:30", "−3:30"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_menu_offers_has_a_name_and_a_button(language: str) -> None:
    with speaking(language):
        named = [place_of(name) for name in PICKS]
    assert all(named) and len(set(named)) == len(PICKS)
    assert all(zone_of(name) is not UTC for name in PICKS if name != "UTC")
    assert all(ChangeSetting.unpack(ChangeSetting("zone", place).pack()) for place in range(len(PICKS)))


def test_a_day_of_the_history_ends_where_the_chat_is() -> None:
    end = end_of("2026-03-29", ZoneInfo("Europe/Berlin"))  # the clocks go forward that night
    assert end is not None and end.astimezone(UTC) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    for name in (*PICKS, "UTC+14:00", "UTC-12:00"):
        ends = [end_of(text, zone_of(name)) for text in ("0001-01-01", "9999-12-30", "2026-11")]
        assert all(end is not None and isinstance(end.timestamp(), float) for end in ends)


def test_a_day_of_the_history_is_read_as_it_is_written_anywhere() -> None:
    end = datetime(2026, 11, 30, tzinfo=UTC)
    written = ("29.11.2026", "29/11/2026", "29 Nov 2026", "2026/11/29", "۲۹.۱۱.۲۰۲۶")
    assert [end_of(text) for text in written] == [end] * len(written)
    assert end_of("11.2026") == end_of("2026-11") == datetime(2026, 12, 1, tzinfo=UTC)
    assert end_of("31.02.2026") is None and end_of("dog") is None and end_of("3") is None
