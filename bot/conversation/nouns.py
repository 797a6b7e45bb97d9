"""English words that are surely nouns: what can be seen, and a few that no picture is asked to show by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "mouse": "mice",
    "goose": "geese",
    "foot": "feet",
    "tooth": "teeth",
    "leaf": "leaves",
    "knife": "knives",
    "wolf": "wolves",
    "shelf": "shelves",
    "snowman": "snowmen",
    "fireman": "firemen",
    "policeman": "policemen",
    "calf": "calves",
    "ski": "skis",
    "taxi": "taxis",
    "fish": "fish",
    "sheep": "sheep",
    "deer": "deer",
}
"""Nouns with a plural of their own."""
_OTHERS = frozenset(
    (
        *("thing", "object", "shape", "circle", "triangle", "square", "rectangle", "face", "body", "hand", "back"),
        *("fur", "player", "friend", "shadow", "symbol", "logo", "word", "letter", "string", "button", "surface"),
        *("ground", "light", "frame", "seat", "orange", "mom", "dad", "leash", "sport", "breed", "plate"),
        *("dude", "bloke"),
    )
)
"""These name something in a question, but a text of one of them alone does not ask whether there is one."""


_ANIMALS = (
    *("animal", "bat", "bear", "beaver", "bee", "bird", "bison", "buffalo", "bull", "bunny", "butterfly", "calf"),
    *("camel", "cat", "chick", "chicken", "cow", "crab", "crocodile", "deer", "dinosaur", "dog", "dolphin", "donkey"),
    *("dragon", "duck", "eagle", "elephant", "fish", "fox", "frog", "giraffe", "goat", "goose", "hamster", "hedgehog"),
    *("hen", "horse", "kangaroo", "kitten", "koala", "lamb", "leopard", "lion", "lizard", "monkey", "mouse", "owl"),
    *("panda", "parrot", "penguin", "pet", "pig", "pony", "puppy", "rabbit", "raccoon", "rat", "rooster", "seal"),
    *("shark", "sheep", "snail", "snake", "spider", "squirrel", "swan", "tiger", "turkey", "turtle", "unicorn"),
    *("whale", "wolf", "zebra"),
)
_PERSONS = (
    *("person", "child", "baby", "kid", "toddler", "teenager", "adult", "friend", "player", "driver", "doctor"),
    *("teacher", "chef", "farmer", "clown", "pirate", "policeman", "fireman", "snowman", "robot", "angel", "alien"),
    *("dude", "bloke"),
)
PERSONS, ANIMALS = frozenset(_PERSONS), frozenset(_ANIMALS)
"""Who may be he or she: the word does not tell."""


def is_visible(words: Sequence[str], said: frozenset[str]) -> bool:
    """Whether lower-case words are what can be seen, behind nothing but what it may be ("dog house", a word `said`)."""
    for length in (2, 1):  # "hot dog" before "dog"
        noun, before = " ".join(words[-length:]), words[:-length]
        if any(one in visible_nouns() for one in _singulars(noun)):
            return all(word in said or word in visible_nouns() for word in before)
    return False


def is_noun(word: str) -> bool:
    """Whether a word is surely a noun, in the singular or the plural."""
    return any(one in _OTHERS or one in visible_nouns() for one in _singulars(word.lower()))


def _singulars(noun: str) -> Iterator[str]:
    """What a noun may be several of, and the noun itself."""
    yield noun
    yield from (one for one, many in IRREGULAR.items() if many == noun)
    for ending, one in (("s", ""), ("es", ""), ("ies", "y")):
        if noun.endswith(ending) and not noun.endswith("ss"):
            yield noun.removesuffix(ending) + one


@cache
def visible_nouns() -> frozenset[str]:
    """Nouns in the singular of what can be seen, each of one word or two."""
    lines = files("bot.conversation").joinpath("visible_things.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(noun for line in lines if not line.startswith("#") for noun in line.split(", "))
