"""What people would say: ten answers that sometimes disagree, 18 choices, and the official types of questions.

The true answer always has the majority, so a perfect model reaches 100 % of the official accuracy.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from training.data.vqa import CHOICES, PEOPLE
from training.scenes.wording import FITTING, QA, SYNONYMS

DISPUTED = 0.35
"""Share of questions on which people disagree."""
DISSENTERS = (1, 2, 3, 4)
DISSENTERS_WEIGHTS = (5, 3, 2, 1)
CLOSE = 0.6
"""Share of dissenting answers that are another word for the right one or a near miss, where there is such a thing."""
UNKNOWN = "unknown"
SURE = ("yes", "maybe", "no")
"""The official answer_confidence."""
SURE_WEIGHTS = {True: (85, 12, 3), False: (45, 35, 20)}
"""By whether somebody agrees with the majority."""

POPULAR = ("yes", "no", "1", "2", "3", "4", "white", "red", "blue", "green")
"""The ten choices that every multiple-choice question of VQA v1 gets."""
PLAUSIBLE = 3
"""Choices that fit the question but are wrong."""
_ANYTHING = sorted({word for words in FITTING.values() for word in words})

_BEGINNINGS = """
are the, are there, are there any, are there more, are they, can you see, do you see, does the, how, how does, how is,
how many, is, is he, is it, is she, is the, is there, is there a, is there an, is this, what, what animal, what color,
what color is the, what colour, what colour is the, what does, what is, what is on the, what is the, where,
where is the, which, which is, who, who has, who is
"""
QUESTION_TYPES = tuple(sorted((" ".join(t.split()) for t in _BEGINNINGS.split(",")), key=len, reverse=True))
"""Beginnings of questions, the longest first."""
OTHER_TYPE = "none of the above"


@dataclass(frozen=True, slots=True)
class Said:
    """One person's answer, and how sure the person is of it."""

    answer: str
    confidence: str
    """yes, maybe or no."""


def human_answers(qa: QA, rng: random.Random) -> list[Said]:
    """What ten people say to a question; at least six give the true answer."""
    dissenters = rng.choices(DISSENTERS, DISSENTERS_WEIGHTS)[0] if rng.random() < DISPUTED else 0
    close, wrong = _close(qa.answer), sorted(set(qa.plausible) - {qa.answer}) or [UNKNOWN]
    answers = [qa.answer] * (PEOPLE - dissenters)
    answers += [rng.choice(close if close and rng.random() < CLOSE else wrong) for _ in range(dissenters)]
    rng.shuffle(answers)
    return [Said(answer, rng.choices(SURE, SURE_WEIGHTS[answer == qa.answer])[0]) for answer in answers]


def _close(answer: str) -> list[str]:
    """Other words for an answer, or the numbers beside it."""
    if answer.isdecimal():
        return [str(number) for number in (int(answer) - 1, int(answer) + 1) if number >= 0]
    return [word for word in SYNONYMS.get(answer, ()) if word != answer]


def multiple_choices(qa: QA, rng: random.Random) -> list[str]:
    """18 different choices in random order: the right one, plausible, popular and random ones."""
    plausible = sorted(set(qa.plausible) - {qa.answer})
    choices = dict.fromkeys((qa.answer, *rng.sample(plausible, min(PLAUSIBLE, len(plausible))), *POPULAR))
    for word in rng.sample(_ANYTHING, len(_ANYTHING)):
        if len(choices) == CHOICES:
            break
        choices[word] = None
    listed = list(choices)
    rng.shuffle(listed)
    return listed


def question_type(question: str) -> str:
    """The longest known beginning of a question, as the official files group them."""
    text = question.lower()
    return next((beginning for beginning in QUESTION_TYPES if text.startswith(f"{beginning} ")), OTHER_TYPE)


def answer_type(answer: str) -> str:
    """yes/no, number or other."""
    if answer in ("yes", "no"):
        return "yes/no"
    return "number" if answer.isdecimal() else "other"
