"""Which language a question is asked in, by its script and by the commonest words (`question_words.txt`).

Pure functions. Where it is not plain, it counts as English: names and single foreign words are part of English
questions, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

from bot.conversation.phrases import plain
from bot.conversation.word_list import WordList

MOSTLY = 0.5
"""More than this share of the letters, or of the words, decides."""
SOME = 1 / 3
"""As `MOSTLY`, of the words where none is English and two are of one other language alone."""
_ENGLISH = "en"
_BY_SCRIPT = {"CYRILLIC": ("ru", "uk", "bg", "sr"), "ARABIC": ("fa", "ar", "ur")}
"""Of these scripts the first language, where no letter and no word tells another one."""
_LETTERS = {"uk": "іїєґ", "sr": "јњљћђџ", "ur": "ٹڈڑںےہھ", "fa": "پچژگ", "ar": "ةأإؤئ"}
"""Letters that of the languages of a script only this one has, looked for in this order."""
_LANGUAGES = {
    "de": "deutsch englisch",
    "it": "italiano inglese",
    "es": "español castellano inglés",
    "fr": "français francais anglais",
    "pt": "português inglês",
    "ru": "русском русски русский английском английски английский",
    "fa": "فارسی انگلیسی",
    "tr": "türkçe ingilizce",
    "pl": "polsku angielsku polski angielski",
    "nl": "nederlands engels",
    "sv": "svenska engelska",
    "uk": "українською англійською",
}
"""What languages are called in some of them: who names one asks for answers in it, or says that they know no other."""
_ACCENTED = ("vi",)
"""Hardly a sentence is without an accent in these, and without accents their words look like anybody's."""
_NAMED = (
    "arabic|chinese|czech|danish|dutch|farsi|finnish|french|german|greek|hebrew|hindi|hungarian|indonesian|italian"
    "|japanese|korean|norwegian|persian|polish|portuguese|romanian|russian|spanish|swedish|turkish|ukrainian|urdu"
    "|vietnamese|my language|another language|other languages"
)
_WISH = re.compile(
    r"(?:(?:please|pls|plz|and|ok|sorry|(?:can|could|will) (?:you|u))[\s,]+)*"
    r"(?:(?:answer|reply|respond|speak|talk|write|chat|translate)"
    rf"(?: (?:it|this|that|me|to me|with me|only|everything|(?:the|your) answers?))* (?:in|into|to) (?:{_NAMED})"
    rf"|(?:(?:do|can) (?:you|u) )?(?:speak|understand|talk|know) (?:{_NAMED})"
    rf"|i (?:can'?t|cannot|can not|do not|don'?t|no) (?:speak|understand|know) english|no english|in (?:{_NAMED}))"
    r"(?:,? (?:please|pls|plz))?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w\u0300-\u036f\u064b-\u0670\u0900-\u0dff\u0e00-\u0e7f]*")
"""A word with the signs that are written above and below its letters, which Python counts to no word."""


def asked_in(question: str, spoken: str = "") -> str | None:
    """The language that a question is plainly asked in ("de"), "" for one that is not known here; None for English.

    Args:
        question: What is asked.
        spoken: What is spoken in the chat: of several languages that it may be in ("e o gato?") it is this one.
    """
    wanted = asks_for_language(question)
    if wanted is not None:
        return wanted
    written, words = _written_in(question), [key for key, _ in words_of(question)]
    if written and spoken not in (written, _ENGLISH):
        common = _common().get(spoken, ())
        return spoken if sum(word in common for word in words) > MOSTLY * len(words) else written
    return written


def asks_for_language(text: str) -> str | None:
    """Which language somebody asks to be answered in, or speaks of as the only one they know; None where they do not.

    "antworte auf Deutsch" is "de"; "answer in German" is "", for it is asked in English itself.
    """
    words = [key for key, _ in words_of(text)]
    named = [language for language, names in _names().items() if not names.isdisjoint(words)]
    if named:
        return None if any(map(_only_english, words)) else _best(named, words)
    return "" if _WISH.fullmatch(" ".join(text.split()).strip(" .!?")) else None


def words_of(text: str) -> list[tuple[str, re.Match[str]]]:
    """The words of a text as `plain` has them, each with its place."""
    return [(key, found) for found in _WORD.finditer(text) if (key := plain(found[0]).replace(" ", ""))]


def is_english(text: str) -> bool:
    """Whether half of a text's words are common in English, one of them in no other language."""
    words = {key for key, _ in words_of(text)}
    known = [word for word in words if word in _common()[_ENGLISH]]
    return asked_in(text) is None and 2 * len(known) >= len(words) and any(map(_only_english, known))


def common_in_english() -> WordList:
    """The commonest words of English questions."""
    return _common()[_ENGLISH]


def is_common(word: str) -> bool:
    """Whether a plain word is one of the commonest of any language."""
    return any(word in words for words in _common().values())


def _written_in(question: str) -> str | None:
    letters = [letter for letter in question if letter.isalpha()]
    scripts = [script for letter in letters if not letter.isascii() and (script := _script(letter)) != "LATIN"]
    words = words_of(question)
    if letters and len(scripts) > MOSTLY * len(letters):
        return _of_script(question, max(set(scripts), key=scripts.count), {key for key, _ in words})
    accented = {key for key, found in words if not found[0].isascii()}
    return _of_latin([key for key, _ in words], accented)


def _of_script(question: str, script: str, words: Collection[str]) -> str:
    """The language of a question in a script that is not Latin."""
    if script not in _BY_SCRIPT:
        return ""
    told = (language for language, letters in _LETTERS.items() if language in _BY_SCRIPT[script])
    by_letter = next((one for one in told if not set(_LETTERS[one]).isdisjoint(question.lower())), None)
    return by_letter or _best(_BY_SCRIPT[script], words)


def _of_latin(words: Sequence[str], accented: Collection[str]) -> str | None:
    """The language of a question in Latin letters; None for English.

    Args:
        words: Of the question, as `words_of` has them.
        accented: Those that are written with an accent: no English word is.
    """
    common = _common()
    others = [one for one in common if one != _ENGLISH and (accented or one not in _ACCENTED)]
    unlike = {word for word in words if word not in common[_ENGLISH] or word in accented}
    if not any(word in common[one] for word in unlike for one in others):  # as in most questions
        return None
    best = _best(others, words)
    hits = [word for word in words if word in common[best]]
    own = unlike.intersection(hits)
    foreign = {word for word in words if any(word in common[one] for one in others)}
    english = {word for word in words if word in common[_ENGLISH]} - foreign
    if len(words) == 1:
        return best if own and len(words[0]) > 2 else None
    if len(own) <= 2 * len(english):
        return None
    enough = SOME if len(own) > 1 and not english else MOSTLY
    return best if len(hits) > enough * len(words) else None


def _best(languages: Sequence[str], words: Collection[str]) -> str:
    """Whose common words most of these are; the first of those with as many."""
    common = _common()
    return max(languages, key=lambda language: sum(word in common[language] for word in words))


@cache
def _common() -> Mapping[str, WordList]:
    """The commonest words of each language, read once."""
    found: dict[str, dict[str, None]] = {}
    language = ""
    for line in files("bot.conversation").joinpath("question_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(language, {}).update((key, None) for key, _ in words_of(line))
    return {language: WordList(words) for language, words in found.items()}


def _only_english(word: str) -> bool:
    common = _common()
    return word in common[_ENGLISH] and not any(word in common[one] for one in common if one != _ENGLISH)


@cache
def _names() -> Mapping[str, frozenset[str]]:
    return {language: frozenset(key for key, _ in words_of(names)) for language, names in _LANGUAGES.items()}


def _script(letter: str) -> str:
    return unicodedata.name(letter, "LATIN").split()[0]
