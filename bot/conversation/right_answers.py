"""Whether what somebody says is right can answer a question, and what is kept of it. Pure functions; English only.

What is kept may be learnt from: of a question of yes or no it is "yes" or "no", a colour only where one is asked for.
"""

from __future__ import annotations

import re
from enum import Enum

from bot.conversation.corrections import bare_answer
from bot.conversation.phrases import lexicon
from bot.conversation.small_talk import small_talk
from model.confidence.answer_kind import COLOURS, NUMBERS, Kind, kind_of

SHORT = 3
"""Words of a reply that may be an answer and nothing else, articles not counted."""
_YES = frozenset(("yes", "yeah", "yep", "yup", "yea", "ya", "correct", "true"))
_NO = frozenset(("no", "nope", "nah", "naw"))
_NOTHING = frozenset(("nothing", "none", "nobody", "zero"))
_ARTICLES = frozenset(("a", "an", "the"))
_IN_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS = {word: str(number) for number, word in enumerate(_IN_WORDS)}
_COUNT = re.compile(
    r"(?:(?:only|just|exactly|actually|about|at least|all) )?"
    rf"([0-9]{{1,3}}|none|nothing|{'|'.join(sorted(NUMBERS))})(?: (?!of\b).+)?"
)
_PLACE = re.compile(
    r"(?:in|on|under|behind|near|beside|by|above|below|next to|at|inside|outside|indoors|outdoors|between|in front of"
    r"|(?:(?:on|to) the )?(?:left|right))\b",
)
_OF_COLOUR, _OF_NUMBER = re.compile(r"\bcolou?r"), re.compile(r"\b(?:number|how|digit|time|year|date)\b")
_SAYS_NOTHING_OF_IT = _ARTICLES | {"it", "he", "she", "they", "there", "is", "are", "very", "really", "all", "so"}


class _Sort(Enum):
    """What an answer is by its words."""

    YES_NO = "yes or no"
    NUMBER = "a number"
    COLOUR = "a colour"
    OTHER = "anything else"


def kept(right: str, question: str, answer: str) -> str:
    """What may be kept of `right`, said to be right where a question was answered `answer`; empty where nothing may."""
    words, wanted = _words(right), _wanted(question, answer)
    if not words:
        return ""
    if wanted is _Sort.YES_NO:
        return _yes_or_no(words, question, answer)
    if wanted is _Sort.NUMBER:
        count = _COUNT.fullmatch(" ".join(words))
        return "" if count is None else "0" if count[1] in _NOTHING else count[1]
    said, of_colour = _sort(words), [word for word in words if word in COLOURS]
    if wanted is _Sort.COLOUR:
        return right if said is _Sort.COLOUR else of_colour[0] if len(of_colour) == 1 else ""
    named = {*words} - _ARTICLES <= {*_words(question)}  # "is it red or blue"
    if said is _Sort.OTHER or named or (said is _Sort.NUMBER and _OF_NUMBER.search(question.lower())):
        return right
    return ""


def short_answer(text: str, question: str, answer: str) -> str | None:
    """What a short reply to an answer says is right, where it could be an answer of the same kind, or says yes or no.

    Returns:
        The answer itself where it is confirmed; empty where the reply only denies it; None for anything else, which may
        ask: "dog" under how many cats there are.
    """
    said = bare_answer(text)
    words = _words(said or "")
    bare = [word for word in words if word not in _ARTICLES]
    if said is None or not 0 < len(bare) <= SHORT:
        return None
    wanted, sort = _wanted(question, answer), _sort(words)
    if sort is _Sort.YES_NO and len({*words}) == 1:
        yes = words[0] in _YES
        return ("yes" if yes else "no") if wanted is _Sort.YES_NO else answer if yes else ""
    if wanted is _Sort.OTHER:
        fitting = _is_of_the_kind(said, bare, question, answer)
    else:
        fitting = sort is wanted or (wanted is _Sort.NUMBER and {*bare} <= _NOTHING)
    return kept(said, question, answer) or None if fitting else None


def may_agree(text: str, question: str, answer: str) -> bool:
    """Whether "no, it is blue" stands under a "no": it may agree, deny that, or speak of something else."""
    no = [words[0] in _NO for words in (_words(text), _words(answer)) if words]
    return no == [True, True] and _wanted(question, answer) is _Sort.YES_NO


def same(right: str, answer: str) -> bool:
    """Whether two answers say the same: "two" and "2", "a cat" and "cat"."""
    one, other = (
        [_DIGITS.get(word, word) for word in _words(text) if word not in _ARTICLES] for text in (right, answer)
    )
    return one == other


def _yes_or_no(words: list[str], question: str, answer: str) -> str:
    if words[0] in _YES or (words[0] in _NO | {"not"}):
        return "yes" if words[0] in _YES else "no"
    claimed = {_stem(word) for word in words} - _SAYS_NOTHING_OF_IT
    as_asked = claimed <= {_stem(word) for word in _words(question)}
    said = _words(answer)[:1]
    if said == ["yes"]:
        return "" if as_asked else "no"
    return "yes" if as_asked else ""


def _wanted(question: str, answer: str) -> _Sort:
    """What a question asks for; where that cannot be said, what it was answered with."""
    by_kind = {Kind.YES_NO: _Sort.YES_NO, Kind.NUMBER: _Sort.NUMBER, Kind.COLOUR: _Sort.COLOUR}
    kind = kind_of(question)
    if kind in by_kind:
        return by_kind[kind]
    if kind in (None, Kind.OTHER) and _OF_COLOUR.search(question.lower()):
        return _Sort.COLOUR
    return _sort(_words(answer)) if kind is None else _Sort.OTHER


def _sort(words: list[str]) -> _Sort:
    said = {*words} - _ARTICLES - {"and"}
    if said and said <= _YES | _NO:
        return _Sort.YES_NO
    if _COUNT.fullmatch(" ".join(words)) and not said <= {"nothing", "none"}:
        return _Sort.NUMBER
    return _Sort.COLOUR if said and said <= COLOURS else _Sort.OTHER


def _is_of_the_kind(said: str, bare: list[str], question: str, answer: str) -> bool:
    """Whether words may be the thing, the person or the place that a question asks for."""
    if {*bare} <= _NOTHING:
        return True
    asked = _words(question)
    if {*bare} <= {*asked} and "or" in asked:
        return True
    of_place = kind_of(question) is Kind.PLACE or _PLACE.match(answer.lower())
    if of_place or _PLACE.match(said.lower()):
        return bool(of_place) and _PLACE.match(said.lower()) is not None
    if small_talk(said) is not None:
        return False
    if "doing" in asked:
        return bare[0].endswith("ing")
    return lexicon().is_thing(" ".join(bare)) or lexicon().is_thing(bare[-1])


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > SHORT else word


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("’", "'"))
