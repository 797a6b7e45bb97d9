"""What people say of a wrong answer: that it is wrong, and what is right. Pure functions."""

from __future__ import annotations

import re

LONGEST = 60
"""Characters: an answer is a few words; what is longer is something else."""
_NO = re.compile(r"^(?:no|nope|nah)\b[\s,.:;!–-]*", re.IGNORECASE)
_WRONG = re.compile(
    r"""^(?: (?: (?:it|this|that|they|(?:the|your)\ answer|you) (?:['’]s|['’]re|\ is|\ was|\ are|\ were) \s+ )?
        (?:wrong|incorrect|not\ (?:right|correct|true))
    | (?:it|this|that) \ (?:is|was)n['’]?t \ (?:right|correct|true) )
    (?: \s*[,.:;!–-]+\s* | \s*$ | \s+(?=(?:it|this|that|they|there|the)\b) )""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENING = re.compile(
    r"""^(?: (?:it|this|that|the\ answer|the\ right\ answer)(?:['’]s|\ is|\ was|\ should\ be)
    | they(?:['’]re|\ are) | there\ (?:is|are) )\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT = re.compile(r"not\b", re.IGNORECASE)
_ASKS = re.compile(r"\b(?:what|which|who|whose|where|when|why|how|tell|describe)\b", re.IGNORECASE)
_QUESTION = ("?", "؟", "？")


def correction(text: str) -> str | None:
    """The answer that somebody says is right: "no, it's red." is "red"; None where they ask, or say something long."""
    said = _said(text)
    if said is None:
        return None
    denied = _NO.sub("", said)
    rest = _WRONG.sub("", denied)
    opening = _OPENING.match(rest)
    answer = _answer(rest[opening.end() :] if opening else said if rest == denied else rest)
    return answer if 0 < len(answer) <= LONGEST else None


def objection(text: str) -> str | None:
    """What a message that replies to nothing says is right, where it surely calls an answer wrong.

    "wrong, it is blue" is "blue"; "that's wrong" is empty, for it does not say. None for everything else: "no" may
    answer anything, and "no, what about the dog" asks.
    """
    said = _said(text)
    if said is None or _ASKS.search(said):
        return None
    denied = _NO.sub("", said)
    rest = _WRONG.sub("", denied)
    if not rest:
        return "" if denied else None
    if rest == said or not (opening := _OPENING.match(rest)):
        return None
    answer = _answer(rest[opening.end() :])
    return None if len(answer) > LONGEST else "" if _NOT.match(answer) else answer


def _said(text: str) -> str | None:
    """The words on one line; None for a question and for a command."""
    said = " ".join(text.split())
    return None if said.endswith(_QUESTION) or said.startswith("/") else said


def _answer(text: str) -> str:
    return text.strip(" .!,;:“”\"'")
