"""Statements that ask: "the ball is yellow?", "its a cat right" are "Is the ball yellow?", "Is it a cat?".

Pure functions; English only, as the models' questions are.
"""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import ADJECTIVES, DETERMINERS, NUMBERS, STATES
from bot.conversation.short_forms import existence_question

VALUES = (ADJECTIVES | NUMBERS) - {"other", "same", "one", "many", "little"}
"""Single words that may be an answer and nothing else: colours, sizes, numbers."""
_PLACES = "in|on|under|behind|near|beside|by|above|below|next|at|inside|outside"
_OMITTED = re.compile(r"\b(that|there|he|she|what|who|where|how)s\b|\b(they|you)re\b", re.IGNORECASE)
_BEHIND_IS = f"an?|the|not|just|really|actually|wrong|incorrect|false|raining|snowing|sunny|[0-9]+|{_PLACES}"
_ITS = re.compile(rf"\bits(?= (?:{_BEHIND_IS}|{'|'.join(sorted(VALUES))})\b)", re.IGNORECASE)
"""Before anything else it is whose something is: "its tail"."""
_BEHIND_A_NAME = re.compile(rf"(?:{_BEHIND_IS}|{'|'.join(sorted(VALUES | STATES))}|\w+ing)\b", re.IGNORECASE)
"""What shows that "the dog's ..." is "the dog is ...", and no thing of the dog's."""
_TAG = re.compile(
    r"(?:,\s*|\s+)(?:(?:right|correct|true|yes|yeah|or not|innit|eh|huh)|,?no"
    r"|(?:is|are|does|do|has|have)(?:n'?t| not)? (?:it|he|she|they|there|that|this)(?: not)?)$",
    re.IGNORECASE,
)
_VERB_TAG = re.compile(r"\b(?:is|are|does|do|has|have)(?:n'?t| not)? (?:it|he|she|they|there)$", re.IGNORECASE)
_SURE = re.compile(
    r"^(?:(?:are |r )?(?:you|u) (?:really )?sure|(?:so )?(?:you|u) think)(?: that)? (?=\w+)", re.IGNORECASE
)
"""Doubts what comes then: "are you sure it's red"."""
_LEAD = re.compile(r"^(?:(?:so|and|but|then|ok|okay|oh|ah|well|wait)\b[\s,]*)+", re.IGNORECASE)
_STATEMENT = re.compile(
    rf"(?P<subject>it|he|she|they|this|that|these|those|there|(?:{DETERMINERS}) [\w-]+(?: [\w-]+)?(?:'s [\w-]+)?)"
    r"(?: (?P<verb>is|are|has|have)|(?P<short>'s|'re)(?! [\w-]+ (?:is|are|has|have)\b)) (?P<rest>.+)",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"(?:[0-9]{{1,3}}|{'|'.join(sorted(NUMBERS))})(?: [\w-]+)? (?P<noun>[\w-]+)", re.IGNORECASE)
_UNSURE = re.compile(r"\b(?:any|anyone|anybody|anything)\b", re.IGNORECASE)
"""Who says "there are any dogs" asks."""
_ASKING = r"(?:what|whats|which|who|whos|whose|where|wheres|how|is|are|does|do|has|have|can|could|any|isn'?t|aren'?t)\b"
_POLITE = (
    r"(?:thx|tnx|ty|thanks?(?: you| u)?|nice(?: one)?|cool|perfect|great|wo+w|awesome|amazing|excellent|super"
    r"|wonderful|lovely|interesting|fine|alright|all right|got it|i see|good(?: job)?|well done|very good|brilliant"
    r"|hello|hi|hey|wait|sorry|my bad|oops|omg|no problem|i meant?)"
    r"(?: (?:again|there|bot|so much|very much|a lot|man|bro|guys|for that|a (?:sec|second|minute)))?"
)
"""Is said before a question and asks nothing: before a mark, a question, "and", or more of its kind."""
_EMOJI = r"[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u200d\ufe0f]"
_ASIDES = re.compile(
    r"^(?:(?:lol|lmao|(?:ha){2,}h?|oh|um+|hm+|well|but|sorry|bro|dude|yo|mate"
    r"|describe(?= what)|i (?:just )?(?:want|wanna|would like|'?d like)(?: to)? know)\b[\s,.!]*(?!to\b)"
    rf"|(?:ok|okay|k)(?:\s*[.!;:…–]+\s*|[\s,]+(?={_POLITE}\b))"  # before a comma it leads on, as "and" does
    rf"|{_POLITE}\b(?:\s*[,.!;:…–]+\s*|\s+-+\s+|\s+(?={_POLITE}\b(?:\s*[,.!;:…–]|\s+{_ASKING})"
    rf"|(?:and\s+)?{_ASKING}))|i meant?\s+(?=(?:the|an?|in|on|under)\s))+(?=\w)"
    r"|(?<=\w)[\s,]+(?:bot|lol|lmao|(?:ha){2,}h?|tho|though|then|please|pls|plz|thanks|thx|thank you"
    r"|(?:(?<!\ba )(?<!\bthe )(?<!\bthis )(?<!\bthat )(?:mate|bro|bruh|dude|buddy)))(?=[\s.!?]*$)"
    rf"|^(?:{_EMOJI}+\s*)+(?=\w)|(?<=[\w?.!])(?<!\ba)(?<!\b(?:an|is|it|he|my|or))(?<!\b(?:the|she|are|and))"
    rf"(?<!\b(?:this|that|they|with))(?:\s*{_EMOJI})+(?=[\s.!?]*$)",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"i (?:(?:can|only|just|still|also|really) )?(?:see|saw|think|thought|guess|believe|bet|counted|spotted|know|knew)"
    r"(?: that)? (?P<seen>.+)",
    re.IGNORECASE,
)
"""What somebody sees or thinks: "i think its a cat", "i only see two"."""
_INVERTED = re.compile(
    r"\b(?:is|are|does|do|can|has|have|was) (?:it|he|she|they|there|th[ei]s|that|those|his|her)\b", re.I
)
_ASKS = re.compile(
    r"\b(?:what|which|who|whose|where|when|why|how|or|you|i|me|my|your|do|does|did|been|got|if|because)\b",
    re.IGNORECASE,
)


def with_apostrophes(text: str) -> str:
    """Short forms with the apostrophe that people leave out: "thats" is "that's"; "its" only where it is no owner's."""
    text = _OMITTED.sub(lambda found: f"{found[1]}'s" if found[1] else f"{found[2]}'re", text.replace("’", "'"))
    return _ITS.sub(lambda found: f"{found[0][:2]}'s", text)


def without_asides(text: str) -> str:
    """A message without what is said beside it: "bro what is that lol" is "what is that"."""
    return _ASIDES.sub("", text)


def as_question(text: str) -> str | None:
    """What a statement asks that ends in a question mark, or in "right?", "isn't it"; None for everything else.

    What it denies is asked as it is: "the dog is not brown?" is "Is the dog brown?".
    """
    line = without_asides(with_apostrophes(" ".join(text.split())))
    doubted = _SURE.match(line)
    bare = _SURE.sub("", line).strip(" ?!.,")
    said = _TAG.sub("", bare)
    if "?" in bare or not (doubted or line.endswith("?") or _VERB_TAG.search(bare)):
        return None
    found = _STATEMENT.fullmatch(_LEAD.sub("", said))
    if found is None or _ASKS.search(said) or _is_owned(found):
        return None
    subject, verb = found["subject"], (found["verb"] or {"'s": "is", "'re": "are"}[found["short"]]).lower()
    rest = re.sub(r"^(?:really |just )?not (?:really )?", "", found["rest"], flags=re.IGNORECASE)
    if subject.lower() == "there" and re.match(r"(?:[2-9]|\d\d+|two|three|four|five|several|many)\b", rest):
        verb = "are"
    if verb in ("is", "are"):
        return f"{verb.capitalize()} {subject.lower()} {rest}?"
    return f"{'Does' if verb == 'has' else 'Do'} {subject.lower()} have {rest}?"


def states(text: str) -> bool:
    """Whether a message only says what is there, and asks nothing: "the dog is brown", "there are 2 people", "2 dogs".

    Whoever asks in these words ends them with a question mark, or with "right", "isn't it".
    """
    line = _LEAD.sub("", without_asides(with_apostrophes(" ".join(text.split()))).strip(" .!,…"))
    seen = _SEEN.fullmatch(line)
    said = seen["seen"] if seen else line
    if any(mark in text for mark in "?؟？") or _ASKS.search(said) or _UNSURE.search(said):
        return False
    if seen:
        return not (_TAG.search(said) or _INVERTED.search(said) or "," in said)
    if (counted := _COUNTED.fullmatch(line)) is not None:
        return existence_question(counted["noun"]) is not None
    found = _STATEMENT.fullmatch(line)
    if found is None or _TAG.search(line) or _SURE.match(line):
        return False
    return not _is_owned(found)


def _is_owned(found: re.Match[str]) -> bool:
    """Whether a statement is none, but names what belongs to something: "the dog's name" asks for it."""
    named = found["short"] == "'s" and found["subject"].lower().split()[0] in DETERMINERS.split("|")
    return named and not _BEHIND_A_NAME.match(found["rest"])
