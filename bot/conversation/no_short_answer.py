"""What no short answer can be: a story, or the bot's reasons. A description is one: what is to be seen."""

from __future__ import annotations

import re

_LEAD = r"(?:(?:please|pls|plz|ok|okay|so|and|but|then|hi|hey|hello|bot|can you|could you|would you|will you)[\s,]+)*"
_PICTURE = (
    r"(?:it|this|that|everything|all(?: of it)?|(?:the|this|that|my) (?:whole |entire )?"
    r"(?:picture|photo|pic|image|drawing|scene|cartoon))"
)
_A_DESCRIPTION = rf"(?:description|caption|summary)(?: of {_PICTURE})?"
OVERVIEW = "What do you see?"
"""What who wants a description is answered."""
_DESCRIPTION = re.compile(
    rf"{_LEAD}(?:(?:describe|caption|explain|summari[sz]e)(?: {_PICTURE})?"
    rf"|(?:tell me|say something) (?:more )?about {_PICTURE}|tell me (?:more|everything|something)"
    r"|list (?:everything|all)(?: (?:that )?you (?:can )?see)?"
    rf"|(?:(?:give|write|make) (?:me )?an? (?:short |brief |detailed |full |long )?)?{_A_DESCRIPTION})"
    r"(?: (?:for me|to me|please|pls|in detail))*",
    re.IGNORECASE,
)
_STORY = re.compile(rf"{_LEAD}(?:tell|write) me a story(?: about {_PICTURE})?", re.IGNORECASE)
_REASON = re.compile(
    rf"{_LEAD}(?:(?:why|y|how come)"
    r"(?: (?:so|tho|though|not|that|is that|do you think so|do you think that|do you say that))?"
    r"|how (?:do|can) you (?:know|tell|see)(?: that| this)?"
    r"|what makes you (?:think|say|believe)(?: so| that)?"
    r"|explain (?:that|why|your(?:self| answer))|prove it|how so|show me(?: where)?"
    r"|where (?:do|did|can) you see (?:it|that|this)"
    r"|for what reason|what is the reason|what's the reason)",
    re.IGNORECASE,
)


def no_short_answer(text: str) -> str | None:
    """Which of them a message is: "story" or "why", keys of `texts.REFUSALS`; None for whatever else."""
    if _STORY.fullmatch(_bare(text)):
        return "story"
    return "why" if _REASON.fullmatch(_bare(text)) else None


def wants_description(text: str) -> bool:
    """Whether a message is to have the whole picture described: what it asks in a question's words is `OVERVIEW`."""
    return _DESCRIPTION.fullmatch(_bare(text)) is not None


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(" ?!.…")
