"""New scenes and the pad: pictures that come about on the page, by a finger and by a mouse."""

import io
import math

import pytest
from page_bot import PageBot
from page_helpers import mine, overflows, theirs
from page_phones import Phones, Watched
from PIL import Image
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.server import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")
Point = tuple[float, float]


async def finger(page: Page, points: list[Point]) -> None:
    """A finger that goes from point to point; these are shares of the pad's width and height."""
    box = await page.locator("canvas.pad").bounding_box()
    assert box is not None
    touch = await page.context.new_cdp_session(page)
    for at, (x, y) in enumerate(points):
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchMove" if at else "touchStart"
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await touch.detach()


def circle(x: float, y: float, radius: float) -> list[Point]:
    """Points around a place; the radius is a share of the pad's height."""
    turns = [2 * math.pi * step / 16 for step in range(17)]
    return [(x + radius * 4 / 7 * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]


async def open_pad(page: Page) -> Locator:
    await page.get_by_role("button", name="Draw", exact=True).click()
    pad = page.get_by_role("dialog", name="Draw")
    await expect(pad.locator("canvas")).to_be_visible()
    return pad


async def colour_at(page: Page, x: float, y: float) -> tuple[int, int, int]:
    """The colour at a place of the newest picture that was sent."""
    photo = mine(page).last.locator("img.sharp.loaded")
    await expect(photo).to_be_visible()
    response = await page.request.get(await photo.evaluate("(node) => node.src"))
    picture = Image.open(io.BytesIO(await response.body())).convert("RGB")
    return picture.getpixel((x * picture.width, y * picture.height))  # type: ignore[return-value]


def close(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether two colours are the same, but for what JPEG does to them."""
    return all(abs(a - b) < 16 for a, b in zip(one, other, strict=True))


RED, SKY, BLUE = (224, 47, 47), (164, 216, 245), (47, 111, 224)


async def test_a_finger_draws_and_a_tap_asks(phones: Phones) -> None:
    page = await phones.open(width=390, height=844, touch=True)
    await page.get_by_role("button", name="Draw", exact=True).tap()  # the first tap
    pad = page.get_by_role("dialog", name="Draw")
    assert not await overflows(page)
    await finger(page, circle(0.5, 0.75, 0.15))
    await pad.get_by_role("radio", name="Blue").tap()  # the second, at once after the stroke
    await finger(page, circle(0.2, 0.3, 0.15))
    await pad.get_by_role("button", name="What colour is the ball?").tap()  # the third
    await expect(pad).to_have_count(0)
    await expect(mine(page)).to_have_count(1)
    await expect(mine(page).last).to_contain_text("What colour is the ball?")
    await expect(theirs(page).last).to_contain_text("red · 97 % sure")
    assert close(await colour_at(page, 0.5, 0.75), RED)  # a shape is filled
    assert close(await colour_at(page, 0.2, 0.3), BLUE)
    assert close(await colour_at(page, 0.8, 0.2), SKY)


async def test_a_mouse_draws_lines_and_takes_them_back(page: Page) -> None:
    await page.evaluate("HTMLCanvasElement.prototype.toBlob = () => {}")  # as in a browser that is never idle
    pad = await open_pad(page)
    undo, clear = (pad.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    await expect(undo).to_be_disabled()
    await pad.get_by_role("radio", name="Thick").check()
    box = await pad.locator("canvas").bounding_box()
    assert box is not None
    for height in (0.2, 0.4):
        await page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + height * box["height"])
        await page.mouse.down()
        await page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + height * box["height"], steps=5)
        await page.mouse.up()
    await pad.locator("canvas").press("Control+z")
    await clear.click()
    await expect(clear).to_be_disabled()
    await undo.click()  # what was cleared comes back
    await expect(clear).to_be_enabled()
    await pad.get_by_role("radio", name="Room").check()
    await pad.get_by_role("textbox", name="Question").fill("What is it?")
    await page.keyboard.press("Enter")
    await expect(mine(page).last).to_contain_text("What is it?")
    assert close(await colour_at(page, 0.4, 0.2), RED)
    assert close(await colour_at(page, 0.4, 0.4), (242, 223, 196))


async def test_a_drawing_waits_until_it_is_sent(page: Page, watched: Watched) -> None:
    watched.expected = ("ERR_FAILED",)
    pad = await open_pad(page)
    await pad.locator("canvas").click(position={"x": 300, "y": 100})
    await page.keyboard.press("Escape")
    await expect(mine(page)).to_have_count(0)
    pad = await open_pad(page)
    await page.route("**/client/send", lambda route: route.abort())
    await pad.get_by_role("button", name="Is it day or night?").click()
    await expect(page.locator(".toast.error")).to_contain_text("cannot be reached")
    await expect(pad.get_by_role("textbox", name="Question")).to_have_value("Is it day or night?")
    await expect(pad.get_by_role("button", name="Undo")).to_be_enabled()
    await page.unroute("**/client/send")
    await pad.get_by_role("button", name="Send").click()
    await expect(theirs(page).last).to_contain_text("97 %")
    pad = await open_pad(page)
    await expect(pad.get_by_role("button", name="Undo")).to_be_disabled()


async def test_a_new_scene_and_a_question_about_it(phones: Phones) -> None:
    page = await phones.open(width=390, height=844, touch=True)
    await page.get_by_role("button", name="New scene").tap()
    sheet = page.get_by_role("dialog", name="A new scene")
    await expect(sheet.get_by_role("button", name="Is the ball red?")).to_be_visible()
    await sheet.get_by_role("button", name="Another scene").tap()
    await sheet.get_by_role("button", name="Is the ball blue?").tap()
    await expect(mine(page).last).to_contain_text("Is the ball blue?")
    await expect(theirs(page).last).to_contain_text("red · 97 % sure")
    assert close(await colour_at(page, 470 / 700, 300 / 400), (0, 0, 255))


async def test_in_a_group_a_drawing_mentions_the_bot(page: Page) -> None:
    await page.get_by_role("button", name="Friends").click()
    pad = await open_pad(page)
    await pad.locator("canvas").click()
    await pad.get_by_role("button", name="Is there a tree?").click()
    await expect(mine(page).last).to_contain_text("@vqa_sandbox_bot Is there a tree?")
    await expect(theirs(page).last).to_contain_text("97 %")


async def test_where_nobody_draws_scenes_there_is_the_pad_alone(browser: Browser) -> None:
    async with Sandbox(port=0) as plain:
        bot = PageBot(plain.url)
        await bot.start()
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(plain.url)
        await expect(page.get_by_role("button", name="Draw", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="New scene")).to_have_count(0)
        await context.close()
        await bot.stop()
