"""Noun phrases of short English questions: what a question is about, by its words alone."""

from __future__ import annotations

import re

from bot.conversation.nouns import IRREGULAR, is_noun

DETERMINERS = "the|a|an|any|some|this|that|these|those|his|her|its|their|my|your"
_DETERMINERS = frozenset(DETERMINERS.split("|"))
STOPS = frozenset(
    (
        *("is", "are", "was", "were", "do", "does", "did", "has", "have", "can", "could", "will", "there", "in", "on"),
        *("at", "of", "to", "under", "behind", "near", "beside", "by", "with", "next", "above", "below", "over", "and"),
        *("or", "than", "from", "into", "for", "around", "between", "inside", "outside", "wearing", "holding", "doing"),
        *("sitting", "standing", "lying", "running", "playing", "eating", "sleeping", "feeling", "looking", "flying"),
        *("feel", "hold", "wear", "look", "made", "here", "it", "he", "she", "they", "him", "them", "who", "that"),
        *("bigger", "smaller", "taller", "happy", "sad", "you", "see", "visible", "present", "shown", "outdoors"),
        *("left", "right", "indoors", "closer", "farther", "larger", "not", "also", "kneeling", "swimming", "raining"),
        "show",
    )
)
"""A noun phrase ends before one of these, or before an adjective that stands behind it."""
COLOURS = frozenset(
    (
        *("red", "orange", "yellow", "green", "blue", "purple", "violet", "pink", "brown", "black", "white", "grey"),
        *("gray", "beige", "turquoise", "golden", "gold", "silver"),
    )
)
ADJECTIVES = COLOURS | frozenset(
    (
        *(
            "big",
            "small",
            "large",
            "little",
            "tiny",
            "tall",
            "old",
            "young",
            "other",
            "same",
            "open",
            "closed",
            "empty",
        ),
        *("full", "broken", "angry", "scared", "tired"),
    )
)
STATES = frozenset(
    (
        *("happy", "sad", "angry", "mad", "scared", "tired", "surprised", "bored", "asleep", "awake", "alone", "alive"),
        *("open", "closed", "empty", "full", "wet", "dry", "clean", "dirty", "broken", "sunny", "cloudy", "windy"),
        *("rainy", "snowy", "dark", "warm", "cold", "hot", "round", "square"),
        *("indoors", "outdoors", "inside", "outside"),
    )
)
"""What somebody or something may be."""
PEOPLE = {
    "he": ("boy", "man", "guy", "father", "dad", "grandfather", "grandpa", "son", "brother", "mike", "person", "king"),
    "she": ("girl", "woman", "lady", "mother", "mom", "mum", "grandmother", "grandma", "daughter", "sister", "jenny"),
}
KNOWN_PEOPLE = frozenset(name for names in PEOPLE.values() for name in names)
WORN = frozenset(
    (
        *("hat", "cap", "shirt", "dress", "trousers", "pants", "shoes", "shoe", "hair", "glasses", "scarf", "coat"),
        *("eyes", "jacket", "skirt", "shorts", "bag", "tie", "top"),
    )
)
"""What belongs to somebody: "the shirt" after "the girl's hat" is hers."""
WEATHER = frozenset(
    (
        *("sunny", "cloudy", "windy", "rainy", "snowy", "stormy", "foggy", "raining", "snowing", "day", "night"),
        *("daytime", "nighttime", "morning", "noon", "midday", "afternoon", "evening", "midnight", "late", "early"),
        *("winter", "summer", "autumn", "fall", "spring", "christmas"),
    )
)
"""What only the picture as a whole is, in "is it sunny?"."""
NUMBERS = frozenset(
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "many", "several", "none")
)

_SINGULAR = {many: one for one, many in IRREGULAR.items()}
_SEVERAL = frozenset(IRREGULAR.values()) - {"sheep", "deer"}

_MASS = frozenset(
    (
        *("water", "grass", "snow", "sand", "food", "fire", "rain", "bread", "cheese", "rice", "milk", "juice", "hair"),
        *("salad", "soup", "bacon", "broccoli", "garlic", "popcorn", "spaghetti", "pasta", "butter", "money", "soap"),
        *("tea", "coffee", "wine", "beer", "ice", "luggage", "lightning", "sushi", "paper", "text", "cereal", "maize"),
    )
)
"""Stuff, of which there is not one."""


_NO_THINGS = frozenset(
    (
        *("colour", "color", "picture", "image", "photo", "kind", "name", "number", "weather", "time", "season"),
        *("mood", "answer", "top", "bottom", "middle", "background", "foreground", "difference", "change"),
    )
)
"""Of these nothing is asked further."""


def stands_alone(text: str) -> bool:
    """Whether a text is a whole question by itself."""
    begins = r"(?:what|which|who|where|when|why|how|is|are|does|do|can|has|have)\b"
    return bool(re.match(begins, text, re.I)) and len(text.split()) >= 3


def subject_of(text: str) -> str:
    """The first noun phrase with a determiner; after "how many" and "is there" also one without."""
    counted = re.match(r"how many (?:of the )?(.+)", text, re.I)
    if counted:
        return _named(noun_phrase(counted[1]), sure=False)
    for found in re.finditer(rf"\b({DETERMINERS})\b ", text, re.I):
        phrase = noun_phrase(text[found.end() :])
        if (
            " " in phrase
            and text.endswith(phrase)
            and re.fullmatch(r"(?:is|are|was|were) ", text[: found.start()], re.I)
            and not is_noun(noun_of(phrase))
        ):
            phrase = phrase.rpartition(" ")[0]  # "is the dog married": what is said of it is no part of it
        pointing = found[1].lower() in ("this", "that", "these", "those", "her")  # "is this underwater"
        phrase = _named(phrase, sure=pointing)
        if phrase and noun_of(phrase) not in _NO_THINGS:
            return text[found.start() : found.end()] + phrase
    there = re.search(
        r"\b(?:are|is) there (?:no )?(.+)|\b(?:see|colou?rs? (?:is|are|of)|where (?:is|are)) (.+)", text, re.I
    )
    return _named(noun_phrase(there[1] or there[2]), sure=True) if there else ""


def thing_of(text: str) -> str:
    """The noun phrase at the beginning of a text, without a determiner, where it has a noun; else empty."""
    return _named(noun_phrase(text), sure=False)


def _named(phrase: str, *, sure: bool) -> str:
    """A phrase as far as its last noun: "the dog" of "the dog come"; empty where there is none.

    Args:
        phrase: Without its determiner.
        sure: Whether only a word counts that is known to be a noun; else also one that may be, if it stands alone.
    """
    words = phrase.split()
    for end in range(len(words), 0, -1):
        owned = end > 1 and words[end - 2].endswith("'s") and may_be_noun(words[end - 1])
        if is_noun(words[end - 1]) or owned:
            return " ".join(words[:end])
    return phrase if len(words) == 1 and not sure and may_be_noun(phrase) else ""


def may_be_noun(word: str) -> bool:
    """Whether a word may name something: it is not known to be anything else."""
    plain = word.lower()
    others = ADJECTIVES | STATES | NUMBERS | WEATHER | STOPS | _NO_NOUNS
    return plain.isalpha() and plain not in others and not plain.endswith("ing")


def noun_phrase(text: str) -> str:
    """The noun at the beginning of a text, with what stands before it: "red ball" of "red ball on the table"."""
    words: list[str] = []
    for word in text.split():
        plain = word.lower().strip(",")
        if plain in STOPS or plain in _DETERMINERS:
            break
        if words and plain in ADJECTIVES | STATES and words[-1].lower() not in ADJECTIVES:
            break
        words.append(word.strip(","))
        if word.endswith(",") or len(words) == 4:
            break
    return " ".join(words)


ORDINALS = frozenset(("first", "second", "third", "fourth", "last", "next", "previous"))
_NO_NOUNS = (
    _DETERMINERS
    | ORDINALS
    | frozenset(
        (
            *("more", "most", "fewer", "less", "only"),
            *(
                "just",
                "exactly",
                "same",
                "ones",
                "else",
                "another",
                "both",
                "all",
                "each",
                "every",
                "what",
                "which",
                "me",
            ),
            *(
                "us",
                "we",
                "them",
                "mine",
                "hers",
                "bigger",
                "smaller",
                "biggest",
                "smallest",
                "taller",
                "tallest",
                "now",
            ),
            *(
                "darker",
                "lighter",
                "older",
                "younger",
                "anyone",
                "anything",
                "someone",
                "something",
                "nothing",
                "nobody",
            ),
        )
    )
)
_NAMES_NOTHING = frozenset(("no", "yes", "nothing", "nobody", "none", "both", "neither"))


def thing_named(text: str, answer: str | None) -> str:
    """The answer as something that can be asked about: "the book"; empty where it is a colour, a number, a place."""
    if not re.match(r"(?:what|who|which)\b(?! colou?r| time| season)", text, re.I):
        return ""
    if re.search(r"\b(?:doing|feel|weather|happening|mood|kind|say)\b", text, re.I):
        return ""
    said = re.sub(r"^(?:an?|the) ", "", (answer or "").strip(" .!").lower())
    words = said.split()
    if not 1 <= len(words) <= 3 or words[0] in _NAMES_NOTHING | STOPS:
        return ""
    if not may_be_noun(words[-1]) or said[0].isdigit():
        return ""
    return f"the {said}"


def definite(phrase: str) -> str:
    """The same thing, known by now: "a red ball" is "the red ball", "only one dog" is "the dog"."""
    if not phrase:
        return ""
    return "the " + re.sub(rf"^(?:(?:{DETERMINERS}) )?(?:(?:only|just|exactly) )*(?:one )?", "", phrase, flags=re.I)


def noun_of(phrase: str) -> str:
    """The noun of a phrase: its last word."""
    return phrase.split()[-1].lower() if phrase else ""


def is_plural(phrase: str) -> bool:
    """Whether a phrase is about several things."""
    noun = noun_of(phrase)
    return noun in _SEVERAL or (noun.endswith("s") and not noun.endswith(("ss", "us", "is", "'s")))


def plural(noun: str) -> str:
    """Several of a thing."""
    if is_plural(noun):
        return noun
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def singular(phrase: str) -> str:
    """One of several: "the black cats" is "the black cat"."""
    if not phrase:
        return ""
    *others, noun = phrase.split()
    if noun in _SINGULAR:
        noun = _SINGULAR[noun]
    elif is_plural(noun) and noun.endswith("s") and noun != "glasses":
        noun = re.sub(r"(?<=[sx])es$|(?<=[cs]h)es$|s$", "", re.sub(r"ies$", "ys", noun))
    return " ".join([*others, noun])


def be_of(phrase: str) -> str:
    """Is, or are."""
    return "are" if is_plural(phrase) else "is"


def with_article(phrase: str) -> str:
    """One of a thing: "a dog", "an owl"; of what cannot be counted some: "water"."""
    if noun_of(phrase) in _MASS:
        return phrase
    vowel = re.match(r"(?!uni|use|uku|one\b)[aeiou]|hour|x-", phrase, re.I)
    return f"{'an' if vowel else 'a'} {phrase}"
