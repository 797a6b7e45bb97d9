"""What the bot's admins see without asking, and the picture of how much is asked."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from e2e_helpers import ADA, GROUP, YOU, StartBot, picture, quiet, says, sure
from PIL import Image
from where_helpers import Showing, is_photo, where

from bot import trouble_watch
from bot.sandbox.person import Person
from bot.texts import admin as admin_texts
from bot.texts import troubles as texts
from bot.texts import workers as worker_texts
from bot.texts.language import speaking
from bot.use_chart import HEIGHT, WIDTH, draw_chart
from model.types import WorkerInfo


async def test_admin_shows_how_much_is_asked_each_day(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.say("/admin")
    await you.wait_for(says("How the bot is doing"))
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    await you.say("/admin")
    shown = await you.wait_for(lambda m: "photo" in m and "from" in m and m["from"]["is_bot"])
    assert shown["caption"].startswith("Questions a day, the last 30 days (UTC): 1 in all, at most 1, on ")
    chart = Image.open(io.BytesIO(await you.download(shown)))
    assert chart.size == (WIDTH, HEIGHT)
    assert len([m for m in await you.messages() if "photo" in m and m["from"]["is_bot"]]) == 1, "none without use"
    assert bot.services is not None
    await bot.services.store.chats.set_language(YOU, "fa")
    await you.say("/admin")
    told = await you.wait_for(says("وضع ربات"))
    assert "صف: ۰ در انتظار" in told["text"] and "آماده" in told["text"] and "Queue" not in told["text"]
    await you.wait_for(lambda m: "پرسش‌ها در روز، ۳۰ روز گذشته" in m.get("caption", ""))
    await you.say("/admin rate 7")
    await you.wait_for(says("از این پس ۷"))


async def test_figures_of_admin_agree_with_each_other(start_bot: StartBot, you: Person) -> None:
    """A press of "Where?" is no question, and /admin itself is no update that waits."""
    bot = await start_bot(Showing())
    await you.send_picture(picture(), "What colour?")
    await where(you, await you.wait_for(sure))
    await you.wait_for(is_photo)
    await quiet(bot)
    await you.say("/admin")
    figures = (await you.wait_for(says("How the bot is doing")))["text"]
    assert "Ever: 1 answered, 0 failed" in figures and "1 in all" in figures and "Updates: 0 pending" in figures
    assert ": 1 in all" in (await you.wait_for(lambda m: "Questions a day" in m.get("caption", "")))["caption"]


async def test_a_groups_owner_is_no_admin_of_the_bot(start_bot: StartBot, you: Person, ada: Person) -> None:
    await start_bot(admin_ids=(ADA,))
    await ada.say("/admin", chat=GROUP)
    menu = await you.wait_for(lambda m: "reply_markup" in m, chat=GROUP)
    assert await you.press(menu, "rate 5") == {"text": admin_texts.ONLY_BOT_ADMINS, "show_alert": True}


def test_figures_are_written_as_the_language_does() -> None:
    worker = WorkerInfo(name="", model="builtin", ready=True, answered=3, pace=0.0742)
    november = datetime(2026, 11, 29, tzinfo=UTC).date()
    with speaking("de"):
        assert "0,074 s je" in worker_texts.listed([worker])
        assert admin_texts.use_per_day([(november, 3)]).endswith("am 29. Nov.")
    with speaking("en"):
        assert "0.074 s a" in worker_texts.listed([worker])
        assert ", 12 s a" in worker_texts.listed([replace(worker, pace=12.3)])


@pytest.mark.parametrize("most", [1, 4, 41, 1999, 10**6])
def test_bars_are_as_high_as_what_they_count(most: int) -> None:
    today = datetime(2026, 11, 28, tzinfo=UTC).date()
    days = [(today - timedelta(days=29 - number), most if number in (3, 29) else most // 2) for number in range(30)]
    chart = Image.open(io.BytesIO(draw_chart(days))).convert("RGB")
    blue = [sum(chart.getpixel((x, y)) == (0x2F, 0x81, 0xF7) for y in range(HEIGHT)) for x in range(WIDTH)]
    assert max(blue) <= HEIGHT - 99, "it stays below the top line"
    assert most == 1 or max(blue) >= 1.7 * sorted(blue)[-200], "twice as many, twice as high"


async def test_admins_are_told_that_the_disk_fills_up_and_has_room_again(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble_watch, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(trouble_watch, "NEARLY", 1e9)
    await you.say("/start")
    await start_bot()
    told = await you.wait_for(says("My disk is nearly full"))
    assert "VQABOT_KEEP_DAYS" in told["text"]
    monkeypatch.setattr(trouble_watch, "NEARLY", 0.0)
    monkeypatch.setattr(trouble_watch, "AGAIN", 0.0)
    await you.wait_for(says(texts.DISK_HAS_ROOM))
    assert len([m for m in await you.messages() if "nearly full" in m.get("text", "")]) == 1


async def test_admins_are_told_once_that_errors_pile_up_and_read_none_of_them(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble_watch, "CHECK_SECONDS", 0.05)
    await you.say("/start")
    await start_bot()
    log = logging.getLogger("bot.somewhere")
    for _ in range(trouble_watch.MANY_ERRORS):
        log.error("a secret detail")
    told = await you.wait_for(says("Something is wrong with me"))
    assert f"{trouble_watch.MANY_ERRORS} errors in 10 minutes" in told["text"]
    log.error("one more")
    await you.say("/admin")
    await you.wait_for(says("How the bot is doing"))
    messages = await you.messages()
    assert len([m for m in messages if "Something is wrong" in m.get("text", "")]) == 1
    assert not [m for m in messages if "secret detail" in m.get("text", "")]
