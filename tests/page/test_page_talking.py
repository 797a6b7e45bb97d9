"""Writing, answering, editing, deleting, pressing: what people do with texts."""

import re

import pytest
from page_bot import PageBot
from page_helpers import field, menu, mine, theirs, write
from page_phones import Phones
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_text_is_answered(page: Page) -> None:
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(mine(page)).to_have_count(1)
    await expect(theirs(page).last).to_contain_text("Hello!")
    await write(page, "Good morning")
    await expect(mine(page).last).to_contain_text("Good morning")
    await expect(theirs(page).last).to_contain_text("You said: Good morning")
    await expect(field(page)).to_have_value("")


async def test_shift_and_enter_begin_a_new_line(page: Page) -> None:
    await field(page).press_sequentially("one")
    await page.keyboard.press("Shift+Enter")
    await field(page).press_sequentially("two")
    await expect(field(page)).to_have_value("one\ntwo")
    await page.keyboard.press("Enter")
    await expect(mine(page).last.locator(".text")).to_contain_text("one\ntwo")
    await expect(mine(page)).to_have_count(1)


async def test_formatting_is_shown_and_only_safe_links_lead_somewhere(page: Page, bot: PageBot) -> None:
    await write(page, "/start")
    hello = theirs(page).last
    await expect(hello.locator("strong")).to_have_text("Hello!")
    await expect(hello.locator("em")).to_have_text("For example")
    await expect(hello.locator("blockquote")).to_have_text("Reply to an answer to go on.")
    await expect(hello.locator("pre code")).to_have_text("answer = ask(picture)")
    link = hello.get_by_role("link", name="how it works")
    await expect(link).to_have_attribute("href", "https://example.org/about")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    hidden = hello.get_by_role("button", name="Hidden text")
    await hidden.click()
    await expect(hello.locator(".spoiler.shown")).to_have_text("It is small.")


async def test_offsets_count_utf16_units_and_marks_may_nest(page: Page, bot: PageBot) -> None:
    await write(page, "/silent")
    await expect(mine(page)).to_have_count(1)
    html = "🐈‍⬛ <b>black <i>cat</i></b> 😀 <code>a &lt; b</code> <u>line</u>"
    await bot("sendMessage", chat_id=1001, text=html, parse_mode="HTML")
    text = theirs(page).last.locator(".text")
    await expect(text.locator("strong")).to_have_text("black cat")
    await expect(text.locator("strong em")).to_have_text("cat")
    await expect(text.locator("code")).to_have_text("a < b")
    await expect(text.locator("u")).to_have_text("line")


async def test_a_command_in_a_text_can_be_tapped(page: Page) -> None:
    await write(page, "/start")
    await theirs(page).last.get_by_role("button", name="/settings").click()
    await expect(mine(page).last).to_contain_text("/settings")
    await expect(theirs(page).last).to_contain_text("Answers: quickly")


async def test_what_people_type_stays_text(page: Page, bot: PageBot) -> None:
    attack = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
    await write(page, attack)
    await expect(mine(page).last.locator(".text")).to_contain_text(attack)
    await expect(theirs(page).last).to_contain_text(f"You said: {attack}")
    keyboard = {"inline_keyboard": [[{"text": attack[:60], "callback_data": attack[:20]}]]}
    await bot("sendMessage", chat_id=1001, text=attack, reply_markup=keyboard, reply_parameters={"message_id": 1})
    await bot("setMyCommands", commands=[{"command": "x", "description": attack}])
    await expect(theirs(page).last.locator(".quote")).to_contain_text("<img src=x")
    await field(page).fill("/")
    await expect(page.get_by_role("option")).to_contain_text("<img src=x")
    assert await page.locator(".messages script, .messages img[onerror], .commands img").count() == 0
    assert "broken" not in await page.title()


async def test_a_reply_quotes_and_leads_back(page: Page) -> None:
    await write(page, "What colour is the first one?")
    await expect(theirs(page).last).to_contain_text("red · 97 % sure")
    await menu(page, theirs(page).last, "Reply")
    await expect(page.locator(".composer-context")).to_contain_text("Reply to VQA Bot")
    await write(page, "Are you certain?")
    await expect(mine(page).last.locator(".quote")).to_contain_text("red")
    await expect(page.locator(".composer-context")).to_be_hidden()
    await mine(page).last.locator(".quote").click()
    await expect(theirs(page).first).to_have_class(re.compile(r"\bflash\b"))


async def test_an_answer_replaces_its_placeholder_in_place(page: Page) -> None:
    await write(page, "How many?")
    await expect(theirs(page)).to_have_count(1)
    await expect(theirs(page).last.locator("strong")).to_have_text("red")
    await expect(theirs(page).last.locator(".edited")).to_be_visible()
    await expect(theirs(page)).to_have_count(1)


async def test_ones_own_text_can_be_edited_and_deleted(page: Page) -> None:
    await write(page, "/silent wrods")
    await menu(page, mine(page).last, "Edit")
    await expect(field(page)).to_have_value("/silent wrods")
    await write(page, "/silent words")
    await expect(mine(page).last.locator(".text")).to_contain_text("/silent words")
    await expect(mine(page).last.locator(".edited")).to_be_visible()
    await field(page).press("ArrowUp")
    await expect(page.locator(".composer-context")).to_contain_text("Edit message")
    await page.keyboard.press("Escape")
    await expect(page.locator(".composer-context")).to_be_hidden()
    await menu(page, mine(page).last, "Delete")
    await page.get_by_role("button", name="Delete").click()
    await expect(mine(page)).to_have_count(0)


async def test_a_message_is_forwarded_to_another_chat(page: Page) -> None:
    await page.get_by_role("button", name="Friends").click()
    await write(page, "What colour is the sea?")
    await menu(page, mine(page).last, "Forward")
    await page.get_by_role("menuitem", name="VQA Bot").click()
    await expect(mine(page).last.locator(".forwarded")).to_have_text("Forwarded from You")
    await expect(theirs(page).last).to_contain_text("red · 97 % sure")


async def test_somebody_elses_text_cannot_be_edited(page: Page) -> None:
    await write(page, "hello")
    await theirs(page).last.locator(".bubble").click(button="right")
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_visible()
    await expect(page.get_by_role("menuitem", name="Edit")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)


async def test_buttons_show_what_the_bot_says(page: Page) -> None:
    await write(page, "/settings")
    settings = theirs(page).last
    await settings.get_by_role("button", name="Careful").click()
    await expect(settings).to_contain_text("Answers: carefully")
    await expect(settings.get_by_role("button", name="✓ Careful")).to_be_visible()
    await expect(page.locator(".toast")).to_have_text("Saved")
    await write(page, "/start")
    await theirs(page).last.get_by_role("button", name="Try an example").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Here it comes")
    await page.get_by_role("button", name="OK").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_button_is_busy_until_the_bot_answers(page: Page, bot: PageBot) -> None:
    await write(page, "/silent")
    await expect(mine(page)).to_have_count(1)
    keyboard = {"inline_keyboard": [[{"text": "Wait", "callback_data": "ignored"}]]}
    await bot("sendMessage", chat_id=1001, text="A button", reply_markup=keyboard)
    await page.get_by_role("button", name="Wait").click()
    await expect(page.locator(".key[aria-busy=true]")).to_have_count(1)


async def test_the_command_menu(page: Page) -> None:
    await page.get_by_role("button", name="Commands").click()
    await expect(page.get_by_role("option")).to_have_count(5)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_have_count(0)
    await field(page).press_sequentially("/se")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(field(page)).to_have_value("/settings ")
    await field(page).fill("/")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(theirs(page).last).to_contain_text("Answers: quickly")


async def test_typing_shows_until_the_message_comes(page: Page, bot: PageBot) -> None:
    await write(page, "/typing")
    await expect(page.locator(".header-line")).to_contain_text("typing")
    await bot("sendMessage", chat_id=1001, text="Done")
    await expect(page.locator(".header-line")).to_contain_text("@vqa_sandbox_bot")


async def test_two_people_in_a_group(phones: Phones, bot: PageBot) -> None:
    you = await phones.open()
    ada = await phones.open(user=1002)
    for page in (you, ada):
        await page.get_by_role("button", name="Friends").click()
        await page.get_by_role("heading", name="Friends").first.wait_for()
    await write(you, "Hello Ada")
    await expect(theirs(ada).last).to_contain_text("Hello Ada")
    await expect(theirs(ada).last.locator(".sender")).to_have_text("You")
    await write(ada, "/settings@vqa_sandbox_bot")
    await expect(theirs(you).last).to_contain_text("Answers: quickly")
    await field(you).fill("/he")
    await you.get_by_role("option").first.click()
    await expect(mine(you).last).to_contain_text("/help@vqa_sandbox_bot")


async def test_becoming_somebody_else(page: Page) -> None:
    await write(page, "only mine")
    await expect(theirs(page)).to_have_count(1)
    await page.get_by_role("button", name="Menu").first.click()
    await page.get_by_role("menuitemradio", name="Ada").click()
    await expect(page.get_by_role("button", name="You are Ada")).to_be_visible()
    await expect(page.get_by_text("only mine")).to_have_count(0)
    await write(page, "hello from Ada")
    await expect(theirs(page).last).to_contain_text("You said: hello from Ada")


async def test_the_bots_own_keyboard_sends_its_texts(page: Page, bot: PageBot) -> None:
    await write(page, "/silent")
    await expect(mine(page)).to_have_count(1)
    await bot("sendMessage", chat_id=1001, text="Choose", reply_markup={"keyboard": [["Cats", "Dogs"]]})
    await page.get_by_role("button", name="Dogs").click()
    await expect(theirs(page).last).to_contain_text("You said: Dogs")
    await bot("sendMessage", chat_id=1001, text="Gone", reply_markup={"remove_keyboard": True})
    await expect(page.get_by_role("button", name="Dogs")).to_have_count(0)


async def test_reactions(page: Page, bot: PageBot) -> None:
    await write(page, "/silent")
    await expect(mine(page)).to_have_count(1)
    await bot("setMessageReaction", chat_id=1001, message_id=1, reaction=[{"type": "emoji", "emoji": "👍"}])
    await expect(mine(page).last.locator(".reaction")).to_have_text("👍")
    await mine(page).last.locator(".reaction").click()
    await expect(mine(page).last.locator(".reaction.own")).to_have_text("👍2")
