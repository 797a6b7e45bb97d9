"""What `vqabot ask` says to words that it does not put to the model."""

from __future__ import annotations

import re

from bot.conversation.comparison import needs_two
from bot.conversation.follow_ups import Before
from bot.conversation.no_short_answer import no_short_answer, wants_description
from bot.conversation.one_of_several import names_none_of_them
from bot.conversation.small_talk import SmallTalk, says_nothing, small_talk
from bot.texts import questions as question_texts
from bot.texts import small_talk as texts
from bot.texts.failures import not_so_many


def refusal(words: str, pictures: int, before: Before | None) -> str:
    """Why words cannot be answered about so many pictures, whatever the model; empty for all others."""
    if names_none_of_them(words, pictures, before):
        return not_so_many(pictures)
    if pictures == 1 and needs_two(words):
        return "To compare, I need two pictures: name another one."
    asked_for = no_short_answer(words)
    if asked_for == "story":
        return re.sub(r"</?i>", "", str(question_texts.NO_STORY))
    if asked_for == "why":
        return "I cannot give reasons. What counted for an answer is shown by --where OUT.png beside its question."
    return ""


def reply(words: str) -> str:
    """What is said to words that ask nothing; empty for a question."""
    if wants_description(words):
        return ""
    kind = small_talk(words) or (SmallTalk.REMARK if says_nothing(words) else None)
    return "" if kind is None else texts.reply(kind, with_picture=True)
