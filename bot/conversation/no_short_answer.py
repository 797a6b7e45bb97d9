"""What is asked for that no short answer can be: a description of the whole picture, or the bot's reasons."""

from __future__ import annotations

import re

_LEAD = r"(?:(?:please|pls|plz|ok|okay|so|and|but|then|hi|hey|hello|bot|can you|could you|would you|will you)[\s,]+)*"
_PICTURE = (
    r"(?:it|this|that|everything|all(?: of it)?|(?:the|this|that|my) (?:whole |entire )?"
    r"(?:picture|photo|pic|image|drawing|scene|cartoon))"
)
_A_DESCRIPTION = rf"(?:description|caption|summary)(?: of {_PICTURE})?"
_DESCRIPTION = re.compile(
    rf"{_LEAD}(?:(?:describe|caption|explain|summari[sz]e)(?: {_PICTURE})?"
    rf"|(?:tell me|say something) (?:more )?about {_PICTURE}|tell me (?:more|everything|something)"
    rf"|list everything(?: (?:that )?you (?:can )?see)?|(?:tell|write) me a story(?: about {_PICTURE})?"
    rf"|(?:(?:give|write|make) (?:me )?an? (?:short |brief |detailed |full |long )?)?{_A_DESCRIPTION})"
    r"(?: (?:for me|to me|please|pls|in detail))*",
    re.IGNORECASE,
)
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
    """Which of them a message is: "describe" or "why", keys of `texts.REFUSALS`; None for whatever else."""
    bare = " ".join(text.split()).strip(" ?!.…")
    if _DESCRIPTION.fullmatch(bare):
        return "describe"
    return "why" if _REASON.fullmatch(bare) else None
