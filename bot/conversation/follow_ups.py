"""Questions that lean on the one before: "and the dog?", "what colour is it?", "where?" are completed from it.

English only, as the models' questions are. What cannot be completed surely stays as it was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.conversation.comparison import needs_two
from bot.conversation.exchanged import anything_there, either, exchanged, value_asked
from bot.conversation.noun_phrases import (
    ADJECTIVES,
    DETERMINERS,
    PEOPLE,
    STOPS,
    WORN,
    be_of,
    definite,
    is_plural,
    noun_of,
    plural,
    singular,
    stands_alone,
    subject_of,
    thing_named,
    with_article,
)
from bot.conversation.places import PLACES, place_exchanged
from bot.conversation.statements import without_asides
from model.text import MAX_QUESTION, question_length

LEAD = re.compile(
    r"^(?:(?:ok|okay|so|but|and|n|&|then|also|now|hm+|well|or|what about|how about|what abt|wat about|no(?=,)"
    r"|(?:the )?same(?: thing| question)? (?:for|with|about))\b[\s,]*)+",
    re.I,
)
"""What binds a question to the one before."""
_ADDRESS = re.compile(
    r"^(?:(?:hey|hi|hello|please|pls|plz|(?:(?:can|could) (?:you|u) )?(?:please )?tell me|say)\b[\s,]*)+"
    r"(?=(?:what|which|who|where|how)(?: (?!the\b|an?\b|he\b|she\b|it\b|they\b)\w+){0,2}"
    r" (?:is|are|does|do|can)\b|(?:is|are|does|do|can|has|have)\b)|[\s,]+(?:please|pls|plz)$",
    re.I,
)
"""What only calls for the answer to a question."""
_PICTURES = re.compile(
    r"\b(?:other|previous|earlier|first|second|last) (?:one|picture|photo|image)$"
    r"|\b(?:one|picture|photo|image) (?:before|above)$",
    re.I,
)
_WHO = {"him": "he", "her": "she", "he": "he", "she": "she"}
"""Somebody else, of whom nothing more is known."""
_KINDS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}
_SAME = {"he": r"\b(?:he|him|his)\b", "she": r"\b(?:she|her|hers)\b"}
_PEOPLE = frozenset(name for names in PEOPLE.values() for name in names)
_SUBJECT = re.compile(r"\b(?:he|she|it|they)\b", re.I)
"""Who a question is about where it does not name them."""
_IMPERSONAL = re.compile(
    r"\bit (?:raining|snowing|sunny|cloudy|windy|day|night|daytime|night-?time|dark|light|morning|evening|winter|summer"
    r"|autumn|fall|spring|warm|cold|hot|indoors?|outdoors?|inside|outside|a (?:photo|picture|drawing|cartoon|sunny|nice"
    r"|painting)|an? \w+ (?:photo|picture|drawing|painting|cartoon))\b"
    r"|\b(?:is|was) (?:it|this|that|he|she) an? |^what (?!colou?r|size|shape|breed|brand|kind|sort|age)\w+ is it$"
    r"|\b(?:time|day|season|weather)\b.* it\b|\b(?:what|who) is (?:it|that|this)$|\bit looks? like\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Before:
    """The question before, as it was asked, and its answer where there is one."""

    question: str
    answer: str | None = None
    earlier: Before | None = None
    """What was asked before it, where it names nothing that another question can lean on."""

    @property
    def names_nothing(self) -> bool:
        """Whether nothing can lean on it: "what is it?", where the answer names no thing."""
        read = _Previous.read(_bare(self.question), self.answer)
        return not read.subject and not read.referent


def completed(question: str, before: Before) -> str | None:
    """A question that leans on the one before, in full: "What colour is the dog?".

    Returns:
        None where it stands by itself, or leans on what cannot be found out.
    """
    text = _bare(question)
    led = LEAD.sub("", text)
    if not led or "?" in led or not _bare(before.question):
        return None
    whole = _complete(led, _Previous.read(_bare(before.question), before.answer), leads=led != text)
    if whole is None and before.earlier is not None and before.names_nothing:
        return completed(question, before.earlier)
    if whole is None and led != text:
        whole = led if stands_alone(led) else anything_there(led)
    if whole is None or _bare(whole) == text or question_length(whole) >= MAX_QUESTION:
        return None
    return f"{whole[0].upper()}{whole[1:]}?"


def _bare(text: str) -> str:
    """One line without marks at its end, contractions written out."""
    text = " ".join(text.replace("’", "'").split()).strip(" ?!.,;:…")
    text = re.sub(r"\b(what|where|who|how)(?:'s| s|s)\b(?! (?:hat|shirt))", r"\1 is", without_asides(text), flags=re.I)
    return re.sub(r"\br\b", "are", _ADDRESS.sub("", text))


@dataclass(frozen=True, slots=True)
class _Previous:
    """The question before, taken apart."""

    text: str
    subject: str
    """The noun phrase that it is about, as it stands there; empty where there is none."""
    referent: str
    """What "it" means after its answer: the answer where that is a thing, else the subject."""
    absent: bool
    """Whether that is not there: then "it" means something else."""

    @classmethod
    def read(cls, text: str, answer: str | None) -> _Previous:
        subject = subject_of(text)
        if _PICTURES.search(subject):  # "it" is no picture after "what is different from the one before?"
            subject = ""
        thing = "" if needs_two(text) else thing_named(text, answer)  # "the dog moved" is none
        said, one = (answer or "").lower(), answer in ("1", "one") and re.match(r"how many\b", text, re.I)
        referent = singular(definite(subject)) if one else definite(subject)
        if re.match(rf"(?:what|who) is (?:there )?{PLACES}", text, re.I):  # of that only the place is known
            referent = ""
        sought = re.match(r"(?:is|are) (?:this|that|it|these|those|they) an? |how many\b", text, re.I)
        absent = said.startswith("no ") or bool(sought and said in ("no", "0", "none"))
        return cls(text, subject, thing or referent, absent)


def _complete(text: str, previous: _Previous, *, leads: bool) -> str | None:
    """In the order of how surely each is meant."""
    return (
        _one_word(text, previous)
        or exchanged(text, previous.text, leads=leads)
        or _attribute(text, previous)
        or _with_pronoun(text, previous)
        or _with_one(text, previous)
        or either(text, previous.referent)
        or value_asked(text, previous.text, previous.referent)
        or place_exchanged(text, previous.text)
        or (_other_thing(text, previous) if leads or re.match(r"the ", text, re.I) else None)
    )


def _one_word(text: str, previous: _Previous) -> str | None:
    """Where? How many? Who? Doing what?"""
    word, about = text.lower(), previous.referent
    if word in ("who", "which one") and (
        found := re.match(r"is (?:any(?:one|body)|some(?:one|body)) (.+)", previous.text, re.I)
    ):
        return f"who is {found[1]}"
    if word == "what" and (found := re.match(r"is (?:there )?(?:any|some)thing (.+)", previous.text, re.I)):
        return f"what is {found[1]}"
    if not about:
        return None
    if word in ("where", "where exactly", "in which place"):
        return f"where {be_of(about)} {about}"
    if word in ("how many", "how many of them", "how many are there", "how much", "number", "count"):
        kind = " ".join([*about.split()[1:-1], plural(noun_of(about))])
        return f"how many {kind} are there"
    if found := re.fullmatch(r"(?:what )?(doing|wearing|holding)(?: what)?", word):
        who = definite(previous.subject)
        about = who if noun_of(who) in _PEOPLE else about  # "and holding?" after "what is the man wearing"
        return f"what {be_of(about)} {about} {found[1]}"
    return None


def _attribute(text: str, previous: _Previous) -> str | None:
    """What colour? Its size?"""
    if previous.referent and (
        found := re.fullmatch(r"(?:(?:in )?(?:what|which)|the|its|their|his|her)?\s*(colou?r|size|shape)s?", text, re.I)
    ):
        return f"what {found[1].lower()} {be_of(previous.referent)} {previous.referent}"
    return None


def _with_pronoun(text: str, previous: _Previous) -> str | None:
    """What colour is it? What is he doing? Where are they? Is its hat red?"""
    if _IMPERSONAL.search(text) or len(text.split()) < 3:
        return None
    pronouns = r"it|he|she|they|him|them|her|his|its|their"
    if re.match(r"(?:what|which) (?:colou?r|size|shape)\b|where\b", text, re.I):
        pronouns += r"|(?:this|that|these|those)$"
    own = re.search(rf"\b({pronouns})\b", text, re.I)
    if own is None or previous.absent or _noun_before(text[: own.start()]):
        return None
    if own[1].lower() in _KINDS and re.search(_SAME[_KINDS[own[1].lower()]], previous.text, re.I):
        return None  # "she" is who that was before, whom nobody named
    owned = re.match(r"(?:his|her|its|their) ", previous.subject, re.I)
    if owned and re.search(r"\b(?:do|hold|wear|eat)ing$", text, re.I):
        return None  # no tail does anything, and whose it is was not said
    about = _person(own[1].lower(), previous) or _other(own[1].lower(), previous.referent)
    word, rest = own[1].lower(), text[own.end() :].strip()
    if not about or noun_of(about) in rest.lower().split():  # "is it a cat or a dog" after "is there a cat"
        return None
    possessive = word in ("his", "its", "their") or (
        word == "her" and bool(rest) and rest.split()[0].lower() not in STOPS
    )
    shown = (about + ("'" if is_plural(about) and about.endswith("s") else "'s")) if possessive else about
    head = text[: own.start()]
    if not possessive and is_plural(about) != (word in ("they", "them", "their", "these", "those")):
        head = re.sub(r"\b(?:is|are)\b(?=\s*$)", be_of(about), head, flags=re.I)
    return f"{head}{shown}{text[own.end() :]}"


def _noun_before(head: str) -> bool:
    """Whether a sentence has a noun phrase of its own before its pronoun, which that means: "the girl with her dog"."""
    return bool(re.search(rf"\b(?:{DETERMINERS}) ", head, re.I))


def _person(pronoun: str, previous: _Previous) -> str:
    """Whom a pronoun means, where the question or its answer names a person of that kind."""
    kind = _KINDS.get(pronoun)
    if kind is None:
        return ""
    owner = definite(previous.subject.partition("'s ")[0])
    return next((one for one in (previous.referent, owner) if noun_of(one) in PEOPLE[kind]), "")


def _other(pronoun: str, referent: str) -> str:
    """The referent, where a pronoun may mean it: "he" is no hat, no girl and nothing of which there are several."""
    kind = _KINDS.get(pronoun)
    noun = noun_of(referent)
    if pronoun in ("it", "its") and noun in _PEOPLE:
        return ""
    others = next((names for name, names in PEOPLE.items() if name != kind), ())
    if pronoun in ("they", "them", "their") and not is_plural(referent) and noun not in ("person", "child", "baby"):
        return ""
    return "" if kind and (noun in WORN or noun in others or is_plural(referent)) else referent


def _with_one(text: str, previous: _Previous) -> str | None:
    """A blue one? Are there red ones? Is there one on the table?"""
    found = re.search(r"\b(ones?)\b", text, re.I)
    among = bool(re.search(rf"\bones? {PLACES}", text, re.I))  # "the one on the right" is another boy, not his hat
    noun = noun_of((among and previous.subject) or previous.referent)
    if found is None or not noun or re.match(r"(?:which|who|what|no|any) one\b", text, re.I):
        return None
    known = plural(noun) if found[1].lower() == "ones" else noun
    before = text[: found.start()]
    if not before.strip() or re.search(r"\b(?:there|see|have|has)\s*$", before, re.I):
        known = with_article(known) if found[1].lower() == "one" else known
    phrase = f"{before}{known}{text[found.end() :]}"
    return phrase if stands_alone(phrase) else _other_thing(phrase, previous)


def _other_thing(text: str, previous: _Previous) -> str | None:
    """And the dog? The same is asked of something else."""
    somebody = None if previous.subject or _IMPERSONAL.search(previous.text) else _SUBJECT.search(previous.text)
    subject = somebody[0] if somebody else previous.subject
    placed = re.match(PLACES, f"{text} ", re.I)
    if not subject or placed or stands_alone(text) or len(text.split()) > 5 or _is_question(text):
        return None
    given = re.match(rf"(?:{DETERMINERS})\b", text, re.I)
    begun = re.match(rf"({DETERMINERS})\b", "the" if somebody else subject, re.I)
    phrase = text
    if noun_of(text) in WORN and re.search(r"\bwearing$", previous.text, re.I):  # shoes wear nothing
        return None
    if text.lower() in _WHO:
        return None if "'s " in subject else previous.text.replace(subject, _WHO[text.lower()], 1)
    if begun and begun[1].lower() == "the" and given and given[0].lower() in ("a", "an"):
        phrase = definite(text)
    elif text.lower() in ADJECTIVES and begun:
        phrase = f"{begun[1]} {text} {noun_of(subject)}"
    elif begun and not given and not is_plural(text):
        phrase = f"{begun[1]} {text}"
    elif given and not begun:
        phrase = text[given.end() :].strip()
        if re.match(r"how many\b", previous.text, re.I):
            phrase = " ".join([*phrase.split()[:-1], plural(noun_of(phrase))])
    owner, _, owned = subject.partition("'s ")
    if phrase.endswith("'s"):  # "and the girl's?"
        phrase = f"{phrase} {owned or noun_of(subject)}"
    elif owned and "'s" not in phrase:
        if noun_of(phrase) in WORN:
            phrase = f"{owner}'s {phrase.split()[-1]}"
        elif noun_of(phrase) in _PEOPLE:
            phrase = f"{phrase}'s {owned}"
    head, tail = previous.text.split(subject, 1)
    if re.search(rf" {PLACES}", phrase, re.I):  # "and the one on the right" after "the boy on the left"
        tail = re.sub(rf"^ {PLACES}(?:the |an? )?[\w']+", "", tail, flags=re.I)
    if is_plural(phrase) != (is_plural(subject) or subject.lower() == "they"):
        head = re.sub(r"\b(?:is|are)\b(?=(?: there)?\s*$)", be_of(phrase), head, flags=re.I)
    return f"{head}{phrase}{tail}"


def _is_question(text: str) -> bool:
    """Whether it begins as one, or is a whole sentence."""
    return bool(re.match(r"(?:what|which|who|where|when|why|how|does|do|can)\b|.*\b(?:is|are|has|have)\b", text, re.I))
