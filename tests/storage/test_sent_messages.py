"""The bot's own messages are known, with the pictures that they are about, until nothing needs them."""

from __future__ import annotations

import asyncio
import time

from storage_helpers import Ask

from storage.sent_messages import KEEP_SECONDS
from storage.store import Store


async def test_what_was_sent_is_known_by_its_chat(store: Store) -> None:
    before = time.time()
    await store.sent.record(1, [7, 8])
    await asyncio.gather(*(store.sent.record(1, [number]) for number in (20, 21)), store.sent.record(2, [9]))
    assert await store.sent.known(1, 8, 20) == {8, 20}
    assert await store.sent.known(2, 1, 99) == {9} and await store.sent.known(3, 1, 99) == set()
    async with store.db.transaction():
        pass  # after this commit readers see them
    assert await store.sent.recent(1, before) == [21, 20, 8, 7]
    assert await store.sent.recent(1, time.time() + 60) == []


async def test_a_message_is_about_a_picture(store: Store) -> None:
    await store.sent.record(1, [7])
    await store.sent.record(1, [7], photo_message_id=5)
    await store.sent.record(1, [7])  # in whatever order: what is known is not forgotten
    async with store.db.transaction():
        pass
    assert await store.sent.photo_of(1, 7) == 5
    assert await store.sent.photo_of(2, 7) is None and await store.sent.photo_of(1, 8) is None


async def test_recording_nothing_writes_nothing(store: Store) -> None:
    await store.sent.record(1, [])
    assert await store.sent.known(1, 0, 99) == set()


async def test_old_messages_are_forgotten_unless_something_needs_them(store: Store, ask: Ask) -> None:
    await store.photos.save(1, 3, b"x", media_type="image/png")
    await store.sent.record(1, [4], photo_message_id=3)  # a reply to it means the picture
    await store.sent.record(1, [5])
    await store.sent.record(2, [5, 9])
    question = await ask(2, message_id=6)
    assert await store.sent.prune() == 0
    later = time.time() + KEEP_SECONDS + 60
    assert await store.sent.prune(later) == 2
    assert await store.sent.known(1, 0, 99) == {4}
    assert await store.sent.known(2, 0, 99) == {9}, "the question's message may be among those after it"
    await store.questions.cancel(2, question.id)
    assert await store.sent.prune(later) == 0
    await store.questions.mark_delivered(question.id)
    assert await store.sent.prune(later) == 1


async def test_they_go_with_their_chat(store: Store) -> None:
    for chat in (1, 2, -5):
        await store.sent.record(chat, [7])
    await store.chats.delete_everything(1)
    await store.chats.migrate(-5, -1005)  # messages count anew there
    assert await store.sent.known(1, 0, 99) == set()
    assert await store.sent.known(-5, 0, 99) == await store.sent.known(-1005, 0, 99) == set()
    assert await store.sent.known(2, 0, 99) == {7}
