"""The question before, taken apart: what it is about, and what "it" means after its answer. By its words alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.conversation.comparison import needs_two
from bot.conversation.noun_phrases import definite, singular, subject_of, thing_named
from bot.conversation.places import PLACES

_PICTURES = re.compile(
    r"\b(?:other|previous|earlier|first|second|last) (?:one|picture|photo|image)$"
    r"|\b(?:one|picture|photo|image) (?:before|above)$",
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
    denied: bool
    """Whether the answer is no: then what it asked for may not be there, either."""

    @classmethod
    def read(cls, text: str, answer: str | None) -> Previous:
        """Take a question apart that was answered so; None where no answer is sure."""
        text = _DENIED.sub("", text)
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
        return cls(text, subject, thing or referent, absent, said.startswith("no"))

    @property
    def is_question(self) -> bool:
        """Whether something else can be put into it: "not the girl, the kite" and "the tree or the dog" ask nothing."""
        return bool(_ASKS.match(self.text)) and len(self.text.split()) > 2


_ASKS = re.compile(
    r"(?:(?:can|could) you tell me )?(?:what|which|who|whose|where|when|why|how|is|are|was|were|do|does|did|can|could"
    r"|has|have|will|isn't|aren't|doesn't|don't|colou?rs? of|size of|shape of)\b",
    re.I,
)


def asks(text: str) -> bool:
    """Whether a text begins as a question does."""
    return bool(_ASKS.match(text))
