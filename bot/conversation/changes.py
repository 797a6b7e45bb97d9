"""Follow-ups to "what changed?": "anything else?", "what colour was it before?". Pure functions over words."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.conversation.comparison import is_comparison, needs_two
from bot.conversation.follow_ups import Before, completed
from bot.conversation.noun_phrases import stands_alone, with_article
from bot.conversation.previous_question import is_gone
from bot.conversation.pronouns import is_impersonal

_MORE = re.compile(
    r"(?:(?:and|so|but|ok) )?(?:(?:is|are|was|were) (?:that|this|it|those) (?:all|it|everything|the only \w+)"
    r"|(?:(?:is|are|was) there )?(?:what|anything|something|nothing|any|what is)(?: is| has| are)?"
    r" (?:else|more|other|further)(?: (?:that )?(?:is |has |are )?(?:changed?s?|different|differences?|new|happened))?"
    r"|only (?:that|this|one))",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?<!than)(?<!as)(?<!like) (?:before|earlier|previously|originally|at first)$", re.IGNORECASE)
_NOW = re.compile(r" now$", re.IGNORECASE)
_WHERE = re.compile(r"where(?: to| is (?:it|he|she)| did (?:it|he|she) (?:go|move)(?: to)?)?", re.IGNORECASE)
_PRESENT = {"was": "is", "were": "are", "had": "has"}
_PAST = re.compile(rf"\b(?:{'|'.join(_PRESENT)})\b", re.IGNORECASE)
_LEANS = re.compile(r"\b(?:it|its|he|his|she|her|they|their|them|that|this)\b|^what is there$", re.IGNORECASE)
_IS_THERE = re.compile(r"Is the (.+) there\?")


class OfChange(NamedTuple):
    """What a follow-up to "what changed?" asks."""

    question: str
    """In full, as it is put to the model; empty where it cannot be."""
    earlier: bool
    """Whether it is about the earlier of the two pictures."""


def of_change(text: str, before: Before | None) -> OfChange | None:
    """What a text asks after "what changed?" where that is no plain question about the later picture; else None.

    It asks for more of what changed, or of the earlier picture: "where?" of what is gone, "what colour was it before?".
    """
    if before is None or before.of_another_picture or not needs_two(before.question):
        return None
    bare = " ".join(text.split()).strip(" ?!.")
    if _MORE.fullmatch(bare):
        return OfChange("", earlier=False)
    if is_comparison(bare):
        return None
    gone = is_gone(before.answer)
    if _WHERE.fullmatch(bare):
        went = gone and len(bare.split()) != 1  # where what is gone went nobody knows
        return OfChange("" if went else completed("where", before) or "", earlier=gone and not went)
    named = _BEFORE.sub("", bare)
    then = _PAST.sub(lambda verb: _PRESENT[verb[0].lower()], named)
    plain = _NOW.sub("", then)
    if plain == bare and not gone:
        return None
    whole = completed(plain, before)
    if whole is not None and (absent := _IS_THERE.fullmatch(whole)):
        whole = f"Is there {with_article(absent[1])}?"
    if named == bare:
        return None if whole is None else OfChange(whole, earlier=gone or then != bare)
    leans = _LEANS.search(plain) and not is_impersonal(plain)
    alone = f"{plain[0].upper()}{plain[1:]}?" if stands_alone(plain) and not leans else ""
    return OfChange(whole or alone, earlier=True)
