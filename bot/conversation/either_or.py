"""Questions that offer answers, put so that models know them: "is the ball red or blue?" is "What colour is the ball?".

Models that learnt short answers say yes or no to most of them, or name a third thing. Pure functions; English only, as
the models' questions are.
"""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import COLOURS, DETERMINERS, be_of, is_plural, stands_alone
from bot.conversation.short_forms import POSES, WHERE, existence_question
from model.confidence.answer_kind import tokens
from model.confidence.choices import COMPARES

_MOODS = frozenset(
    ("happy", "sad", "angry", "mad", "scared", "afraid", "surprised", "bored", "tired", "excited", "worried", "calm")
)
_SKIES = frozenset(("sunny", "cloudy", "windy", "rainy", "snowy", "stormy", "foggy", "raining", "snowing", "overcast"))
_WEATHER = "What is the weather like?"
_OR = re.compile(r"\s*(?:,|/|,?\s+or\b)\s*(?:(?:is|are) (?:it|this|that|he|she|they|there)\s+)?", re.IGNORECASE)
_ONE = rf"(?:{'|'.join(sorted(COLOURS | _MOODS | _SKIES | POSES))})"
_OFFERED = rf"{_ONE}(?:(?:,\s*|\s*/\s*){_ONE})*(?:\s*/\s*|,?\s+or\s+(?:(?:is|are) (?:it|he|she|they)\s+)?){_ONE}"
_OF_SUBJECT = re.compile(
    rf"(?:(?P<be>is|are|was|were)\s+)?(?P<subject>(?:[\w'’-]+\s+){{0,8}}?[\w'’-]+),?\s+(?P<offered>{_OFFERED})",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"(?P<asked>(?:(?:what|which) colou?r|what(?:'?s| is| are| does| do)|how do(?:es)?|where|who) [^,:;]+?)\s*[,:;]\s*"
    rf"(?:(?:is|are) (?:it|he|she|they)\s+)?(?:(?:{DETERMINERS}|in|on|under|at)\s+)*[a-z]+\b.*\bor\b.*",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"(?:(?:which (?:one )?(?:is (?:it|this|that|there)))\s*[,:]?|(?:is|are) (?:it|this|that|these|those|they|there)"
    r"|(?:do|can) (?:you|u) see)?\s*(?P<any>any\s+)?(?P<things>.+ or .+)",
    re.IGNORECASE,
)
_MARKS = " ?!.,;:…"
_PRONOUNS = frozenset(("it", "this", "that"))


def open_question(text: str) -> str | None:
    """What a question that offers colours, moods, poses or weathers asks; None where it is none that is known."""
    if not _OR.search(text):
        return None
    bare = " ".join(text.split()).strip(_MARKS)
    behind = _BEHIND.fullmatch(bare)
    if behind is not None and stands_alone(behind["asked"]) and COMPARES.isdisjoint(tokens(behind["asked"])):
        return f"{behind['asked'][0].upper()}{behind['asked'][1:]}?"
    found = _OF_SUBJECT.fullmatch(bare)
    if found is None:
        return _WEATHER if set(_OR.split(bare.lower())) <= _SKIES and " " in bare else None
    subject, offered = found["subject"], {*_OR.split(found["offered"].lower())}
    noun = re.sub(rf"^(?:{DETERMINERS})\s+", "", subject.lower())
    if offered <= _SKIES:
        return _WEATHER if noun in {*_PRONOUNS, "weather", "the weather", "it outside"} else None
    if found["be"] is None:
        if existence_question(noun) is None:
            return None
        subject = subject if noun != subject.lower() else f"the {subject}"
    elif noun.split()[0] == "there":
        return None
    be = (found["be"] or be_of(noun)).lower()
    if offered <= COLOURS:
        return f"What colour {be} {subject}?"
    if noun in _PRONOUNS:
        return None
    if offered <= _MOODS:
        return f"How {'do' if noun == 'they' or is_plural(noun) else 'does'} {subject} feel?"
    return f"What {be} {subject} doing?" if offered <= POSES else None


def each_thing(text: str) -> list[str]:
    """Whether there is each of the things between which a text lets choose, or of which it seeks any; else empty."""
    found = _THINGS.fullmatch(" ".join(text.split()).strip(_MARKS)) if _OR.search(text) else None
    if found is None:
        return []
    sought = "any " if found["any"] else ""
    things = [re.sub("^any ", "", thing, flags=re.IGNORECASE) for thing in _OR.split(found["things"])]
    if place := re.search(rf" {WHERE}.+", things[-1], re.IGNORECASE):
        things = [thing if place[0] in thing else thing + place[0] for thing in things]
    asked = [existence_question(f"{sought}{thing}") for thing in things if thing]
    return [one for one in asked if one] if all(asked) else []
