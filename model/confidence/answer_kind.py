"""Whether an answer is of the kind that its question asks for.

A model may say "yes" to "is it a ball or an apple", as sure as of all else: nothing in its probability shows that it
misread the question. Only what cannot be meant is found here. A question in another language, or that holds two
questions, takes any answer, and so does what is not understood as one of these kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from model.text import normalise_question


def words_of(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


MOST_WORDS = 4
"""Of an answer that is judged: a longer one is a sentence, which may say anything."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|/")
COLOURS = words_of(
    "amber beige black blond blonde blue bronze brown burgundy clear colorful colorless colourful colourless cream"
    " cyan dark gold golden gray green grey ivory lavender light lilac magenta maroon multicolor multicolored"
    " multicolour multicoloured navy olive orange pale peach pink plaid purple rainbow red rose rust salmon silver"
    " striped tan teal transparent turquoise violet white wooden yellow"
)
NUMBERS_IN_ORDER = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
NUMBERS = words_of("thirty forty fifty hundred").union(NUMBERS_IN_ORDER)
_AMOUNTS = NUMBERS | words_of(
    "a an couple countless dozen dozens every few half hundreds less lot lots many millions more most much pair"
    " several single some thousand thousands"
)
_YES_NO = words_of("yes no yeah yep yup nope nah")
_LIKE_YES_NO = _YES_NO | words_of(
    "absolutely apparently correct definitely false indeed likely maybe never partially partly perhaps possibly"
    " probably slightly sometimes sure true unlikely"
)
FITS_ALL = words_of(
    "all both cannot can't different either equal everybody everyone everything identical neither nobody none not"
    " nothing same unclear uncertain unknown unsure"
)
VERBS = words_of("am are aren't can could did do does don't had has have i is isn't was were will would")
"""An answer with one of these is a sentence, too."""
_BEFORE = words_of(
    "actually alright and but can could do exactly find give guess hello hey hi i image in just know let like look me"
    " name now of ok okay on photo pic picture please pls plz question quick say scene see show so tell the then this"
    " to u um want we well will wonder wondering would you"
)
"""What may stand before the word that asks."""
_ASKS_YES_NO = words_of(
    "is are was were does do did has have had can could will isn't aren't doesn't don't wasn't weren't hasn't"
)
_SUBJECTS = words_of(
    "a an any anybody anyone anything everybody everyone everything he her his it my she some somebody someone"
    " something that the their there these they this those your"
)
"""What stands behind them in English: "was ist das?" and "is dat een hond?" are other languages."""
_ANY = words_of("any anybody anyone anything some somebody someone something")
"""To "is there anything on the table?" people answer what there is."""
_CHOICE = frozenset(("or", "vs", "versus", "/"))
_EITHER_WAY = words_of("there a an you u i we")
_WH = {
    **{f"{word}{end}": word for word in ("what", "where", "who", "how") for end in ("", "s", "'s", "re", "'re")},
    **{word: word for word in ("which", "whose", "why", "when")},
}
ASKING = frozenset(_WH)
"""The words with which a question asks for something else than yes or no."""
_OF_ANY_KIND = re.compile(r"(?:what|how) (?:about|if|come)\b")
_OF_COLOUR = re.compile(r"(?:(?:what|which|whats|what's)(?: is| are)?(?: the)? )?colou?rs?\b")
_OF_NUMBER = re.compile(r"how many\b|count\b|(?:(?:what|whats|what's)(?: is)?(?: the)? )?number of\b")


class Kind(Enum):
    """What a question asks for."""

    YES_NO = "yes or no"
    CHOICE = "one of what it names"
    NUMBER = "a number"
    COLOUR = "a colour"
    PLACE = "a place"
    PERSON = "a person"
    OTHER = "anything but yes or no"


def fits(question: str, answer: str) -> bool:
    """Whether an answer may be one to a question, as they were typed and said; an empty one fits."""
    words = tokens(answer)
    said, asked, kind = frozenset(words), frozenset(tokens(question)), kind_of(question)
    if kind is None or is_absence(words) or not 0 < len(words) <= MOST_WORDS or said & (FITS_ALL | VERBS):
        return True
    if kind is Kind.YES_NO:
        return bool(said & _LIKE_YES_NO) or (bool(asked & _ANY) and not said <= COLOURS)
    if said & _YES_NO:
        return False
    if kind is Kind.NUMBER:
        return bool(said & _AMOUNTS) or any(map(str.isdecimal, words))
    if kind is Kind.COLOUR:
        return bool(said & COLOURS)
    bare = said <= COLOURS or all(word in NUMBERS or word.isdecimal() for word in words)
    return kind is Kind.OTHER or not bare or bool(said & asked)


def kind_of(question: str) -> Kind | None:
    """What a question asks for; None where that cannot be said."""
    several = sum(word in _WH for word in tokens(question)) > 1
    for words in openings(question):
        if _begins_yes_no(words):
            return _yes_no_or_choice(words[1:])
        word, rest = words[0], " ".join(words)
        if several or _OF_ANY_KIND.match(rest):
            return None
        if _OF_NUMBER.match(rest):
            return Kind.NUMBER
        if _OF_COLOUR.match(rest):
            return Kind.COLOUR
        if word in _WH:
            return {"where": Kind.PLACE, "who": Kind.PERSON}.get(_WH[word], Kind.OTHER)
    return None


def openings(question: str) -> Iterator[list[str]]:
    """A question's words, lower case: all of them, and from each later one on that may be what begins to ask."""
    words = tokens(question)
    for place, word in enumerate(words):
        yield words[place:]
        if word not in _BEFORE:
            return


def _begins_yes_no(words: list[str]) -> bool:
    """Whether a question of yes or no, or one with a choice, begins here: "is the ...", "do you see ..."."""
    first, second, third = [*words[:3], "", "", ""][:3]
    if first not in _ASKS_YES_NO:
        return False
    return (
        second in _SUBJECTS
        or "than" in words
        or (second in ("you", "u", "i", "we") and third in ("see", "spot", "find"))
    )


def _yes_no_or_choice(words: list[str]) -> Kind | None:
    """Which of both, by what follows the verb. "Is there a cat or a dog?" may be meant either way."""
    rest = frozenset(words)
    if rest & _WH.keys():
        return None
    if not rest & _CHOICE:
        return Kind.YES_NO
    open_to_both = words[0] in _EITHER_WAY or bool(rest & _ANY)
    return None if open_to_both and not rest & {"more", "fewer"} else Kind.CHOICE


def is_absence(words: list[str]) -> bool:
    """Whether the words of an answer say that something is not there: "no dog"."""
    return words[:1] == ["no"] and len(words) > 1


def tokens(text: str) -> list[str]:
    """The words of a question or an answer in their order, lower case, without marks."""
    return _WORD.findall(normalise_question(text).replace("’", "'"))
