"""Which messages want a description or a reason, and which only sound like it."""

from __future__ import annotations

import pytest

from bot.conversation.no_short_answer import OVERVIEW, no_short_answer, wants_description
from bot.conversation.several_questions import in_full


@pytest.mark.parametrize(
    "text",
    [
        *("describe the picture", "Describe it.", "Can you describe this image for me?", "please describe", "caption"),
        *("tell me about this photo", "give me a short description of the scene", "explain the picture to me"),
    ],
)
def test_a_description_is_wanted_and_what_is_seen_is_asked(text: str) -> None:
    assert wants_description(text) and no_short_answer(text) is None
    assert in_full(text, None) == OVERVIEW


def test_a_story_is_wanted() -> None:
    assert no_short_answer("please tell me a story about this picture") == "story"
    assert not wants_description("write me a story")


@pytest.mark.parametrize("text", ["why?", "But why?", "how come", "why not", "how do you know that?", "Why so"])
def test_a_reason_is_wanted(text: str) -> None:
    assert no_short_answer(text) == "why"


@pytest.mark.parametrize(
    "text",
    [
        *("describe the dog", "what do you see?", "why is the girl sad?", "how do you do", "tell me about the man"),
        *("is there a caption", "how can you tell that it is day", "", "what is happening"),
    ],
)
def test_a_question_stays_one(text: str) -> None:
    assert no_short_answer(text) is None and not wants_description(text)
