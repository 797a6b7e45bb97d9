"""What steers the conversation, is meant for another or only points at something asks nothing."""

from __future__ import annotations

import pytest

from bot.conversation.meaning import Ask, Facts, meaning_of
from bot.conversation.phrases_in_english import in_english


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("!play despacito", False),
        ("@gif cats", False),
        ("*there", False),
        ("isn't she lovely", False),
        ("t'es un robot ?", False),
        ("isn't she tall", True),
        ("@anna what colour is it", True),
        ("hey bot whats the color of my shirt", True),
        *(("420", False), ("0", False), ("100%", False), ("3.14", False), ("$5", False), ("420?", True), ("2", True)),
        *(("look", False), ("here", False), ("here?", True), ("look here", False)),
        *(("wrong color", False), ("look closer", False), ("test123", False), ("Dr. Smith", False), ("mr bean", False)),
        *(("asdasd", False), ("asdfasdf", False), ("lalala", False), ("(^_^)", False), ("where are we", True)),
        *(("#catsofinstagram #cute", False), ("more", False), ("more dogs", True), ("i see a cat", False)),
        *(("are we outside", True), ("are we friends", False)),
    ],
)
def test_what_is_for_another_and_what_only_praises_asks_nothing(text: str, asks: bool) -> None:
    meaning = meaning_of(Facts(private=True, text=in_english(text)))
    assert isinstance(meaning, Ask) == asks
