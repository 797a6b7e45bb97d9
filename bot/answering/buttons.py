"""The buttons under a question's message: they follow from the question alone, so that a restart changes nothing."""

from __future__ import annotations

from itertools import chain

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.callback_data import AskEach, CancelQuestion, JudgeAnswer, ShowWhere
from bot.conversation.comparison import may_be_about_each, needs_two
from bot.conversation.lines import lines_of
from bot.texts import feedback as feedback_texts
from bot.texts import heat_maps as heat_map_texts
from bot.texts import questions as texts
from bot.texts.lines import NO_BREAK, label
from storage.records import Question, State

_TOO_MANY_PICTURES = ("pictures_one_only", "pictures_do_not_fit", "pictures_too_many")
"""Failures of a question about several pictures that can be asked about each of them."""


def under_progress(question_id: int) -> InlineKeyboardMarkup:
    """The keyboard under a progress message."""
    data = CancelQuestion(question_id).pack()
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.CANCEL_BUTTON, callback_data=data)]])


def under_outcome(question: Question) -> InlineKeyboardMarkup | None:
    """The keyboard under what became of a question; None where nothing is left to press."""
    rows = []
    below = []
    if can_be_judged(question) and (lines := lines_of(question)):
        ratings = [_rating(question, *places) for places, line in lines.items() if (line.answer or "").strip()]
        rows += [[*chain.from_iterable(ratings[at : at + 2])] for at in range(0, len(ratings), 2)]
    elif can_be_judged(question):
        below += _rating(question)
    if can_be_shown(question):
        below.append(InlineKeyboardButton(heat_map_texts.BUTTON, callback_data=ShowWhere(question.id).pack()))
    if below:
        rows.append(below)
    if can_be_asked_of_each(question):
        rows.append([InlineKeyboardButton(texts.EACH_BUTTON, callback_data=AskEach(question.id).pack())])
    return InlineKeyboardMarkup(rows) if rows else None


def _rating(question: Question, *places: int) -> list[InlineKeyboardButton]:
    """Right and wrong, of the line about the pictures at these places; without any, of the answer as a whole."""
    return [
        InlineKeyboardButton(
            f"{label(places).replace(NO_BREAK, '')} {sign}".strip(),
            callback_data=JudgeAnswer(question.id, is_right, places[-1] if places else 0).pack(),
        )
        for sign, is_right in ((feedback_texts.RIGHT_BUTTON, True), (feedback_texts.WRONG_BUTTON, False))
    ]


def can_be_judged(question: Question) -> bool:
    """Whether people can say what they think of an answer: there is one."""
    return question.asks_feedback and bool((question.answer or "").strip())


def can_be_shown(question: Question) -> bool:
    """Whether there is an answer of which the model can show where it came from."""
    answered = question.explains is None and question.state in (State.ANSWERED, State.DELIVERED)
    parts = question.several if question.each_picture and question.several else (question,)
    return answered and any(part.shows_where and bool(part.answer) for part in parts)


def can_be_asked_of_each(question: Question) -> bool:
    """Whether a question about several pictures can be put to each: it was too much for the model, or may mean that."""
    if not question.several or question.each_picture or needs_two(question.text):
        return False
    if question.state is State.FAILED:
        return (question.error or "").partition(" ")[0] in _TOO_MANY_PICTURES
    return question.state in (State.ANSWERED, State.DELIVERED) and may_be_about_each(question.text)
