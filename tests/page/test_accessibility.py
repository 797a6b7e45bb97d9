"""axe-core's rules hold for the page: light and dark, on a phone and on a wide window, in what people open there."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from page_bot import PageBot
from page_helpers import choose, field, mine, theirs, write
from page_phones import Phones
from page_pictures import scene
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"label-content-name-mismatch": {"enabled": True}},
    "resultTypes": ["violations"],
}
SMALLEST = 36  # CSS pixels of what a finger has to meet


async def complaints(page: Page) -> list[str]:
    """What axe-core has against the page as it is: rule, element, reason."""
    found = (await Axe().run(page, options=RULES)).response
    return [
        f"{violation['id']}: {node['html'][:150]}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


async def small_buttons(page: Page) -> list[Any]:
    """Buttons that a finger misses; those within a text are as high as its lines."""
    return await page.evaluate(
        """(smallest) => [...document.querySelectorAll("button, .file, input[type=range]")]
          .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest(".words, .reactions"))
          .map((node) => [node.outerHTML.slice(0, 120), node.offsetWidth, node.offsetHeight])
          .filter(([, width, height]) => Math.min(width, height) < smallest)""",
        SMALLEST,
    )


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
async def test_the_page_can_be_used_by_everybody(phones: Phones, bot: PageBot, width: int, dark: bool) -> None:
    page = await phones.open(width=width, height=844, dark=dark, touch=width < 500)
    seen: dict[str, list[Any]] = {}

    async def look(where: str) -> None:
        assert await page.locator("h1:visible").count() >= 1, where
        seen[where] = await complaints(page) + await small_buttons(page)

    await look("an empty chat")
    await write(page, "/start")
    await expect(theirs(page).last).to_contain_text("Hello!")
    await page.get_by_role("button", name="Send Red ball").click()
    await expect(theirs(page).last).to_contain_text("97 %")
    await write(page, "/settings")
    await expect(theirs(page).last).to_contain_text("Settings")
    await bot("setMessageReaction", chat_id=1001, message_id=2, reaction=[{"type": "emoji", "emoji": "👍"}])
    await bot.send_document(1001, "history.zip", b"x", "Everything")
    await expect(theirs(page).last).to_contain_text("history.zip")
    await look("a chat")
    await page.get_by_role("button", name="Commands").click()
    await expect(page.get_by_role("option").first).to_be_visible()
    await look("the commands")
    await field(page).press("Escape")
    await mine(page).last.locator(".bubble").click(button="right", position={"x": 12, "y": 12})
    await expect(page.get_by_role("menu")).to_be_visible()
    await look("a message's menu")
    await page.get_by_role("menuitem", name="Reply").click()
    await look("an answer")
    await page.get_by_role("button", name="Do not reply").click()
    pictures = [("a.png", "image/png", scene()), ("b.png", "image/png", scene())]
    await choose(page, *pictures)
    await look("the pictures to be sent")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="New scene").click()
    await expect(page.get_by_role("dialog", name="A new scene")).to_be_visible()
    await look("a new scene")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Draw", exact=True).click()
    await expect(page.get_by_role("dialog", name="Draw")).to_be_visible()
    await look("the pad")
    await page.keyboard.press("Escape")
    await mine(page).locator(".photo").first.click()
    await expect(page.get_by_role("dialog", name="Photo")).to_be_visible()
    await look("a photo")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Menu").locator("visible=true").first.click()
    await expect(page.get_by_role("menu")).to_be_visible()
    await look("the page's menu")
    await page.get_by_role("menuitem", name="Faults and calls").click()
    await expect(page.get_by_role("dialog", name="Faults and calls")).to_be_visible()
    await look("faults and calls")
    await page.keyboard.press("Escape")
    if width < 760:
        await page.get_by_role("button", name="All chats").click()
        await expect(page.locator(".sidebar")).to_be_visible()
        await look("the chats")
    await page.get_by_role("button", name="Friends").click()
    await look("a group")
    assert not any(seen.values()), "\n".join(f"{where}: {one}" for where, found in seen.items() for one in found)
