"""What people say of a wrong answer: that it is wrong, and what is right. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation.noun_phrases import NUMBERS
from bot.conversation.phrases import lexicon
from bot.conversation.statements import VALUES, with_apostrophes, without_asides

LONGEST = 60
"""Characters: an answer is a few words; what is longer is something else."""
_NO = re.compile(r"^(?:no+|nope|nah|naw)\b[\s,.:;!–-]*", re.IGNORECASE)
_WRONG = re.compile(
    r"""^(?: (?: (?:it|this|that|they|(?:the|your)\ answer|you|u) (?:'s|'re|\ is|\ was|\ are|\ were|\ r) \s+
            | (?:ur|u|you)\ )?
        (?: (?:so|all|still|totally|completely|very)\ )?
        (?:wrong|incorrect|false|not\ (?:right|correct|true)) (?:\ again)?
    | (?:it|this|that) \ (?:is|was)n'?t \ (?:right|correct|true)
    | (?:look|check|guess|think|count) \ again )
    (?: \s*[,.:;!–-]+\s* | \s*$ | \s+(?=(?:it|this|that|they|there|the|he|she)\b) )""",
    re.IGNORECASE | re.VERBOSE,
)
_OPENING = re.compile(
    r"""^(?:actually,?\ )? (?: (?:it|this|that|the\ (?:(?:right|correct|real)\ )?answer)
        (?:'s|\ is|\ was|\ (?:should|must|has\ to)\ be|\ should\ have\ been)
    | should\ (?:be|have\ been) | they(?:'re|\ are) | there(?:'s|\ is|\ are) | s?he(?:'s|\ is)
    | (?:the|his|her|its|their)\ [\w-]+ (?:\ [\w-]+)? \ (?:is|are) )\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_SURELY = re.compile(
    r"(?:(?:it |this |that )?should (?:be|have been)|the (?:(?:right|correct|real) )?answer(?:'s| is)"
    r"|actually,? (?:it|this|that|there)(?:'s| is| are)) ",
    re.IGNORECASE,
)
"""So begins who says what is right, also where nothing was called wrong before."""
_BELIEVED = re.compile(
    r"(?:i (?:think|guess|believe)(?: that)? (?:it|that|this)(?:'s| is)|(?:it|that|this) looks|more like) (.+?)"
    r"(?: to me)?",
    re.IGNORECASE,
)
_SEEN = re.compile(
    rf"i (?:can )?(?:count|counted|see|saw) (?P<count>[0-9]{{1,2}}|{'|'.join(sorted(VALUES & NUMBERS))})(?: .+)?",
    re.IGNORECASE,
)
_IT_IS = r"(?:it|this|that|s?he)(?:'s| is)"
_CONTRAST = re.compile(
    r"(?P<right>.+?),? (?:and )?not (?:(?:an?|the) )?[\w-]+"
    rf"|(?:{_IT_IS} not|(?:it|this|that|s?he) isn't|not) (?:(?:an?|the) )?[\w-]+(?:[,;]| but|(?= {_IT_IS}))"
    r" (?P<instead>.+)",
    re.IGNORECASE,
)
"""What is right beside what is not: "yellow, not blue", "it's not a boy, it's a man"."""
_MISSED = re.compile(
    r"(?:you|u)(?:'ve| have)? (?:miscounted|(?:forgot|forgotten|missed|overlooked|skipped)"
    r" (?:one|some|two|three|it|(?:an?|the|another|that|this) (?!point\b|bit\b|thing\b|joke\b|question\b)\w+.*))",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:(?:it|this|that)(?:'s| is) not|(?:it|this|that) isn'?t|not)"
    r" (?:(?:an?|the) (?P<thing>(?!clue|fan|chance|joke)\w+)|(?P<value>\w+))",
    re.IGNORECASE,
)
_JUDGES = re.compile(
    r"(?:(?:so|very|really|just|too|all) )*(?:fine|ok|okay|good|nice|great|cool|cute|fun|funny|enough|alright|right"
    r"|true|correct|perfect|beautiful|pretty|lovely|amazing|awesome|adorable)|.*\b(?:my|your|our|yours|mine|me|you)\b.*",
    re.IGNORECASE,
)
"""These say what somebody thinks, and are no answer: "no, it's fine"."""
_SHORT_FORM = re.compile(r"(?:and|or|also|what about|how about|is|are|does|do|can|any)\b", re.IGNORECASE)
"""So begins what asks without a question mark: "and the dog"."""
_THUMB_DOWN = re.compile(r"(?:👎[\U0001f3fb-\U0001f3ff]?\s*)+")
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
    if right := _believed(rest) or _contrasted(rest):
        return right
    bare = rest != denied or _is_value(denied)
    answer = _answer(rest[opening.end() :] if opening else rest if bare else said)
    return answer if 0 < len(answer) <= LONGEST else None


def objection(text: str) -> str | None:
    """What a message that replies to nothing says is right, where it surely calls an answer wrong.

    "wrong, it is blue", "no, blue" and "it should be blue" are "blue"; "that's wrong" and "that's not a dog" are empty,
    for they do not say. None for everything else: "no" may answer anything, and "no, what about the dog" asks.
    """
    said = _said(text)
    if said is not None and _THUMB_DOWN.fullmatch(said):
        return ""
    if said is None or _ASKS.search(said):
        return None
    denied = _NO.sub("", said)
    rest = _WRONG.sub("", denied)
    if not rest:
        return "" if denied else None
    if _denies(denied) or _MISSED.fullmatch(rest.strip(" .!")):
        return ""
    if right := _believed(rest) or _contrasted(rest):
        return right
    if rest != said and _is_value(rest):
        return _answer(rest)
    opening = _OPENING.match(rest)
    if opening is None or (rest == said and not _SURELY.match(rest)):
        return None
    answer = _answer(rest[opening.end() :])
    return None if len(answer) > LONGEST or _JUDGES.fullmatch(answer) else "" if _NOT.match(answer) else answer


def calls_wrong(text: str) -> bool:
    """Whether a message says that an answer is wrong, and not only "no", which may agree with one."""
    said = _said(text)
    return said is not None and _WRONG.match(_NO.sub("", said)) is not None


def bare_answer(text: str) -> str | None:
    """The words of a message without "it is" and the like before them; None where it asks, or goes on with "and"."""
    said = _said(text)
    if said is None or _ASKS.search(said) or _SHORT_FORM.match(said):
        return None
    return _answer(_OPENING.sub("", said))


def line_meant(right: str, asked: Sequence[str]) -> int | None:
    """Which of several questions a colour or a number that is said to be right answers, counted from 1.

    None where that is none of them, or may be more than one.
    """
    number = re.fullmatch(r"\d{1,2}", right) or right.lower() in NUMBERS
    wanted = r"how many\b" if number else r"(?:what|which) colou?r\b" if right.lower() in VALUES else r"(?!)"
    found = [place for place, question in enumerate(asked, 1) if re.match(wanted, question, re.IGNORECASE)]
    return found[0] if len(found) == 1 else None


def value_alone(text: str) -> str | None:
    """What a message may say is right that is nothing but a colour, a number or a thing: "brown", "a cat".

    That holds where it is awaited; elsewhere it may ask as well.
    """
    said = _said(text)
    found = None if said is None else re.fullmatch(r"(?:(?:an?|it's(?: an?)?) )?(\w+)[.!]*", said, re.IGNORECASE)
    if said is None or found is None or objection(text) is not None:
        return None
    if not (_is_value(found[1]) or lexicon().is_thing(found[1].lower())):
        return None
    return _answer(said.removeprefix("it's "))


def _believed(text: str) -> str | None:
    """The value in "I think it's black", "I count 3": of all else that may be what somebody thinks of the picture."""
    bare = text.strip(" .!")
    if seen := _SEEN.fullmatch(bare):
        return seen["count"]
    found = _BELIEVED.fullmatch(bare)
    return _answer(found[1]) if found and _is_value(found[1]) else None


def _contrasted(text: str) -> str | None:
    """What is right in "the dress is yellow, not blue"; without "is" a value or a thing: "not dogs, balls" may ask."""
    found = _CONTRAST.fullmatch(text.strip(" .!"))
    if found is None:
        return None
    said = found["right"] or found["instead"]
    opening = _OPENING.match(said)
    answer = _answer(said[opening.end() :] if opening else said)
    thing = re.fullmatch(r"an? (\w+)", answer, re.IGNORECASE)
    sure = opening or _is_value(answer) or (thing is not None and lexicon().is_thing(thing[1].lower()))
    return None if not sure or not 0 < len(answer) <= LONGEST or _JUDGES.fullmatch(answer) else answer


def _denies(text: str) -> bool:
    """Whether only something is denied that an answer may have said: "not a dog", "that's not red"."""
    found = _DENIED.fullmatch(text.strip(" .!"))
    if found is None:
        return False
    return _is_value(found["value"]) if found["value"] else lexicon().is_thing(found["thing"].lower())


def _is_value(text: str) -> bool:
    word = _answer(text).lower()
    return word in VALUES or bool(re.fullmatch(r"\d{1,2}", word))


def _said(text: str) -> str | None:
    """The words on one line, without what is said in passing; None for a question and for a command."""
    said = " ".join(text.split())
    if said.endswith(_QUESTION) or said.startswith("/"):
        return None
    return without_asides(with_apostrophes(said))


def _answer(text: str) -> str:
    return text.strip(" .!,;:“”\"'")
