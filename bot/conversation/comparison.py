"""Is a question about several pictures about all of them together, or about each? Pure functions over its words."""

from __future__ import annotations

import re

_PICTURE = r"(picture|photo|image|pic|scene|one|drawing|screenshot)s?"
_NEEDS_TWO = (
    r"\b(what|whats|wat|wats|anything|something|nothing|everything|how)\b.*\bchang(ed|es|e|ing)\b",
    r"^(did|has|have) .*\bchanged?\b",
    r"^((are|is) there )?(any |the |all |a |some )?changes?\b",
    r"\bdiffer(s|ed|ent|ence|ences)?\b",
    r"\bcompar(e|es|ed|ing|ison)\b",
    r"^(are|is|do|does|look) (they|these|those|this|it|both|the two|these two)?\b.*\b(the same|identical|alike|equal)$",
    rf"^(are|is) (these|those|the|both)?( two)? ?{_PICTURE} (the same|identical|alike|equal)\b",
    r"^(the )?(same|identical|equal)( pictures?| scene)?$",
    rf"\bbetween (the |these |those |both |them)?(two |last two )?({_PICTURE})?$",
)
_ANYTHING = r"(what|whats|who|whos|anything|something|nothing|anyone|someone|anybody|somebody)"
_NOW = r"( (here|now|since|there|from|in)\b.*)?"
_OF_SEVERAL = (
    # Between things that are named ("the cow or the table") one chooses within each picture.
    rf"^(?!.* or ).*\bwhich (of )?(the |these |those )?(two |other )?{_PICTURE}\b",
    r"^(?!.* or ).*\bwhich of (the |these |those )?(two|three|four)( (has|have|had|shows?|is|contains?|looks?)\b|$)",
    r"^(?!.* or ).*\bwhich (of (them|these|those)|has|have|had|shows?|is|contains?|looks?)\b",
    rf"^in which( of| has| are| is| can|{_PICTURE})?\b(?! (colou?r|place|room|direction|hand))",
    r"\b(same|identical|alike|similar|equal|in common|unlike)\b",
    rf"\b(first|1st|second|2nd|third|3rd|last|other|previous|earlier|left|right|next|upper|lower) {_PICTURE}\b",
    r"\bin the (first|second|third|last|other)( or\b.*)?$",
    r"\bboth\b|\beach other\b|\bneither\b",
    rf"\b(all|any|none|some|how many) of (them|these|those|the {_PICTURE})\b",
    r"\b(what|whats) (is |has |was )?(new|missing|gone|added|removed|moved|happened)\b",
    rf"\b{_ANYTHING}\b.*\b(add|remove|move|vanish|disappear|(re)?appear|replace|swap)(e?d|ped)?{_NOW}$",
    rf"\b{_ANYTHING}\b.*\b(missing|gone|taken away){_NOW}$",
    r"^(what|who)( has)? left$|^(did|has|have)\b.*\b(moved?|vanish(ed)?|(dis)?appear(ed)?)$",
    r"\bwhere (is|are) (there )?(more|fewer|less)\b",
    r"\b(before|after|then) and (after|before|now)\b",
)


def _words(question: str) -> str:
    """Lower case, without marks: "What's new?" becomes "whats new"."""
    return " ".join(re.findall(r"\w+", re.sub(r"['’]", "", question.lower())))


def needs_two(question: str) -> bool:
    """Whether a question makes no sense about one picture ("what changed?"): with one, another one is meant, too."""
    return any(re.search(pattern, _words(question)) for pattern in _NEEDS_TWO)


def is_comparison(question: str) -> bool:
    """Whether a question about several pictures gets one answer about all of them ("which one has a dog?").

    Any other is answered for each ("what colour is the ball?").
    """
    return needs_two(question) or any(re.search(pattern, _words(question)) for pattern in _OF_SEVERAL)
