"""A question about one or two of several pictures that it names: "how many dogs are there in the second picture?"."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.conversation.comparison import is_comparison, needs_two
from bot.conversation.follow_ups import Before
from bot.conversation.lines import lines_of
from bot.conversation.several_questions import in_full
from bot.conversation.slips import without_slips
from storage.records import Question

_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ENDS = ("1st", "2nd", "3rd", *(f"{number}th" for number in range(4, 11)))
_PLACES = {word: place for words in (_WORDS, _ENDS) for place, word in enumerate(words, 1)}
_LAST, _MIDDLE, _LEFT, _RIGHT, _THIS = "last", "middle", "left", "right", "this"
_OTHERS = (_LAST, _MIDDLE, _LEFT, _RIGHT, _THIS)
_ORDINAL = rf"(?:{'|'.join(_PLACES)}|{_LAST})"
_SHOWN = r"(?:picture|photo|image|pic|scene|drawing|screenshot)"
_ONE = rf"(?:{_SHOWN}|one)"
_NUMBER = rf"{_SHOWN} (?:no\.? |number |nr\.? |# ?)?(?:10|[1-9])\b"
_PICTURE = rf"(?:(?:the )?(?:{_ORDINAL}|{_MIDDLE}) {_ONE}|(?:the )?(?:{_LEFT}|{_RIGHT}) {_SHOWN}|(?:the )?{_NUMBER})"
"""What can only be a picture: the left "one" may be a thing."""
_AND = r"(?:(?:and|so|ok|but|what about|how about)\b[\s,]*)*"
_ONLY_NAMED = re.compile(
    rf"{_AND}(?:(?:in|on|for) )?(?P<named>{_PICTURE}|(?:the )?{_ORDINAL})"
    rf"|(?:no,? )?(?:just|only|{_AND}(?=.* (?:only|alone)$)) ?(?:in|on|for) (?P<last>this {_ONE})(?: only| alone)?",
    re.I,
)
_IN_IT = re.compile(rf"\b(?:in|on|of|from) (?P<named>{_PICTURE})(?!\w)|\b(?:in|on) (?P<at_end>the {_ORDINAL})$", re.I)
_BEGINS = re.compile(
    rf"{_AND}(?:(?:in|on|for) )?(?P<named>{_PICTURE}|the {_ORDINAL}(?=\s*[,:;–-]))(?P<mark>\s*[,:;–-])?\s+(?P<rest>.+)",
    re.I,
)
_ASKS = re.compile(
    r"(?:what|who|where|how|whose)\b|(?:is|are|does|do|has|have|can) (?:the|an?|any|it|there|he|she|they|you|i)\b", re.I
)
_IS_THERE = re.compile(r"(?:is|are) there \w", re.I)
"""Before the picture at its end: what is asked needs no "in the picture"."""
_STATES = re.compile(r"(?:is|are|was|were|has|have|had|shows?|looks?|does|do|and|or|to|with|than|vs)\b", re.I)
_COMPARES = re.compile(
    r"\b(?:which|both|same|similar|alike|equal|than|also|too|still|other|only|not|new|missing|gone|common|like|more"
    r"|fewer|less|added|removed|moved|left|happened|compared|instead|now)\b",
    re.I,
)
"""Beside a named picture: whether it is asked of that alone is not sure."""
_COMPARES_SURELY = re.compile(r"\b(?:same|similar|alike|than|also|too|other|compared|instead|missing|gone|new)\b", re.I)
_ONE_OF_TWO = rf"(?:the )?(?:{_SHOWN} )?(?P<{{}}>{_ORDINAL}|10|[1-9])(?: {_ONE})?"
_TWO = re.compile(
    rf"(?:from )?\b(?:(?:the )?{_SHOWN}s )?{_ONE_OF_TWO.format('one')} (?:and|to|with|vs\.?|&|or) "
    rf"{_ONE_OF_TWO.format('two')}(?!\w)|(?:the )?\b(?P<end>first|last) two\b(?: {_ONE}s)?",
    re.I,
)


_ALL_OF_THEM = re.compile(r"\b(?:both|each|all|either|neither|two|pictures|photos|images|pics)\b", re.I)


ANY_BEFORE = Before("What is in the picture?")
"""Whatever was asked before: which picture is meant does not depend on it."""


class OneOfSeveral(NamedTuple):
    """What is asked of one picture."""

    place: int
    """Of the picture, counted from 1."""
    question: str
    """As it is put to the model."""


class TwoOfSeveral(NamedTuple):
    """What is asked of two pictures."""

    places: tuple[int, int]
    """Of the pictures, counted from 1."""
    question: str
    """As it is put to the model."""


def one_of_several(text: str, pictures: int, before: Before | None = None) -> OneOfSeveral | None:
    """Which of so many pictures a question is about, and what it asks of that; None where it names none, or compares.

    Args:
        text: The question.
        pictures: How many there are.
        before: The question before it: "and in the second one?" asks the same again.
    """
    if pictures < 2 and not asks_of_this_alone(text):
        return None
    one = _named(text, pictures, before)
    return one if one is not None and one.place <= pictures else None


def the_only_one(text: str, before: Before | None = None) -> OneOfSeveral | None:
    """What a question asks of the only picture that it can be about, where it names that: "in the first picture, ...".

    Its place may be behind that picture: of several that came one by one only the last is talked about.
    """
    return _named(text, 1, before) if _says_picture(text) else None


def names_none_of_them(text: str, pictures: int, before: Before | None = None) -> bool:
    """Whether a question is about one picture that is none of so many: "and the third?" of two.

    Of one picture "the second" may be a thing in it: there it has to say "the second picture".
    """
    one = _named(text, pictures, before or ANY_BEFORE)
    return one is not None and one.place > pictures and (pictures > 1 or _says_picture(text))


def asks_of_this_alone(text: str) -> bool:
    """Whether a text wants what was asked before to be asked of the last picture alone: "no, just in this one"."""
    only = _ONLY_NAMED.fullmatch(_bare(text))
    return only is not None and only["last"] is not None


def counted_from_the_end(text: str) -> bool:
    """Whether the picture that a question names is another one when more of an album comes: "the last one"."""
    found = _find(_bare(text))
    return found is not None and not set(_OTHERS).isdisjoint(found[0].lower().split())


def names_pictures(text: str) -> bool:
    """Whether a question names one of several pictures, two of them, or all."""
    bare = _bare(text)
    return bool((_find(bare) and not asks_of_this_alone(text)) or _TWO.search(bare) or _ALL_OF_THEM.search(bare))


def two_of_several(text: str, pictures: int) -> TwoOfSeveral | None:
    """Which two of more pictures a question compares ("are 2 and 3 the same?"); None where it names no two."""
    bare = _bare(text)
    found = _TWO.search(bare)
    if found is None or pictures < 3 or not is_comparison(bare):
        return None
    if found["end"]:
        places = (1, 2) if found["end"].lower() == "first" else (pictures - 1, pictures)
    else:
        one, two = (_place(found[name], pictures) for name in ("one", "two"))
        if one is None or two is None or one == two or max(one, two) > pictures:
            return None
        places = (min(one, two), max(one, two))
    begins, both = (
        bare[: found.start()],
        "between the pictures" if found[0].lower().startswith("from ") else "the pictures",
    )
    rest = bare[found.end() :]
    question = rest.lstrip(" ,:;–-") if not begins and rest[:1] in (",", ":", ";") else f"{begins}{both}{rest}"
    return TwoOfSeveral(places, _sentence(question))


def named_picture(question: Question) -> OneOfSeveral | None:
    """The picture that a question in the ledger names among its own; None where it is about all of them, or of each."""
    number = len(question.pictures)
    if lines_of(question):
        return None
    one = one_of_several(question.asked, number) if number > 1 else the_only_one(question.asked)
    return one if one is not None and one.place <= number else None


def asked_with_pictures(question: Question) -> str:
    """What was asked in full, with the pictures that what was typed named: "How many dogs are in the second picture?".

    Empty where it was asked as it was typed.
    """
    asked = question.asked_as or ""
    if not asked:
        return ""
    bare = _bare(question.text)
    if len(question.pictures) == 2 and "the pictures" in asked and (two := _TWO.search(bare)) is not None:
        names = re.sub(r"^(?:from|the) ", "", two[0], flags=re.I)
        return f"{names[0].upper()}{names[1:]}: {asked}"
    found = _find(bare) if not question.several else None
    if found is None or _find(_bare(asked)):
        return asked
    named = _said(found[0])
    inside = re.sub(r"\bin the picture\b", f"in {named}", asked, count=1)
    return inside if inside != asked else f"In {named}: {asked}"


def _bare(text: str) -> str:
    """One line without slips, and without marks at its end."""
    return " ".join(without_slips(text).split()).strip(" ?!.")


def _find(bare: str) -> tuple[str, str, bool] | None:
    """The picture that a text names, what it asks of that (nothing: the same again), and whether that is sure."""
    if only := _ONLY_NAMED.fullmatch(bare):
        return only["named"] or only["last"], "", True
    if (begins := _BEGINS.fullmatch(bare)) is not None:
        rest, number = begins["rest"], re.search(r"\d$", begins["named"])
        if begins["mark"] or _ASKS.match(rest) or (number and not _STATES.match(rest)):
            return begins["named"], rest, True
    if (inside := _IN_IT.search(bare)) is not None:
        before, behind = bare[: inside.start()], bare[inside.end() :]
        rest = before.rstrip() if not behind and _IS_THERE.match(before) else f"{before}in the picture{behind}"
        return inside["named"] or inside["at_end"], rest, False
    return None


def _named(text: str, pictures: int, before: Before | None) -> OneOfSeveral | None:
    """As `one_of_several`, also where there are not so many pictures."""
    found = _find(_bare(text))
    place = None if found is None else _place(found[0], pictures)
    if found is None or place is None:
        return None
    _, question, sure = found
    if not question:
        question = "" if before is None else _IN_IT.sub("in the picture", before.question.strip(" ?!."))
        sure = False
    compares = (_COMPARES_SURELY if sure else _COMPARES).search(question)
    if compares or needs_two(question) or re.search(rf"\b{_PICTURE}|\b{_ORDINAL}\b", question, re.I):
        return None
    whole = (in_full(question, before) if sure else None) or _sentence(question)
    return OneOfSeveral(place, whole) if sure or len(question.split()) >= 3 else None


def _says_picture(text: str) -> bool:
    """Whether the picture that a text names is called so: "the second picture", not "the second one"."""
    found = _find(_bare(text))
    return found is not None and re.search(rf"\b{_SHOWN}\b", found[0], re.I) is not None


def _place(named: str, pictures: int) -> int | None:
    """Of a named picture, counted from 1; None where so many have none in that place."""
    words = named.lower().split()
    word = next((word for word in words if word in _PLACES or word in _OTHERS), words[-1])
    if word == _MIDDLE:
        return (pictures + 1) // 2 if pictures % 2 else None
    if word in (_LEFT, _RIGHT):
        return None if pictures != 2 else 1 if word == _LEFT else 2
    return pictures if word in (_LAST, _THIS) else _PLACES.get(word) or int(word.lstrip("#"))


def _said(named: str) -> str:
    """A named picture in a sentence: "the second picture", "picture 2"."""
    words = named.lower().split()
    if (number := words[-1].lstrip("#")).isdecimal():
        return f"picture {number}"
    if _THIS in words:
        return "this picture"
    return f"the {next(w for w in words if w in _PLACES or w in _OTHERS)} picture"


def _sentence(question: str) -> str:
    return f"{question[:1].upper()}{question[1:]}?"
