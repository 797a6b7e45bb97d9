"""Several questions, each about the picture that it names: "what is in picture 1 and is there a dog in picture 2?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation.comparison import counted_in_each, is_comparison
from bot.conversation.follow_ups import Before
from bot.conversation.one_of_several import (
    ANY_BEFORE,
    OneOfSeveral,
    names_none_of_them,
    names_pictures,
    one_of_several,
    the_only_one,
)
from bot.conversation.several_questions import MOST, as_sentence, in_full, questions_in
from bot.conversation.slips import without_slips

MOST_PICTURES = 10
"""That can be named by their place."""
_NAMED = re.compile(r"In picture \d+: ")
_SAME_AGAIN = re.compile(r"(?:how many|what colou?r)(?: is| are)?(?: there)? in the picture\?", re.I)
"""Behind "how many dogs are in the first picture": "and how many in the second?"."""
_BETWEEN = re.compile(r"\?+\s+(?:and )?|,? and (?=(?:in|on) (?:the |pic))", re.I)


def several_named(text: str, pictures: int, before: Before | None = None) -> Sequence[OneOfSeveral]:
    """What each question of a message asks of which of so many pictures; nothing where they do not name several.

    Args:
        text: The message.
        pictures: How many there are.
        before: The question before it.
    """
    asked = _each_named(text, pictures, before)
    return asked if len({one.place for one in asked}) > 1 else []


def several_of_one(text: str, pictures: int, before: Before | None = None) -> Sequence[OneOfSeveral]:
    """What several questions ask of one of so many pictures, which they name; as `several_named`."""
    asked = _each_named(text, pictures, before)
    if not asked and (one := one_of_several(text, pictures, before)) is not None:
        asked = [OneOfSeveral(one.place, question) for question in questions_in(one.question, before)]
    return asked if len(asked) > 1 and len({one.place for one in asked}) == 1 else []


def _each_named(text: str, pictures: int, before: Before | None) -> Sequence[OneOfSeveral]:
    """As `several_named`; what names no picture is asked of the one named before: "in picture 2: dogs? cats?"."""
    asked: list[OneOfSeveral] = []
    for part in parts_of(text, before):
        one = one_of_several(part, pictures, before)
        compares = is_comparison(part) or counted_in_each(part) is not None
        if one is None and asked and not compares and not names_pictures(part):
            one = OneOfSeveral(asked[-1].place, part)
        if one is None:
            return []
        if before is not None and _SAME_AGAIN.fullmatch(one.question):
            one = OneOfSeveral(one.place, before.question)
        for question in questions_in(one.question, before):
            whole = in_full(question, before) or question
            asked.append(OneOfSeveral(one.place, as_sentence(whole)))
            before = Before(whole)
    return asked if 1 < len(asked) <= MOST else []


def names_one_beyond(text: str, pictures: int, before: Before | None = None) -> bool:
    """Whether a question, or one of several that each name a picture, names one behind the last of so many."""
    parts = parts_of(text, before)
    each = len(parts) > 1 and all(one_of_several(one, MOST_PICTURES, before or ANY_BEFORE) for one in parts)
    return any(names_none_of_them(one, pictures, before) for one in ([text, *parts] if each else [text]))


def parts_of(text: str, before: Before | None) -> Sequence[str]:
    """The questions of a message, also where only a picture's name begins the next: "pic 1: dog? pic 2: cat?"."""
    parts = questions_in(text, before)
    return parts if len(parts) > 1 else [one for one in _BETWEEN.split(without_slips(text).strip(" ?!.")) if one]


def with_name(one: OneOfSeveral) -> str:
    """A question with its picture, as its line shows it: "In picture 2: Is there a dog?"."""
    return f"In picture {one.place}: {one.question}"


def has_name(line: str) -> bool:
    """Whether a line's question is one of `with_name`."""
    return _NAMED.match(line) is not None


def without_name(line: str) -> str:
    """A line's question as it is put to the model."""
    one = the_only_one(line) if has_name(line) else None
    return line if one is None else one.question
