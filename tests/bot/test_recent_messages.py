"""The last messages of a chat: which picture stands above a message, whose it is, and how much is remembered."""

from __future__ import annotations

from bot.conversation.meaning import TelegramPicture
from bot.conversation.recent_messages import MESSAGES, MOST_CHATS, RecentMessage, RecentMessages


def picture(number: int) -> TelegramPicture:
    return TelegramPicture(number, f"file {number}", None, "image/jpeg")


def message(number: int, *, shows: bool = True, album: str | None = None, thread: int | None = None) -> RecentMessage:
    return RecentMessage(number, thread, 7, picture(number) if shows else None, album)


def test_what_stands_directly_above() -> None:
    recent = RecentMessages()
    album = [message(3, album="a"), message(4, album="a")]
    for one in (message(1), message(2, shows=False), *album, message(5, thread=9)):
        recent.note(-1, one)
    assert list(recent.above(-1, None, 2)) == [picture(1)]
    assert list(recent.above(-1, None, 3)) == [], "words stand there"
    assert list(recent.above(-1, None, 6)) == [picture(3), picture(4)], "all of the album"
    assert list(recent.above(-1, 9, 6)) == [picture(5)], "another topic"
    assert list(recent.above(-2, None, 6)) == []
    assert recent.newest_of(-1, None, 7) == picture(4) and recent.newest_of(-1, None, 8) is None
    assert list(recent.of_album(-1, "a")) == [picture(3), picture(4)]
    assert recent.saw(-1, 2) and not recent.saw(-1, 6)


def test_little_is_remembered() -> None:
    recent = RecentMessages()
    for number in range(2 * MESSAGES):
        recent.note(-1, message(number))
        recent.note(-1, message(number))  # handled again
    assert [number for number in range(2 * MESSAGES) if recent.saw(-1, number)] == list(range(MESSAGES, 2 * MESSAGES))
    for chat in range(MOST_CHATS):
        recent.note(chat, message(1))
    assert not recent.saw(-1, 2 * MESSAGES - 1)
