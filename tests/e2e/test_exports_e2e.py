"""An export is work like a question: it survives, it ends with its chat, and it holds all that is kept."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest
from e2e_helpers import ADA, GROUP, YOU, StartBot, picture, sure
from export_helpers import ask, is_document, leaves, unpacked, visible

from bot.app import Bot
from bot.exporting.archive import Contents, write_archives
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import menus
from bot.texts import questions as texts
from storage.records import NewQuestion
from storage.store import Store

JSON_COLUMNS = {"messages", "evidence"}
STAMPS = ("created_at", "updated_at", "talked_at", "sent_at", "arrived_at")
"""Columns whose values are written as times."""


async def test_what_was_never_asked_about_is_exported_too(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture("blue"))
    await you.wait_for(lambda m: m.get("text") == texts.WHAT_TO_KNOW)
    await you.say("/export")
    history, contents = await unpacked(you, await you.wait_for(is_document))
    (shown,) = history["pictures"]
    assert history["questions"] == [] and contents[shown["picture"]][:2] == b"\xff\xd8"
    assert "Nothing was asked about this picture" in contents["index.html"].decode()
    assert history["people"] == [{"user_id": YOU, "name": "You"}] and history["chat_type"] == "private"
    await gone(bot)
    assert menus.EXPORTING not in await visible(you), "the progress is taken away"


async def test_everything_that_is_kept_is_in_the_export(start_bot: StartBot, you: Person, ada: Person) -> None:
    """Every value of every row that belongs to the chat, but for times, which are written as such."""
    bot = await start_bot()
    assert bot.services is not None
    store = bot.services.store
    await ask(you, "@vqa_sandbox_bot what is it?", chat=GROUP)
    await ada.send_picture(picture("green"), "@vqa_sandbox_bot and this?", chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    await ask(ada, "Where is somebody else's secret?", "yellow")
    await store.chats.set_settings(GROUP, beams=7, max_new_tokens=61)
    failed, _ = await store.questions.ask(NewQuestion(
        chat_id=GROUP, message_id=7001, photo_sha256="ab" * 32, text="Why?", beams=2, max_new_tokens=9, user_id=77,
        user_name="Kim", thread_id=3, photo_message_id=7000, reply_to=7002,
    ))  # fmt: skip
    await store.questions.fail(failed.id, "It was too dark.")
    raw = {"update_id": 5, "message": {"chat": {"id": GROUP}, "text": "unreadable"}}
    await store.updates.add([(5, json.dumps(raw))])
    await store.updates.failed(5, "unreadable")
    await you.say("/export", chat=GROUP)
    history, contents = await unpacked(you, await you.wait_for(is_document, chat=GROUP))
    assert history["settings"] == {
        "beams": 7,
        "max_new_tokens": 61,
        "keep_days": None,
        "for_training": None,
        "time_zone": None,
        "language": None,
    }
    assert {person["name"] for person in history["people"]} == {"You", "Ada", "Kim"}
    assert history["unread_updates"] == [raw] and history["other"] == {}
    assert datetime.fromisoformat(history["exported_at"]).utcoffset() is not None
    text = contents["history.json"].decode()
    tables = await store.db.fetch_all(
        "SELECT m.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c"
        " WHERE c.name = 'chat_id' AND m.name != 'updates'"
    )
    assert {"questions", "photos", "chats", "sent_messages", "exports"} <= {row["name"] for row in tables}
    for table in tables:
        for row in await store.db.fetch_all(f"SELECT * FROM {table['name']} WHERE chat_id = ?", (GROUP,)):
            for column in row.keys():  # noqa: SIM118 - a Row iterates over values
                for value in leaves(json.loads(row[column]) if column in JSON_COLUMNS else row[column]):
                    if column not in STAMPS and isinstance(value, (int, str)) and value not in (0, 1):
                        assert json.dumps(value, ensure_ascii=False).strip('"') in text, f"{table['name']}.{column}"
    assert "It was too dark." in contents["index.html"].decode()
    table = list(csv.DictReader(io.StringIO(contents["history.csv"].decode("utf-8-sig"))))
    assert [line["error"] for line in table] == ["", "", "It was too dark."] and table[0]["percent"] == "87"
    assert "secret" not in text, "another chat's"


async def hold(sandbox: Sandbox, method: str, seconds: float) -> None:
    """The next call of that method takes effect and is answered late."""
    faults = sandbox.world.faults
    faults.change({"next": [*faults.next, {"method": method, "hold": seconds, "executed": True}]})


async def test_a_deletion_ends_an_export_for_good(start_bot: StartBot, sandbox: Sandbox, you: Person) -> None:
    """Also one whose file has arrived without the bot's knowing yet."""
    bot = await start_bot()
    assert bot.services is not None
    await ask(you)
    await you.say("/delete")
    menu = await you.wait_for(lambda m: "reply_markup" in m)
    await hold(sandbox, "editMessageMedia", 2.0)
    await you.say("/export")
    await you.wait_for(lambda m: m.get("text") == menus.EXPORTING)
    await you.press(menu, menus.DELETE_YES)
    await you.wait_for(lambda m: "Nothing of this chat is left with me" in m.get("text", ""), since=0)
    messages = [m for m in await you.messages(limit=500) if not m["deleted"]]
    left = [m for m in messages if is_document(m) or m.get("text") == menus.EXPORTING]
    assert left == []
    assert await bot.services.store.exports.waiting() == []
    assert tmp_folders(bot) == []
    await you.say("/export")
    assert (await you.wait_for(lambda m: "text" in m))["text"] == menus.EMPTY_EXPORT


async def test_a_deletion_waits_for_the_thread_that_packs(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would write into the folder that is being removed, and what it wrote would stay."""
    bot = await start_bot()
    assert bot.services is not None
    packing, packed = threading.Event(), threading.Event()

    def slowly(contents: Contents, folder: Path, limit: int) -> list[Path]:
        packing.set()
        time.sleep(1)
        paths = write_archives(contents, folder, limit)
        packed.set()
        return paths

    monkeypatch.setattr("bot.exporting.exporter.write_archives", slowly)
    await ask(you)
    await you.say("/export")
    await asyncio.to_thread(packing.wait, 60)
    await bot.services.exporter.cancel(you.chat_id)
    assert packed.is_set()
    assert tmp_folders(bot) == []


async def test_one_export_at_a_time_and_it_goes_on_after_a_stop(
    start_bot: StartBot, sandbox: Sandbox, you: Person
) -> None:
    bot = await start_bot()
    assert bot.services is not None
    await ask(you)
    sandbox.world.faults.change({"methods": ["editMessageMedia"], "rate_5xx": 1.0, "executed_rate": 0.0})
    await you.say("/export")
    await you.wait_for(lambda m: m.get("text") == menus.EXPORTING)
    await you.say("/export")
    await you.wait_for(lambda m: m.get("text") == menus.EXPORT_RUNNING)
    await bot.services.exporter.stop(grace=0.1)
    await bot.stop()
    left = tmp_folders(bot)
    (bot.services.store.data_dir / "export-old" / "x").mkdir(parents=True)  # an earlier release's
    sandbox.world.faults.change({"methods": None, "rate_5xx": 0.0})
    again = await start_bot()
    history, _ = await unpacked(you, await you.wait_for(is_document, since=0))
    assert len(history["questions"]) == 1
    await gone(again)
    assert menus.EXPORTING_AGAIN not in await visible(you) and menus.EXPORTING not in await visible(you)
    assert tmp_folders(again) == [] and left == []
    assert sum(is_document(m) for m in await you.messages(limit=500)) == 1


def tmp_folders(bot: Bot) -> list[Path]:
    assert bot.services is not None
    folder = bot.services.store.data_dir
    return [*folder.glob("exports/*"), *folder.glob("export-*")]


async def gone(bot: Bot) -> None:
    """Wait until nobody waits for an export."""
    assert bot.services is not None
    async with asyncio.timeout(60):
        for _ in range(3000):
            if not await bot.services.store.exports.waiting():
                return
            await asyncio.sleep(0.02)


async def test_what_cannot_be_packed_is_said_in_the_place_of_the_progress(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await start_bot()
    await ask(you)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.exporting.exporter.write_archives", full)
    await you.say("/export")
    await you.wait_for(lambda m: m.get("text") == menus.EXPORT_FAILED)
    await gone(bot)
    assert menus.EXPORTING not in await visible(you) and tmp_folders(bot) == []


@pytest.mark.parametrize("links", [True, False])
async def test_a_picture_that_has_to_go_while_it_is_packed_is_in_the_export(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    bot = await start_bot()
    await ask(you)
    services = bot.services
    assert services is not None
    loop = asyncio.get_running_loop()

    def crowded(contents: Contents, folder: Path, limit: int) -> list[Path]:
        asyncio.run_coroutine_threadsafe(services.store.photos.quota._shrink(None, 10**9, 0), loop).result()
        return write_archives(contents, folder, limit)

    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("bot.exporting.exporter.write_archives", crowded)
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    await you.say("/export")
    history, members = await unpacked(you, await you.wait_for(is_document))
    assert not list((services.store.data_dir / "photos").glob("??/*")), "it had to go"
    assert history["questions"][0]["picture"] in members
    await gone(bot)
    assert tmp_folders(bot) == []


async def test_an_export_that_ends_the_bot_again_and_again_is_given_up(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await ask(you)
    assert bot.services is not None
    data_dir = bot.services.store.data_dir
    await bot.stop()
    async with await Store.open(data_dir) as store:
        await store.exports.ask(YOU, 1, None)
        sent = next(m["message_id"] for m in await you.messages() if sure(m))
        await store.exports.set_messages(YOU, [sent])
        for _ in range(3):
            await store.exports.begin(YOU)
    bot = await start_bot()
    await you.wait_for(lambda m: m.get("text") == menus.EXPORT_FAILED, since=0)
    await gone(bot)
    assert not any(is_document(m) for m in await you.messages())


async def test_a_large_export_comes_in_parts_that_each_hold_what_they_name(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await start_bot()
    for number in range(3):
        await ask(you, f"Question {number}?", ("red", "blue", "green")[number])
    monkeypatch.setattr("bot.exporting.archive.TEXT_RESERVE", 0)
    monkeypatch.setattr("bot.exporting.exporter.MARGIN", 50_000_000 - 5000)
    await you.say("/export")
    await you.wait_for(lambda m: "Part 3 of 3" in m.get("caption", ""))
    parts = [m for m in await you.messages() if is_document(m)]
    seen: list[str] = []
    for part, message in enumerate(parts, 1):
        history, contents = await unpacked(you, message)
        assert (history["part"], history["parts"]) == (part, 3)
        assert ("bot_messages" in history) == (part == 1)
        seen += [question["question"] for question in history["questions"]]
        assert all(shown["picture"] in contents for shown in history["pictures"])
    assert seen == [f"Question {number}?" for number in range(3)]


async def test_an_export_whose_topic_is_gone_comes_all_the_same(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_picture(picture("blue"))
    await you.wait_for(lambda m: m.get("text") == texts.WHAT_TO_KNOW)
    assert bot.services is not None
    await bot.services.store.exports.ask(YOU, sent["message_id"], thread_id=211)
    bot.services.exporter.begin(YOU)
    assert (await you.wait_for(is_document))["reply_to_message"]["message_id"] == sent["message_id"]
    await gone(bot)


async def test_nothing_is_kept_is_said(start_bot: StartBot, ada: Person) -> None:
    await start_bot()
    await ada.say("/export")
    assert (await ada.wait_for(lambda m: "text" in m))["text"] == menus.EMPTY_EXPORT
    assert ada.user_id == ADA
