"""The forms of English words: who knows "hat", "carry" and "color" knows "hats", "carried" and "colours", too.

Regular ones only, by their endings; which of them are words, a list of words must tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDINGS = (
    *(("", "'s"), ("", "s"), ("", "es"), ("y", "ies"), ("s", "s'")),
    *(("", "ed"), ("e", "ed"), ("y", "ied"), ("", "ing"), ("e", "ing")),
)
"""What a word ends in, and its form instead."""
_FEWEST = 3
"""Letters of a word that has forms: "it" is none of "i"."""
_LIKE_COLOUR, _LIKE_COLOR = re.compile(r"(?<=\w{3})our"), re.compile(r"(?<=\w{3})or")
"""Between American and British."""


def other_forms(word: str) -> Iterator[str]:
    """What may be forms of a lower-case word, or what it may be one of; the word itself is the first."""
    also = (word.removesuffix("s"), _LIKE_COLOUR.sub("or", word), _LIKE_COLOR.sub("our", word))
    for spelt in dict.fromkeys((word, *also)):  # "sits" is a form of "sitting", as "sit" is
        yield spelt
        for bare, ending in _ENDINGS:
            base = spelt.removesuffix(ending) + bare
            if spelt.endswith(ending) and len(base) >= _FEWEST:
                yield base
                if not bare and base[-1] == base[-2]:
                    yield base[:-1]
            if spelt.endswith(bare) and len(spelt) >= _FEWEST:
                yield spelt.removesuffix(bare) + ending
                if not bare and ending in ("ed", "ing"):
                    yield spelt + spelt[-1] + ending
