"""What is right, as people say it in reply to a wrong answer. Pure functions."""

from __future__ import annotations

import re

LONGEST = 60
"""Characters: an answer is a few words; what is longer is something else."""
_OPENING = re.compile(
    r"""^(?:no\b[\s,.:;!–-]*)?
    (?: (?:it|this|that|the\ answer|the\ right\ answer)(?:['’]s|\ is|\ was)
    | they(?:['’]re|\ are) | there\ (?:is|are) )\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_QUESTION = ("?", "؟", "？")


def correction(text: str) -> str | None:
    """The answer that somebody says is right: "no, it's red." is "red"; None where they ask, or say something long."""
    said = " ".join(text.split())
    if said.endswith(_QUESTION) or said.startswith("/"):
        return None
    answer = _OPENING.sub("", said).strip(" .!,;:“”\"'")
    return answer if 0 < len(answer) <= LONGEST else None
