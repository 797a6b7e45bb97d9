"""Several questions in one message: "what colour is the ball and how many dogs are there?". Pure functions.

English only, as the models' questions are. What may be one question stays one.
"""

from __future__ import annotations

import re

from bot.conversation.either_or import each_thing, open_question
from bot.conversation.follow_ups import LEAD, Before, completed
from bot.conversation.no_short_answer import OVERVIEW, wants_description
from bot.conversation.noun_phrases import is_plural, stands_alone
from bot.conversation.short_forms import attribute_question, existence_question
from bot.conversation.slips import without_slips
from bot.conversation.statements import as_question, without_asides
from bot.conversation.text_speak import spelled_out

_NUMBER = re.compile(r"(?:^|\s)[(#]?([1-9])(?:[.):-]|\ufe0f?\u20e3)\s*(?=[a-z])", re.I)
"""Before each of several questions: 1. 1) (1) #1: 1- or a keycap."""
_ASKS_WHAT = re.compile(r"what(?:'?s| is)\b", re.I)
"""Begins a question that is one already: "what is the colour of the ball?"."""
MOST = 4
"""A message with more of them is asked as it is."""
MOST_LINES = 20
"""So many lines an answer has at most, one for each question about each picture: two for each of a whole album."""
_BETWEEN = re.compile(
    r"\?+[\s,;]+(?:(?:and|also|then|plus)\s+)*|\s*[,;]?\s+(?:and|also|plus)\s+(?:also\s+)?|\s*[,;]\s+", re.I
)
_BEGINS = re.compile(
    r"(?:what|which|who|whose|where|how) |(?:is|are|does|do|has|have|can) (?:the|an?|any|some|there|it|he|she|they|this"
    r"|that|these|those|anyone|anybody|anything|someone|you|his|her|its|their) ",
    re.I,
)
_ASKS = re.compile(r"(?:what|which|who|whose|where|how|is|are|does|do|has|have|can) \w", re.I)
"""So begins what is a question where another one stands beside it."""
_COUNTS = re.compile(r"how many(?: \w+){1,2}", re.I)
_MARKS = "?!.,;:…"


def in_full(text: str, before: Before | None) -> str | None:
    """A question that leans on the one before, names a thing alone or states what it asks, in full and by itself.

    Slips of the fingers are put right, short spellings written out. None where it is that already.
    """
    if wants_description(text):
        return OVERVIEW
    right = spelled_out(without_slips(text))
    plain = as_question(right) or without_asides(right)
    bare = LEAD.sub("", plain)
    whole = None if before is None else completed(plain, before)
    whole = whole or existence_question(bare) or (None if _ASKS_WHAT.match(bare) else attribute_question(bare))
    whole = open_question(whole or bare) or whole
    return whole if whole or plain == text else as_sentence(plain)


def as_sentence(question: str) -> str:
    """A question, not empty, with a capital letter and its mark."""
    return f"{question[0].upper()}{question[1:].rstrip(' ?!.,;')}?"


def on_one_line(text: str) -> str:
    """A message in one line. What stands in a line of its own, or behind a number, ends as the question that it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if numbered := _numbered(" ".join(lines)):
        ended = [line if line[-1] in _MARKS else f"{line}?" for line in numbered[:-1]]
        return " ".join([*ended, numbered[-1]])
    ended = [f"{line}?" if _asks(line) else line for line in lines[:-1]]
    return " ".join(" ".join([*ended, *lines[-1:]]).split())


def _numbered(line: str) -> list[str]:
    """What stands behind the numbers 1, 2, ... of a list, of which nothing stands before but "answer these:"."""
    before, *listed = _NUMBER.split(line)
    numbers, parts = listed[::2], [" ".join(part.split()) for part in listed[1::2]]
    ascending = len(parts) > 1 and numbers == [str(place) for place in range(1, len(parts) + 1)]
    return parts if ascending and all(parts) and before.strip()[-1:] in ("", ":") else []


def _asks(line: str) -> bool:
    """Whether a line is a question by itself, or leans on one, and has no mark at its end."""
    return line[-1] not in _MARKS and bool(_is_whole(line) or LEAD.match(line) or _COUNTS.fullmatch(line))


def questions_in(text: str, before: Before | None = None) -> list[str]:
    """The questions of a message in their order, each in full: what leans on the one before is completed.

    Args:
        text: The message. One question alone is given back as it was typed.
        before: The question before the message.
    """
    text = " ".join(text.split())
    right = spelled_out(without_slips(text))
    if listed := _listed(right) or each_thing(without_asides(right)):
        return listed
    parts = _parts(_each_colour(without_asides(right)))
    if len(parts) < len(short := re.split(r"\?+\s+", right)) <= MOST:
        parts = short if all(_alone(part, before) or _ASKS.match(part) for part in short) else parts
    if not 1 < len(parts) <= MOST:
        return [text]
    asked: list[str] = []
    for part in parts:
        asked += _alone(part, before) or [as_sentence(part)]
        before = Before(asked[-1], earlier=before)
    return asked


def questions_of_each(text: str, pictures: int, before: Before | None = None) -> list[str]:
    """As `questions_in`, of a message that asks them of each of so many pictures: as many as there are lines for."""
    return questions_in(text, before)[: max(1, MOST_LINES // pictures)]


def _alone(part: str, before: Before | None) -> list[str]:
    """A question that needs another or only names what it asks of, in full; none where it is that already."""
    one = in_full(part, before) or attribute_question(part)
    return each_thing(part) or ([one] if one else [])


def _listed(text: str) -> list[str]:
    """Tell me the dog color? ball color? tree? Short forms in a list, the first of which says what is asked of each."""
    parts = [part for part in re.split(r"\?+\s*(?:and )?|\s*[,;]\s*(?:and )?|\s+and\s+", text, flags=re.I) if part]
    asked = [attribute_question(part) for part in parts]
    if not 1 < len(parts) <= MOST or not asked[0]:
        return []
    what = asked[0].split()[1]
    asked = [one or attribute_question(f"{part} {what}") for one, part in zip(asked, parts, strict=True)]
    return [one for one in asked if one] if all(asked) else []


def _each_colour(text: str) -> str:
    """How many dogs and cats? What colour is the dog, the ball and the tree? One question for each thing.

    Of what several things "are" there may be one answer.
    """
    if (
        counted := re.fullmatch(r"(how many) (.+? and \w+)(?: (?:are there|do you see))?[ ?!.]*", text, re.I)
    ) is not None:
        kinds = re.split(r",? and |, ", counted[2])
        whole = all(is_plural(kind) and len(kind.split()) <= 2 for kind in kinds)  # no "black and white dogs"
        return "? ".join(f"{counted[1]} {kind} are there" for kind in kinds) if whole else text
    found = re.fullmatch(r"((?:what|which) colou?r is|where is) (the .+? and the [\w ]+)[ ?!.]*", text, re.I)
    things = [] if found is None else re.split(r",? and |, ", found[2])
    if found is None or not all(re.fullmatch(r"(?:the )?[\w']+(?: [\w']+)?", thing) for thing in things):
        return text
    return "? ".join(f"{found[1]} {thing}" for thing in things)


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
