"""Follow-ups that name another place: "on the table?", "and under it?", "to the right?". Pure functions."""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import definite, stands_alone
from bot.conversation.nouns import is_noun

PLACES = (
    r"(?:(?:to the )?(?:left|right) of|on|in|under|behind|near|beside|by|above|below|next to|in front of|at|inside"
    r"|outside|to) "
)


def place_exchanged(text: str, before: str) -> str | None:
    """On the table? To the left? The place of the question before is exchanged, or one is added.

    Both without marks; None where none fits.
    """
    if re.fullmatch(r"the (?:left|right)", text, re.I) and re.search(r"\b(?:on|to) the (?:left|right)$", before, re.I):
        return f"{before.rpartition(' the ')[0]} {text}"
    if not re.match(PLACES, f"{text} ", re.I) or stands_alone(text):
        return None
    found = re.search(rf"\b{PLACES}(?:the |a |an )?[\w' ]+$", before, re.I)
    if found is not None and (place := _noun_before_it(text, found[0])):
        text = place
    if found is not None and not re.match(r"how many .*\bin the picture$", before, re.I):
        beside = re.search(r" of (?:the |a |an )?[\w' ]+$", found[0])  # "to the right?" after "to the left of the ball"
        of_it = beside[0] if beside and re.fullmatch(r"(?:on|to) the (?:left|right)", text, re.I) else ""
        return before[: found.start()] + text + of_it
    if re.match(r"(?:how many|what is there|is there|are there|is anyone|is anything|who is)\b", before, re.I):
        return f"{before} {text}"
    return None


def behind_its_noun(text: str) -> str:
    """A side behind what is there: "where is the left dog" is "where is the dog on the left"."""
    found = re.search(r"\bthe (left|right|middle)(?:most|-hand| hand)? (\w+)$", text, re.I)
    if found is None or not is_noun(found[2]):
        return text
    at = "in" if found[1].lower() == "middle" else "on"
    return f"{text[: found.start()]}the {found[2]} {at} the {found[1].lower()}"


def _noun_before_it(text: str, place: str) -> str:
    """A place of "it" as one of what the place before named: "under it" after "on the table"."""
    begun = re.match(rf"{PLACES}", place, re.I)
    if begun and re.fullmatch(rf"{PLACES}it", text, re.I):
        return f"{text[:-2]}{definite(place[begun.end() :])}"
    return ""
