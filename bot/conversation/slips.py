"""Slips of the fingers in a question: "hwo many dosg" is "how many dogs". Pure functions.

English only, as the models' questions are. A word that stands in any of the lists is none, nor is a form of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from bot.conversation.noun_phrases import plural
from bot.conversation.nouns import is_noun, visible_nouns
from bot.conversation.phrases import lexicon
from bot.conversation.question_language import common_in_english, is_common, is_english
from bot.conversation.word_list import WordList
from model.confidence.answer_kind import ASKING
from model.word_forms import other_forms

_WORD = re.compile(r"(?<![\w'’@#/.-])[A-Za-z][a-z]{2,}(?![\w'’@/-]|\.\w)")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {key: row[max(0, at - 1) : at] + row[at + 1 : at + 2] for row in _KEYS for at, key in enumerate(row)}
_SHORT = 3
"""A word of so many letters has another key beside it too often."""


@lru_cache(maxsize=8)
def without_slips(question: str) -> str:
    """A question in which one letter too few, doubled, exchanged or beside the right one is put right.

    Only where a word is known to nobody and exactly one is meant that is common in questions or can be seen. Names
    stay: what has a capital letter, but for the first word.
    """

    def put_right(found: re.Match[str]) -> str:
        word = found[0]
        if word[0].isupper() and found.start():
            return word
        meant = _meant(word.lower(), begins=not found.start())
        return meant.capitalize() if word[0].isupper() else meant

    right = _WORD.sub(put_right, question)
    return right if right == question or is_english(right) else question


def _meant(word: str, *, begins: bool) -> str:
    """The word that a lower-case one is a slip of; the word itself where it is none.

    Of several that may be meant, where a question `begins` it is the one that begins questions: "wich", not "witch".
    """
    if word in common_in_english() or _is_word(word):
        return word
    may_be = _may_be_meant()[word[0]]
    meant = {one for one in _before_slip(word) if one in may_be}
    if begins and len(meant) > 1:
        meant &= ASKING
    return meant.pop() if len(meant) == 1 else word


def _is_word(word: str) -> bool:
    """Whether it is a word of any language, a name, or a form of one."""
    known, no_slips = lexicon(), _no_slips()
    return any(
        known.has(one) or known.is_thing(one) or is_noun(one) or one in no_slips or is_common(one)
        for one in other_forms(word)
    )


def _before_slip(word: str) -> Iterator[str]:
    """What a word may have been before the finger slipped, anywhere but at its first letter."""
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        yield from (f"{before}{letter}{after}" for letter in _LETTERS)
        if after:
            yield from (f"{before}{key}{after[1:]}" for key in _BESIDE[after[0]] if len(word) > _SHORT)
        if after[:1] == before[-1]:
            yield before + after[1:]
        if after[1:]:
            yield f"{before}{after[1]}{after[0]}{after[2:]}"


@cache
def _may_be_meant() -> dict[str, WordList]:
    """What questions are made of, by its first letter: their commonest words and what can be seen."""
    nouns = [noun for noun in sorted(visible_nouns()) if noun.isalpha()]
    words = dict.fromkeys(word for word in (*common_in_english(), *nouns, *map(plural, nouns)) if len(word) >= _SHORT)
    return {letter: WordList(word for word in words if word[0] == letter) for letter in _LETTERS}


@cache
def _no_slips() -> WordList:
    lines = files("bot.conversation").joinpath("no_slips.txt").read_text(encoding="utf-8").splitlines()
    return WordList(word for line in lines if not line.startswith("#") for word in line.split())
