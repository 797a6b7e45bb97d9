"""Sentences of the menus: what people typed is escaped wherever it is shown."""

from __future__ import annotations

from bot.texts.menus import history_page
from storage.records import Question, State

TYPED = "<b>&</b>"
SHOWN = "&lt;b&gt;&amp;&lt;/b&gt;"


def test_name_question_and_answer_in_the_history_are_text_and_no_markup() -> None:
    question = Question(
        id=1, chat_id=-100, message_id=5, revision=0, thread_id=None, user_id=7, user_name=TYPED, photo_sha256="a" * 64,
        photo_message_id=4, text=TYPED, beams=1, max_new_tokens=5, state=State.DELIVERED, placeholder_id=6,
        answer=TYPED, confidence=0.5, seconds=0.1, error=None, attempts=1, delivered=True, created_at=0.0,
        updated_at=0.0,
    )  # fmt: skip
    page = history_page([(1, question, None)], 0, 1, 1, named=True)
    assert page.count(SHOWN) == 3
    assert TYPED not in page
    assert history_page([(1, question, None)], 0, 1, 1).count(SHOWN) == 2  # in a private chat nobody is named
