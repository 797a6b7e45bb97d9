"""Questions that only name things, in full: "dog?", "dog or cat?", "dog color". English only, as the models are."""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import (
    ADJECTIVES,
    DETERMINERS,
    NUMBERS,
    STATES,
    be_of,
    is_plural,
    with_article,
)
from bot.conversation.nouns import is_visible

WHERE = (
    r"(?:in|on|under|behind|near|beside|by|above|below|at|inside|outside|with|wearing|holding|next to|in front of"
    r"|to the (?:left|right) of) "
)
_TYPED = re.compile(
    rf"(?:(an?|any|some) )?((?!(?:{DETERMINERS}|other|same) )(?:[\w'-]+ ){{0,3}}?[\w'-]+)"
    rf"( {WHERE}(?:(?:{DETERMINERS})(?: [\w'-]+){{1,2}}|[\w'-]+)| here| there)?"
)
_SOMEBODY = re.compile(r"(?:is )?(?:any|some)(?:one|body)(?: (?:here|there|in (?:it|the picture)))?", re.IGNORECASE)
POSES = frozenset(
    (
        *("sleeping", "running", "standing", "sitting", "lying", "flying", "jumping", "swimming", "smiling", "crying"),
        *("waving", "kneeling", "dancing", "walking", "laughing", "barking", "kissing", "burning", "flowering"),
        *("snoring",),
    )
)
"""What a thing may be doing by itself: a text that begins with "eating" or "wearing" names what is eaten or worn."""
_SAID = ADJECTIVES | NUMBERS | STATES | POSES
_NO_PLACES = STATES | {"what", "which", "who", "whose", "how", "me", "us", "or", "and"}
"""With one of these at its end a text says more than where something is."""


def existence_question(text: str) -> str | None:
    """Whether there is what a text names, where it names something that can be seen, and perhaps where; else None.

    What is small talk ("Rose") is not asked this.
    """
    if asks_for_people(text):
        return "Are there any people?"
    typed = _TYPED.fullmatch(" ".join(text.lower().split()).strip(" ?!.,;:…"))
    if typed is None or not is_visible(typed[2].split(), _SAID):
        return None
    phrase, where = typed[2], "" if typed[3] in (None, " here", " there") else typed[3]
    if where and not _NO_PLACES.isdisjoint(where.split()[-2:]):
        return None
    if typed[1] in ("a", "an"):
        return f"Is there {with_article(phrase)}{where}?"
    if phrase.split()[0] not in NUMBERS:
        phrase = f"any {phrase}" if is_plural(phrase) else with_article(phrase)
    return f"{be_of(phrase).capitalize()} there {phrase}{where}?"


def asks_for_people(text: str) -> bool:
    """Whether a text asks if anybody is there: of a picture or, without one, of the chat."""
    return bool(_SOMEBODY.fullmatch(text.strip(" ?!.,;:…")))


_ATTRIBUTE = re.compile(
    r"(?:(?:tell|show|give) me |what(?:'s| is)? )?(?:the )?"
    r"(?:(?P<thing>[\w' -]+?)(?:'s)? (?P<of>colou?r|size|shape)s?|(?P<first>colou?r|size|shape)s?"
    r" of (?:the )?(?P<other>[\w' -]+)"
    r"|(?P<asked>colou?r|size|shape) (?P<what>[\w' -]+))",
    re.IGNORECASE,
)


def attribute_question(text: str) -> str | None:
    """What a text asks of a thing that it only names with it: "dog color" is "What color is the dog?"; else None."""
    found = _ATTRIBUTE.fullmatch(" ".join(text.split()).strip(" ?!.,;:…"))
    if found is None:
        return None
    thing = re.sub(r"^the ", "", found["thing"] or found["other"] or found["what"], flags=re.IGNORECASE)
    if not is_visible(thing.lower().split(), _SAID):
        return None
    return f"What {(found['of'] or found['first'] or found['asked']).lower()} {be_of(thing)} the {thing}?"
