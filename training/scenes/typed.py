"""Questions as people type them: short, without articles and marks, with slips, in British and American."""

from __future__ import annotations

import random
import re
from functools import cache

from training.scenes.catalogue import CATALOGUE
from training.scenes.wording import BESIDES, PLURAL_SYNONYMS, SYNONYMS

SCENERY = r"(?: in the (?:picture|scene|image)| here)?$"
_WAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"^what (colou?r) is the (.+?)'s (\w+)$",
        ("{0} of the {1}'s {2}", "{1}'s {2} {0}", "{1} {2} {0}", "what {0} {2} does the {1} have", "what's the {0} of the {1}'s {2}"),
    ),
    (
        r"^(?:what (colou?r) is the|what is the (colou?r) of the|which (colou?r) does the) (.+?)(?: have)?" + SCENERY,
        (
            "what {0} is {1}",
            "{0} of {1}",
            "{0} of the {1}",
            "{1} {0}",
            "what {0} {1}",
            "what's the {0} of the {1}",
            "which {0} is the {1}",
            "the {1} is which {0}",
            "what {0} is this {1}",
            "what {0} is that {1}",
            "tell me the {0} of the {1}",
            "say the {0} of the {1}",
            "what {0} has the {1}",
            "what {0} would you say the {1} is",
            "{1}: what {0}",
            "in which {0} is the {1}",
            "what is the {1}'s {0}",
            "do you know the {0} of the {1}",
            "{0} of that {1}",
        ),
    ),
    (
        r"^(?:how many (.+?) (?:are there|are in the \w+|can you see|do you see)|what is the number of (.+))" + SCENERY,
        (
            "how many {0}",
            "how many {0}",
            "number of {0}",
            "{0} count",
            "count the {0}",
            "count {0}",
            "how many {0} in the picture",
            "how many {0} are here",
            "how many {0} can i see",
            "how many {0} do i see",
            "how many {0} are shown",
            "what number of {0} is there",
            "how much {0} are there",
            "{0}: how many",
            "how many are there of the {0}",
            "there are how many {0}",
            "do you know how many {0} there are",
            "can you count the {0}",
            "tell me how many {0}",
            "total {0}",
        ),
    ),
    (
        r"^(?:is there|do you see|can you see) (an? .+?)" + SCENERY,
        (
            "is {0} there",
            "is there {0} in this",
            "is {0} in the picture",
            "see {0}",
            "can i see {0}",
            "do i see {0}",
            "is there {0} anywhere",
            "is {0} in it",
            "is {0} to be seen",
            "does the picture have {0}",
            "does it show {0}",
            "isn't there {0}",
            "there is {0}",
            "is {0} visible",
            "can {0} be seen",
            "does this contain {0}",
            "have you got {0}",
            "{0} there",
            "is {0} present",
            "got {0}",
            "{0}",
        ),
    ),
    (
        r"^are there any (.+?)" + SCENERY,
        (
            "any {0}",
            "any {0}",
            "any {0} there",
            "any {0} here",
            "are there {0}",
            "are any {0} there",
            "do you see any {0}",
            "see any {0}",
            "aren't there any {0}",
            "is there any {0}",
            "any {0} in the picture",
            "can you spot any {0}",
            "does it have any {0}",
            "{0} anywhere",
        ),
    ),
    (
        r"^where (?:is|can you see) the (.+?)" + SCENERY,
        (
            "where {0}",
            "where is {0}",
            "where's the {0}",
            "where's {0}",
            "{0} where",
            "where can i find the {0}",
            "where do you see the {0}",
            "where do i find the {0}",
            "where would i find the {0}",
            "location of the {0}",
            "the {0} is where",
            "where exactly is the {0}",
            "find the {0}",
            "where is this {0}",
            "on what is the {0}",
            "what place is the {0} in",
        ),
    ),
    (
        r"^what is the (.+?) doing" + SCENERY,
        (
            "what's the {0} doing",
            "what does the {0} do",
            "{0} doing what",
            "what is {0} doing",
            "what {0} doing",
            "what's {0} doing",
            "what is the {0} up to",
            "the {0} is doing what",
            "what is the {0} doing right now",
            "what's that {0} doing",
            "what activity is the {0} doing",
        ),
    ),
    (
        r"^(?:what is the (.+?) (?:holding|carrying)|what does the (.+?) have in (?:his|her) hand|what is in the (.+?)'s hand)$",
        (
            "what's the {0} holding",
            "{0} holding what",
            "{0} is holding what",
            "what's in the {0}'s hand",
            "what is in the hand of the {0}",
            "what does the {0} hold",
            "what is {0} holding",
            "what has the {0} got in the hand",
            "what has the {0} in hand",
            "which thing is the {0} holding",
            "what does the {0} carry",
            "what's {0} carrying",
            "what object does the {0} hold",
        ),
    ),
    (
        r"^(?:what is the (.+?) wearing|what does the (.+?) have on)$",
        ("what's the {0} wearing", "{0} wearing what", "what does the {0} wear", "what is {0} wearing", "what has the {0} got on", "what's {0} got on"),
    ),
    (
        r"^(?:how does the (.+?) feel|how is the (.+?) feeling|what is the mood of the (.+?)|what mood is the (.+?) in)$",
        (
            "how's the {0} feeling",
            "mood of the {0}",
            "{0} mood",
            "how does {0} feel",
            "how is {0} feeling",
            "how {0} feels",
            "what does the {0} feel",
            "what's the {0}'s mood",
            "what's the mood of {0}",
            "in what mood is the {0}",
            "what emotion does the {0} show",
            "what is the {0} feeling",
            "what expression does the {0} have",
            "how does the {0} look",
        ),
    ),
    (r"^who is (holding|wearing) (.+)$", ("who's {0} {1}", "who {0} {1}", "{0} {1}: who", "which person is {0} {1}", "who is the one {0} {1}")),
    (r"^who has (.+)$", ("who has got {0}", "who's got {0}", "who got {0}", "which person has {0}")),
    (r"^who is (\w+)$", ("who's {0}", "who {0}", "which person is {0}", "who is the one {0}", "who looks {0}")),
    (
        r"^(?:which|what|which one) is (bigger|larger|smaller), (.+) or (.+)$",
        (
            "what's {0}, {1} or {2}",
            "{1} or {2}, which is {0}",
            "{1} or {2}, which one is {0}",
            "which of {1} and {2} is {0}",
            "which is the {0} one, {1} or {2}",
            "is {1} or {2} {0}",
            "{0}: {1} or {2}",
            "which one's {0}: {1} or {2}",
        ),
    ),
    (
        r"^(?:are there|what are there) more (?:of, )?(.+) or (.+)$",
        (
            "more {0} or {1}",
            "which are there more of, {0} or {1}",
            "are {0} or {1} more",
            "{0} or {1}, what is more",
            "is there more {0} or {1}",
            "what do you see more of, {0} or {1}",
        ),
    ),
    (r"^are there more (.+) than (.+)$", ("more {0} than {1}", "is there more {0} than {1}", "do you see more {0} than {1}", "there are more {0} than {1}")),
    (
        r"^is the (.+) (?:on|to) the left or right of the (.+)$",
        (
            "{0} left or right of {1}",
            "is {0} left or right of {1}",
            "which side of the {1} is the {0}",
            "on which side of the {1} is the {0}",
            "{0} is left or right of the {1}",
            "left or right: {0} from the {1}",
        ),
    ),
    (
        r"^(?:which side of the picture is the (.+) on|is the (.+) on the left or right(?: side of the picture)?)$",
        ("{0} left or right", "is {0} left or right", "which side is the {0} on", "what side is the {0} on", "on which side is the {0}", "is the {0} on the left or on the right side"),
    ),
    (
        r"^(?:what is the weather like|how is the weather|what is the weather|what kind of weather is it)$",
        ("weather", "what's the weather", "what's the weather like", "how's the weather", "what weather is it", "weather like", "what is weather like", "how is the weather there", "what weather"),
    ),
    (r"^(?:is it (?:day or night|night or day)(?: in the picture)?|is this during the day or at night)$", ("day or night", "night or day", "day or nighttime", "is this day or night", "time of day", "what time of day is it", "is it daytime or nighttime", "is it day or night there")),
    (r"^(?:is this|are they|is this scene|is the scene) (inside or outside|indoors or outdoors)$", ("{0}", "is it {0}", "{0} scene", "was this {0}", "are we {0}")),
    (r"^what (?:is|do you see) (on|under|in|next to|beside) the (.+)$", ("what's {0} the {1}", "what is {0} {1}", "what {0} {1}", "what's {0} {1}", "what thing is {0} the {1}", "what can you see {0} the {1}", "what is there {0} the {1}", "which thing is {0} the {1}", "what lies {0} the {1}")),
    (r"^(?:what|which) (animal|vehicle|food) (?:is there|is in the picture|do you see|is this)$", ("which {0}", "what {0}", "what {0} is that", "what {0} is it", "what {0} can you see", "name the {0}", "what sort of {0} is it", "which {0} is there", "what's the {0}", "what type of {0} is this")),
)
_COMPILED = tuple((re.compile(pattern), forms) for pattern, forms in _WAYS)
_BEFORE = (
    *("please", "tell me", "hey", "can you tell me", "i wonder", "hello", "so", "do you know", "in the picture", "ok", "and"),
    *("um", "quick question", "can you say", "hi", "now", "look", "well", "question", "pls", "could you tell me", "bot"),
)
_AFTER = ("please", "in the picture", "in this picture", "in the image", "here", "there", "in the pic", "do you think", "pls", "in this drawing", "in this scene", "thanks", "can you tell", "now", "in the photo", "exactly", "mate")
_SHORT = {
    "you": ("u",),
    "are": ("r",),
    "people": ("ppl", "persons", "peeps"),
    "picture": ("pic", "photo", "image", "drawing", "scene"),
    "what": ("wat", "wht", "whats", "waht"),
    "what's": ("whats", "wats", "what is"),
    "where": ("were", "wher", "whre"),
    "where's": ("wheres",),
    "who's": ("whos",),
    "how": ("hw",),
    "many": ("mny", "manny"),
    "color": ("colour", "colr", "clr", "col", "coulor"),
    "colour": ("color", "colr", "coler", "colur"),
    "gray": ("grey",),
    "and": ("n", "&"),
    "please": ("pls", "plz"),
    "there": ("ther", "their"),
    "weather": ("wether", "whether"),
    "wearing": ("wearin",),
    "holding": ("holdin",),
    "doing": ("doin",),
    "the": ("teh", "da", "th"),
    "animal": ("creature",),
    "isn't": ("isnt",),
    "aren't": ("arent",),
}
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ARTICLES = {"the", "a", "an"}


def reworded(question: str, rng: random.Random) -> str:
    """The same question in other words, more or less carefully typed; its answer stays the same."""
    if rng.random() < 0.3:
        return question
    text = question.lower().rstrip("?")
    if rng.random() < 0.3:
        text = _other_names(text, rng)
    if rng.random() < 0.72:
        text = _way(text, rng)
    if rng.random() < 0.14:
        text = f"{text} {rng.choice(_AFTER)}" if rng.random() < 0.5 else f"{rng.choice(_BEFORE)} {text}"
    words = text.split()
    if rng.random() < 0.3 and len(words) > 2:
        words = [word for word in words if word not in _ARTICLES] or words
    if rng.random() < 0.3:
        words = [rng.choice(_SHORT[word]) if word in _SHORT and rng.random() < 0.6 else word for word in words]
    if rng.random() < 0.2:
        place = rng.randrange(len(words))
        words[place] = slip(words[place], rng)
    text = " ".join(words)
    if rng.random() < 0.4:
        text = text[0].upper() + text[1:]
    return text + rng.choice(("?", "?", "?", "", "", " ?", "??", "."))


def slip(word: str, rng: random.Random) -> str:
    """A word with one slip of the fingers; short words stay, since they would become other words."""
    if len(word) < 4 or not word.isalpha():
        return word
    place = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    return word[:place] + _neighbour(word[place], rng) + word[place + 1 :]


def _neighbour(letter: str, rng: random.Random) -> str:
    row = next((row for row in _KEYS if letter in row), letter)
    at = row.index(letter)
    return rng.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2]) if len(row) > 1 else letter


def _way(text: str, rng: random.Random) -> str:
    for pattern, forms in _COMPILED:
        found = pattern.match(text)
        if found is not None:
            return rng.choice(forms).format(*(part for part in found.groups() if part is not None))
    return text


@cache
def _names() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    others: dict[str, tuple[str, ...]] = {}
    for kind in CATALOGUE.values():
        more = (*BESIDES.get(kind.name, ()), *SYNONYMS.get(kind.name, ()))
        if more:
            others[kind.name] = more
            if kind.many != kind.name and not (kind.name.endswith("s")):
                others[kind.many] = tuple(PLURAL_SYNONYMS.get(kind.many, ())) + tuple(
                    plural(name) for name in BESIDES.get(kind.name, ())
                )
    others = {name: more for name, more in others.items() if more}
    listed = sorted(others, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, listed)) + r")\b(?! one)"), others


def plural(name: str) -> str:
    """The regular plural of an English noun."""
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(("s", "sh", "ch", "x")) else "s")


def _other_names(text: str, rng: random.Random) -> str:
    """Things by other names; in a question that names the answers ("the dog or the cat") they stay."""
    if " or " in text or re.search(r"in the (?:picture|scene|image)", text) is not None:
        return text
    pattern, others = _names()
    return pattern.sub(lambda found: rng.choice(others[found[0]]) if rng.random() < 0.7 else found[0], text)
