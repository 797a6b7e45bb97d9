"""Questions as people type them on phones, written out: "wat r they doin", "he happy?". English only."""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import ADJECTIVES, DETERMINERS, STATES, be_of
from bot.conversation.nouns import is_visible
from bot.conversation.question_language import asked_in, is_english
from bot.conversation.short_forms import POSES

_VERBS = ("do", "wear", "hold", "eat", "look", "feel", "sleep", "play")
_SPELLED = {
    **dict.fromkeys(("wat", "wut", "wot", "wht"), "what"),
    **dict.fromkeys(("wats", "wuts", "wots", "whts"), "what's"),
    **dict.fromkeys(("colr", "clr"), "color"),
    **{f"{verb}in": f"{verb}ing" for verb in _VERBS},
    "any1": "anyone",
    "da": "the",
    "dat": "that",
    "dem": "them",
    "dis": "this",
    "hw": "how",
    "mny": "many",
    "ppl": "people",
    "r": "are",
    "some1": "someone",
    "u": "you",
}
_WORD = re.compile(
    rf"(?<![\w'’@#/.-])(?<!letter )(?<!the )(?<!an )(?:{'|'.join(_SPELLED)})(?![\w'’@/-]|\.\w)", re.IGNORECASE
)
_WHY = re.compile(r"^y(?= (?:is|are|do|does|did|was|were|r)\b)", re.IGNORECASE)
_NUMBER_OF = re.compile(r"^(?:the )?(?:no|nr)\.? of(?= [\w ]+s\b)", re.IGNORECASE)
_NAMED = rf"(?:{DETERMINERS}) [\w-]+(?: (?!\w+ing\b|at\b)[\w-]+)?"
_ASKED = re.compile(
    rf"(?P<asked>what|how) (?P<doer>he|she|it|they|{_NAMED})(?= \w+ing\b)|(?:what|who) (?P<this>this|that|these|it)"
    rf"|where (?P<placed>he|she|it|they|this|that|these|{_NAMED})|what colou?r (?P<coloured>it|they|{_NAMED})",
    re.IGNORECASE,
)
"""A question word and what it is asked of, with no "is" between them: "what he doing", "where the ball"."""
_BEHIND = re.compile(r"(?: \w+ing(?: .+)?)?(?P<at> at)?", re.IGNORECASE)
_SAID = re.compile(r"(?P<who>he|she|it|they|this|that) (?P<what>(?:an? )?[\w-]+)(?: [\w'-]+){0,4}", re.IGNORECASE)
_DOING = POSES | {"wearing", "holding", "eating", "carrying", "riding", "playing", "drinking", "raining", "snowing"}
_MARKS = " ?!.,;:…"


def spelled_out(text: str) -> str:
    """A question with its words written out, and with the "is" that was left out of it; else as it is."""
    words = _NUMBER_OF.sub("number of", _WHY.sub("why", text))
    words = _WORD.sub(lambda found: _SPELLED[found[0].lower()], words)
    whole = _with_verb(words)
    return whole if whole != text and asked_in(text) is None and is_english(whole) else text


def _with_verb(text: str) -> str:
    bare = text.rstrip(_MARKS)
    if (be := _verb_before(bare)) is not None:
        return f"{be} {text}"
    found = _ASKED.match(bare)
    behind = None if found is None else _BEHIND.fullmatch(bare[found.end() :])
    if found is None or behind is None:
        return text
    who = found.lastgroup or ""
    end = found.end() if behind["at"] else len(bare)
    return f"{text[: found.start(who)]}{_be(found[who])} {bare[found.start(who) : end]}{text[len(bare) :]}"


def _verb_before(bare: str) -> str | None:
    """The verb with which a pronoun and what is said of it ask: "is" of "he happy"; None where they would not."""
    found = _SAID.fullmatch(bare)
    if found is None:
        return None
    *article, said = found["what"].lower().split()
    points = found["who"].lower() in ("this", "that")
    whole = (
        is_visible(bare.lower().split()[2:], ADJECTIVES | STATES) if article else said in STATES | _DOING and not points
    )
    return _be(found["who"]) if whole else None


def _be(who: str) -> str:
    return "are" if who.lower() in ("they", "these") else be_of(who)
