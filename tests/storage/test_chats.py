"""A group that becomes a supergroup: whose settings count."""

from __future__ import annotations

from storage.records import ChatSettings
from storage.store import Store

OLD, NEW = -5, -1005


async def test_what_the_new_group_chose_already_stays(store: Store) -> None:
    await store.chats.touch(OLD, "group", "Friends")
    await store.chats.set_settings(OLD, beams=5, max_new_tokens=50, time_zone="Asia/Tehran")
    await store.chats.touch(NEW, "supergroup", "Friends")
    await store.chats.set_settings(NEW, beams=2)
    await store.chats.migrate(OLD, NEW)
    assert await store.chats.settings(NEW) == ChatSettings(beams=2, max_new_tokens=50, time_zone="Asia/Tehran")
    assert await store.chats.settings(OLD) == ChatSettings()
