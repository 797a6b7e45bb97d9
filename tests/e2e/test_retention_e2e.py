"""How long things are kept, as a chat chooses it and as the bot's settings say."""

from __future__ import annotations

import asyncio

import pytest
from e2e_helpers import ADA, GROUP, StartBot, picture, says, sure
from menu_helpers import has_buttons

from bot import housekeeping
from bot.app import Bot
from bot.sandbox.person import Message, Person, buttons
from bot.texts import menus
from storage.retention import DAY


def kept_for(menu: Message) -> list[str]:
    """What can be chosen for how long things are kept."""
    return [one["text"] for one in buttons(menu) if one["callback_data"].startswith("set:keep:")]


async def make_older(bot: Bot, days: float) -> None:
    assert bot.services is not None
    async with bot.services.store.db.transaction() as tx:
        for column in ("photos SET created_at", "photos SET talked_at", "questions SET created_at"):
            await tx.execute(f"UPDATE {column} = {column.split()[-1]} - {days * DAY}")


async def wait_until_gone(bot: Bot, chat_id: int) -> None:
    assert bot.services is not None
    for _ in range(2000):
        kept = await bot.services.store.chats.amount(chat_id)
        if kept.questions == kept.photos == 0:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"still kept: {kept}")


async def test_a_chat_chooses_how_long_things_are_kept(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "TIDY_SECONDS", 0.05)
    bot = await start_bot()
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    await make_older(bot, 8)
    await you.say("/settings")
    menu = await you.wait_for(has_buttons)
    assert "How long I keep things: as long as there is room (default)" in menu["text"]
    assert kept_for(menu) == ["7 days", "30 days", "365 days", "✓ ∞"]
    said = await you.press(menu, "30 days")
    assert said is not None and "older than 30 days are deleted" in said["text"]
    await you.say("/history")
    page = await you.wait_for(says("History"))
    assert "What is older than 30 days is deleted." in page["text"] and "1 question" in page["text"]
    await you.press(menu, "7 days")
    await wait_until_gone(bot, you.user_id)
    await you.say("/history")
    await you.wait_for(says(menus.empty_history(7)))
    await you.press(menu, menus.RESET)
    await you.wait_for(says("as long as there is room (default)"), since=0)


async def test_the_bots_own_end_holds_for_all_and_no_chat_chooses_more(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot(keep_days=30)
    await ada.send_picture(picture(), "What colour?")
    await ada.wait_for(sure)
    await you.say("/settings", chat=GROUP)
    menu = await you.wait_for(has_buttons, chat=GROUP)
    assert "How long I keep things: 30 days (default)" in menu["text"]
    assert kept_for(menu) == ["7 days", "✓ 30 days"]
    assert await ada.press(menu, "7 days") == {"text": menus.ONLY_ADMINS, "show_alert": True}
    await make_older(bot, 31)
    await bot.stop()
    bot = await start_bot(keep_days=30)  # it looks at once when it starts
    await wait_until_gone(bot, ADA)
