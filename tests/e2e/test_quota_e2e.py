"""A full budget, a full disk and a lost folder, as people and operators meet them."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from e2e_helpers import StartBot, picture, sure

from bot.app import run_until
from bot.benchmarks.large_ledger import fill
from bot.errors import DataFolderLostError
from bot.sandbox.person import Person
from bot.texts import questions as texts
from storage.data_folder import DATABASE
from storage.photos import SWEEP_AGE
from storage.store import Store

RAW = json.dumps({"message": {"chat": {"id": 1}}})


async def test_a_full_disk_is_said_once_and_the_question_is_answered_when_there_is_room(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("storage.quota.KEPT_FREE_SHARE", 1.0)
        await start_bot(min_free_mb=10**12)
        asked = await you.send_picture(picture(), "What colour is it?")
        said = await you.wait_for(lambda m: m.get("text") == texts.DISK_FULL)
        assert "reply_to_message" not in said
        await asyncio.sleep(1.5)  # it is tried again meanwhile
    answer = await you.wait_for(sure)
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    assert [m.get("text") for m in await you.messages()].count(texts.DISK_FULL) == 1


async def test_a_picture_without_room_in_the_budget_is_refused_with_a_sentence(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.MB", 100)
    bot = await start_bot(max_stored_mb_per_chat=1)
    await you.send_picture(picture(), "What colour is it?")
    await you.wait_for(lambda m: m.get("text") == texts.NO_ROOM)
    assert bot.services is not None and (await bot.services.store.chats.amount(you.user_id)).photos == 0


async def test_a_reply_about_a_picture_that_had_to_go_is_not_about_another(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.MB", 2500)  # two of these pictures
    await start_bot(max_stored_mb_per_chat=1)
    await you.send_picture(picture("red"), "What?")
    first = await you.wait_for(sure)
    for colour in ("blue", "green"):
        await you.send_picture(picture(colour), "What?")
        await you.wait_for(sure)
    await you.say("And how large?", reply_to=first)
    await you.wait_for(lambda m: m.get("text") == texts.PICTURE_GONE)
    await you.say("/history")
    page = await you.wait_for(lambda m: "reply_markup" in m)
    newest, *older = page["text"].split("\n\n")[1:]
    assert "not kept any more" not in newest and "picture not kept any more" in older[-1] and len(older) == 2


async def test_it_is_tidied_while_it_runs(start_bot: StartBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.housekeeping.TIDY_SECONDS", 0.05)
    monkeypatch.setattr("storage.photos.SWEEP_AGE", -1.0)
    monkeypatch.setattr("storage.updates.KEEP_SECONDS", -1.0)
    bot = await start_bot()
    assert bot.services is not None and SWEEP_AGE > 0
    store = bot.services.store
    leftover = store.data_dir / "photos" / "zz" / ("z" * 64)
    leftover.parent.mkdir()
    leftover.write_bytes(b"left by a crash")
    await store.updates.add([(1, RAW)])
    await store.updates.done(1)
    for _ in range(1000):
        if not leftover.exists() and (await store.updates.counts())["done"] == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"nothing was tidied by {time.time()}")


async def test_a_folder_that_is_lost_ends_the_bot_with_a_sentence(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.housekeeping.WATCH_SECONDS", 0.05)
    bot = await start_bot()
    assert bot.services is not None
    folder = bot.services.store.data_dir
    away = folder.with_name("away")
    folder.rename(away)
    with pytest.raises(DataFolderLostError, match="unmounted, moved or replaced"):
        await run_until(bot, asyncio.Event())
    assert not folder.exists(), "nothing was written where it was"
    away.rename(folder)


async def test_a_large_database_that_is_damaged_ends_the_bot_with_a_sentence(
    start_bot: StartBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("storage.opening.CHECKED_AT_ONCE", -1)  # whatever is there counts as large
    async with await Store.open(tmp_path / "data") as store:
        await fill(store, 3000, days=30.0)
    file = tmp_path / "data" / DATABASE
    whole = file.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    file.write_bytes(whole[:middle] + b"\xa5" * 4096 + whole[middle + 4096 :])
    bot = await start_bot()
    with pytest.raises(DataFolderLostError, match="is damaged"):
        await run_until(bot, asyncio.Event())
