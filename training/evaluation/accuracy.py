"""The official VQA accuracy, with its quirks, and two plainer measures beside it.

Source: the evaluator of "VQA: Visual Question Answering" (Antol et al., ICCV 2015). Its numbers are compared across
papers, so what looks odd in it is kept: answers are normalised only where the ten are not all the same, each mark is
judged by whether it stands next to a space anywhere in the text, and at most 32 full stops are dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

_FULL_STOP = re.compile(r"\.(?!\d)")  # the reference's look-behind never excludes anything
_DIGIT_COMMA_DIGIT = re.compile(r"\d,\d")
_MOST_FULL_STOPS = int(re.UNICODE)  # the reference passes the flag where a count belongs: 32


@cache
def _tables() -> tuple[dict[str, str], dict[str, str], frozenset[str], tuple[str, ...]]:
    """Contractions, number words, articles, punctuation marks."""
    tables = json.loads((files("training.evaluation") / "vqa_eval_tables.json").read_text(encoding="utf-8"))
    return (
        tables["contractions"],
        tables["number_words"],
        frozenset(tables["articles"]),
        tuple(tables["punctuation"]),
    )


def normalise_answer(text: str) -> str:
    """An answer as the evaluator compares it: marks, case, number words, articles, contractions."""
    return _words(_punctuation(_one_line(text)))


def _one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()


def _punctuation(text: str) -> str:
    result = text
    for mark in _tables()[3]:
        beside_space = f"{mark} " in text or f" {mark}" in text
        if beside_space or _DIGIT_COMMA_DIGIT.search(text) is not None:
            result = result.replace(mark, "")
        else:
            result = result.replace(mark, " ")
    return _FULL_STOP.sub("", result, count=_MOST_FULL_STOPS)


def _words(text: str) -> str:
    contractions, numbers, articles, _ = _tables()
    words = [numbers.get(word, word) for word in text.lower().split()]
    return " ".join(contractions.get(word, word) for word in words if word not in articles)


def official_accuracy(answer: str, answers: Sequence[str]) -> float:
    """The official accuracy of one answer.

    Args:
        answer: What was predicted.
        answers: What people said, usually ten.

    Returns:
        0 to 1: for each person, matches among the others divided by three, at most 1; then the mean.
    """
    answer, people = _one_line(answer), [_one_line(text) for text in answers]
    if len(set(people)) > 1:
        answer, people = _words(_punctuation(answer)), [_words(_punctuation(text)) for text in people]
    return _agreement(answer, people)


def normalised_accuracy(answer: str, answers: Sequence[str]) -> float:
    """The same, but always normalised, so that "Two." counts as "2" also where all ten agree. 0 to 1."""
    return _agreement(normalise_answer(answer), [normalise_answer(text) for text in answers])


def exact_match(answer: str, majority: str) -> float:
    """1 where the normalised answer is the normalised majority answer, else 0."""
    return float(normalise_answer(answer) == normalise_answer(majority))


def _agreement(answer: str, people: Sequence[str]) -> float:
    if not people:
        return 0.0
    matches = [person == answer for person in people]
    total = sum(matches)
    return sum(min(1.0, (total - match) / 3) for match in matches) / len(people)
