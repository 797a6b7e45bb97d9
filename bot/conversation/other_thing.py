"""The same asked of something else: "and the dog?", "what about the girl's hat?". Pure functions over words.

Where the result would not be what a person asks, there is none.
"""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import (
    ADJECTIVES,
    DETERMINERS,
    KNOWN_PEOPLE,
    NUMBERS,
    ORDINALS,
    STATES,
    WORN,
    be_of,
    definite,
    is_plural,
    noun_of,
    noun_phrase,
    plural,
    singular,
    with_article,
)
from bot.conversation.nouns import ANIMALS, PERSONS, is_noun, is_visible
from bot.conversation.places import PLACES, behind_its_noun
from bot.conversation.previous_question import Previous
from bot.conversation.pronouns import is_impersonal

_WHO = {"him": "he", "her": "she", "he": "he", "she": "she"}
"""Somebody else, of whom nothing more is known."""
_WHOSE = {"his": "his", "hers": "her", "theirs": "their"}
"""Whose the same thing is: "and hers?"."""
_SUBJECT = re.compile(r"\b(?:he|she|it|they)\b", re.I)
"""Who a question is about where it does not name them."""
_OWNERS = re.compile(r"(?:his|her|its|their|my|your) ", re.I)
_OF_THE_LIVING = re.compile(
    r"\b(?:wear|hold|eat|feel)(?:ing)?\b|\b(?:happy|sad|angry|scared|surprised|tired|hungry|asleep|sleeping)\b", re.I
)
_SAID = ADJECTIVES | NUMBERS | STATES | ORDINALS
_OF_TWO = re.compile(r"\bthan\b|\b(?:or|and) (?:the|an?) ", re.I)
"""Of which of the two something else shall be asked is not said."""


def asked_of(text: str, previous: Previous) -> str | None:
    """The question before with what this text names in its subject's place; None where that makes no question."""
    somebody = None if previous.subject or is_impersonal(previous.text) else _SUBJECT.search(previous.text)
    subject = somebody[0] if somebody else previous.subject
    if not subject or not previous.is_question or _OF_TWO.search(previous.text) or len(text.split()) > 7:
        return None
    if text.lower() in _WHO:
        return None if "'s " in subject else previous.text.replace(subject, _WHO[text.lower()], 1)
    whose, owned = _WHOSE.get(text.lower()), "'s " in subject or _OWNERS.match(subject) is not None
    if whose or text.endswith("'s"):
        # Whose "the dog" is nobody said; no person is owned; and of "is there a hat" none is.
        ownable = owned or (noun_of(subject) not in KNOWN_PEOPLE | PERSONS and (not whose or noun_of(subject) in WORN))
        if somebody or not ownable or re.match(r"how many\b|(?:is|are) there\b", previous.text, re.I):
            return None
    if whose:
        thing = _bare(subject.rpartition("'s ")[2])
        return previous.text.replace(subject, f"{whose} {thing}", 1)
    phrase = _phrase(behind_its_noun(text), subject, previous, named=somebody is None)
    if phrase is None:
        return None
    head, tail = previous.text.split(subject, 1)
    if is_plural(phrase) and re.search(r"\b(?:it|this|that) $", head, re.I):
        return None
    if tail.startswith(" of ") and noun_of(phrase) in KNOWN_PEOPLE | PERSONS | ANIMALS:  # "the shirt of the man"
        return f"{head}{subject} of {phrase}"
    if re.search(rf" {PLACES}", phrase, re.I):  # "and the one on the right" after "the boy on the left"
        tail = re.sub(rf"^ {PLACES}(?:the |an? )?[\w']+", "", tail, flags=re.I)
    if is_plural(_without_place(phrase)) != (is_plural(subject) or subject.lower() == "they"):
        be = be_of(_without_place(phrase))
        head = re.sub(r"\b(?:is|are)\b(?=(?: there)?\s*$)", be, head, flags=re.I)
        head = re.sub(r"\b(?:does|do)\b(?=\s*$)", "do" if be == "are" else "does", head, flags=re.I)
    return f"{head}{phrase}{tail}"


def _phrase(text: str, subject: str, previous: Previous, *, named: bool) -> str | None:
    """What a text names, as it fits in the place of the subject; None where it names no thing, or none that fits."""
    if text.lower() in ADJECTIVES:
        first = subject.split()[0] if re.match(rf"(?:{DETERMINERS}) ", subject, re.I) else ""
        return f"{first} {text} {noun_of(subject)}".strip() if named else None
    if not _names_thing(text):
        return None
    living = KNOWN_PEOPLE | PERSONS | ANIMALS
    noun = noun_of(noun_phrase(_bare(text)))
    if _OF_THE_LIVING.search(previous.text) and "'s " not in subject and _one_of(noun) not in living:
        return None  # shoes wear nothing
    counted, there = (re.search(start, previous.text, re.I) for start in (r"^how many\b", r"\b(?:is|are) there\b"))
    if (counted or there) and _OWNERS.match(text):
        return None
    if counted:
        *others, last = noun_phrase(_bare(text)).split()
        return " ".join([*others, plural(last), _place(text)]).strip()
    if there:
        given = re.match(r"(?:an?|any|some|another) ", text, re.I)
        known = text if given or is_plural(_without_place(text)) else with_article(_bare(text))
        return re.sub(r"^(?:the|these|those) ", "any ", known, flags=re.I)
    return _of_owner(_with_determiner(text, subject, named=named), subject)


def _with_determiner(text: str, subject: str, *, named: bool) -> str:
    """A thing with the determiner that the subject has: what was known stays so."""
    given = re.match(rf"(?:{DETERMINERS}|another) ", text, re.I)
    begun = re.match(rf"({DETERMINERS}) ", subject, re.I) if named else None
    first = begun[1].lower() if begun else "the"
    if given:
        if _OWNERS.match(f"{first} ") and given[0].lower() == "the " and noun_of(text) in WORN:
            return f"{first} {_bare(text)}"
        return definite(text) if first == "the" and given[0].lower() in ("a ", "an ") else text
    return text if is_plural(_without_place(text)) and first != "the" else f"{first} {text}"


def _of_owner(phrase: str, subject: str) -> str:
    """After "the girl's hat" what "the boy's", "the boy" and "the shoes" are: a hat of his, shoes of hers."""
    owner, _, owned = subject.partition("'s ")
    if phrase.endswith("'s"):
        return f"{phrase} {owned or noun_of(subject)}"
    if owned and "'s" not in phrase:
        if noun_of(phrase) in WORN:
            return f"{owner}'s {phrase.split()[-1]}"
        if noun_of(phrase) in KNOWN_PEOPLE:
            return f"{phrase}'s {owned}"
    return phrase


def _names_thing(text: str) -> bool:
    """Whether a text is a noun phrase, perhaps with a place behind it, whose noun is surely one."""
    bare = _bare(text)
    phrase = noun_phrase(bare)
    rest = bare[len(phrase) :].strip()
    *others, noun = phrase.lower().removesuffix("'s").split() or [""]
    whole = not rest or bool(re.match(PLACES, f"{rest} ", re.I))
    described = all(word in _SAID or is_noun(word.removesuffix("'s")) for word in others)
    known = (is_noun(noun) and described) or is_visible([*others, noun], _SAID)  # "traffic light"
    return whole and known and not re.search(r"[,?!]|\b(?:or|and|not|only|just)\b", text)


def _bare(text: str) -> str:
    return re.sub(rf"^(?:{DETERMINERS}|another) ", "", text, flags=re.I)


def _without_place(phrase: str) -> str:
    return re.sub(rf" {PLACES}.*$", "", phrase, flags=re.I)


def _place(text: str) -> str:
    found = re.search(rf" {PLACES}.*$", text, re.I)
    return found[0].strip() if found else ""


def _one_of(noun: str) -> str:
    return singular(noun.removesuffix("'s"))
