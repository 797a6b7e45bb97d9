"""Questions that lean on the one before: "and the dog?", "what colour is it?", "where?" are completed from it.

English only, as the models' questions are. What cannot be completed surely stays as it was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.conversation.exchanged import anything_there, either, exchanged, value_asked
from bot.conversation.noun_phrases import (
    KNOWN_PEOPLE,
    be_of,
    definite,
    noun_of,
    noun_phrase,
    plural,
    stands_alone,
)
from bot.conversation.one_anaphora import with_noun
from bot.conversation.other_thing import asked_of
from bot.conversation.places import place_exchanged
from bot.conversation.previous_question import Previous
from bot.conversation.pronouns import names_animal_alone, names_person, with_antecedent
from bot.conversation.statements import without_asides
from model.text import MAX_QUESTION, question_length

_HE_OR_SHE = re.compile(r"\b(?:he|him|his|she|her)\b", re.I)
_POINTS = re.compile(r"\b(?:it|its|he|him|his|she|hers?|they|them|theirs?|this|that|these|those)\b", re.I)
FURTHER_BACK = 2
"""So many questions before the one before may be leant on."""
LEAD = re.compile(
    r"^(?:(?:ok|okay|so|but|and|n|&|then|also|now|hm+|well|or|what about|how about|what abt|wat about"
    r"|no(?=,| the\b| i mean)"
    r"|sorry|(?:sorry,? )?i mean(?:t)?|not [\w' ]+(?=,)|not (?:the|an?) \w+(?= (?:the|an?)\b)"
    r"|(?:the )?same(?: thing| question)? (?:for|with|about))\b[\s,]*)+",
    re.I,
)
"""What binds a question to the one before."""
_ADDRESS = re.compile(
    r"^(?:(?:hey|hi|hello|please|pls|plz|(?:(?:can|could) (?:you|u) )?(?:please )?tell me|say"
    r"|(?:thanks|thank you|great|nice|cool|perfect|awesome|wow)(?:[\s,.!]+and)?)\b[\s,.!]*)+"
    r"(?=(?:what|which|who|where|how)(?: (?!the\b|an?\b|he\b|she\b|it\b|they\b)\w+){0,2}"
    r" (?:is|are|does|do|can)\b|(?:is|are|does|do|can|has|have)\b)|[\s,]+(?:please|pls|plz)$",
    re.I,
)
"""What only calls for the answer to a question."""


@dataclass(frozen=True, slots=True)
class Before:
    """The question before, as it was asked, and its answer where there is one."""

    question: str
    answer: str | None = None
    earlier: Before | None = None
    """What was asked before it, where what leans on this one may mean that."""
    of_another_picture: bool = False
    """Whether it was asked of another picture than what leans on it: what was seen there need not be here."""

    @property
    def read(self) -> Previous:
        """Taken apart."""
        return Previous.read(_bare(self.question), self.answer)

    @property
    def names_nothing(self) -> bool:
        """Whether nothing can lean on it: "what is it?", where the answer names no thing."""
        return not self.read.subject and not self.read.referent

    @property
    def leads_further_back(self) -> bool:
        """Whether what leans on it may mean what was named before it: after "is there a dog?" she is the girl."""
        return self.names_nothing or not self.read.is_question or names_animal_alone(self.read)

    @property
    def somebody(self) -> Previous | None:
        """The last question that named a person, this one or one before."""
        read = self.read
        return read if names_person(read) else None if self.earlier is None else self.earlier.somebody

    def back(self, further: int) -> Before:
        """With so many questions before it at most."""
        return replace(self, earlier=self.earlier.back(further - 1) if self.earlier and further else None)


def completed(question: str, before: Before) -> str | None:
    """A question that leans on the one before, in full: "What colour is the dog?".

    Returns:
        None where it stands by itself, or leans on what cannot be found out.
    """
    text = _bare(question)
    led = LEAD.sub("", text)
    if not led or "?" in led or not _bare(before.question):
        return None
    if before.of_another_picture:
        whole = _of_new_picture(led, Previous.read(_bare(before.question), None), leads=led != text)
    else:
        somebody = before.somebody if _HE_OR_SHE.search(led) else None
        whole = _complete(led, before.read, somebody, leads=led != text)
    if whole is None and before.earlier is not None and (before.names_nothing or not before.read.is_question):
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


def _complete(text: str, previous: Previous, somebody: Previous | None, *, leads: bool) -> str | None:
    """In the order of how surely each is meant."""
    return (
        _one_word(text, previous)
        or exchanged(text, previous.text, leads=leads)
        or _attribute(text, previous)
        or with_antecedent(text, previous, somebody)
        or _with_one(text, previous)
        or either(text, previous.referent)
        or value_asked(text, previous.text, previous.held or previous.referent)
        or (place_exchanged(text, previous.text) if previous.is_question else None)
        or (asked_of(text, previous) if leads or re.match(r"the |(?:his|hers|theirs)$", text, re.I) else None)
    )


def _of_new_picture(text: str, previous: Previous, *, leads: bool) -> str | None:
    """The same asked of a picture that came since: what is "it" there was not said, and what names a thing may ask."""
    if _POINTS.search(text):
        return None
    whole = _one_word(text, previous) or _attribute(text, previous)
    return whole or (_complete(text, previous, None, leads=True) if leads else None)


def _one_word(text: str, previous: Previous) -> str | None:
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
    if word in ("how many", "how many of them", "how many are there", "count"):
        kind = " ".join([*about.split()[1:-1], plural(noun_of(about))])
        return f"how many {kind} are there"
    if found := re.fullmatch(r"(?:what )?(doing|wearing|holding)(?: what)?", word):
        who = definite(previous.subject)
        about = who if noun_of(who) in KNOWN_PEOPLE else about  # "and holding?" after "what is the man wearing"
        return f"what {be_of(about)} {about} {found[1]}"
    return None


def _attribute(text: str, previous: Previous) -> str | None:
    """What colour? Its size?"""
    thing = previous.held or previous.referent  # of "who is wearing a hat" it is the hat's, whoever that is
    if thing and (
        found := re.fullmatch(
            r"(?:(?:in )?(?:what|which)|the|its|their|his|her)?\s*(colou?r|size|shape)s?"
            r"(?: of (?:it|them|him|her|that|this))?",
            text,
            re.I,
        )
    ):
        people = noun_of(thing) in KNOWN_PEOPLE and found[1].lower().startswith("col")  # nobody asks that
        return None if people else f"what {found[1].lower()} {be_of(thing)} {thing}"
    return None


def _with_one(text: str, previous: Previous) -> str | None:
    """A blue one? Are there red ones? The colour of the left one?"""
    named = with_noun(text, previous.subject, previous.referent)
    if named is None or stands_alone(named):
        return named
    if found := re.fullmatch(r"(?:the )?(colou?r|size|shape)s? of (the .+)", named, re.I):
        return f"what {found[1].lower()} {be_of(noun_phrase(found[2][4:]))} {found[2]}"
    return asked_of(named, previous)
