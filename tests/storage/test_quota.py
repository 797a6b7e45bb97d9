"""Pictures stay within a budget: of all chats, of one, and of the disk."""

from __future__ import annotations

import errno
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.quota import Budget, NoRoomError
from storage.records import NewQuestion, Photo, Question
from storage.store import Store

SIZE = 1000


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Room for ten pictures of a chat and for twenty in all."""
    async with await Store.open(tmp_path / "data", Budget(20 * SIZE, 10 * SIZE, 0)) as opened:
        yield opened


async def show(store: Store, chat_id: int, message_id: int) -> Photo:
    content = f"{chat_id}/{message_id}".encode().ljust(SIZE)
    return await store.photos.save(chat_id, message_id, content, media_type="image/png")


async def ask(store: Store, photo: Photo, *, answered: bool) -> Question:
    question, _ = await store.questions.ask(NewQuestion(
        chat_id=photo.chat_id, message_id=photo.message_id + 1000, photo_sha256=photo.sha256, text="?", beams=1,
        max_new_tokens=5, photo_message_id=photo.message_id,
    ))  # fmt: skip
    if answered:
        await store.questions.answer_many([(question.id, "red", 0.9, 0.1)])
        await store.questions.mark_delivered(question.id)
    return question


def bytes_kept(store: Store) -> int:
    return sum(path.stat().st_size for path in (store.data_dir / "photos").glob("??/*"))


async def test_what_nobody_asked_about_goes_first_then_what_is_answered(store: Store) -> None:
    answered = [await show(store, 1, number) for number in range(3)]
    for photo in answered:
        await ask(store, photo, answered=True)
    waiting = await show(store, 1, 3)
    await ask(store, waiting, answered=False)
    silent = [await show(store, 1, number) for number in range(4, 10)]
    assert bytes_kept(store) == 10 * SIZE
    newest = await show(store, 1, 10)
    assert not silent[0].path.exists() and silent[-1].path.exists() and all(p.path.exists() for p in answered)
    for number in range(11, 30):
        newest = await show(store, 1, number)
        assert bytes_kept(store) <= 10 * SIZE and newest.path.exists()
        await ask(store, newest, answered=True)
    assert waiting.path.exists(), "a question waits for it"
    assert not any(photo.path.exists() for photo in [*silent, *answered])
    assert await store.photos.kept(1, [answered[0].sha256, newest.sha256]) == {newest.sha256}
    with pytest.raises(FileNotFoundError):
        await store.photos.find(1, answered[0].sha256)
    assert (await store.chats.amount(1)).questions == 3 + 1 + 19, "what was asked and answered stays"
    assert await store.photos.of_message(1, answered[0].message_id) is None


async def test_one_chats_pictures_leave_the_others_alone(store: Store) -> None:
    others = [await show(store, 2, number) for number in range(5)]
    for number in range(300):
        await show(store, 1, number)
    assert all(photo.path.exists() for photo in others) and bytes_kept(store) <= 15 * SIZE


async def test_all_chats_share_a_budget(store: Store) -> None:
    for chat in range(30):
        await show(store, chat, 1)
        assert bytes_kept(store) <= 20 * SIZE
    assert await store.photos.of_message(29, 1) is not None and await store.photos.of_message(0, 1) is None


async def test_content_that_others_show_too_stays_for_them(store: Store) -> None:
    shared = await store.photos.save(1, 1, b"shared".ljust(SIZE), media_type="image/png")
    await store.photos.save(2, 1, b"shared".ljust(SIZE), media_type="image/png")
    for number in range(2, 20):
        await show(store, 1, number)
    assert await store.photos.of_message(1, 1) is None and shared.path.exists()
    assert (await store.photos.read(2, shared.sha256)).startswith(b"shared")


async def test_pictures_that_edits_replaced_count_too(store: Store) -> None:
    for number in range(30):
        content = f"revision {number}".encode().ljust(SIZE)
        photo = await store.photos.save(1, 1, content, media_type="image/png")
        await ask(store, photo, answered=True)
        assert bytes_kept(store) <= 10 * SIZE


async def test_where_questions_wait_for_all_of_it_there_is_no_room(store: Store) -> None:
    for number in range(10):
        await ask(store, await show(store, 1, number), answered=False)
    with pytest.raises(NoRoomError):
        await show(store, 1, 10)
    assert bytes_kept(store) == 10 * SIZE and await store.photos.of_message(1, 10) is None
    await store.chats.delete_everything(1)
    assert (await store.photos.quota.usage()).used == 0
    assert (await show(store, 1, 11)).path.exists(), "what was deleted is room again"


async def test_where_questions_of_all_chats_wait_for_all_of_it_there_is_no_room(store: Store) -> None:
    for chat in (1, 2, 3, 4):
        for number in range(5):
            await ask(store, await show(store, chat, number), answered=False)
    with pytest.raises(NoRoomError):
        await show(store, 5, 1)
    assert bytes_kept(store) == 20 * SIZE


async def test_a_nearly_full_disk_is_refused_before_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.quota.KEPT_FREE_SHARE", 1.0)
    async with await Store.open(tmp_path / "data", Budget(min_free=10**18)) as store:
        with pytest.raises(OSError, match="nearly full") as caught:
            await show(store, 1, 1)
        assert caught.value.errno == errno.ENOSPC and bytes_kept(store) == 0
        await store.updates.add([(1, "{}")])  # the database has what the pictures left free


async def test_a_deletion_while_room_is_made_disturbs_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    quota = store.photos.quota
    measure = quota._measure_chat

    async def meanwhile(chat_id: int) -> int:
        quota.measure_again()
        return await measure(chat_id)

    monkeypatch.setattr(quota, "_measure_chat", meanwhile)
    for number in range(30):
        await show(store, 1, number)
    usage = await quota.usage()
    assert usage.used == bytes_kept(store) <= 10 * SIZE and usage.total == 20 * SIZE and usage.free > 0


async def test_on_a_nearly_full_disk_what_nobody_asked_about_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = 100 * SIZE  # what is not ours takes 75, and 5 stay free
    async with await Store.open(tmp_path / "data", Budget(min_free=disk)) as store:
        usage = shutil.disk_usage(tmp_path)
        monkeypatch.setattr(
            "storage.quota.shutil.disk_usage", lambda _: type(usage)(disk, 0, 25 * SIZE - bytes_kept(store))
        )
        answered = [await show(store, 1, number) for number in range(10)]
        for photo in answered:
            await ask(store, photo, answered=True)
        hoard = [await show(store, 2, number) for number in range(40)]
        assert hoard[-1].path.exists() and not hoard[0].path.exists()
        assert all(photo.path.exists() for photo in answered), "the disk may be full for a moment only"
        for number in range(40, 50):
            await ask(store, await show(store, 2, number), answered=True)
        with pytest.raises(OSError, match="nearly full"):
            await show(store, 2, 50)
