"""Emoji are drawn by the page itself: not every machine has a font with them."""

import re
from pathlib import Path

import pytest
from page_bot import PageBot
from page_helpers import mine, theirs, write
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOT = Path(__file__).parents[2] / "bot"
EMOJI = re.compile("[\U0001f300-\U0001faff]")


def said_by_the_bot() -> list[str]:
    """Every emoji in the bot's own texts and buttons, in all languages."""
    files = [*BOT.glob("texts/**/*.po"), *(file for file in BOT.rglob("*.py") if "sandbox" not in file.parts)]
    return sorted({emoji for file in files for emoji in EMOJI.findall(file.read_text(encoding="utf-8"))})


async def test_every_emoji_of_the_bot_is_drawn_and_read_out(page: Page, bot: PageBot) -> None:
    every = said_by_the_bot()
    assert {"👍", "👎", "🔎"} <= set(every)
    await write(page, "/silent")  # a bot may only answer
    await expect(mine(page)).to_have_count(1)
    keyboard = {"inline_keyboard": [[{"text": emoji, "callback_data": "ignored"} for emoji in every]]}
    await bot("sendMessage", chat_id=1001, text=f"Hello {''.join(every)}", reply_markup=keyboard)
    message = theirs(page).last
    await expect(message.locator(".words")).to_have_text(f"Hello {''.join(every)}")
    await expect(message.locator(".words .emoji svg")).to_have_count(len(every))
    for emoji in every:
        drawn = message.get_by_role("button", name=emoji, exact=True).locator("svg path").first
        await expect(drawn).to_be_visible()
        await expect(drawn.locator("xpath=../../span")).to_have_css("opacity", "0")


async def test_so_are_the_menus_reactions(page: Page) -> None:
    await write(page, "/silent")
    await mine(page).last.locator(".bubble").click(button="right", position={"x": 12, "y": 12})
    offered = page.get_by_role("menu").get_by_role("menuitemcheckbox")
    await expect(offered.first).to_be_visible()
    for one in await offered.all():
        await expect(one.locator("svg")).to_be_visible()
