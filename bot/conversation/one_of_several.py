"""A question about one of several pictures that it names: "how many dogs are there in the second picture?"."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.conversation.comparison import needs_two
from bot.conversation.follow_ups import Before
from bot.conversation.lines import lines_of
from storage.records import Question

_PLACES = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": -1}
_PLACE = rf"({'|'.join(_PLACES)})"
_PICTURE = r"(?:picture|photo|image|pic|scene|drawing|screenshot|one)"
_IN_IT = re.compile(rf"\b(?:in|on) (?:the )?{_PLACE} {_PICTURE}\b", re.I)
_ONLY_NAMED = re.compile(
    rf"(?:(?:and|so|ok|but|what about|how about)\b[\s,]*)*(?:(?:in|on) )?(?:the )?{_PLACE}(?: {_PICTURE})?", re.I
)
_COMPARES = re.compile(
    r"\b(?:which|both|same|similar|alike|equal|than|also|too|still|other|only|not|new|missing|gone|common|like|more"
    r"|fewer|less|added|removed|moved|left|happened|compared|instead|now)\b",
    re.I,
)
"""Beside a named picture: whether it is asked of that alone is not sure."""


class OneOfSeveral(NamedTuple):
    """What is asked of one picture."""

    place: int
    """Of the picture, counted from 1."""
    question: str
    """As it is put to the model."""


def one_of_several(text: str, pictures: int, before: Before | None = None) -> OneOfSeveral | None:
    """Which of so many pictures a question is about, and what it asks of that; None where it names none, or compares.

    Args:
        text: The question.
        pictures: How many there are.
        before: The question before it: "and in the second one?" asks the same again.
    """
    bare = " ".join(text.split()).strip(" ?!.")
    if only := _ONLY_NAMED.fullmatch(bare):
        found, question = only, "" if before is None else _IN_IT.sub("in the picture", before.question.strip(" ?!."))
    elif named := _IN_IT.search(bare):
        found, question = named, f"{bare[: named.start()]}in the picture{bare[named.end() :]}"
    else:
        return None
    place = _PLACES[found[1].lower()]
    place = pictures if place < 0 else place
    several = re.search(rf"\b{_PLACE}\b", question, re.I) or _COMPARES.search(question) or needs_two(question)
    if pictures < 2 or place > pictures or several or len(question.split()) < 3:
        return None
    return OneOfSeveral(place, f"{question[0].upper()}{question[1:]}?")


def named_picture(question: Question) -> OneOfSeveral | None:
    """The picture that a question in the ledger names among its own; None where it is about all of them, or of each."""
    return None if lines_of(question) else one_of_several(question.asked, len(question.pictures))
