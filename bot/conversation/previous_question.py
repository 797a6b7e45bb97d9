"""The question before, taken apart: what it is about, and what "it" means after its answer. By its words alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.conversation.comparison import needs_two
from bot.conversation.noun_phrases import COLOURS, definite, singular, subject_of, thing_named, thing_of
from bot.conversation.places import PLACES, behind_its_noun

_PICTURES = re.compile(
    r"\b(?:other|previous|earlier|first|second|last) (?:one|picture|photo|image)$"
    r"|\b(?:one|picture|photo|image) (?:before|above)$|\b(?:differences?|changes?|pictures|photos|images)$",
    re.I,
)
_DENIED = re.compile(r"^not (?:the|an?) [\w' ]+, ", re.I)
"""What somebody says not to mean, before what they do."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The question before, without marks at its end."""

    text: str
    subject: str
    """The noun phrase that it is about, as it stands there; empty where there is none."""
    referent: str
    """What "it" means after its answer: the answer where that is a thing, else the subject."""
    absent: bool
    """Whether that is not there: then "it" means something else."""
    held: str
    """What somebody in it has, wears or holds: "the hat" of "is the man wearing a hat"; empty where that is nothing."""
    answered: bool
    """Whether its answer names a thing: then "it" is that."""

    @classmethod
    def read(cls, text: str, answer: str | None) -> Previous:
        """Take a question apart that was answered so; None where no answer is sure."""
        text = behind_its_noun(_DENIED.sub("", text))
        subject = subject_of(text)
        if _PICTURES.search(subject):  # "it" is no picture after "what is different from the one before?"
            subject = ""
        thing = thing_changed(answer) if needs_two(text) else thing_named(text, answer)
        said, one = (answer or "").lower(), answer in ("1", "one") and re.match(r"how many\b", text, re.I)
        referent = re.sub(r"^the same ", "the ", singular(definite(subject)) if one else definite(subject), flags=re.I)
        if re.match(rf"(?:what|who) is (?:there )?{PLACES}", text, re.I):  # of that only the place is known
            referent = ""
        if subject and re.search(rf"\b{re.escape(subject)} and (?:the|an?) ", text, re.I):  # which of two is not said
            referent = ""
        sought = re.match(r"(?:is|are) (?:this|that|it|these|those|they) an? |how many\b", text, re.I)
        absent = said.startswith("no ") or bool(sought and said in ("no", "0", "none"))
        return cls(text, subject, thing or referent, absent, held(text), bool(thing))

    @property
    def is_question(self) -> bool:
        """Whether something else can be put into it: "not the girl, the kite" and "the tree or the dog" ask nothing."""
        return bool(_ASKS.match(self.text)) and len(self.text.split()) > 2


_CHANGED = re.compile(
    r"(?:an?|the) (?P<thing>[\w' -]+?)"
    r" (?:is (?:new|(?P<gone>gone))|moved (?:left|right)|(?:is|wears) (?P<now>\w+) now)",
    re.I,
)
"""Answers to "what changed?" that name one thing, as the built-in model learnt to give them."""


def thing_changed(answer: str | None) -> str:
    """What changed, by an answer that says so: "the ball" of "the red ball is blue now"; empty where it names none."""
    found = _CHANGED.fullmatch((answer or "").strip(" ."))
    if found is None:
        return ""
    words = found["thing"].split()
    return " ".join(["the", *(word for word in words if found["now"] not in COLOURS or word not in COLOURS)])


def is_gone(answer: str | None) -> bool:
    """Whether an answer to "what changed?" says that a thing is gone: then only the earlier picture shows it."""
    found = _CHANGED.fullmatch((answer or "").strip(" ."))
    return found is not None and found["gone"] is not None


_HOLDS = re.compile(r"\b(?:have|has|got|wear(?:s|ing)?|hold(?:s|ing)?|carrying|riding|flying) (?:an?|any|the) ", re.I)


def held(text: str) -> str:
    """What somebody has, wears or holds in a question; empty where it names no such thing."""
    found = _HOLDS.search(text)
    return "" if found is None else definite(thing_of(text[found.end() :]))


_ASKS = re.compile(
    r"(?:(?:can|could) you tell me )?(?:what|which|who|whose|where|when|why|how|is|are|was|were|do|does|did|can|could"
    r"|has|have|will|isn't|aren't|doesn't|don't|colou?rs? of|size of|shape of)\b",
    re.I,
)


def asks(text: str) -> bool:
    """Whether a text begins as a question does."""
    return bool(_ASKS.match(text))
