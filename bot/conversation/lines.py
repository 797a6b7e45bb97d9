"""The lines of an answer about several pictures: one for each picture, or one for each step from it to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from bot.conversation.comparison import compared_in_steps
from bot.conversation.several_questions import MOST_LINES, questions_in
from storage.records import Question


def lines_of(question: Question) -> dict[tuple[int, ...], Question]:
    """What each line answers, as if it were a question by itself, by the places of its pictures, counted from 1.

    What is said of a step is kept with the later of its two pictures.

    Returns:
        Nothing where all pictures have one answer.
    """
    if not question.each_picture:
        return {}
    each = dict(enumerate(question.of_each(), 1))
    if not _in_steps(question):
        return {(place,): one for place, one in each.items()}
    pairs = {place: question.several[place - 2 : place] for place in each if place > 1}
    return {(at - 1, at): replace(each[at], text=question.text, several=pair) for at, pair in pairs.items()}


def left_out(question: Question) -> list[str]:
    """What a message asked besides, for which there were no more lines: see `several_questions.MOST_LINES`."""
    asked = Counter((one.message_id, one.sha256) for one in question.several)
    each, pictures = max(asked.values(), default=0), len(asked)
    if each < 2 or pictures < 2 or (each + 1) * pictures <= MOST_LINES:
        return []
    return questions_in(question.text)[each:]


def _in_steps(question: Question) -> bool:
    """Whether each picture is compared with the next; earlier releases asked some of these questions of each alone."""
    several = question.several
    if len({one.message_id for one in several}) < len(several):  # several questions about one picture
        return False
    return compared_in_steps(question.text, len(several)) and several[0].answer is None and several[0].error is None
