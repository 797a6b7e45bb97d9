"""Questions as people type them: short, without articles and marks, with slips, in British and American."""

from __future__ import annotations

import random
import re
import tomllib
from functools import cache
from importlib.resources import files

from training.scenes.catalogue import CATALOGUE
from training.scenes.wording import BESIDES, PLURAL_SYNONYMS, SYNONYMS

_TYPED = tomllib.loads((files("training.scenes") / "ways.toml").read_text(encoding="utf-8"))
WAYS: tuple[tuple[str, tuple[str, ...]], ...] = tuple((way["pattern"], tuple(way["forms"])) for way in _TYPED["ways"])
"""Patterns of carefully worded questions, each with what people type instead."""
_COMPILED = tuple((re.compile(pattern), forms) for pattern, forms in WAYS)
_BEFORE, _AFTER = tuple(_TYPED["before"]), tuple(_TYPED["after"])
_SHORT: dict[str, tuple[str, ...]] = {word: tuple(slips) for word, slips in _TYPED["slips"].items()}
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ARTICLES = {"the", "a", "an"}


def reworded(question: str, rng: random.Random) -> str:
    """The same question in other words, more or less carefully typed; its answer stays the same."""
    if rng.random() < 0.3:
        return question
    text = question.lower().rstrip("?")
    if rng.random() < 0.3:
        text = _other_names(text, rng)
    if rng.random() < 0.72:
        text = _way(text, rng)
    if rng.random() < 0.14:
        text = f"{text} {rng.choice(_AFTER)}" if rng.random() < 0.5 else f"{rng.choice(_BEFORE)} {text}"
    words = text.split()
    if rng.random() < 0.3 and len(words) > 2:
        words = [word for word in words if word not in _ARTICLES] or words
    if rng.random() < 0.3:
        words = [rng.choice(_SHORT[word]) if word in _SHORT and rng.random() < 0.6 else word for word in words]
    if rng.random() < 0.2:
        place = rng.randrange(len(words))
        words[place] = slip(words[place], rng)
    text = " ".join(words)
    if rng.random() < 0.4:
        text = text[0].upper() + text[1:]
    return text + rng.choice(("?", "?", "?", "", "", " ?", "??", "."))


def in_other_words(question: str, rng: random.Random) -> str:
    """The same question in other words, without slips and shortened words: as it may be said aloud."""
    text = question.lower().rstrip("?")
    return _way(_other_names(text, rng) if rng.random() < 0.3 else text, rng)


def slip(word: str, rng: random.Random) -> str:
    """A word with one slip of the fingers; short words stay, since they would become other words."""
    if len(word) < 4 or not word.isalpha():
        return word
    place = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    return word[:place] + _neighbour(word[place], rng) + word[place + 1 :]


def _neighbour(letter: str, rng: random.Random) -> str:
    row = next((row for row in _KEYS if letter in row), letter)
    at = row.index(letter)
    return rng.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2]) if len(row) > 1 else letter


def _way(text: str, rng: random.Random) -> str:
    for pattern, forms in _COMPILED:
        found = pattern.match(text)
        if found is not None:
            return rng.choice(forms).format(*(part for part in found.groups() if part is not None))
    return text


@cache
def _names() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    others: dict[str, tuple[str, ...]] = {}
    for kind in CATALOGUE.values():
        more = (*BESIDES.get(kind.name, ()), *SYNONYMS.get(kind.name, ()))
        if more:
            others[kind.name] = more
            if kind.many != kind.name and not (kind.name.endswith("s")):
                others[kind.many] = tuple(PLURAL_SYNONYMS.get(kind.many, ())) + tuple(
                    plural(name) for name in BESIDES.get(kind.name, ())
                )
    others = {name: more for name, more in others.items() if more}
    listed = sorted(others, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, listed)) + r")\b(?! one)"), others


def plural(name: str) -> str:
    """The regular plural of an English noun."""
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "sh", "ch", "x")) else "s")


def _other_names(text: str, rng: random.Random) -> str:
    """Things by other names; in a question that names the answers ("the dog or the cat") they stay."""
    if " or " in text or re.search(r"in the (?:picture|scene|image)", text) is not None:
        return text
    pattern, others = _names()
    return pattern.sub(lambda found: rng.choice(others[found[0]]) if rng.random() < 0.7 else found[0], text)
