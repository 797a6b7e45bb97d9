"""Questions to the bot about its answer are told by a short sentence, and never put to the model."""

from __future__ import annotations

import pytest

from bot.conversation.small_talk import SmallTalk, small_talk


@pytest.mark.parametrize(
    "text",
    [
        *("sure?", "u sure?", "sure about that?", "how sure are you?", "are you certain?", "is this correct?", "no?"),
        *("sicher?", "sûr?", "¿seguro?", "уверен?", "مطمئنی؟"),
    ],
)
def test_whether_an_answer_is_right_is_asked_of_the_bot(text: str) -> None:
    assert small_talk(text) is SmallTalk.ASKING


@pytest.mark.parametrize(
    "text", ["are you sure it is red?", "is the boy sure?", "no dog?", "is it true that it rains?"]
)
def test_what_names_a_thing_stays_a_question(text: str) -> None:
    assert small_talk(text) is None


def test_sure_alone_agrees() -> None:
    assert small_talk("sure") is SmallTalk.AGREEMENT
