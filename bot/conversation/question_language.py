"""Which language a question is asked in, where that is plain: by its script or its commonest words. Pure functions."""

from __future__ import annotations

import re
import unicodedata

_ENGLISH_WORDS = (
    "a an and any are as at be by can color colour come did die do does for from has have he her his how i in is it its"
    " many me my no not of on or see she that the there they this to was were what when where which who whose why with"
    " you your"
)
_WORDS = {
    "de": "was welche welcher welches wie wo wer warum wieviel wieviele ist sind der die das dem den ein eine einen hat"
    " haben gibt es auf im zeigt siehst du ich farbe"
    " viele und nicht sich sie geändert verändert anders gleich unterschied",
    "it": "a che cosa cos quale quali quanti quante quanto dove chi perché come è sono il lo gli della del un una ha"
    " c'è colore di vedi nella nel fa tempo porta cos'è cambiato diverso diversa differenza uguali uguale",
    "es": "qué que cuál cual cuántos cuántas cuanto dónde donde quién cómo como por es son está están el los las una un"
    " hay color de la del tiene en cambió ha cambiado diferente diferencia diferencias iguales entre"
    " lleva quien cuantos cuantas puesto",
    "fr": "que quoi quel quelle quels quelles combien où qui pourquoi comment est sont le la les des du une un il y de"
    " couleur dans sur vois est-ce ce cette ces qu'est-ce a changé différent différence différences pareilles"
    " identiques et elle ils elles porte",
    "pt": "a que qual quais quantos quantas onde quem por como é são está estão o os as uma um há tem cor de do da"
    " na no mudou diferente diferença diferenças iguais",
}
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_COMMON = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SCRIPTS = {"CYRILLIC": "ru", "ARABIC": "fa"}
LEAST = 2
"""So many of a language's words that are not English, and none that is English alone, say that a question is in it."""
MOSTLY = 0.5
"""More than this share of the letters, or of the words, decides."""


def asked_in(question: str) -> str | None:
    """The language that a question is plainly asked in ("de"), "" for one that is not known here; None for English.

    Where it is not plain, it counts as English: names and single foreign words are part of English questions, too.
    """
    letters = [letter for letter in question if letter.isalpha()]
    foreign = [_script(letter) for letter in letters if not letter.isascii()]
    scripts = [script for script in foreign if script != "LATIN"]
    if letters and len(scripts) > MOSTLY * len(letters):
        return _SCRIPTS.get(max(set(scripts), key=scripts.count), "")
    line = question.lower().replace("’", "'").replace("est-elle", "est elle").replace("est-il", "est il")
    words = set(re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", line))
    if any(word in _ENGLISH and not any(word in common for common in _COMMON.values()) for word in words):
        return None
    hits = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    best = max(hits, key=lambda language: hits[language])
    # No English word is written with an accent.
    own = sum(1 if word.isascii() else 2 for word in words & _COMMON[best] - _ENGLISH)
    return best if own >= LEAST and hits[best] > MOSTLY * len(words) else None


def _script(letter: str) -> str:
    return unicodedata.name(letter, "LATIN").split()[0]
