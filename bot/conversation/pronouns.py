"""What "it", "he", "her", "they" mean in a question that leans on the one before. Pure functions over words.

What is not sure stays as it was typed.
"""

from __future__ import annotations

import re

from bot.conversation.noun_phrases import (
    DETERMINERS,
    KNOWN_PEOPLE,
    PEOPLE,
    STOPS,
    WORN,
    definite,
    is_plural,
    noun_of,
    noun_phrase,
    singular,
)
from bot.conversation.nouns import ANIMALS, PERSONS, is_noun
from bot.conversation.previous_question import Previous, asks

_KINDS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she"}
_SAME = {"he": r"\b(?:he|him|his)\b", "she": r"\b(?:she|her|hers)\b"}
_SOMEBODY = re.compile(r"\b(?:who|whose|whom|(?:any|some)(?:one|body))\b", re.I)
_HUMAN = re.compile(r"\b(?:hold|wear|carry|read|writ|draw|paint)(?:s|e|es|ing)?\b", re.I)
"""What people do, and animals hardly."""
_WEATHER = (
    "rain(?:y|ing|s)?|snow(?:y|ing|s)?|storm(?:y|ing)|thundering|fog(?:gy)?|sunny|sunset|sunrise|cloudy|windy|day|night"
    "|daytime|night-?time|dark|light|dawn|dusk|morning|noon|midday|afternoon|evening|midnight|late|early|winter|summer"
    "|autumn|fall|spring|christmas|halloween|easter|warm|cold|hot|freezing|indoors?|outdoors?|inside|outside"
)
_IMPERSONAL = re.compile(
    r"\bit (?:(?:is|was|will|be|not|still|really|already|so|too|very|getting|going to|about to|like) )*"
    rf"(?:{_WEATHER})\b"
    r"|\bit an? (?:photo|picture|drawing|cartoon|painting|sunny|nice)\b"
    r"|\bit an? \w+ (?:photo|picture|drawing|painting|cartoon|day|night|place)\b"
    r"|\bit (?:(?:ai|cgi|drawn|hand-?drawn|photoshopped)\b|(?:real|fake) or )"
    r"|\b(?:is|was) (?:it|this|that|he|she) an? |^what (?!colou?r|size|shape|breed|brand|kind|sort|age)\w+ is it$"
    r"|\b(?:time|day|season|weather)\b.* it\b|\b(?:what|who) is (?:it|that|this)$|\b(?:what|who|where) (?:it|this) is\b"
    r"|\bit looks? like\b|\bdoes it (?:mean|say|show|depict)\b"
    r"|\b(?:was|were) (?:it|this|that) (?:made|taken|drawn|painted|shot|created|generated)\b"
    r"|\bwho (?:drew|painted|made|took|created) (?:it|this|that)\b",
    re.I,
)
"""What "it" is in the weather, of a time or the picture: nothing that was named."""
_TWO_MEANT = re.compile(r"\b(?:he|she|it|him|her|them|they) or\b|\bor (?:he|she|it|him|her|them|they)\b", re.I)


def is_impersonal(text: str) -> bool:
    """Whether the pronoun of a question means nothing that can be named: "is it raining"."""
    return bool(_IMPERSONAL.search(text))


def with_antecedent(text: str, previous: Previous, somebody: Previous | None = None) -> str | None:
    """What colour is it? What is he doing? Where are they? Is its hat red? With the name of what is meant.

    Args:
        text: The question.
        previous: The one before.
        somebody: The last one that named a person: people are he and she before any animal is.
    """
    if not asks(text) or is_impersonal(text) or _TWO_MEANT.search(text) or len(text.split()) < 3:
        return None
    pronouns = r"it|he|she|they|him|them|her|his|its|their"
    if re.match(r"(?:what|which) (?:colou?r|size|shape)\b", text, re.I):
        pronouns += r"|(?:this|that|these|those)$"
    elif re.match(r"where\b", text, re.I):  # "where is this" is about the picture
        pronouns += r"|(?:that|these|those)$"
    found = re.search(rf"\b({pronouns})\b", text, re.I)
    if found is not None and found[1].lower() in _KINDS and somebody is not None and not names_person(previous):
        previous = somebody
    if found is None or previous.absent or _noun_before(text[: found.start()]):
        return None
    word, rest = found[1].lower(), text[found.end() :].strip()
    if word in _KINDS and re.search(_SAME[_KINDS[word]], previous.text, re.I):
        return None  # "she" is who that was before, whom nobody named
    owned = re.match(r"(?:his|her|its|their) ", previous.subject, re.I)
    if owned and re.search(r"\b(?:do|hold|wear|eat)ing$", text, re.I):
        return None  # no tail does anything, and whose it is was not said
    about = _person_or_animal(word, previous, rest) if word in _KINDS else _other(word, previous)
    if not about or noun_of(about) in rest.lower().split():  # "is it a cat or a dog" after "is there a cat"
        return None
    possessive = word in ("his", "its", "their") or (
        word == "her" and bool(rest) and rest.split()[0].lower() not in STOPS
    )
    if possessive and not rest:  # "is it his"
        return None
    shown = (about + ("'" if is_plural(about) and about.endswith("s") else "'s")) if possessive else about
    head = text[: found.start()]
    if not possessive and is_plural(about) != (word in ("they", "them", "their", "these", "those")):
        head = _agreeing(head, several=is_plural(about))
    return f"{head}{shown}{text[found.end() :]}"


_VERBS = {"is": "are", "was": "were", "does": "do", "has": "have"}


def _agreeing(head: str, *, several: bool) -> str:
    """The beginning of a question with the verb at its end in the number of what follows."""
    forms = _VERBS if several else {many: one for one, many in _VERBS.items()}
    return re.sub(r"\b(\w+)(?=\s*$)", lambda verb: forms.get(verb[1].lower(), verb[1]), head)


def _noun_before(head: str) -> bool:
    """Whether a sentence has a noun phrase of its own before its pronoun, which that means: "the girl with her dog"."""
    return bool(re.search(rf"\b(?:{DETERMINERS}) ", head, re.I))


def names_person(previous: Previous) -> bool:
    """Whether a question or its answer names a person, or asks who somebody is that is not known yet."""
    words = [*re.findall(r"[a-z]+", previous.text.lower()), noun_of(previous.referent)]
    unknown = not previous.answered and _SOMEBODY.search(previous.text) is not None
    return unknown or any(one in KNOWN_PEOPLE or singular(one) in KNOWN_PEOPLE | PERSONS for one in words)


def names_animal_alone(previous: Previous) -> bool:
    """Whether a question names an animal, and nobody else that may be he or she."""
    words = re.findall(r"[a-z]+", f"{previous.text} {previous.referent}".lower())
    return any(singular(one) in ANIMALS for one in words) and not names_person(previous)


def _person_or_animal(pronoun: str, previous: Previous, rest: str) -> str:
    """Whom "he" or "she" means: somebody that is called so, else anybody; empty for things.

    An animal only where no person is named, nor another animal, and nothing is asked that only people have or do. Of
    two that may be meant alike beside the subject neither is.
    """
    owner = definite(previous.subject.partition("'s ")[0])
    others = [one.partition("'s ")[0] for one in _named(previous.text)]
    for names in (frozenset(PEOPLE[_KINDS[pronoun]]), PERSONS):
        for candidates in ((previous.referent,), (owner,), others):
            fitting = {one for one in candidates if noun_of(one) in names and not is_plural(one)}
            if len(fitting) == 1:
                return fitting.pop()
            if fitting:
                return ""
    seen = [previous.referent] if previous.answered else [previous.referent, owner, *others]
    animals = {one for one in seen if noun_of(one) in ANIMALS and not is_plural(one)}
    human = _HUMAN.search(rest) or not WORN.isdisjoint(rest.lower().split())
    nouns = {noun_of(one) for one in animals}
    return "" if len(nouns) != 1 or human or names_person(previous) else sorted(animals, key=len)[-1]


def _named(text: str) -> list[str]:
    """The noun phrases of a text that have an article, each with "the"."""
    phrases = (noun_phrase(text[found.end() :]) for found in re.finditer(r"\b(?:the|an?) ", text, re.I))
    return [f"the {phrase}" for phrase in phrases if phrase]


def _other(pronoun: str, previous: Previous) -> str:
    """The referent, where "it", "they", "that" may mean it: "it" is no girl, "they" are no hat.

    "It" after "does the boy have a ball" is the only thing beside him.
    """
    referent = previous.referent
    if pronoun in ("it", "its", "they", "them", "their") and previous.held and not previous.answered:
        referent = previous.held
    noun = noun_of(referent)
    if pronoun in ("it", "its") and noun in KNOWN_PEOPLE:
        things = {one for one in _named(previous.text) if is_noun(noun_of(one)) and noun_of(one) not in KNOWN_PEOPLE}
        referent = things.pop() if len(things) == 1 else ""
        noun = noun_of(referent)
    if pronoun in ("it", "its") and (noun in KNOWN_PEOPLE or (is_plural(referent) and singular(noun) != noun)):
        return ""
    they = pronoun in ("they", "them", "their")
    return "" if they and not is_plural(referent) and noun not in ("person", "child", "baby") else referent
