"""Sizes, colours, scrolling, the connection: how the page holds itself."""

import re

import pytest
from page_bot import PageBot
from page_helpers import field, mine, overflows, theirs, write
from page_phones import Phones
from playwright.async_api import BrowserContext, Page, expect

from bot.sandbox.server import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")
LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 3


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
async def test_nothing_scrolls_sideways(phones: Phones, bot: PageBot, width: int) -> None:
    page = await phones.open(width=width, height=800, touch=width < 500)
    await write(page, "/start")
    await page.get_by_role("button", name="Send Red ball").click()
    await expect(theirs(page).last).to_contain_text("97 %")
    await bot(
        "sendMessage", chat_id=1001, text=f"{LONG}\n<pre>{LONG}</pre>https://example.org/{LONG}", parse_mode="HTML"
    )
    wide = {"inline_keyboard": [[{"text": LONG[:80], "callback_data": str(number)} for number in range(3)]]}
    await bot("sendMessage", chat_id=1001, text="Wide buttons", reply_markup=wide)
    await bot.send_document(1001, f"{LONG}.zip", b"x", LONG)
    await expect(theirs(page).last.locator(".file-name")).to_contain_text(LONG[:40])
    assert not await overflows(page)
    for box in [await bubble.bounding_box() for bubble in await page.locator(".bubble, .key").all()]:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


async def test_a_phone_shows_one_column_with_a_way_back(phones: Phones) -> None:
    page = await phones.open(width=390, height=844, touch=True)
    await expect(page.locator(".sidebar")).not_to_be_visible()
    await page.get_by_role("button", name="All chats").click()
    await expect(page.locator(".sidebar")).to_be_visible()
    await expect(page.locator(".main")).not_to_be_visible()
    await page.get_by_role("button", name="Friends").click()
    await expect(page.locator(".header-name")).to_have_text("Friends")
    await page.go_back()
    await expect(page.locator(".sidebar")).to_be_visible()


async def test_a_wide_window_shows_both(page: Page) -> None:
    await expect(page.locator(".sidebar")).to_be_visible()
    await expect(page.locator(".main")).to_be_visible()
    await expect(page.get_by_role("button", name="All chats")).not_to_be_visible()


async def test_a_small_phone_breaks_no_word_and_cuts_with_an_ellipsis(phones: Phones, bot: PageBot) -> None:
    page = await phones.open(width=320, height=640, touch=True)
    style = await page.locator(".header-line").evaluate(
        "(node) => [getComputedStyle(node).display, getComputedStyle(node).textOverflow]"
    )
    assert style == ["block", "ellipsis"], "a flexible box would have none"
    await write(page, "/silent")
    rows = (("−", "5", "✓ 20", "100", "1000", "+"), ("Español", "Français", "Português"))
    keys = {"inline_keyboard": [[{"text": text, "callback_data": text} for text in row] for row in rows]}
    await bot("sendMessage", chat_id=1001, text="Choose a length and a language", reply_markup=keys)
    await expect(page.get_by_role("button", name="Português")).to_be_visible()
    heights = await page.locator(".key-text").evaluate_all("(nodes) => nodes.map((node) => node.offsetHeight)")
    assert len(heights) == 9 and max(heights) < 24, "one line each"


async def test_commands_run_from_left_to_right_in_persian(page: Page, bot: PageBot) -> None:
    await write(page, "/silent")
    await bot("sendMessage", chat_id=1001, text="بقیه را \u200e/help نشان می‌دهد.")
    command = theirs(page).last.get_by_role("button", name="/help")
    await expect(command).to_be_visible()
    assert await command.evaluate("(node) => getComputedStyle(node).direction") == "ltr"


@pytest.mark.parametrize("dark", [False, True])
async def test_light_and_dark(phones: Phones, dark: bool) -> None:
    page = await phones.open(dark=dark)
    await write(page, "hello")
    await expect(theirs(page).last).to_be_visible()
    assert (await brightness(page, ".sidebar") < 60) == dark
    assert await contrast(page, ".row.in .text") >= 7
    assert await contrast(page, ".row.out .text") >= 4.5
    assert await contrast(page, ".row.in .meta", ".row.in .bubble") >= 4.5
    assert await contrast(page, ".header-line", ".header") >= 4.5
    other = "Light" if dark else "Dark"
    await page.get_by_role("button", name="Menu").first.click()
    await page.get_by_role("menuitemradio", name=other).click()
    assert (await brightness(page, ".sidebar") < 60) != dark
    await page.reload()
    await expect(page.locator(".chat").first).to_be_visible()
    assert (await brightness(page, ".sidebar") < 60) != dark


async def test_older_messages_come_while_scrolling_and_nothing_jumps(phones: Phones, bot: PageBot) -> None:
    page = await phones.open()
    await write(page, "/silent")
    await expect(mine(page)).to_have_count(1)
    for number in range(130):
        await bot("sendMessage", chat_id=1001, text=f"Message {number}")
    await page.reload()
    await expect(page.locator(".words", has_text="Message 129")).to_be_in_viewport()
    assert await page.locator(".row").count() == 50
    for _ in range(3):
        before = await page.locator(".row").count()
        await page.locator(".scroller").evaluate("(node) => { node.scrollTop = 0; }")
        if before >= 131:
            break
        await expect(page.locator(".row")).not_to_have_count(before)
        assert await page.locator(".scroller").evaluate("(node) => node.scrollTop") > 100
    await expect(page.locator(".row")).to_have_count(131)
    texts = await page.locator(".row .text").all_inner_texts()
    numbers = [int(found.group(1)) for text in texts if (found := re.search(r"Message (\d+)", text))]
    assert numbers == list(range(130))


async def test_a_button_leads_to_what_came_meanwhile(phones: Phones, bot: PageBot) -> None:
    page = await phones.open(height=600)
    await write(page, "/silent")
    await expect(mine(page)).to_have_count(1)
    for number in range(20):
        await bot("sendMessage", chat_id=1001, text=f"Message {number}")
    await expect(page.locator(".words", has_text="Message 19")).to_be_in_viewport()
    await page.locator(".scroller").hover()
    await page.mouse.wheel(0, -5000)
    down = page.get_by_role("button", name="Go to the newest message")
    await expect(down).to_be_visible()
    await bot("sendMessage", chat_id=1001, text="New one")
    await expect(down.locator(".badge")).to_have_text("1")
    await expect(page.locator(".chat.current .badge")).to_have_text("1")
    await down.click()
    await expect(page.get_by_text("New one").last).to_be_in_viewport()
    await expect(down).not_to_be_visible()
    await expect(page.locator(".chat.current .badge")).to_have_count(0)


async def test_a_lost_connection_is_shown_and_nothing_is_lost_or_doubled(phones: Phones, bot: PageBot) -> None:
    phones.watched.expected = ("ERR_INTERNET_DISCONNECTED",)
    page = await phones.open()
    context: BrowserContext = page.context
    await write(page, "/silent")
    await expect(mine(page)).to_have_count(1)
    await context.set_offline(True)
    await page.evaluate("window.stop()")
    await write(page, "typed while away")
    await expect(page.locator(".toast.error")).to_contain_text("cannot be reached")
    await expect(field(page)).to_have_value("typed while away")
    for number in range(3):
        await bot("sendMessage", chat_id=1001, text=f"Meanwhile {number}")
    await context.set_offline(False)
    for number in range(3):
        await expect(page.locator(".words").get_by_text(f"Meanwhile {number}", exact=True)).to_be_visible()
    await expect(theirs(page)).to_have_count(3)
    await expect(page.locator(".banner")).to_be_hidden()
    await field(page).press("Enter")
    await expect(theirs(page).last).to_contain_text("You said: typed while away")


async def test_a_sandbox_that_starts_afresh_empties_the_page(phones: Phones, sandbox: Sandbox, bot: PageBot) -> None:
    phones.watched.expected = ("ERR_",)
    page = await phones.open()
    await write(page, "before")
    await expect(theirs(page).last).to_contain_text("You said: before")
    await bot.stop()
    await sandbox.stop()
    await expect(page.locator(".banner")).to_contain_text("No connection")
    await sandbox.start()
    await bot.start()
    await expect(page.get_by_text("You said: before")).to_have_count(0)
    await expect(page.locator(".banner")).to_be_hidden()
    await write(page, "after")
    await expect(theirs(page).last).to_contain_text("You said: after")


async def test_without_a_bot_the_page_waits_for_one(phones: Phones, browser, watched) -> None:
    async with Sandbox(port=0) as empty:
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(empty.url)
        await expect(page.locator(".chat")).to_have_count(1)
        await expect(page.get_by_text("No bot has called yet")).to_be_visible()
        late = PageBot(empty.url)
        await late.start()
        await expect(page.locator(".chat")).to_have_count(2)
        await late.stop()
        await context.close()


async def test_faults_are_switched_and_calls_are_shown(page: Page, sandbox: Sandbox) -> None:
    await write(page, "/settings")
    await expect(theirs(page).last).to_contain_text("Settings")
    await page.get_by_role("button", name="Menu").first.click()
    await page.get_by_role("menuitem", name="Faults and calls").click()
    panel = page.get_by_role("dialog", name="Faults and calls")
    await expect(panel.locator(".calls")).to_contain_text("sendMessage")
    await panel.get_by_role("slider", name="Server errors").fill("0.5")
    await expect(panel.get_by_role("slider", name="Server errors")).to_have_value("0.5")
    await expect(panel).to_contain_text("50 %")
    kept = """async rate => { while ((await (await fetch('client/faults')).json()).rate_5xx !== rate)
        await new Promise(done => setTimeout(done, 50)); }"""
    await page.evaluate(kept, 0.5)
    await panel.get_by_role("button", name="All off").click()
    await page.evaluate(kept, 0)
    assert sandbox.world.faults.rate_5xx == 0


async def test_every_button_has_a_name(page: Page) -> None:
    await page.get_by_role("button", name="Send Red ball").click()
    await expect(theirs(page).last).to_contain_text("97 %")
    nameless = await page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, textarea")]
          .filter((node) => !(node.ariaLabel || node.textContent.trim())).map((node) => node.outerHTML)"""
    )
    assert nameless == []


async def test_a_long_press_opens_the_menu_and_a_deleted_message_leaves(phones: Phones) -> None:
    page = await phones.open(width=390, height=844, touch=True, motion=True)
    await write(page, "/silent one")
    await write(page, "/silent two")
    await expect(mine(page)).to_have_count(2)
    box = await mine(page).last.locator(".bubble").bounding_box()
    assert box is not None
    finger = await page.context.new_cdp_session(page)
    point = {"x": box["x"] + 20, "y": box["y"] + 15}
    await finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await expect(page.get_by_role("menu")).to_be_visible()
    await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("button", name="Delete").click()
    await expect(mine(page)).to_have_count(1)
    await expect(mine(page)).to_contain_text("/silent one")


async def brightness(page: Page, selector: str) -> float:
    """How light a node's ground is, from 0 to 255."""
    red, green, blue = await colours(page, selector, "background-color")
    return 0.3 * red + 0.59 * green + 0.11 * blue


async def contrast(page: Page, selector: str, ground: str | None = None) -> float:
    """WCAG's contrast between a text and the ground of the bubble or bar that it stands on."""
    front = luminance(await colours(page, selector, "color"))
    back = luminance(await colours(page, ground or selector.replace(".text", ".bubble"), "background-color"))
    return (max(front, back) + 0.05) / (min(front, back) + 0.05)


async def colours(page: Page, selector: str, name: str) -> list[float]:
    value = await page.locator(selector).last.evaluate(
        "(node, name) => getComputedStyle(node).getPropertyValue(name)", name
    )
    return [float(part) for part in re.findall(r"[\d.]+", value)[:3]]


def luminance(colour: list[float]) -> float:
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
