"""What is asked after "what changed?"."""

from __future__ import annotations

import pytest

from bot.conversation.changes import of_change
from bot.conversation.follow_ups import Before
from bot.conversation.several_questions import in_full

MOVED = Before("What changed?", "the red ball moved left")
RED_NO_MORE = Before("what's different?", "the red ball is blue now")
GONE = Before("What changed?", "a boy is gone")
NEW = Before("any difference", "a ball is new")
NIGHT = Before("What changed?", "it is night now")


@pytest.mark.parametrize(
    ("before", "text", "asked"),
    [
        (MOVED, "what colour is it?", "What colour is the red ball?"), (NEW, "colour?", "What colour is the ball?"),
        (NEW, "what color?", "What color is the ball?"), (MOVED, "is it big?", "Is the red ball big?"),
        (RED_NO_MORE, "is it big?", "Is the ball big?"), (NIGHT, "what colour is it?", None),
    ],
)  # fmt: skip
def test_it_is_what_changed(before: Before, text: str, asked: str | None) -> None:
    assert of_change(text, before) is None and in_full(text, before) == asked


@pytest.mark.parametrize(
    ("before", "text", "asked", "earlier"),
    [
        (MOVED, "where?", "Where is the red ball?", False), (MOVED, "where to?", "Where is the red ball?", False),
        (NEW, "where is it?", "Where is the ball?", False), (GONE, "where?", "Where is the boy?", True),
        (NEW, "what colour is it now?", "What colour is the ball?", False),
        (RED_NO_MORE, "what colour was it before?", "What colour is the ball?", True),
        (RED_NO_MORE, "what colour was it", "What colour is the ball?", True),
        (MOVED, "where was it before?", "Where is the red ball?", True),
        (NEW, "was it there before?", "Is there a ball?", True),
        (GONE, "what was he doing?", "What is the boy doing?", True),
        (NIGHT, "how many dogs were there before?", "How many dogs are there?", True),
        (NIGHT, "was it raining before?", "Is it raining?", True),
    ],
)  # fmt: skip
def test_a_follow_up_is_put_to_the_picture_that_it_is_about(
    before: Before, text: str, asked: str, earlier: bool
) -> None:
    assert of_change(text, before) == (asked, earlier)


@pytest.mark.parametrize(
    "text",
    [
        "what else?", "anything else?", "and what else changed?", "nothing else?", "is that all", "any other changes?",
        "anything more?", "is that the only difference?", "what else is different",
    ],
)  # fmt: skip
def test_more_of_what_changed_cannot_be_said(text: str) -> None:
    assert of_change(text, MOVED) == ("", False)
    assert of_change(text, Before("What colour is the ball?", "red")) is None and of_change(text, None) is None


@pytest.mark.parametrize("before", [GONE, NIGHT])
def test_what_names_nothing_of_the_earlier_picture_is_not_asked(before: Before) -> None:
    for text in ("what was there before?", "what colour was it before?", "and before?"):
        assert of_change(text, before) == ("", True)
    assert of_change("where did it go?", before) == ("", False), "nobody knows"


@pytest.mark.parametrize(
    "text",
    [
        "what colour is the dog?", "is it the same as before?", "are they the same?", "what changed?", "thanks",
        "and the dog?", "is there a dog?", "is it darker than before?",
    ],
)  # fmt: skip
def test_what_stands_alone_or_compares_is_asked_as_ever(text: str) -> None:
    for before in (MOVED, GONE, NIGHT):
        assert of_change(text, before) is None
