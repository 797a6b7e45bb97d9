"""The lists of phrases that ask nothing, and a typed word as it is meant: see `small_talk`."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise

LONG = 5
"""From so many letters on a word of the lists is known in spite of a slip."""
_EMOTICON = re.compile(
    r"(?<!\w)(?:[:;=8xX][-'^o]?[)(\]\[dDpPoO3/\\|*]+|[)(\]\[][-'^]?[:;=]|:'[()]|<+3+|\(?(?:\^[_.]?\^|-_+-|[oOuU][_.][oOuU]|[TQxX]_[TQxX]|>[_.]+<)[;']?\)?"
    r"|D[-']?[:;=]|\\?o/|¯\\_\(ツ\)_/¯|\(y\)|\(n\)|:\w{2,20}:)(?!\w)"
)
_MENTION = re.compile(r"(?<!\w)@\w+")
_LETTERS = str.maketrans(dict.fromkeys("'’‘`´ʼ\u200c\u00ad*~", " ") | {"ي": "ی", "ك": "ک", "ة": "ه", "\u200d": None})
_ENCLITICS = frozenset(("s", "m", "t", "re", "ll", "ve", "d"))
_SHORTENING = frozenset(("how", "what", "who", "where", "that", "it", "there", "he", "she"))
_PROCLITICS = frozenset(("c", "j", "d", "l", "n", "t", "s", "qu", "می", "نمی"))
_THINGS = (" thing", " whole")
"""How the sections end that name what may be in a picture."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the lists say."""

    phrases: dict[tuple[str, ...], str]
    """What a message may consist of, and the kind of each."""
    asked: frozenset[tuple[str, ...]]
    """Those that ask nothing about a picture with a question mark, either."""
    beginnings: dict[tuple[str, ...], str]
    """After these come words of one's own: a name, or what somebody thinks."""
    fillers: frozenset[tuple[str, ...]]
    names: array[int]
    """What people are called, as `things` are kept."""
    words: frozenset[str]
    """All words of the lists but the names."""
    squeezed: dict[str, str]
    """Words by their letters without repetition, where that is something else; names would be too many."""
    long: frozenset[str]
    """The words of the phrases that have `LONG` letters."""
    letters: str
    """All letters of those words."""
    longest: int
    """Words of the longest phrase."""
    things: array[int]
    """What may be in a picture: who names one asks about it, unless it is a phrase of the lists. Of each the hash of
    its plain words, in order: 15,000 of them take 0.1 MB, a set of the words themselves 2 MB."""

    def has(self, word: str) -> bool:
        """Whether a plain word stands in the lists."""
        return word in self.words or self.is_name(word)

    def is_name(self, word: str) -> bool:
        """Whether a plain word is what somebody is called."""
        return _holds(self.names, word)

    def is_thing(self, name: str) -> bool:
        """Whether plain words, separated by spaces, name what may be in a picture."""
        return _holds(self.things, name)


@cache
def lexicon() -> Lexicon:
    """The lists, read once."""
    things = _things()
    sections = _sections("small_talk.txt")
    fillers, comments = sections.pop("filler"), sections.pop("comment")
    beginnings = dict.fromkeys(comments, "comment") | dict.fromkeys(sections.pop("introduction"), "name")
    phrases: dict[tuple[str, ...], str] = {}
    asked: set[tuple[str, ...]] = set()
    for name, listed in sections.items():
        for phrase in listed:  # "omg" is praise before it is an insult
            phrases.setdefault(phrase, name.removesuffix(" ?"))
        asked |= listed if name.endswith(" ?") else set()
    names = _hashes(text for _, (text,) in _listed("names.txt"))
    words = frozenset(word for word in {*chain(*phrases, *beginnings, *fillers)} if not _holds(names, word))
    long = frozenset(word for phrase in phrases for word in phrase if len(word) >= LONG)
    return Lexicon(
        phrases=phrases,
        asked=frozenset(asked),
        beginnings=beginnings,
        fillers=frozenset(fillers),
        names=names,
        words=words,
        squeezed={once: word for word in sorted(words, reverse=True) if (once := _squeeze(word)) != word},
        long=long,
        letters="".join(sorted({letter for word in long for letter in word})),
        longest=max(map(len, phrases)),
        things=things,
    )


def first_names() -> list[str]:
    """What people are called, as plain words, in order."""
    return sorted(name for (name,) in _sections("names.txt")["names"])


def plain(text: str) -> str:
    """Lower case without accents, emoticons and mentions; apostrophes separate words."""
    text = unicodedata.normalize("NFKC", _MENTION.sub(" ", _EMOTICON.sub(" ", text)))
    folded = unicodedata.normalize("NFD", text.casefold())
    if not folded.isascii():
        folded = "".join(sign for sign in folded if unicodedata.category(sign) != "Mn")
    return folded.translate(_LETTERS)


def known_word(word: str, *, slips: bool) -> str:
    """The word of the lists that a plain one is: with letters repeated, or (a slip) missing, added or exchanged."""
    known = lexicon()
    if known.has(word) or known.is_thing(word):
        return word
    twice = re.fullmatch(r"(\w{2,5})\1+", word)
    if twice and known.has(twice[1]):  # "okok"
        return twice[1]
    once = _squeeze(word)
    repeats = re.search(r"(\w)\1\1", word) or word[-1:] == word[-2:-1] or len(once) >= LONG - 1
    if repeats:
        meant = (one for one in (once, known.squeezed.get(once, once), *_doubled(once)) if known.has(one))
        if found := next(meant, None):
            return found
    if slips and len(word) >= LONG:
        meant = (one for slip in (_longer(word, known.letters), _exchanged(word), _shorter(word)) for one in slip)
        return next((one for one in meant if one in known.long and one[0] == word[0]), word)
    return word


def _squeeze(word: str) -> str:
    return re.sub(r"(\w)\1+", r"\1", word)


def _doubled(word: str) -> Iterator[str]:
    return (word[:place] + word[place - 1 :] for place in range(1, len(word) + 1))


def _shorter(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


def _longer(word: str, letters: str) -> Iterator[str]:
    return (word[:place] + letter + word[place:] for place in range(1, len(word) + 1) for letter in letters)


def _exchanged(word: str) -> list[str]:
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1) if word[i] != word[i + 1]]


def _listed(name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The phrases of a file, each with its section and as its plain words."""
    section = ""
    for line in files("bot.conversation").joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            for phrase in plain(line).split(","):
                yield from ((section, form) for form in _forms(tuple(re.findall(r"\w+", phrase))))


def _sections(name: str) -> dict[str, set[tuple[str, ...]]]:
    sections: dict[str, set[tuple[str, ...]]] = {}
    once: dict[str, str] = {}  # thousands of phrases have the same words: each is kept once
    for section, words in _listed(name):
        sections.setdefault(section, set()).add(tuple(once.setdefault(word, word) for word in words))
    return sections


def _things() -> array[int]:
    """The things, and the whole questions without a verb of their own, that the examples have."""
    listed = chain.from_iterable(_listed(f"talk_examples/{name}.txt") for name in ("things", "questions"))
    return _hashes(" ".join(words) for section, words in listed if section.endswith(_THINGS))


def _hashes(texts: Iterable[str]) -> array[int]:
    """The hashes of texts, each once, in order. A quarter at a time: as objects they take several times the memory."""
    hashes, found = array("q", map(hash, texts)), array("q")
    for quarter in range(-2, 2):
        found.extend(sorted({one for one in hashes if one >> 62 == quarter}))
    return found


def _holds(hashes: array[int], text: str) -> bool:
    wanted = hash(text)
    place = bisect_left(hashes, wanted)
    return place < len(hashes) and hashes[place] == wanted


def _forms(words: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    """A phrase as it stands in the list, with what people leave out of it, and without its apostrophes."""
    if not words:
        return
    short = tuple("s" if word == "is" and before in _SHORTENING else word for before, word in pairwise(("", *words)))
    bare = words[1:] if words[:2] == ("are", "you") and len(words) > 2 else words  # "you awake?"
    for form in dict.fromkeys((words, short, bare)):
        yield form
        joined: list[str] = []
        for word in form:
            if joined and (word in _ENCLITICS or joined[-1] in _PROCLITICS):
                joined[-1] += word
            else:
                joined.append(word)
        yield tuple(joined)
