"""The last messages of each chat, in memory only: pictures that are not meant for the bot are not fetched."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache

from bot.conversation.meaning import TelegramPicture

MOST_CHATS = 2_000
MESSAGES = 50
"""Remembered of each chat; an album has at most ten."""
MOST_ALBUMS = 1_000


@dataclass(frozen=True, slots=True)
class RecentMessage:
    """A message that the bot saw, in a group mostly between others."""

    message_id: int
    thread_id: int | None
    sender: int | None
    picture: TelegramPicture | None
    album: str | None
    caption: str | None = None
    """Of a picture of an album, in a group: a mention may stand under another one."""


@dataclass(slots=True)
class Album:
    """What is known of an album while it arrives."""

    question: str | None = None
    """What the caption asks, where it stands under something that is no picture."""
    refused: bool = False
    """Whether it was said that something in it is no picture."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Pictures whose question a limit refused."""

    album: str | None
    """The album that they belong to."""
    pictures: dict[int, TelegramPicture]
    """By the numbers of their messages."""


class RecentMessages:
    """The last messages of each chat, and what is known of albums and pictures beside them."""

    def __init__(self) -> None:
        self._chats: LRUCache[int, deque[RecentMessage]] = LRUCache(MOST_CHATS)
        self._albums: LRUCache[tuple[int, str], Album] = LRUCache(MOST_ALBUMS)
        self._deferred: LRUCache[tuple[int, int | None], Deferred] = LRUCache(MOST_CHATS)

    def note(self, chat_id: int, message: RecentMessage) -> None:
        """A message came; one that is handled again changes nothing."""
        messages = self._chats.setdefault(chat_id, deque(maxlen=MESSAGES))
        if not self.saw(chat_id, message.message_id):
            messages.append(message)

    def saw(self, chat_id: int, message_id: int) -> bool:
        """Whether a message of that number came."""
        return any(one.message_id == message_id for one in self._chats.get(chat_id, ()))

    def above(self, chat_id: int, thread_id: int | None, message_id: int) -> Sequence[TelegramPicture]:
        """The picture directly above a message in its topic, or the pictures of the album there."""
        before = [one for one in self._place(chat_id, thread_id) if one.message_id < message_id]
        if not before:
            return ()
        last = before[-1]
        return [
            one.picture
            for one in before
            if one.picture is not None and (one is last or (last.album is not None and one.album == last.album))
        ]

    def shown_after(self, chat_id: int, thread_id: int | None, message_id: int) -> bool:
        """Whether a picture came to a topic after a message, also one that nobody asked about."""
        return any(one.picture is not None and one.message_id > message_id for one in self._place(chat_id, thread_id))

    def newest_of(self, chat_id: int, thread_id: int | None, sender: int | None) -> TelegramPicture | None:
        """The newest picture of somebody in a topic."""
        place = reversed(self._place(chat_id, thread_id))
        return next((one.picture for one in place if one.picture is not None and one.sender == sender), None)

    def of_album(self, chat_id: int, album: str) -> Sequence[TelegramPicture]:
        """The pictures of an album that have come."""
        return [p.picture for p in self._chats.get(chat_id, ()) if p.album == album and p.picture is not None]

    def caption_of(self, chat_id: int, album: str) -> str | None:
        """The first caption of an album whose messages did not mean the bot."""
        messages = sorted(self._chats.get(chat_id, ()), key=lambda one: one.message_id)
        return next((one.caption for one in messages if one.album == album and one.caption), None)

    def pictures(self, chat_id: int, thread_id: int | None) -> Sequence[TelegramPicture]:
        """The pictures among them in a topic, oldest first."""
        return [one.picture for one in self._place(chat_id, thread_id) if one.picture is not None]

    def album(self, chat_id: int, album: str) -> Album:
        """What is known of an album, to be added to."""
        return self._albums.setdefault((chat_id, album), Album())

    def defer(self, chat_id: int, thread_id: int | None, picture: TelegramPicture, album: str | None = None) -> None:
        """A picture was shown with a question that a limit refused: it is not fetched yet."""
        known = self._deferred.get((chat_id, thread_id))
        if known is None or album is None or known.album != album:
            known = self._deferred[chat_id, thread_id] = Deferred(album, {})
        known.pictures[picture.message_id] = picture

    def deferred_in(self, chat_id: int, thread_id: int | None) -> Deferred | None:
        """The pictures of a place that are not fetched yet."""
        return self._deferred.get((chat_id, thread_id))

    def forget_deferred(self, chat_id: int, thread_id: int | None) -> None:
        """Defer nothing any more: what was is fetched now, or another picture counts."""
        self._deferred.pop((chat_id, thread_id), None)

    def forget(self, chat_id: int) -> None:
        """Forget what the messages of a chat showed and said; that they came stays known."""
        messages = self._chats.get(chat_id, deque())
        kept = [replace(one, sender=None, picture=None, album=None, caption=None) for one in messages]
        messages.clear()
        messages.extend(kept)
        for album in [key for key in self._albums if key[0] == chat_id]:
            del self._albums[album]
        for place in [key for key in self._deferred if key[0] == chat_id]:
            del self._deferred[place]

    def _place(self, chat_id: int, thread_id: int | None) -> list[RecentMessage]:
        return [one for one in self._chats.get(chat_id, ()) if one.thread_id == thread_id]
