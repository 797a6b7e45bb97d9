"""How questions are worded, and how a question's kind is read off its words."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from training.scenes.catalogue import ACCESSORIES, ALL, BRIGHT, CATALOGUE, HOLDABLE, MOODS, PEOPLE, POSES
from training.scenes.themes import EVERY_KIND, THEMES

SYNONYMS: dict[str, tuple[str, ...]] = {
    "sofa": ("couch",),
    "television": ("tv",),
    "rabbit": ("bunny",),
    "airplane": ("plane",),
    "bicycle": ("bike",),
    "rug": ("carpet",),
    "teddy bear": ("teddy", "bear"),
    "woman": ("lady",),
    "man": ("guy",),
    "ball": ("ball",),
    "boy": ("little boy",),
    "girl": ("little girl",),
    "present": ("gift",),
    "burger": ("hamburger",),
    "campfire": ("fire",),
    "ladybug": ("ladybird",),
}
BESIDES: dict[str, tuple[str, ...]] = {
    "cup": ("mug",),
    "dog": ("puppy", "doggy", "pup"),
    "cat": ("kitty", "kitten"),
    "bird": ("birdie",),
    "horse": ("pony",),
    "sheep": ("lamb",),
    "rabbit": ("bunny rabbit", "hare"),
    "truck": ("lorry", "van"),
    "sofa": ("settee",),
    "television": ("telly", "tv set"),
    "lamp": ("light",),
    "rock": ("stone",),
    "pond": ("lake",),
    "bush": ("shrub",),
    "boat": ("sailboat", "ship"),
    "bicycle": ("cycle",),
    "teddy bear": ("teddy", "stuffed bear"),
    "man": ("gentleman", "dude"),
    "woman": ("female",),
    "boy": ("lad",),
    "baby": ("toddler", "infant"),
    "picture": ("painting",),
    "block": ("cube", "toy block"),
    "bucket": ("pail",),
    "chicken": ("hen", "rooster"),
    "train": ("locomotive",),
    "airplane": ("aeroplane", "aircraft"),
    "car": ("automobile",),
    "laptop": ("computer",),
    "mouse": ("rat",),
    "plant": ("potted plant",),
    "cake": ("birthday cake",),
    "donut": ("doughnut",),
    "cookie": ("biscuit",),
    "bottle": ("bottle",),
    "squirrel": ("chipmunk",),
    "scooter": ("kick scooter",),
    "pie": ("tart",),
    "bread": ("loaf of bread",),
}
"""More words for things, in questions as people type them."""
PLURAL_SYNONYMS = {
    "airplanes": ("planes",),
    "bicycles": ("bikes",),
    "rabbits": ("bunnies",),
    "teddy bears": ("teddies",),
}
WEATHER = ("sunny", "cloudy", "rainy", "snowy")
DIGITS = tuple("0123456789")
SCENERY = "picture", "scene", "image"


@dataclass(frozen=True, slots=True)
class QA:
    """One question with its true answer."""

    question: str
    """Capitalised, ends in a question mark."""
    answer: str
    """Lower case, digits for numbers, no article."""
    kind: str
    """Which of `KINDS` it is."""
    plausible: tuple[str, ...] = ()
    """Wrong answers that would fit the question."""


KINDS = (
    "colour",
    "count",
    "exists",
    "where",
    "doing",
    "holding",
    "wearing",
    "who",
    "bigger",
    "more",
    "side",
    "time",
    "weather",
    "mood",
    "two-step",
    "what",
    "setting",
)
"""The kinds of questions, as tables name them."""

PLACES = (
    "on grass",
    "on sand",
    "on snow",
    "on road",
    "on floor",
    "in sky",
    "in tree",
    "in pond",
    "under table",
    "on table",
    "on sofa",
    "on bed",
    "on bench",
    "on rug",
    "on wall",
)

FITTING: dict[str, tuple[str, ...]] = {
    "colour": ALL,
    "count": DIGITS[:7],
    "exists": ("yes", "no"),
    "where": PLACES,
    "doing": POSES,
    "holding": (*HOLDABLE, "nothing"),
    "wearing": (*ACCESSORIES, "nothing"),
    "who": PEOPLE,
    "time": ("day", "night"),
    "weather": WEATHER,
    "mood": MOODS,
    "side": ("left", "right"),
    "setting": ("inside", "outside"),
    "what": tuple(CATALOGUE),
    "more": tuple(k.many for k in CATALOGUE.values()),
    "bigger": tuple(CATALOGUE),
    "two-step": ALL,
    "absent": tuple(f"no {kind}" for kind in CATALOGUE),
    "overview": tuple(CATALOGUE),
}


_THEMES = tuple(
    names
    for theme in THEMES.values()
    for names in (tuple(theme.kinds), tuple(kind.many for kind in theme.kinds.values()))
)


def fitting(kind: str, answer: str) -> tuple[str, ...]:
    """Wrong answers that fit a question of this kind whose true answer is given."""
    if answer in ("yes", "no"):
        return ("no",) if answer == "yes" else ("yes",)
    pool = FITTING[kind]
    if answer not in pool:
        pool = next(
            (
                p
                for p in (ALL, POSES, MOODS, FITTING["holding"], FITTING["wearing"], PEOPLE, tuple(CATALOGUE), *_THEMES)
                if answer in p
            ),
            pool,
        )
    return tuple(word for word in pool if word != answer)


def every_name() -> list[str]:
    """Every name and answer of the catalogue."""
    found = [kind.name for kind in CATALOGUE.values()] + [kind.many for kind in CATALOGUE.values()]
    groups = (SYNONYMS, BESIDES, PLURAL_SYNONYMS, FITTING)
    return found + [word for group in groups for words in group.values() for word in words]


def name(kind: str, rng: random.Random) -> str:
    """A kind's name, now and then another word for it."""
    if kind == "picture":  # "the picture" is the scene itself
        return "painting"
    others = SYNONYMS.get(kind, ())
    return rng.choice(others) if others and rng.random() < 0.25 else kind


def names(kind: str, rng: random.Random) -> str:
    """The plural, now and then another word for it."""
    many = EVERY_KIND[kind].many
    others = PLURAL_SYNONYMS.get(many, ())
    return rng.choice(others) if others and rng.random() < 0.25 else many


def a(noun: str) -> str:
    """The noun with its indefinite article."""
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def sentence(text: str) -> str:
    """Capital letter and question mark."""
    return text[0].upper() + text[1:] + "?"


def colour_word(rng: random.Random) -> str:
    """American most of the time, as in the data."""
    return "colour" if rng.random() < 0.2 else "color"


_PERSON = r"(?:man|woman|boy|girl|guy|lady|little boy|little girl|person)"
_RULES: tuple[tuple[str, str], ...] = (
    (
        "overview",
        r"^what (?:(?:is|are) (?:this|that|these)|(?:do|can) you see|is|things are|objects are there|are they doing"
        r"|does the \w+ show|is (?:happening|going on)(?: here)?)$",
    ),
    ("two-step", r"^(?:what|which) colou?r is the .* (?:next to|beside|on|in|under|that|of) the .*(?<!shirt)$(?<!top)"),
    ("two-step", r"^what colou?r is the shirt of the"),
    ("two-step", rf"^(?:what|how) (?:is|does) the {_PERSON} (?:holding the|with the|who is|in the) "),
    ("two-step", r"^what animal is (?:next to|beside) the"),
    ("colour", r"colou?r"),
    ("more", r"\bmore\b"),
    ("count", r"^how many|^what is the number"),
    ("bigger", r"\b(?:bigger|larger|smaller)\b"),
    ("side", r"\b(?:left|right)\b|^which side"),
    ("time", r"\b(?:day|night|nighttime|daytime|dark)\b"),
    ("setting", r"\b(?:inside|outside|indoors|outdoors)\b"),
    ("weather", r"\bweather\b|^is it (?:raining|rainy|snowing|snowy|sunny|cloudy)"),
    ("mood", r"\b(?:feel|feeling|mood|happy|sad|angry|surprised)\b"),
    ("where", r"^where"),
    ("doing", r"\bdoing\b|^is the .*\b(?:standing|sitting|running|jumping|waving|sleeping)$"),
    ("wearing", r"\bwearing\b|\bhave on$"),
    ("holding", r"\b(?:holding|hand|carrying)\b"),
    ("exists", r"^(?:is there|are there|do you see|can you see)"),
)


def kind_of(question: str) -> str:
    """Read a question's kind off its words.

    Args:
        question: A question of the project's own scenes, any case.

    Returns:
        One of `KINDS`, or "overview" for a question about the whole picture; "what" for whatever nothing else fits.
    """
    text = re.sub(r" in the (?:picture|scene|image)$", "", question.lower().strip(" ?"))
    if text.startswith("who "):
        return "who"
    return next((kind for kind, pattern in _RULES if re.search(pattern, text)), "what")


__all__ = ["BRIGHT", "KINDS", "PLACES", "QA", "a", "colour_word", "fitting", "kind_of", "name", "names", "sentence"]
