"""What is older than it is kept goes, of all chats or of one, and nothing else does."""

from __future__ import annotations

import pytest
from storage_helpers import Ask

from storage import retention
from storage.records import AskedPicture
from storage.retention import DAY
from storage.store import Store

NOW = 1_800_000_000.0


async def dated(store: Store, table: str, chat_id: int, days: float, **where: object) -> None:
    column = {"photos": "created_at = {0}, talked_at = {0}", "questions": "created_at = {0}"}[table]
    beside = "".join(f" AND {name} = {value!r}" for name, value in where.items())
    async with store.db.transaction() as tx:
        await tx.execute(f"UPDATE {table} SET {column.format(NOW - days * DAY)} WHERE chat_id = {chat_id}{beside}")


async def answered(store: Store, ask: Ask, chat_id: int, sha256: str, **fields: object) -> int:
    question = await ask(chat_id, photo_sha256=sha256, **fields)
    await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
    await store.questions.mark_delivered(question.id)
    return question.id


async def show(store: Store, chat_id: int, message_id: int) -> str:
    content = f"{chat_id}/{message_id}".encode()
    return (await store.photos.save(chat_id, message_id, content, media_type="image/png")).sha256


async def test_old_questions_and_pictures_go_and_the_rest_stays(store: Store, ask: Ask) -> None:
    for chat_id, days in ((1, 31.0), (2, 29.0)):
        sha256 = await show(store, chat_id, 5)
        await answered(store, ask, chat_id, sha256)
        await dated(store, "photos", chat_id, days)
        await dated(store, "questions", chat_id, days)
    old, young = store.photos.path(await show(store, 1, 6)), store.photos.path(await show(store, 2, 6))
    await dated(store, "photos", 1, 31.0)
    assert await store.retention.expire(0, NOW) == []
    gone = await store.retention.expire(30, NOW)
    assert len(set(gone)) == 2 and not old.exists() and young.exists()
    assert (await store.chats.amount(1)).nothing
    assert (await store.chats.amount(2)).questions == 1 and (await store.chats.amount(2)).photos == 2
    assert await store.retention.expire(30, NOW) == []


async def test_a_chat_that_chose_less_loses_sooner_and_one_that_chose_more_does_not_keep_longer(
    store: Store, ask: Ask
) -> None:
    for chat_id, keep_days in ((1, 7), (2, 365), (3, None)):
        await store.chats.touch(chat_id, "private")
        await store.chats.set_settings(chat_id, keep_days=keep_days)
        await answered(store, ask, chat_id, await show(store, chat_id, 5))
        await dated(store, "photos", chat_id, 10)
        await dated(store, "questions", chat_id, 10)
    await store.retention.expire(0, NOW)
    assert [(await store.chats.amount(chat_id)).questions for chat_id in (1, 2, 3)] == [0, 1, 1]
    await store.retention.expire(9, NOW)
    assert [(await store.chats.amount(chat_id)).questions for chat_id in (1, 2, 3)] == [0, 0, 0]


async def test_what_waits_and_what_it_is_about_stays(store: Store, ask: Ask) -> None:
    waiting, both = await show(store, 1, 5), [await show(store, 1, 6), await show(store, 1, 7)]
    await ask(1, photo_sha256=waiting)
    several = [AskedPicture(sha256=sha256, message_id=number) for number, sha256 in enumerate(both, 6)]
    await ask(1, photo_sha256=both[0], several=several)
    await dated(store, "photos", 1, 100)
    await dated(store, "questions", 1, 100)
    assert await store.retention.expire(30, NOW) == []
    assert (await store.chats.amount(1)).questions == 2 and len(await store.photos.kept(1, [waiting, *both])) == 3


async def test_a_picture_that_is_still_talked_about_stays_for_what_is_young(store: Store, ask: Ask) -> None:
    sha256 = await show(store, 1, 5)
    old, young = await answered(store, ask, 1, sha256), await answered(store, ask, 1, sha256)
    await dated(store, "photos", 1, 100)
    await dated(store, "questions", 1, 100, id=old)
    await dated(store, "questions", 1, 1, id=young)
    await store.retention.expire(30, NOW)
    assert [question.id async for question in store.questions.export(1)] == [young]
    assert await store.photos.kept(1, [sha256]) == {sha256}


async def test_many_go_in_several_transactions(store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "EACH", 3)
    for number in range(1, 11):
        await answered(store, ask, 1, await show(store, 1, number))
    await dated(store, "photos", 1, 100)
    await dated(store, "questions", 1, 100)
    await store.retention.expire(30, NOW)
    assert (await store.chats.amount(1)).nothing and not list((store.data_dir / "photos").glob("??/*"))
