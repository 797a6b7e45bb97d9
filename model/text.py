"""A typed question, made the way the model's training made it. Training imports this, so that both stay the same."""

from __future__ import annotations

import re
import unicodedata

MAX_QUESTION = 300
"""Longest question in characters; what comes after is cut (whoever talks with people refuses it before)."""

_END_MARKS = " ?.!,;:…"
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# Every special and task token of the families stands in angle brackets: without them nothing typed is a token.
_BRACKETS = str.maketrans({"<": " ", ">": " "})


def neutralise_task_tokens(text: str) -> str:
    """Replace angle brackets by spaces, so that nothing typed is a token such as `<OD>`, `<loc_12>` or `</s>`."""
    return text.translate(_BRACKETS)


def question_length(text: str) -> int:
    """Characters of a question as the model would read it, uncut: those that are one typed may be many."""
    return len(_one_line(text).lower())


def tidy_question(text: str) -> str:
    """One line of plain characters without task tokens, at most `MAX_QUESTION` long; letters keep their case."""
    return _one_line(text)[:MAX_QUESTION].rstrip()


def normalise_question(text: str) -> str:
    """The question as bare words: tidied, lower case, no mark at the end. Empty when nothing is left."""
    return tidy_question(text).lower()[:MAX_QUESTION].rstrip(_END_MARKS)  # lower case may be longer


def typed_words(question: str) -> dict[str, str]:
    """The words of a question in their order: in lower case with straight apostrophes, each as it was typed first."""
    found: dict[str, str] = {}
    for word in _WORD.findall(tidy_question(question)):
        found.setdefault(word.lower().replace("’", "'"), word)
    return found


def target_answer(text: str) -> str:
    """An answer as training teaches it: lower case, white space single."""
    return " ".join(text.lower().split())


def sentence_question(text: str) -> str:
    """The question as the released data sets write it: "What is this?". Empty when nothing is left."""
    text = tidy_question(text).rstrip(_END_MARKS)
    return f"{text[0].upper()}{text[1:]}?" if text else ""


def _one_line(text: str) -> str:
    # NFKC comes first: it turns full-width brackets into plain ones.
    text = unicodedata.normalize("NFKC", text)
    text = "".join(_plain(character) for character in text)
    return " ".join(neutralise_task_tokens(text).split())


def _plain(character: str) -> str:
    """Control characters separate words; invisible ones, lone surrogates and unassigned ones vanish."""
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    return "" if category.startswith("C") else character
