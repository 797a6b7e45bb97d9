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


async def test_what_is_read_is_what_was_written_last_whoever_wrote_it(store: Store) -> None:
    chats = store.chats

    async def known() -> tuple[str | None, ChatSettings]:
        return await chats.language(OLD), await chats.settings(OLD)

    assert await known() == (None, ChatSettings())
    await chats.touch(OLD, "group", "Friends", "de")
    assert await known() == ("de", ChatSettings())
    assert await chats.language(OLD, "fr") == "fr"  # an update that tells another is answered in that
    await chats.touch(OLD, "group", "Friends", "fr")
    await chats.touch(OLD, "group", "Friends")
    await chats.set_settings(OLD, beams=3)
    assert await known() == ("fr", ChatSettings(beams=3))
    await chats.set_language(OLD, "it")
    await chats.touch(OLD, "group", "Friends", "fr")  # what was chosen stays
    assert await chats.language(OLD, "fr") == "it"
    await chats.reset_settings(OLD)
    assert await known() == ("it", ChatSettings())
    assert await chats.language(NEW) is None
    await chats.migrate(OLD, NEW)
    assert await known() == (None, ChatSettings()) and await chats.language(NEW, "fr") == "it"
    await chats.delete_everything(NEW)
    assert await chats.language(NEW) is None
    await chats.touch(NEW, "supergroup", "Friends")
    assert (await chats.everything(NEW))["chats"][0]["title"] == "Friends"


async def test_who_is_kept_out_stays_so_where_a_group_moves(store: Store) -> None:
    await store.access.decide(OLD, allowed=False)
    assert await store.access.decisions({OLD, NEW}) == {OLD: False}
    await store.chats.migrate(OLD, NEW)
    assert await store.access.decisions({OLD, NEW}) == {NEW: False}
    await store.access.decide(NEW, allowed=True)
    assert await store.access.decisions({OLD, NEW}) == {NEW: True}
    await store.access.decide(NEW, allowed=None)
    assert await store.access.decisions({OLD, NEW}) == {}
