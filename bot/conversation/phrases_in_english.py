"""What people say to the bot in other languages, as the English that is understood: "Warum?" is "Why?".

Pure functions. The phrases are in `phrases_in_english.txt`. Questions are not translated: see `question_language`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from bot.conversation.question_language import asked_in, is_english, words_of

_POLITE = ("hello", "thank you", "please")
"""These may stand before and behind a question."""
_TALK = (*_POLITE, "goodbye", "yes", "no")
"""What a message is with a question mark is not sure: "tamam?"."""
_ASKED = {"where?": "Where?", "why?": "Why?"}
_VALUE = "value"
_QUESTION = ("?", "؟", "？")
_SHORT = 3
"""So many words may follow "no" without a mark between them: "nein er ist blau"."""
_LONGEST = 6
"""Words of a phrase."""


def in_english(text: str, language: str = "en") -> str:
    """A message with what it says of no picture in English; what is a question stays one, without what is polite.

    Args:
        text: The message.
        language: What is spoken in the chat: "dove" is a bird in all but one.
    """
    phrases = _phrases(language)
    words = words_of(text)
    keys = [key for key, _ in words]
    asked = any(mark in text for mark in _QUESTION)
    kinds = _kinds(keys, phrases)
    if kinds is not None and (said := _said(kinds, asked=asked)):
        return said
    if not asked and (said := _denied(text, words, phrases)):
        return said
    return _without_politeness(text, words, phrases)


def names_value(text: str) -> bool:
    """Whether a message ends in a colour or a number of another language: "er ist blau"."""
    words = words_of(text)
    return bool(words) and _phrases("en").get(words[-1][0]) == _VALUE


def _said(kinds: Sequence[str], *, asked: bool) -> str:
    """What phrases are together in English; nothing where that is not sure."""
    matter = [kind for kind in dict.fromkeys(kinds) if kind not in _TALK]
    if not matter:
        return "" if asked else ", ".join(dict.fromkeys(kinds))
    if "wrong" in matter or matter == [_VALUE]:
        return "wrong" if not asked and kinds[0] in ("wrong", "no") else ""
    return _ASKED.get(matter[0], matter[0]) if len(matter) == 1 else ""


def _denied(text: str, words: Sequence[tuple[str, re.Match[str]]], phrases: Mapping[str, str]) -> str:
    """What a message is that begins with "wrong" or "no" and goes on: "falsch, er ist blau" is "wrong"."""
    keys = [key for key, _ in words]
    length, kind = _longest(keys, 0, phrases)
    if keys[:1] == ["no"]:
        length, kind = 1, "no"
    if kind not in ("wrong", "no") or length == len(keys):
        return ""
    rest = text[words[length][1].start() :]
    apart = text[words[length - 1][1].end() : words[length][1].start()].strip()
    if not apart and len(keys) - length > _SHORT:
        return ""
    if names_value(rest) or (apart and kind == "wrong" and asked_in(rest) is not None):
        return "wrong"
    return f"{kind}, {rest}" if apart and keys[0] != "no" and is_english(rest) else ""


def _without_politeness(text: str, words: Sequence[tuple[str, re.Match[str]]], phrases: Mapping[str, str]) -> str:
    """A message in English without a greeting, thanks and please of another language at its ends."""
    keys = [key for key, _ in words]
    begin, end = 0, len(keys)
    while (found := _longest(keys, begin, phrases))[1] in _POLITE:
        begin += found[0]
    while length := _polite_at_end(keys[begin:end], phrases):
        end -= length
    if end <= begin or (begin, end) == (0, len(keys)):
        return text
    bare = text[words[begin][1].start() : words[end - 1][1].end()]
    left = text[words[end - 1][1].end() :] if end == len(keys) else _marks(text[words[end - 1][1].end() :])
    rest = bare + left
    return rest if (end - begin > 1 or "?" in left) and is_english(rest) else text


def _polite_at_end(keys: Sequence[str], phrases: Mapping[str, str]) -> int:
    """How many words at the end are a polite phrase."""
    lengths = range(min(_LONGEST, len(keys)), 0, -1)
    return next((length for length in lengths if phrases.get(" ".join(keys[-length:])) in _POLITE), 0)


def _marks(text: str) -> str:
    """The mark that ends a question from whose end something is taken."""
    return "?" if any(mark in text for mark in _QUESTION) else ""


def _kinds(keys: Sequence[str], phrases: Mapping[str, str]) -> list[str] | None:
    """The kinds of the phrases that words consist of; None where they do not."""
    kinds: list[str] = []
    at = 0
    while at < len(keys):
        length, kind = _longest(keys, at, phrases)
        if not kind:
            return None
        kinds.append(kind)
        at += length
    return kinds or None


def _longest(keys: Sequence[str], at: int, phrases: Mapping[str, str]) -> tuple[int, str]:
    """The longest phrase that begins at a word: how many words it has, and its kind; nothing where none does."""
    lengths = range(min(_LONGEST, len(keys) - at), 0, -1)
    found = ((length, phrases.get(" ".join(keys[at : at + length]), "")) for length in lengths)
    return next(((length, kind) for length, kind in found if kind), (0, ""))


@cache
def _phrases(language: str) -> Mapping[str, str]:
    """The kind of each phrase, those that only mean it in this language among them."""
    found: dict[str, str] = {}
    kind = ""
    for line in files("bot.conversation").joinpath("phrases_in_english.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
            only, _, meant = kind.partition(" ")
            if meant and len(only) == 2:
                kind = meant if only == language else ""
        elif kind and not line.startswith("#"):
            for phrase in line.split(","):
                if words := " ".join(key for key, _ in words_of(phrase)):
                    found.setdefault(words, kind)
    return found
