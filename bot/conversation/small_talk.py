"""Messages that ask nothing about a picture: greetings, thanks, agreement, laughter, emoji, farewells, names, insults.

A message is read in parts, between marks. It is small talk where each part is made of known phrases and of words that
go with them (`small_talk.txt`); repeated letters, marks, accents and slips of one letter do not count. A part with a
question mark is one only where its phrase is asked of the bot ("how are you?"). Of wordings that no list has, what they
are made of and their shape decide (`talk_score`): they count as small talk only where that is likely, and where
something seems to be asked, by a mark or a question word, only where it is nearly sure. Everything else is a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from bot.conversation.mash import is_mash
from bot.conversation.noun_phrases import ADJECTIVES, STOPS
from bot.conversation.phrases import known_word, lexicon, plain
from bot.conversation.second_person import asks_the_bot, calls_for_somebody
from bot.conversation.talk_score import talk_score, weights


class SmallTalk(StrEnum):
    """What a message is that asks nothing; where it is several things, the first of these counts."""

    INSULT = "insult"
    ASKING = "asking"
    """Something about the bot itself, or whether it means it."""
    FAREWELL = "farewell"
    THANKS = "thanks"
    GREETING = "greeting"
    PRAISE = "praise"
    NAME = "name"
    COMMENT = "comment"
    """A statement about the bot, or what somebody thinks of a picture."""
    AGREEMENT = "agreement"
    """Or disagreement, or an apology: nothing is wanted."""
    REMARK = "remark"
    """What no list has: a wording that is made like those that ask nothing, or keys without a meaning."""
    LAUGHTER = "laughter"
    EMOJI = "emoji"


_PLACE = {kind: place for place, kind in enumerate(SmallTalk)}
_MOST_WORDS = 40
"""A longer part is a question, whatever it begins with."""
_MORE_WORDS = dict.fromkeys(SmallTalk, 0) | {SmallTalk.GREETING: 3, SmallTalk.PRAISE: 4}
_MORE_WORDS |= dict.fromkeys((SmallTalk.INSULT, SmallTalk.FAREWELL, SmallTalk.THANKS), 5)
"""So many words of one's own may follow a phrase: "lovely picture of your dog"."""
_AFTER_BEGINNING = {SmallTalk.NAME: 4, SmallTalk.COMMENT: 8}
"""So many follow what only begins something: "I am Zoë"."""
LIKELY = 0.55
"""So likely must it be that a wording which no list has asks nothing."""
LIKELY_WORD = 0.78
"""As `LIKELY`, of a single word: it may be a thing that is in no list."""
LIKELY_STATED = 0.45
"""As `LIKELY`, of several words of which those at the beginning and the end do not ask."""
SURE = 0.9
"""As `LIKELY`, of a wording with a question mark or an "or", and of a message of which a part alone may ask."""
UNLIKELY = 0.15
"""Known phrases beside each other ask nothing unless this is as unlikely: "same person", "whats up there"."""
_JUDGED = frozenset((SmallTalk.COMMENT, SmallTalk.INSULT))
_MOST_NAME = 2
"""Words of a name that is not introduced."""
_MOST_REMARK, _MOST_LETTERS = 20, 250
"""Words and signs of a wording that no list has; a longer one is a question."""
_MARKS = r".,!?;:…\n؟،؛¿¡❓❔—–()\"“”«»"
_PART = re.compile(rf"([^{_MARKS}]*)([{_MARKS}]*)")
_LAUGHTER = re.compile(
    r"b?[wm]?[ha]*(?:h+[aeiou]+){2,}h*|[ha]{4,}|(?:[jh][aei]+){2,}[jh]*|k{3,}|(?:rs){2,}r?|(?:ks){2,}|x+d+|x{2,4}"
    r"|l+o+l+(?:o+l+|z+)*|lma+o+|lmfa+o+|rofl\w*|[ах]{4,}|(?:[хп][аеиы]+){2,}[хп]*|[ахпв]{5,}|х[ае]х?|лол+|ржу+"
    r"|ه{3,}|خ{3,}|(?:ها){2,}|www+|555+|ㅋ+|哈+|笑"
)
_INTERJECTION = re.compile(
    r"h+m+|m+h*m+|u+h+m*|e+h+m*|a+h+|o+h+|u+m+|e+r+m*|h+u+h+|a+w+|o{2,}h*|w+o+w+|w+o+a+h+|u+g+h+|m+e+h+|p+f+|b+r+|a+r*g+h+"
    r"|s+h+|g+r{2,}|p+s+t+|t+s+k+|ya+y+|woo+hoo+|yippee+|oops+|ups+|uff*|puh+|hurra[yh]?|yuck|yikes|phew|wee+|ach+|oi{2,}"
    r"|аи|ои|ох|ах|эх|ух|м{2,}|хм+|эм+|ого+|ура+|фу+|э{2,}|اه+|وای+|هم+|اوه+"
)
_GESTURES = (
    *((0x1F446, 0x1F450), (0x1F64B, 0x1F64F), (0x1F90C, 0x1F91F), (0x1F932, 0x1F932), (0x1F590, 0x1F596)),
    *((0x1FAF0, 0x1FAF8), (0x261D, 0x261D), (0x270A, 0x270D), (0x2763, 0x2764), (0x1F493, 0x1F49F), (0x1F9E1, 0x1F9E1)),
    *((0x1F389, 0x1F38A), (0x1F4AF, 0x1F4AF), (0x1F525, 0x1F525), (0x2705, 0x2705)),
)
"""Hands, hearts and the like, as code points from and to."""
_QUESTION_WORDS = frozenset(
    (
        *("what", "which", "who", "whose", "whom", "where", "when", "why", "how", "many", "number", "count", "colour"),
        *("color", "or", "and", "but", "tell", "describe", "is", "are", "does", "do", "can", "could", "want", "wonder"),
        *("need", "wanna", "would", "give", "mean", "meant", "see", "seen", "isn", "isnt", "aren", "arent", "doesn"),
        *("doesnt", "vedi", "siehst", "ves", "vois", "voyez"),
        *("question", "show", "find", "whats", "wheres", "whos", "any", "anything", "if", "look", "whether", "left"),
        "right",
        *("che", "quale", "quali", "quanti", "quante", "quanto", "dove", "chi", "come", "perche", "cosa", "colore"),
        *("o", "ma"),
        *("was", "welche", "welcher", "welches", "wo", "wer", "wie", "viele", "warum", "farbe", "oder", "aber", "ob"),
        *("que", "cual", "cuantos", "cuantas", "donde", "quien", "como", "pero", "si", "quoi", "quel", "quelle", "e"),
        *("combien", "ou", "qui", "comment", "pourquoi", "couleur", "mais", "et", "qual", "quantos", "quantas", "y"),
        *("onde", "quem", "cor", "und", "что", "чего", "какои", "какого", "какая", "какие", "сколько", "где", "кто"),
        *("как", "почему", "цвет", "цвета", "или", "но", "а", "и", "چی", "چیه", "چه", "چند", "کجا", "کجاست", "کی"),
        *("کیه", "رنگ", "رنگی", "یا", "ولی", "و"),
    )
)
"""Where words of one's own hold one of these, something may be asked."""
_VALUE = (frozenset(("what", "whats", "which", "how")), frozenset(("color", "colour", "many")))
"""One of each: something is asked, whatever stands before it."""
_OR = frozenset(("or", "oder", "ou", "или", "یا"))
"""Between two words: one of them is to be chosen."""


def small_talk(text: str) -> SmallTalk | None:
    """What a message is that surely asks nothing; None for everything else, which counts as a question."""
    kinds: set[SmallTalk] = set()
    accented = any(unicodedata.category(sign) == "Mn" for sign in unicodedata.normalize("NFD", text))
    for words, part in _parts(text):
        called = calls_for_somebody(words, greeted=bool(kinds))
        if not called and _names_a_thing(words, accented=accented):
            return None
        found = {SmallTalk.ASKING} if called else _kinds(words, part)
        if found is None and asks_the_bot(words):
            found = {SmallTalk.ASKING}
        if found is None and _is_full_name(text, words):
            found = {SmallTalk.NAME}
        if found is None and not _is_remark(words, part):
            return SmallTalk.REMARK if _is_remark_as_a_whole(text) else None
        kinds |= {SmallTalk.REMARK} if found is None else found
    if kinds:
        return min(kinds, key=_PLACE.__getitem__)
    if re.search(r"\w", plain(text)):  # only words that go with others: "well..."
        return SmallTalk.REMARK if all(_is_remark(words, part) for words, part in _parts(text)) else None
    if _is_asked(text):
        return None if _shows_something(text) else SmallTalk.ASKING  # marks alone: "??"
    return SmallTalk.EMOJI if _shows_something(text) else None


def read_lists() -> None:
    """Read the lists and the weights now, which takes some 0.2 s: otherwise the first message does."""
    lexicon()
    weights()


def says_nothing(text: str) -> bool:
    """Whether a text has no letter, digit, emoji or question mark: dots, say, or a dash."""
    return not (_is_asked(text) or re.search(r"\w", text) or _shows_something(text))


def is_gesture(emoji: str) -> bool:
    """Whether emoji are hands or hearts: a sticker of these is no picture to ask about."""
    signs = [ord(sign) for sign in emoji if unicodedata.category(sign) not in ("Mn", "Cf", "Sk")]
    return bool(signs) and all(any(low <= sign <= high for low, high in _GESTURES) for sign in signs)


def _parts(text: str) -> Iterable[tuple[list[str], str]]:
    """The words of each part of a message that has some, and the part with the marks that end it."""
    for part, marks in _PART.findall(plain(text)):
        words = re.findall(r"\w+", part)
        if words:
            yield words, part + marks


def _shows_something(text: str) -> bool:
    """Whether there are emoji, or emoticons: what `plain` takes away."""
    return any(unicodedata.category(sign) == "So" for sign in text) or len(plain(text).split()) < len(text.split())


def _is_asked(text: str) -> bool:
    return any(mark in text for mark in "?؟❓❔")


def _names_a_thing(words: Sequence[str], *, accented: bool) -> bool:
    """Whether a part only names what may be in a picture; what people are called, too, is a name: Nina, but niña."""
    known, name = lexicon(), tuple(words)
    is_name = len(name) == 1 and known.is_name(words[0]) and not accented
    owned = words[2:] if len(words) > 2 and words[1] == "s" and words[0] not in STOPS else words  # anna's hat
    return known.is_thing(" ".join(owned)) and name not in known.phrases and not is_name


def _is_full_name(text: str, words: Sequence[str]) -> bool:
    """Whether a message is two or three words that begin as names do and name nothing that may be in a picture."""
    typed, known = text.strip(" .!").split(), lexicon()
    words = [word for word in words if len(word) > 1]  # O'Brien
    return (
        2 <= len(typed) <= 3
        and all(word.istitle() for word in typed)
        and not any(known.is_thing(word) for word in words)
        and _QUESTION_WORDS.isdisjoint(words)
        and ((ADJECTIVES | STOPS).isdisjoint(words) or any(map(known.is_name, words)))  # "Big Dave"
    )


def _is_remark(words: Sequence[str], part: str) -> bool:
    """Whether a part that no list has asks nothing, by what it is made of."""
    asked = _is_asked(part)
    may_ask = asked or len(words) == 1 or not _QUESTION_WORDS.isdisjoint(words[:2])
    counted = may_ask and any(sign.isdigit() for sign in part)
    if counted and (asked or len(words) == 1 or words[0] in _QUESTION_WORDS):
        return False  # of what a number or a code is, nothing can be learnt from how other words are made
    seems_asked = asked or not _OR.isdisjoint(words[1:-1]) or not any(map(frozenset(words).isdisjoint, _VALUE))
    likely = LIKELY_STATED if _QUESTION_WORDS.isdisjoint((*words[:2], words[-1])) else LIKELY
    least = SURE if seems_asked or counted else LIKELY_WORD if len(words) == 1 else likely
    return len(words) <= _MOST_REMARK and len(part) <= _MOST_LETTERS and talk_score(part) >= least


def _is_remark_as_a_whole(text: str) -> bool:
    """Whether a message of several parts surely asks nothing: "on holiday in Crete, it's heaven"."""
    parts = list(_parts(text))
    if len(parts) < 2 or _is_asked(text) or sum(len(words) for words, _ in parts) > _MOST_REMARK:
        return False
    asks = any(not _QUESTION_WORDS.isdisjoint(words[:2]) and talk_score(part) < 1 - SURE for words, part in parts)
    return not asks and talk_score(text) >= SURE


def _kinds(words: Sequence[str], part: str) -> set[SmallTalk] | None:
    """What the phrases of a part are; none where it has only words that go with them. None: it may be a question."""
    if len(words) > _MOST_WORDS:
        return None
    asked = _is_asked(part)
    read = [known_word(word, slips=not asked) for word in words]
    covered = _covered(read, words)
    if asked:
        return covered[-1] if _is_asked_of_the_bot(read) else None
    unlikely = len(read) > 1 and tuple(read) not in lexicon().phrases and talk_score(part) < UNLIKELY
    if covered[-1] is not None:
        return None if unlikely else covered[-1]
    found = _of_ones_own(read, words, covered) or (None if unlikely else _of_known_words(read))
    judged = found and (not found.isdisjoint(_JUDGED) or len(words) > _MOST_NAME)
    return None if judged and talk_score(part) < LIKELY else found


def _covered(read: Sequence[str], words: Sequence[str]) -> list[set[SmallTalk] | None]:
    """For every number of first words: what the phrases are that they consist of; None where they do not."""
    known = lexicon()
    covered: list[set[SmallTalk] | None] = [set()]
    for end in range(1, len(read) + 1):
        best: set[SmallTalk] | None = None
        for begin in range(max(0, end - known.longest), end):
            before, phrase = covered[begin], tuple(read[begin:end])
            kind = _kind(phrase, words[begin])
            if before is None or (kind is None and phrase not in known.fillers):
                continue
            found = before if kind is None else before | {kind}
            if best is None or len(found) > len(best):
                best = found
        covered.append(best)
    return covered


def _kind(phrase: tuple[str, ...], word: str) -> SmallTalk | None:
    """What a phrase of the lists is, or a single word (as typed: `word`) that no list can hold in all its forms."""
    known = lexicon()
    if phrase in known.phrases:
        return SmallTalk(known.phrases[phrase])
    if len(phrase) > 1:
        return None
    if _LAUGHTER.fullmatch(word):
        return SmallTalk.LAUGHTER
    if _INTERJECTION.fullmatch(word):
        return SmallTalk.AGREEMENT
    if known.is_name(phrase[0]):
        return SmallTalk.NAME
    return SmallTalk.REMARK if is_mash(word) else None


def _is_asked_of_the_bot(read: Sequence[str]) -> bool:
    known = lexicon()
    return any(
        tuple(read[begin:end]) in known.asked
        for begin in range(len(read))
        for end in range(begin + 1, min(len(read), begin + known.longest) + 1)
    )


def _of_ones_own(
    read: Sequence[str], words: Sequence[str], covered: Sequence[set[SmallTalk] | None]
) -> set[SmallTalk] | None:
    """As `_kinds`, for what goes on in words that no list has: after praise, a name, or the beginning of a comment."""
    begun = lexicon().beginnings
    for end in range(len(read), 0, -1):
        if _QUESTION_WORDS & {*read[end:], *words[end:]}:
            return None
        before, more = covered[end], len(read) - end
        if before == {SmallTalk.NAME} and end == more == 1:  # and a family's
            return before
        if before and more <= max(_MORE_WORDS[kind] for kind in before):
            return before
        for begin in range(end):
            before, kind = covered[begin], begun.get(tuple(read[begin:end]))
            if before is not None and kind is not None and 0 < more <= _AFTER_BEGINNING[SmallTalk(kind)]:
                return before | {SmallTalk(kind)}
    return None


def _of_known_words(read: Sequence[str]) -> set[SmallTalk] | None:
    """As `_kinds`, for known words in an order of one's own, one of which alone would do: "va benissimo"."""
    known = lexicon()
    if not _QUESTION_WORDS.isdisjoint(read) or not all(map(known.has, read)):
        return None
    kinds = {SmallTalk(known.phrases[word,]) for word in read if (word,) in known.phrases}
    return kinds or None
