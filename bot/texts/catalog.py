"""Sentences in the language that is spoken: each is written in English, and looked up in `locale/` when it is said.

The catalogues are gettext's (`locale/de.po`); docs/translating.md says how they are kept.
"""

from __future__ import annotations

import gettext
import io
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any

from bot.texts.language import LANGUAGES, language

ENGLISH = LANGUAGES[0]
_FROM_RIGHT = ("fa",)
_DIGITS = {"fa": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")}
"""Of languages with digits of their own, which Babel does not write."""


class Sentence(str):
    """A sentence that is a constant of its module: English, and looked up when the module is asked for it."""

    template: str
    values: dict[str, object]


def N_(text: str, **values: object) -> str:  # noqa: N802 - gettext's word for what is marked and not looked up yet
    """Mark a constant for translation; `values` fill its placeholders."""
    sentence = Sentence(text.format(**values) if values else text)
    sentence.template, sentence.values = text, values
    return sentence


def _(text: str, **values: object) -> str:
    """A sentence in the language of the chat; `values` fill its placeholders, whole numbers as the language does."""
    text = text if language() == ENGLISH else _catalogue(language()).gettext(text)
    return text.format(**{name: _written(value) for name, value in values.items()}) if values else text


def plural(one: str, many: str, counted: int, **values: object) -> str:
    """A sentence about a number of things, in the form that the language has for it; `{number}` stands for it."""
    if language() == ENGLISH:
        text = one if counted == 1 else many
    else:
        text = _catalogue(language()).ngettext(one, many, counted)
    return text.format(number=number(counted), **{name: _written(value) for name, value in values.items()})


def translated(sentence: str) -> str:
    """A constant in the language of the chat, where its own module says it."""
    return _(sentence.template, **sentence.values) if isinstance(sentence, Sentence) else sentence


class Sentences(dict[str, str]):
    """Constants by their keys, each looked up when it is asked for."""

    def __getitem__(self, key: str) -> str:
        return translated(super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as of dict
        """The sentence of a key, if there is one."""
        return self[key] if super().__contains__(key) else default


def moment(seconds: float, zone: tzinfo = UTC) -> str:
    """A moment (unix seconds) with its day, as the language writes it."""
    when = datetime.fromtimestamp(seconds, zone)
    named = when.tzname() or ""
    if named.startswith(("+", "-")):  # a zone without letters of its own
        named = f"UTC{named[:3]}:{named[3:] or '00'}"
    if language() == ENGLISH:
        return f"{when:%d %b %Y, %H:%M} {named}"
    from babel.dates import format_date, format_time

    code = language()
    text = joined((format_date(when, locale=code), f"{format_time(when, 'short', locale=code)} {named}"))
    return text.translate(_DIGITS.get(code, {}))


def direction() -> str:
    """From where the language is written: "ltr" or "rtl"."""
    return "rtl" if language() in _FROM_RIGHT else "ltr"


def joined(parts: Iterable[str]) -> str:
    """Parts of a sentence, with the comma of the language between them."""
    return _(", ").join(parts)


def quoted(text: str) -> str:
    """Somebody's words, between the quotation marks of the language."""
    return _("“{word}”", word=text)


def isolated(text: str) -> str:
    """Text of another direction within a line: in a language from right to left it does not mix with what is around."""
    return f"\u2068{text}\u2069" if language() in _FROM_RIGHT else text


def directed(text: str) -> str:
    """A line that reads from where its language does, also where it begins with a number or with words of another."""
    return f"\u200f{text}" if language() in _FROM_RIGHT else text


def day(date: date) -> str:
    """A day without its year, as the language writes it."""
    if language() == ENGLISH:
        return f"{date:%d %b}"
    from babel.dates import format_skeleton

    return format_skeleton("MMMd", date, locale=language()).translate(_DIGITS.get(language(), {}))


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it, with so many digits behind the point at most."""
    if language() == ENGLISH:
        return f"{value:,.{digits}f}"
    from babel.numbers import format_decimal

    written = format_decimal(round(value, digits), locale=language(), numbering_system="default")
    return written.translate(_DIGITS.get(language(), {}))


def whole(value: int) -> str:
    """A whole number as it stands within sentences: as the language writes it; in English without separators."""
    return number(value) if language() != ENGLISH else str(value)


def digits(value: int) -> str:
    """A whole number in the language's digits, without separators: it stands on a narrow button."""
    return str(value).translate(_DIGITS.get(language(), {}))


def translate_constants(module: str) -> None:
    """Let a module's constants be looked up whenever they are read from outside (Python's own way for modules)."""
    sys.modules[module].__class__ = _TranslatedModule


class _TranslatedModule(ModuleType):
    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - as of any module
        value = super().__getattribute__(name)
        return translated(value) if type(value) is Sentence else value


def _written(value: object) -> object:
    return whole(value) if type(value) is int else value


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    """The sentences of a language. Babel is loaded only when somebody speaks one."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    file = io.BytesIO()
    with (files("bot.texts") / "locale" / f"{code}.po").open("rb") as source:
        write_mo(file, read_po(source, locale=code))
    file.seek(0)
    return gettext.GNUTranslations(file)
