""" "One" for a noun of the question before: "a blue one?", "the one on the left". As a number it stays.

Pure functions over words.
"""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import (
    ADJECTIVES,
    KNOWN_PEOPLE,
    STATES,
    STOPS,
    noun_of,
    plural,
    singular,
    with_article,
)
from bot.conversation.nouns import ANIMALS, PERSONS, is_noun
from bot.conversation.places import PLACES, behind_its_noun

_SIDES = frozenset(("left", "right", "middle", "upper", "lower", "front", "back"))
_COMPARED = frozenset(
    f"{word}{end}"
    for word in ("bigg", "small", "tall", "larg", "old", "young", "dark", "light", "bright", "long", "short")
    for end in ("er", "est")
)
_SAID = ADJECTIVES | STATES | _SIDES | _COMPARED
_BEHIND = STOPS | STATES | ADJECTIVES | _COMPARED | frozenset(("a", "an", "the"))
"""What may come behind a whole noun phrase."""
_NUMBERS_BEFORE = frozenset(
    (
        *("than", "only", "just", "exactly", "least", "most", "about", "or", "no", "which", "who", "what", "number"),
        *("every", "each", "single", "either", "and", "minus", "plus", "in", "from"),
    )
)
_ONE = re.compile(r"(?P<one>\bones?|(?<=\bleft )1|(?<=\bright )1|(?<=\bother )1)\b(?!')", re.I)
_OF_PICTURES = re.compile(
    r"\b(?:in|from) (?:the |this |that )?(?:(?:first|second|third|last|other|previous|next|same) )?one\b", re.I
)


def with_noun(text: str, subject: str, referent: str) -> str | None:
    """A text with the noun that its "one" stands for; None where that is a number, or nothing is known to be meant.

    Args:
        text: Without marks at its end.
        subject: The noun phrase that the question before is about; empty where there is none.
        referent: What "it" means after that question; empty likewise.
    """
    found = _ONE.search(text)
    if found is None or _OF_PICTURES.search(text):
        return None
    before, after = text[: found.start()], text[found.end() :]
    of_someone = _one_of(subject) in PERSONS | ANIMALS | KNOWN_PEOPLE
    among = of_someone and re.match(rf" {PLACES}", after, re.I)  # "the one on the right" is another boy, not his hat
    noun = _one_of(subject if among else referent)
    several = found["one"].lower() == "ones"
    if not is_noun(noun) or not (several or _stands_for_noun(before, after)):
        return None
    known = plural(noun) if several else noun
    if re.search(r"\b(?:there|see|have|has)\s*$", before, re.I) and not several:
        known = with_article(known)
    if re.fullmatch(r"(?:left|right|middle) ", before, re.I):
        before = f"the {before}"
    return behind_its_noun(f"{before}{known}{after}")


def _one_of(phrase: str) -> str:
    return singular(noun_of(phrase))


def _stands_for_noun(before: str, after: str) -> bool:
    """Whether the words around "one" show that it is no number."""
    words, next_word = before.lower().split(), (after.lower().split() or [""])[0].strip(",")
    ends = not next_word or (next_word in _BEHIND and next_word != "of")
    if not words or not ends or not _NUMBERS_BEFORE.isdisjoint(words[-1:]) or words[-2:-1] == ["only"]:
        return False
    if words[-1] in ("there", "see", "have", "has"):
        return not next_word or bool(re.match(PLACES, f"{next_word} ", re.I))
    described = words[-1] in _SAID or words[-1] in ("the", "another", "other", "that", "this", "first", "last")
    return described or not {"the", "a", "an", "another", "any"}.isdisjoint(words[-2:-1])
