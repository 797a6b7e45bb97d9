"""What people read about what they think of answers. Plain text but for what admins read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.conversation.lines import lines_of
from bot.texts.catalog import N_, _, plural, quoted, translate_constants, whole
from bot.texts.lines import beginning
from storage.feedback import Opinion, Opinions
from storage.records import Question

RIGHT_BUTTON, WRONG_BUTTON = "👍", "👎"
NOTED_RIGHT = N_("Thank you! 👍")
NOTED_WRONG = N_(
    "Thank you, I have noted that it is wrong. If you know what is right, reply to my answer with it, in English, "
    "in a word or two."
)
"""Shown over the chat: at most 200 characters."""
HOW_TO_CORRECT = N_(
    "If an answer of mine is wrong, press 👎 under it and reply to it with what is right, in a word or two."
)
NOT_WANTED = N_("I do not ask for that any more.")
NOTHING_TO_JUDGE = N_("I do not have this answer any more.")
LONGEST_SHOWN = 60


def noted(answer: str) -> str:
    """Somebody said what is right. HTML."""
    return _(
        "Thank you, noted: <b>{answer}</b>. To ask something instead, end it with a question mark.",
        answer=escape(answer),
    )


def of_answer(question: Question, opinions: Sequence[Opinion]) -> str:
    """What was thought of a question's answer, in the history; empty where nobody said anything. HTML.

    Of several pictures each line has its own: "1. 👍 2. 👎".
    """
    lines = {0: ""} | {places[-1]: f"{beginning(places)} " for places in lines_of(question)}
    parts = {place: _of_place([one for one in opinions if one.position == place]) for place in lines}
    return " ".join(f"{lines[place]}{said}" for place, said in parts.items() if said)


def _of_place(opinions: Sequence[Opinion]) -> str:
    right = sum(opinion.is_right for opinion in opinions)
    wrong = len(opinions) - right
    counts = [(RIGHT_BUTTON, right), (WRONG_BUTTON, wrong)]
    said = [f"{sign}{f' {whole(number)}' if number > 1 else ''}" for sign, number in counts if number]
    corrections = dict.fromkeys(opinion.answer for opinion in opinions if opinion.answer)
    said += [quoted(escape(answer[:LONGEST_SHOWN])) for answer in corrections]
    return " ".join(said)


def for_admins(opinions: Opinions, *, wanted: bool) -> str:
    """The share of right answers and the worst questions. HTML, lines that end."""
    if not wanted:
        return _("<b>Feedback</b>: not asked for") + "\n"
    if not opinions.judged:
        return _("<b>Feedback</b>: none in the last 30 days") + "\n"
    lines = [
        plural(
            "<b>Feedback</b>: {share} % of {number} opinion of the last 30 days say right",
            "<b>Feedback</b>: {share} % of {number} opinions of the last 30 days say right",
            opinions.judged,
            share=round(100 * opinions.right / opinions.judged),
        )
    ]
    lines += [_("Most often called wrong:")] if opinions.worst else []
    lines += [
        _(
            "   {question}: wrong {wrong} of {judged}",
            question=escape(one.text[:LONGEST_SHOWN]),
            wrong=one.wrong,
            judged=one.judged,
        )
        for one in opinions.worst
    ]
    return "".join(f"{line}\n" for line in lines)


translate_constants(__name__)
