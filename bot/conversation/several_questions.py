"""Several questions in one message: "what colour is the ball and how many dogs are there?". Pure functions.

English only, as the models' questions are. What may be one question stays one.
"""

from __future__ import annotations

import re

from bot.conversation.existence_questions import existence_question
from bot.conversation.follow_ups import LEAD, Before, completed, stands_alone

MOST = 4
"""A message with more of them is asked as it is."""
_BETWEEN = re.compile(
    r"\?+[\s,;]+(?:(?:and|also|then|plus)\s+)*|\s*[,;]?\s+(?:and|also|plus)\s+(?:also\s+)?|\s*[,;]\s+", re.I
)
_BEGINS = re.compile(
    r"(?:what|which|who|whose|where|how) |(?:is|are|does|do|has|have|can) (?:the|an?|any|some|there|it|he|she|they|this"
    r"|that|these|those|anyone|anybody|anything|someone|you|his|her|its|their) ",
    re.I,
)


def in_full(text: str, before: Before | None) -> str | None:
    """A question that leans on the one before, or names a thing alone, in full; None where it stands by itself."""
    return (None if before is None else completed(text, before)) or existence_question(LEAD.sub("", text))


def questions_in(text: str, before: Before | None = None) -> list[str]:
    """The questions of a message in their order, each in full: what leans on the one before is completed.

    Args:
        text: The message. One question alone is given back as it was typed.
        before: The question before the message.
    """
    parts = _parts(" ".join(text.split()))
    if len(parts) == 1 and len(short := re.split(r"\?+\s+", text)) <= MOST:
        parts = short if all(in_full(part, before) for part in short) else parts
    if not 1 < len(parts) <= MOST:
        return [text]
    asked: list[str] = []
    for part in parts:
        asked.append(in_full(part, before) or f"{part[0].upper()}{part[1:].rstrip(' ?!.,;')}?")
        before = Before(asked[-1])
    return asked


def _parts(text: str) -> list[str]:
    """A text cut where a whole question ends and another one begins."""
    for found in _BETWEEN.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        if not _is_whole(before):
            continue
        first, *others = _parts(after)
        if _is_whole(first) or ("?" in found[0] and completed(first, Before(before)) is not None):
            return [before, first, *others]
    return [text]


def _is_whole(text: str) -> bool:
    """Whether a text is a question of its own, with what it asks about."""
    return stands_alone(text.strip(" ?!.,;")) and bool(_BEGINS.match(text))
