"""Whether an answer is one of the things between which its question lets choose: "red" to "is it red or blue?".

"Is there a cat or a dog?" lets nobody choose, and "is it a cat or not?" does not, either. English, as questions are.
"""

from __future__ import annotations

import difflib
import re

from model.confidence.answer_kind import (
    ASKING,
    FITS_ALL,
    MOST_WORDS,
    NUMBERS_IN_ORDER,
    VERBS,
    Kind,
    is_absence,
    kind_of,
    tokens,
    words_of,
)

_BETWEEN = words_of("or vs versus /")
_NO_OPTION = words_of("not no nah what whatever something anything somebody someone else so")
"""Behind "or" these offer nothing."""
COMPARES = words_of(
    "bigger larger smaller taller shorter longer higher lower closer nearer farther more most fewer less least older"
    " younger biggest largest smallest tallest shortest longest highest lowest closest nearest farthest fewest oldest"
    " youngest"
)
"""A question with one of these is about what it lets choose from."""
_SEEKS = words_of(
    "any anybody anyone anything some somebody something there see seen spot find visible got can could do does did has"
    " have"
)
"""What is not understood as a question of some kind may ask with these whether things are there at all."""
_SMALL = words_of("a an the is are it this that in on at to of by with side and one or")
_SLASH = re.compile(r"\w ?/ ?\w")
_TAIL = re.compile(r"^[^,:;]*[,:;](?P<tail>.*\bor\b.*)$")
_SUBJECT = re.compile(
    r"(?:is|are) (?:the|this|that|these|those|his|her|their) (\w+) (?!or |.*\b(?:more|less|\w+er)\b).* or (?!the |an? )"
)
"""What "is the boy happy or sad?" is about, and no answer to it; "is the dog bigger or the boy?" may mean the dog."""
_ALIKE = """
sofa couch settee, television tv telly, airplane plane aeroplane aircraft, bicycle bike cycle, rug carpet, cup mug,
woman women lady female, man men guy gentleman dude, boy lad, child children kid kids baby babies toddler infant,
picture painting photo, present gift, burger hamburger, campfire fire, ladybug ladybird, dog puppy doggy pup,
cat kitty kitten, bird birdie, horse pony, sheep lamb, rabbit bunny hare, truck lorry van, lamp light, rock stone,
pond lake, bush shrub, boat sailboat ship, block cube, bucket pail, chicken hen rooster, train locomotive,
car automobile, laptop computer, mouse mice rat, donut doughnut, cookie biscuit, pie tart, bread loaf,
squirrel chipmunk, inside indoors indoor, outside outdoors outdoor, day daytime, night nighttime, gray grey,
happy glad, sad unhappy
"""
_SAME = {word: group.split()[0] for group in _ALIKE.split(",") for word in group.split()} | {
    word: str(number) for number, word in enumerate(NUMBERS_IN_ORDER)
}
_SLIP = 0.83
"""How alike a mistyped word is to the one that is meant; "house" and "horse" are less."""


def may_be_chosen(question: str, answer: str) -> bool:
    """Whether an answer may be one of what a question lets choose from, as they were typed and said.

    So may any where it offers no choice, and one that names none on purpose: "both", "neither", "no dog".
    """
    said = tokens(answer)
    if not 0 < len(said) <= MOST_WORDS or is_absence(said) or (FITS_ALL | VERBS) & {*said}:
        return True
    options = _options(question)
    named = _meant(said) or {*said}
    return not options or any(difflib.get_close_matches(word, options, 1, _SLIP) for word in named)


def _options(question: str) -> set[str]:
    """The words among which those of the options are; none where a question offers no choice."""
    words = tokens(question)
    between = _BETWEEN if _SLASH.search(question) else _BETWEEN - {"/"}
    last = max((place for place, word in enumerate(words) if word in between), default=None)
    if last is None or {*words[last + 1 : last + 2]} & _NO_OPTION:
        return set()
    kind = kind_of(question)
    if kind is Kind.CHOICE:
        subject = _SUBJECT.search(" ".join(words))
        return _meant(words) - ({subject[1]} if subject else set())
    if kind is None:
        seeks = _SEEKS & {*words} or sum(word in ASKING for word in words) > 1
        return set() if seeks else _meant(words)
    tail = _TAIL.match(question.lower())
    named = tokens(tail["tail"]) if tail is not None else []
    if named and not ASKING & {*named}:
        return _meant(named)
    return _meant(words) if COMPARES & {*words} else set()


def _meant(words: list[str]) -> set[str]:
    """What words mean, in one word for each thing that has several, without those that name nothing."""
    forms = ((word, re.sub("ies$", "y", word), word.removesuffix("s")) for word in words if word not in _SMALL)
    return {next((_SAME[form] for form in some if form in _SAME), some[-1]) for some in forms}
