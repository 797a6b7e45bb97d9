"""Whether a question about two pictures is of a kind that the built-in model has learnt.

That is: what changed, whether they are the same, which one has what (`training/scenes/pair_questions.py`). To "are the
houses the same?" it says "no" as sure as of all else, though nobody ever asked it about a thing in both pictures.
"""

from __future__ import annotations

import difflib
import re

from model.confidence.answer_kind import COLOURS, NUMBERS, words_of
from model.text import normalise_question

_SAME = words_of("same identical equal alike")
_CHANGED = words_of(
    "changed change changes changing different difference differences differ differs new happened gone missing added"
    " removed moved"
)
_BESIDE = words_of(
    "what whats what's is are was were has have did do does a any anything something everything there been be tell me"
    " show spot find list of all between in from to as look looks first second 1st 2nd one picture pictures photo"
    " photos image images pic pics scene two both these those them they this that here now it last previous before"
    " please and so the"
)
"""What may stand beside those words: nothing that names a thing in the pictures."""
_ALLOWED = _SAME | _CHANGED | _BESIDE
_WHICH = re.compile(
    r"(?:and |so )?(?:in )?which(?: (?:one|picture|photo|image|pic|of (?:them|these|those|the (?:two )?pictures)))?"
    r" (?:has|have|shows?|contains?|(?:is|are) there|are|is(?= (?:an?|the) | (?:it |at )?(?:night|day)\b)|is it|is at)"
    r" (?P<thing>.+)|where (?:is|are) more (?P<more>.+)"
)
_NO_THINGS = COLOURS | NUMBERS | words_of("most least fewest than or and fewer less same different better")
_MOST_WORDS = 4
_SLIP = 0.83
"""How alike a mistyped word is to the one that is meant."""


def is_learnt(question: str) -> bool:
    """Whether a question about two pictures, as it was typed, is of a kind that the built-in model has learnt."""
    words = normalise_question(question).replace("’", "'").split()
    which = _WHICH.fullmatch(" ".join(words))
    if which is not None:
        thing = (which["thing"] or which["more"]).split()
        return len(thing) <= _MOST_WORDS and _NO_THINGS.isdisjoint(thing)
    meant = [_meant(word) for word in words]
    if None in meant:
        negated = [word for word, known in zip(words, meant, strict=True) if known is None]
        return negated == ["not"] and "not the same" in " ".join(words)
    said = set(meant)
    if said & _SAME:
        return not said & {"what", "whats", "what's"}
    return bool(said & _CHANGED)


def _meant(word: str) -> str | None:
    """A word that these questions are made of, also with a slip; None for any other."""
    if word in _ALLOWED:
        return word
    near = difflib.get_close_matches(word, _ALLOWED, 1, _SLIP) if len(word) > 4 else []
    return near[0] if near else None
