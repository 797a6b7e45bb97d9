"""Answers that say that something is not there: "no dog"."""

from __future__ import annotations

from typing import NamedTuple

from bot.conversation.noun_phrases import subject_of
from bot.texts.catalog import _

_BEGINS = "no "
_NAMELESS = frozenset(("one", "body", "people", "person"))
"""Who asks "Who is there?" names nobody, and yet "no one" is an answer."""
_WHOLE = frozenset(("picture", "image", "photo", "scene", "left", "right", "middle", "top", "bottom", "background"))
"""These are there, whatever a model says."""


class Absence(NamedTuple):
    """What is said instead of the absence of something that nobody asked about."""

    guess: str
    """Within "My guess: ..."; empty where that would say nothing."""
    answer: str


def is_absent(answer: str) -> bool:
    """Whether an answer says that something is not there; a plain "no" does not."""
    return answer.lower().startswith(_BEGINS) and len(answer) > len(_BEGINS)


def unnamed_absence(answer: str, asked: str) -> Absence | None:
    """What stands for an answer that calls something absent which the question does not name; None for any other.

    "No girl" is no answer to "Where is the shirt?", nor "no train" to "What is in the picture?".
    """
    noun = answer.split()[-1].lower() if is_absent(answer) else ""
    if not noun or noun in _NAMELESS or (noun in asked.lower() and noun not in _WHOLE):
        return None
    if subject_of(asked.strip(" ?!.")):
        return Absence(_("what you ask about is not here"), _("I do not see what you ask about."))
    return Absence("", _("I see nothing here that I know."))


def names_nothing(answer: str, asked: str) -> bool:
    """Whether an answer only calls something absent where the question names no thing: it is no guess, either."""
    unnamed = unnamed_absence(answer, asked)
    return unnamed is not None and not unnamed.guess
