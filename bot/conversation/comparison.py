"""Is a question about several pictures about all of them together, or about each? Pure functions over its words."""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import is_plural, noun_phrase, with_article

_PICTURE = r"(picture|photo|image|pic|scene|one|drawing|screenshot)s?"
_ALIKE = (
    r"^(are|is|do|does|look) (they|these|those|this|it|both|the two|these two)?\b.*\b(the same|identical|alike|equal)$",
    rf"^(are|is) (these|those|the|both)?( two)? ?{_PICTURE} (the same|identical|alike|equal)\b",
    rf"^(are|is) (they|these|those|this|it)( all)? the same {_PICTURE}$",
    r"^(all )?(the )?(same|identical|equal)( pictures?| scene)?$",
)
_NO_THING = (
    r"(colou?rs?|sizes?|shapes?|kinds?|types?|sorts?|breeds?|height|length|age|way|direction|side|things?|questions?|time"
    r"|numbers?|amounts?|patterns?|materials?|brands?|styles?|species|races?|genders?|sex|textures?|weight|width|depth"
    r"|speed|distance|positions?|levels?|family|team|designs?"
    r"|here|there|for|with|to|as|about|in|on|of)"
)
"""May be the same within one picture, or is no thing."""
_NEEDS_TWO = (
    r"\b(what|whats|wat|wats|anything|something|nothing|everything|how)\b.*\bchang(ed|es|e|ing)\b",
    r"^(did|has|have) .*\bchanged?\b",
    r"^((are|is) there )?(any |the |all |a |some )?changes?\b",
    r"\bdiffer(s|ed|ent|ence|ences)?\b",
    r"\bcompar(e|es|ed|ing|ison)\b",
    *_ALIKE,
    r"^((is|are) (it|this|that|he|she|they|these|those) (both |all |still )?)?(still )?(the )?same"
    rf" (?!{_NO_THING}\b)\w+( (again|here|now|as before))?$",
    rf"\bbetween (the |these |those |both |them)?(two |last two )?({_PICTURE})?$",
)
_ANYTHING = r"(what|whats|who|whos|anything|something|nothing|anyone|someone|anybody|somebody)"
_NOW = r"( (here|now|since|there|from|in)\b.*)?"
_CHANGES = (
    r"\b(what|whats) (is |has |was )?(new|missing|gone|added|removed|moved|happened)\b",
    rf"\b{_ANYTHING}\b.*\b(add|remove|move|vanish|disappear|(re)?appear|replace|swap)(e?d|ped)?{_NOW}$",
    rf"\b{_ANYTHING}\b.*\b(missing|gone|taken away){_NOW}$",
    r"^(what|who)( has)? left$|^(did|has|have)\b.*\b(moved?|vanish(ed)?|(dis)?appear(ed)?)$",
)
_OF_SEVERAL = (
    # Between things that are named ("the cow or the table") one chooses within each picture.
    rf"^(?!.* or ).*\bwhich (of )?(the |these |those )?(two |other )?{_PICTURE}\b",
    r"^(?!.* or ).*\bwhich of (the |these |those )?(two|three|four)( (has|have|had|shows?|is|contains?|looks?)\b|$)",
    r"^(?!.* or ).*\bwhich (of (them|these|those)|has|have|had|shows?|is|contains?|looks?)\b",
    rf"^in which( of| has| are| is| can|{_PICTURE})?\b(?! (colou?r|place|room|direction|hand))",
    r"\bin common\b|\bunlike\b",
    rf"\b(first|1st|second|2nd|third|3rd|last|other|previous|earlier|left|right|next|upper|lower) {_PICTURE}\b",
    r"\bin the (first|second|third|last|other)( or\b.*)?$",
    rf"\bboth( of)?( the| these| those)? {_PICTURE}\b|\bboth of them\b|\beach other\b|\bneither\b",
    rf"\b(all|any|none|some|how many) of (them|these|those|the {_PICTURE})\b",
    r"\bwhere (is|are) (there )?(more|fewer|less)\b",
    r"\b(before|after|then) and (after|before|now)\b",
)
_NUMBER = r"(first|1st|second|2nd|third|3rd|fourth|4th|last|\d+)"
_SHOWN = r"(picture|photo|image|pic|scene|drawing|screenshot)"
_ANOTHER = (
    rf"(?<!\bany )(?<!\bno )\b(other|previous|earlier|prior) {_SHOWN}\b",
    rf"\b(same|similar|identical|than|from|with|as|to)( in| on)? the (first|1st|second|2nd|last) {_SHOWN}\b",
    r"\b(same|similar|identical)( as| like| to)? (before|above)$",
)
_NAMES_SOME = rf"\bwhich\b|\b{_NUMBER}\b.* (and|to|with|than) .*\b{_NUMBER}\b"
"""Looks for one of the pictures, or compares two that it names."""
_EITHER = r"\b(same|identical|alike|similar|equal|both)\b"
"""Of things in different pictures, or within one."""
TOGETHER = 2
"""So many pictures a model that compares looks at; of more each is asked about by itself, or each with the next."""
_SOUGHT = re.compile(
    r"^(?:(?:so|and|ok|then),? )?(?:in |on )?which "
    rf"(?:(?:of (?:them|these|those|the)(?: \w+)?(?: {_PICTURE})?|{_PICTURE}) )?"
    r"(?:has|have|had|shows?|contains?|is there|are there|do you see|can you see|can i see) (?!more\b|fewer\b|less\b)"
    r"(?!(?:the )?(?:most|fewest|least|biggest|same)\b)(?!.* or )(?P<thing>.+?)(?: in (?:it|them))?$",
    re.IGNORECASE,
)
_COUNTS = r"^(what is the )?(total )?number of\b|^count\b|\bhow many\b"
_TOTAL = re.compile(
    rf",?\s*\b((in|on|across|over) (all|both)( of)?( the| these| those)?( two| three| \d+)?( {_PICTURE}| of them)"
    r"|in (total|all|sum|both)|all in all|altogether|all together|overall|combined|total(?= number of))\b,?",
    re.IGNORECASE,
)


def _words(question: str) -> str:
    """Lower case, without marks: "What's new?" becomes "whats new"."""
    return " ".join(re.findall(r"\w+", re.sub(r"['’]", "", question.lower())))


def _matches(question: str, *patterns: str) -> bool:
    words = _words(question)
    return any(re.search(pattern, words) for pattern in patterns)


def needs_two(question: str) -> bool:
    """Whether a question makes no sense about one picture ("what changed?"): with one, another one is meant, too."""
    return _matches(question, *_NEEDS_TWO)


def names_another(question: str) -> bool:
    """Whether a question about one picture names another ("is it the same as in the first picture?")."""
    return _matches(question, *_ANOTHER)


def is_comparison(question: str) -> bool:
    """Whether a question about several pictures gets one answer about all of them ("which one has a dog?").

    Any other is answered for each ("what colour is the ball?").
    """
    if counted_in_each(question) is not None:
        return False
    return needs_two(question) or _matches(question, _EITHER, *_CHANGES, *_OF_SEVERAL)


def begins_comparing(question: str) -> bool:
    """Whether a message begins as a wish to compare ("compare it with the last one")."""
    return _matches(question, r"^(please |pls |can you |could you )?compare\b")


def may_be_about_each(question: str) -> bool:
    """Whether a comparison can be meant within each picture just as well ("are the balls the same colour?")."""
    return _matches(question, _EITHER) and not _matches(question, *_NEEDS_TWO, *_CHANGES, *_OF_SEVERAL)


def asked_together(question: str, pictures: int) -> bool:
    """Whether a question about so many pictures is put to the model with all of them at once."""
    if pictures > TOGETHER and (sought_in_each(question) is not None or compared_in_steps(question, pictures)):
        return False
    return is_comparison(question)


def compared_in_steps(question: str, pictures: int) -> bool:
    """Whether a question about so many pictures is put to the model with each of them and the next: "what changed?"."""
    return pictures > TOGETHER and _matches(question, *_NEEDS_TWO, *_CHANGES) and not _matches(question, _NAMES_SOME)


def asks_whether_alike(question: str) -> bool:
    """Whether a question is answered by yes where the pictures are the same, and by no where they are not."""
    return _matches(question, *_ALIKE)


def asked_of_each(question: str) -> str:
    """A question as it is put to the model with each of several pictures."""
    return counted_in_each(question) or sought_in_each(question) or question


def sought_in_each(question: str) -> str | None:
    """What is asked of each picture to find "which one has a dog?": "Is there a dog?"; None for any other question."""
    found = _SOUGHT.match(" ".join(question.split()).rstrip(" ?!."))
    if found is None:
        return None
    thing = re.sub(r"^the (?=\w)", "", found["thing"], flags=re.IGNORECASE)
    begins = re.match(r"(an?|any|some|two|three|four|five|\d+) ", thing, re.IGNORECASE)
    if begins is not None:
        several = begins[1].lower() not in ("a", "an")
    else:
        several = is_plural(noun_phrase(thing))
        thing = thing if several or thing == found["thing"] else with_article(thing)
    return f"{'Are' if several else 'Is'} there {thing}?"


def counted_in_each(question: str) -> str | None:
    """What is asked of each picture to count over all of them: "how many dogs in total?" without its last words.

    Returns:
        None for a question that asks for no such sum.
    """
    if re.search(_COUNTS, _words(question)) is None or _TOTAL.search(question) is None:
        return None
    text = re.sub(r"\s+([?!.]|$)", r"\1", " ".join(_TOTAL.sub("", question).split()))
    return re.sub(r"\b(are|is)(?=[?!.]*$)", r"\1 there", text)
