"""Words that are no words: fingers that ran over the keys."""

from __future__ import annotations

import re

_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiopü",
    "yxcvbnm",
    "azertyuiop",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "qazwsxedcrfvtgb",
)
_RUN = 5
"""So many keys beside each other, from left to right or back, are no word."""
_RUNS = frozenset(
    row[place : place + _RUN][::step] for row in _ROWS for place in range(len(row) - _RUN + 1) for step in (1, -1)
)
_SHORT = {row[place : place + 4][::step] for row in _ROWS[:3] for place in range(len(row) - 3) for step in (1, -1)}
_SHORT |= {"asd", "sdf", "dfg", "fgh", "ghj", "hjk", "jkl", "qwe", "zxc", "фыв", "фыва"}
_MOST = 30
"""Letters; what is longer is something else."""
_NO_VOWELS = re.compile(r"[b-df-hj-np-tv-xz]{5,}|[бвгджзйклмнпрстфхцчшщ]{6,}")
_MIDDLE_ROW = re.compile(r"(?=.*[sdfghjkl]{4})[asdfghjkl]{6,}")
_AGAIN = re.compile(r"(\w{2,4})\1{3,}\w{0,3}|([^\W\d]{2})\2{2,}")
_KEYS = "|".join(row[place : place + 3][::step] for row in _ROWS for place in range(len(row) - 2) for step in (1, -1))
_KEYS_AGAIN = re.compile(rf"({_KEYS})(\w?)(?:\1\2)+\1?")
"""Three keys beside each other and then the same again: "asdasd", "asdfasdf"."""


def is_mash(word: str) -> bool:
    """Whether a plain word (lower case, no accents) is keys without a meaning: "asdfgh", "fghdfghdf", "jkjkjkjk"."""
    if len(word) < _RUN or len(word) > _MOST:
        return word in _SHORT
    once = re.sub(r"(.)\1", r"\1", word)  # a key that was held
    return any(run in once for run in _RUNS) or any(
        way.fullmatch(word) for way in (_NO_VOWELS, _MIDDLE_ROW, _AGAIN, _KEYS_AGAIN)
    )
