"""What passed by lately: which picture stands directly above a message, whose it is, and how much is remembered."""

from __future__ import annotations

from bot.conversation.meaning import TelegramPicture
from bot.conversation.passing import MESSAGES, MOST_CHATS, Passed, Passing


def picture(number: int) -> TelegramPicture:
    return TelegramPicture(number, f"file {number}", None, "image/jpeg")


def passed(number: int, *, shows: bool = True, album: str | None = None, thread: int | None = None) -> Passed:
    return Passed(number, thread, 7, picture(number) if shows else None, album)


def test_what_stands_directly_above() -> None:
    passing = Passing()
    for one in (passed(1), passed(2, shows=False), passed(3, album="a"), passed(4, album="a"), passed(5, thread=9)):
        passing.note(-1, one)
    assert list(passing.above(-1, None, 2)) == [picture(1)]
    assert list(passing.above(-1, None, 3)) == [], "words stand there"
    assert list(passing.above(-1, None, 6)) == [picture(3), picture(4)], "all of the album"
    assert list(passing.above(-1, 9, 6)) == [picture(5)], "another topic"
    assert list(passing.above(-2, None, 6)) == []
    assert passing.newest_of(-1, None, 7) == picture(4) and passing.newest_of(-1, None, 8) is None
    assert list(passing.of_album(-1, "a")) == [picture(3), picture(4)]
    assert passing.saw(-1, 2) and not passing.saw(-1, 6)


def test_little_is_remembered() -> None:
    passing = Passing()
    for number in range(2 * MESSAGES):
        passing.note(-1, passed(number))
        passing.note(-1, passed(number))  # handled again
    assert [number for number in range(2 * MESSAGES) if passing.saw(-1, number)] == list(range(MESSAGES, 2 * MESSAGES))
    for chat in range(MOST_CHATS):
        passing.note(chat, passed(1))
    assert not passing.saw(-1, 2 * MESSAGES - 1)
