"""Follow-ups that put another word into the question before: "snowing?", "a hat?", "who is smaller?"."""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import (
    ADJECTIVES,
    COLOURS,
    DETERMINERS,
    KNOWN_PEOPLE,
    NUMBERS,
    STATES,
    STOPS,
    WEATHER,
    be_of,
    is_plural,
    noun_of,
    with_article,
)
from bot.conversation.nouns import is_noun


def exchanged(text: str, before: str, *, leads: bool) -> str | None:
    """The question before with a word of this one in its place, both without marks; None where none fits.

    Args:
        leads: Whether a word such as "and" came first.
    """
    return _state(text, before) or _thing(text, before, leads=leads) or _comparison(text, before)


def _state(text: str, before: str) -> str | None:
    """Happy? Snowing? After "is the girl sad", "is it raining"."""
    asked = re.fullmatch(r"((?:is|are) (?:\w+|[\w' ]+ [\w']+)) (\w+)", before, re.I)
    if asked is None or not _is_state(asked[2]) or not _is_state(text):
        return None
    whole = asked[1].lower() == "is it"  # the ball is not sunny, nor is it red where it was raining
    if (text.lower() in WEATHER and not whole) or (asked[2].lower() in WEATHER and not _may_be_weather(text)):
        return None
    if noun_of(asked[1]) in KNOWN_PEOPLE and text.lower() in COLOURS:
        return None
    return f"{asked[1]} {text}"


def _may_be_weather(text: str) -> bool:
    return text.lower() in WEATHER | {"dark", "warm", "cold", "hot", "wet", "dry"}


def _is_state(text: str) -> bool:
    word = text.lower()
    return word in STATES or word in ADJECTIVES or (bool(re.fullmatch(r"\w{2,}ing", word)) and word != "anything")


def _thing(text: str, before: str, *, leads: bool) -> str | None:
    """A hat? And glasses? After "is there a cat", "is it a cat", "does the man have a beard"."""
    asked = re.fullmatch(
        rf"(is there|are there|do you see|can you see|does [\w' ]+? have|do [\w' ]+? have|has [\w' ]+? got"
        r"|(?:is|are|who is|how many \w+ are)(?: [\w' ]+?)? (?:wearing|holding|carrying))"
        rf" (?:(?:{DETERMINERS}|no) )?[\w' ]+?( (?:in|on) the picture)?|(is (?:it|this|that)) an? [\w']+",
        before,
        re.I,
    )
    bare = re.sub(rf"^(?:{DETERMINERS}) ", "", text, flags=re.I)
    words = bare.lower().split()
    if asked is None or not (leads or bare != text) or len(words) > 2 or not STOPS.isdisjoint(words):
        return None
    if re.match(r"(?:the|his|her|its|their) ", text, re.I) or not {*NUMBERS, *ADJECTIVES, *STATES}.isdisjoint(words):
        return None
    held = re.search(r"(?:wearing|holding|carrying)$", asked[1] or "")
    if not is_noun(words[-1]) or (held and words[-1] in KNOWN_PEOPLE):
        return None
    sought = text if bare != text or is_plural(bare) else with_article(text)
    if asked[3]:
        return None if is_plural(bare) else f"{asked[3]} {sought}"
    head = re.sub(r"^(?:is|are) there$", f"{be_of(bare)} there", asked[1], flags=re.I)
    return f"{head} {sought}{asked[2] or ''}"


def _comparison(text: str, before: str) -> str | None:
    """Who is smaller? After "who is bigger, the boy or the girl"."""
    options = re.search(r"\w+er,? (the [\w' ]+ or the [\w' ]+)$", before, re.I)
    if options and re.fullmatch(r"(?:who|which|what)(?: one)?(?: is)? \w+er", text, re.I):
        return f"{text}, {options[1]}"
    return None


def anything_there(text: str) -> str | None:
    """What about a tree? Where nothing else can be asked of one, it is whether there is any."""
    if not re.fullmatch(r"(?:an?|any|some)(?: [\w']+){1,3}", text, re.I) or not is_noun(noun_of(text)):
        return None
    return f"{be_of(text)} there {text}"


_NO_VALUES = {"other", "same", "open", "full"} | (STATES & {"sunny", "cloudy", "windy", "rainy", "snowy", "dark"})
"""Adjectives that alone are said of no thing, or of the weather."""


def either(text: str, referent: str) -> str | None:
    """Red or blue? Happy or sad? Bigger than the dog? Asked of what the question before is about."""
    if referent and re.fullmatch(r"\w+er than .+", text, re.I):
        return f"{be_of(referent)} {referent} {text}"
    if referent and re.fullmatch(r"\w+ or \w+", text) and text.split()[0].lower() in (*ADJECTIVES, *STOPS):
        words = text.lower().split()
        if words[0] in ("left", "right"):
            return f"{be_of(referent)} {referent} on the {words[0]} or on the {words[2]}"
        if words[0] not in STOPS - {"happy", "sad", "indoors", "outdoors", "sitting", "standing", "lying", "running"}:
            return f"{be_of(referent)} {referent} {text.lower()}"
    return None


def value_asked(text: str, before: str, referent: str) -> str | None:
    """Red? Is that what the question before is about; not where it counts or seeks what may be red as well."""
    word = text.lower()
    if noun_of(referent) in KNOWN_PEOPLE and word in COLOURS:
        return None
    said_already = len(referent.split()) > 2  # "blue?" after "is there a red ball" is another ball
    if not referent or said_already or word not in ADJECTIVES - _NO_VALUES or re.match(r"how many\b", before, re.I):
        return None
    return f"{be_of(referent)} {referent} {word}"
