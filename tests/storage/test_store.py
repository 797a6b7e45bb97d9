"""The data folder: private, locked, durable, migrated, forgetful when asked."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from refusals import refuses
from storage_helpers import Ask

from storage.database import Database
from storage.errors import DataDirInUseError, StorageError
from storage.photos import SWEEP_AGE
from storage.records import GlobalSettings
from storage.store import Store

HOLDER = """
import asyncio, sys
from pathlib import Path
from storage.store import Store
async def main():
    store = await Store.open(Path(sys.argv[1]))
    number = 0
    while True:
        await store.updates.add([(number, "{}"), (number + 1, "{}")])
        print(number + 1, flush=True)
        number += 2
asyncio.run(main())
"""


async def test_the_folder_is_private(store: Store) -> None:
    assert store.data_dir.stat().st_mode & 0o777 == 0o700
    photo = await store.photos.save(1, 1, b"bytes", media_type="image/png")
    assert photo.path.stat().st_mode & 0o077 == 0


async def test_kill_9_loses_nothing_that_was_committed_and_frees_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        for _ in range(20):
            last = int(holder.stdout.readline())
        with refuses(DataDirInUseError, match="Another bot is running"):
            await Store.open(folder)
        holder.send_signal(signal.SIGKILL)
        last = max([last, *(int(line) for line in holder.stdout.read().split("\n") if line.strip())])
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    async with await Store.open(folder) as store:
        kept = [update.update_id for update in await store.updates.pending(1_000_000)]
        assert kept[: last + 1] == list(range(last + 1))
        assert len(kept) % 2 == 0, "a transaction is whole or not there"


async def test_a_cancelled_transaction_leaves_no_trace(store: Store) -> None:
    entered = asyncio.Event()

    async def slow() -> None:
        async with store.db.transaction() as tx:
            await tx.execute("INSERT INTO updates (update_id, raw, arrived_at) VALUES (1, '{}', 0)")
            entered.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.updates.pending(10) == []
    assert await store.updates.add([(2, "{}")]) == {2}, "the writer is free again"


async def test_an_albums_messages_are_handed_out_again_for_a_while(store: Store) -> None:
    await store.updates.add([(1, "old"), (2, "new"), (3, "other")])
    for number in (1, 2):
        await store.updates.keep(number)
    await store.updates.done(3)
    await store.db.execute("UPDATE updates SET arrived_at = arrived_at - 31 WHERE update_id = 1")
    await store.updates.reopen(30)
    assert [update.update_id for update in await store.updates.pending(9)] == [2]
    kept = await store.db.fetch_all("SELECT raw, of_album FROM updates WHERE update_id = 1")
    assert [tuple(row) for row in kept] == [(None, 0)], "nothing of what it said stays"


async def test_updates_are_kept_once_and_forgotten_when_old(store: Store) -> None:
    assert await store.updates.add([(5, "a"), (6, "b")]) == {5, 6}
    assert await store.updates.add([(6, "b"), (7, "c")]) == {7}
    await store.updates.begin(5)
    assert [(u.update_id, u.raw, u.attempts) for u in await store.updates.pending(2)] == [(5, "a", 1), (6, "b", 0)]
    await store.updates.done(5)
    await store.updates.failed(6, "unreadable")
    assert [u.update_id for u in await store.updates.pending(9)] == [7]
    assert await store.updates.add([(5, "a")]) == set(), "a handled update is recognised"
    assert await store.updates.counts() == {"pending": 1, "done": 1, "failed": 1}
    assert await store.updates.prune(time.time() + 30 * 86_400) == 2
    assert await store.updates.counts() == {"pending": 1, "done": 0, "failed": 0}


async def test_pictures_are_shared_by_content_and_private_by_chat(store: Store) -> None:
    one = await store.photos.save(1, 10, b"same", media_type="image/png", media_group_id="g")
    two = await store.photos.save(2, 20, b"same", media_type="image/png")
    await store.photos.save(1, 11, b"other", media_type="image/jpeg", media_group_id="g")
    assert one.sha256 == two.sha256 and one.path == two.path
    assert await store.photos.read(1, one.sha256) == b"same"
    with pytest.raises(FileNotFoundError):
        await store.photos.read(3, one.sha256)
    assert [p.message_id for p in await store.photos.current(1, None, None)] == [10, 11]
    assert await store.photos.current(1, 4, None) == []
    assert [p.message_id for p in await store.photos.in_group(1, "g")] == [10, 11]
    assert await store.photos.of_message(2, 10) is None


async def test_deleting_a_chat_leaves_nothing_of_it(store: Store, ask: Ask) -> None:
    shared = await store.photos.save(1, 1, b"shared", media_type="image/png")
    await store.photos.save(2, 1, b"shared", media_type="image/png")
    own = await store.photos.save(1, 2, b"own", media_type="image/png")
    await ask(1, text="a very secret question")
    kept = await ask(2, text="somebody else's question")
    await store.chats.set_settings(1, beams=7)
    await store.updates.add([(1, '{"message": {"chat": {"id": 1}, "text": "secret too"}}')])
    await store.updates.add([(2, '{"message": {"chat": {"id": 2}, "text": "not this one"}}')])
    await store.updates.failed(1, "x")
    await store.updates.failed(2, "x")
    await store.updates.add([(3, '{"message": {"chat": {"id": 1}, "text": "written since"}}'), (4, "{}")], {3: 1, 4: 1})
    await store.updates.done(4)
    await store.updates.add([(5, '{"message": {"chat": {"id": 1}, "caption": "a secret album"}}')], {5: 1})
    await store.updates.keep(5)
    gone = await store.chats.delete_everything(1)
    assert [update.update_id for update in await store.updates.pending(9)] == [3], "what was written since is handled"
    assert await store.updates.add([(4, "{}"), (5, "{}")]) == set(), "a repeat is recognised"
    left = await store.db.fetch_all("SELECT update_id FROM updates WHERE chat_id = 1")
    assert [row["update_id"] for row in left] == [3], "of what is handled not even its chat's number stays"
    assert (gone.questions, gone.photos) == (1, 2)
    assert not own.path.exists() and shared.path.exists()
    assert [q.id async for q in store.questions.export(2)] == [kept.id]
    assert (await store.chats.settings(1)).beams is None
    content = b"".join(path.read_bytes() for path in store.data_dir.glob("vqabot.sqlite3*"))
    assert b"secret" not in content and b"somebody else" in content and b"not this one" in content


async def test_a_picture_saved_beside_a_deletion_of_the_same_one_stays(store: Store) -> None:
    photo = await store.photos.save(1, 1, b"the same", media_type="image/png")
    async with store.db.transaction() as tx:
        await tx.execute("DELETE FROM photos")
        # Both wait for the writer now, the removal first; the saving has seen that the file is there already.
        removal = asyncio.create_task(store.photos.remove_unowned([photo.sha256]))
        await asyncio.sleep(0)
        saving = asyncio.create_task(store.photos.save(2, 1, b"the same", media_type="image/png"))
        await asyncio.sleep(0.1)
    assert await removal == 0
    await saving
    assert await store.photos.read(2, photo.sha256) == b"the same"
    await store.chats.delete_everything(2)
    assert not photo.path.exists()


async def test_an_old_questions_picture_outlives_its_messages_new_one(store: Store, ask: Ask) -> None:
    old = await store.photos.save(1, 5, b"before the edit", media_type="image/png")
    await ask(1, message_id=5, photo_sha256=old.sha256)
    await store.photos.save(1, 5, b"after the edit", media_type="image/png")
    await store.photos.sweep(time.time() + SWEEP_AGE + 60)
    assert await store.photos.read(1, old.sha256) == b"before the edit"
    with pytest.raises(FileNotFoundError):
        await store.photos.read(2, old.sha256)
    await store.chats.delete_everything(1)
    assert not list((store.data_dir / "photos").glob("??/*")), "both files are gone"


async def test_leftover_files_are_swept_when_they_are_old(store: Store) -> None:
    kept = await store.photos.save(1, 1, b"kept", media_type="image/png")
    orphan = store.data_dir / "photos" / "zz" / ("z" * 64)
    partial = store.data_dir / "photos" / "zz" / "x.partial"
    orphan.parent.mkdir()
    for path in (orphan, partial):
        path.write_bytes(b"left")
    assert await store.photos.sweep() == 0
    assert await store.photos.sweep(time.time() + SWEEP_AGE + 60) == 2
    assert kept.path.exists() and not orphan.exists() and not partial.exists()


async def test_settings_survive_and_merge(store: Store) -> None:
    assert await store.settings.get() == GlobalSettings()
    await store.settings.set(default_beams=4, questions_per_minute=9)
    await store.settings.set(questions_per_minute=None)
    assert await store.settings.get() == GlobalSettings(default_beams=4)
    with pytest.raises(ValueError, match="no setting"):
        await store.settings.set(colour=1)
    await store.chats.set_settings(1, beams=2)
    settings = await store.chats.set_settings(1, max_new_tokens=50)
    assert (settings.beams, settings.max_new_tokens) == (2, 50)
    await store.chats.reset_settings(1)
    assert (await store.chats.settings(1)).beams is None
    folder = store.data_dir
    await store.close()
    reopened = await Store.open(folder)
    assert (await reopened.settings.get()).default_beams == 4
    await reopened.close()
    store.db = await _reopen(folder)  # the fixture closes it


async def _reopen(folder: Path) -> Database:
    return await Database.open(folder / "vqabot.sqlite3")


async def test_a_group_that_moves_takes_its_history_along(store: Store, ask: Ask) -> None:
    await store.chats.touch(-5, "group", "Friends")
    await store.chats.set_settings(-5, beams=7)
    photo = await store.photos.save(-5, 1, b"x", media_type="image/png")
    question = await ask(-5, message_id=2, photo_sha256=photo.sha256, photo_message_id=1)
    await store.questions.set_placeholder(-5, question.id, 3)
    await store.sent.record(-5, [3], photo_message_id=1)
    await store.chats.touch(-1005, "supergroup", "Friends")  # the new chat may be heard of first
    for _ in range(2):
        await store.chats.migrate(-5, -1005)
    assert (await store.chats.settings(-1005)).beams == 7
    moved = [q async for q in store.questions.export(-1005)]
    assert [(q.id, q.placeholder_id, q.answered_under) for q in moved] == [(question.id, None, None)]
    assert await store.photos.current(-5, None, None) == []
    current = await store.photos.current(-1005, None, None)
    assert [p.message_id for p in current] == [moved[0].photo_message_id] == [-1], "still what was talked about"
    assert await store.sent.photo_of(-1005, 3) is None


async def test_numbers_that_start_anew_are_other_messages(store: Store, ask: Ask) -> None:
    await store.photos.save(-5, 9, b"old", media_type="image/png")
    await ask(-5, message_id=10, text="old")
    await store.chats.migrate(-5, -1005)
    assert await store.photos.of_message(-1005, 9) is None
    new = await store.photos.save(-1005, 2, b"new", media_type="image/png")
    assert await store.photos.current(-1005, None, None) == [new], "by time, not by number"
    asked = await ask(-1005, message_id=10, text="new")
    assert [q.text for q in await store.questions.of_message(-1005, 10)] == ["new"] and asked.text == "new"
    assert await store.history.count(-1005) == 0 and len([q async for q in store.questions.export(-1005)]) == 2


async def test_the_current_picture_is_the_one_talked_about_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await store.photos.save(1, 10, b"one", media_type="image/png", user_id=7)
    two = await store.photos.save(1, 11, b"two", media_type="image/png", user_id=8)
    elsewhere = await store.photos.save(1, 12, b"three", media_type="image/png", thread_id=4)
    assert await store.photos.current(1, None, 7) == [two] and not await store.photos.shown_since(
        1, None, two.created_at
    )
    with monkeypatch.context() as patch:
        patch.setattr("storage.photos.time.time", lambda: 1.0)  # the clock was set back
        await store.photos.set_current(1, None, [one.message_id], 9)
        assert [(p.message_id, p.talked_by) for p in await store.photos.current(1, None, 7)] == [(10, 9)]
    assert await store.photos.shown_since(1, None, one.created_at)
    assert [p.message_id for p in await store.photos.current(1, 4, 7)] == [elsewhere.message_id]
    await store.photos.save(1, 11, b"two, replaced by an edit", media_type="image/png", user_id=8)
    assert [p.message_id for p in await store.photos.current(1, None, 7)] == [two.message_id]


async def test_an_album_is_talked_about_together_until_one_of_it_is(store: Store) -> None:
    album = [await store.photos.save(1, n, b"%d" % n, media_type="image/png", media_group_id="g") for n in (1, 2, 3)]
    assert [p.message_id for p in await store.photos.current(1, None, None)] == [1, 2, 3]
    await store.photos.set_current(1, None, [album[1].message_id], None)
    assert [p.message_id for p in await store.photos.current(1, None, None)] == [2]


async def test_what_was_only_given_is_meant_where_nothing_else_is(store: Store) -> None:
    given = await store.photos.save(1, 5, b"example", media_type="image/png", user_id=7, current=False)
    assert await store.photos.current(1, None, 8) == []
    assert await store.photos.current(1, None, 7) == [given]
    own = await store.photos.save(1, 6, b"own", media_type="image/png", user_id=7)
    await store.photos.save(1, 8, b"example", media_type="image/png", user_id=7, current=False)
    assert await store.photos.current(1, None, 7) == [own] and not await store.photos.shown_since(
        1, None, own.created_at
    )


async def test_a_message_that_shows_its_picture_no_more(store: Store, ask: Ask) -> None:
    asked = await store.photos.save(1, 5, b"asked about", media_type="image/png")
    never = await store.photos.save(1, 6, b"never asked about", media_type="image/png")
    await ask(1, photo_sha256=asked.sha256)
    for number in (5, 6, 7):
        await store.photos.forget(1, number)
    assert asked.path.exists() and not never.path.exists() and await store.photos.current(1, None, None) == []


async def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with refuses(StorageError, match="cannot be used"):
        await Store.open(tmp_path / "file" / "data")
