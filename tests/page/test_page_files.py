"""Pictures and files: choosing, pasting, dropping, looking at them, saving them."""

import io
import zipfile
from pathlib import Path

import pytest
from page_helpers import choose, hand_over, menu, mine, theirs, write
from page_phones import Watched
from page_pictures import scene
from playwright.async_api import Page, expect

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_picture_with_a_question(page: Page) -> None:
    sheet = await choose(page, ("meadow.png", "image/png", scene()))
    await expect(sheet.locator("img")).to_be_visible()
    await sheet.get_by_role("textbox", name="Caption").fill("What colour is the ball?")
    await page.keyboard.press("Enter")
    await expect(sheet).to_have_count(0)
    await expect(mine(page).last).to_contain_text("What colour is the ball?")
    await expect(mine(page).last.locator("img.sharp.loaded")).to_be_visible()
    await expect(theirs(page).last).to_contain_text("red · 97 % sure")
    await expect(theirs(page).last.locator(".quote img")).to_be_visible()


async def test_a_photos_box_has_its_size_before_the_photo_is_there(page: Page, watched: Watched) -> None:
    watched.expected = ("ERR_FAILED",)
    await page.route("**/client/file/**", lambda route: route.abort())
    await hand_over(page, "paste", "tall.png", "image/png", scene(300, 600))
    await page.locator("dialog.sheet").get_by_role("button", name="Send").click()
    photo = mine(page).last.locator(".photo")
    await expect(photo).to_be_visible()
    box = await photo.bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - 0.5) < 0.1
    await expect(theirs(page).last).to_contain_text("What would you like to know")


@pytest.mark.parametrize("way", ["paste", "drop"])
async def test_a_picture_that_is_pasted_or_dropped(page: Page, way: str) -> None:
    await hand_over(page, way, "picture.png", "image/png", scene())
    sheet = page.locator("dialog.sheet")
    await expect(sheet.locator("img")).to_be_visible()
    await expect(page.locator(".drop-veil.shown")).to_have_count(0)
    await sheet.get_by_role("button", name="Send").click()
    await expect(mine(page).last.locator(".photo")).to_be_visible()
    await expect(theirs(page).last).to_contain_text("What would you like to know")


async def test_a_sheet_that_is_dismissed_sends_nothing(page: Page) -> None:
    await choose(page, ("meadow.png", "image/png", scene()))
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(mine(page)).to_have_count(0)


async def test_several_pictures_are_an_album(page: Page) -> None:
    files = [(f"{colour}.png", "image/png", scene(ball=colour)) for colour in ("red", "blue", "white")]
    sheet = await choose(page, *files)
    await expect(sheet.locator(".preview-picture")).to_have_count(3)
    await sheet.get_by_role("button", name="Remove white.png").click()
    await sheet.get_by_role("textbox", name="Caption").fill("Which is blue?")
    await sheet.get_by_role("button", name="Send").click()
    await expect(mine(page)).to_have_count(1)
    await expect(mine(page).last.locator(".album .photo")).to_have_count(2)
    await expect(mine(page).last).to_contain_text("Which is blue?")


async def test_a_picture_as_a_file_is_kept_byte_by_byte(page: Page, tmp_path: Path) -> None:
    picture = scene()
    sheet = await choose(page, ("meadow.png", "image/png", picture))
    await sheet.get_by_role("checkbox", name="Send as a file").check()
    await sheet.get_by_role("button", name="Send").click()
    file = mine(page).last.get_by_role("link", name="Download meadow.png")
    async with page.expect_download() as download:
        await file.click()
    await (await download.value).save_as(tmp_path / "meadow.png")
    assert (tmp_path / "meadow.png").read_bytes() == picture


async def test_a_document_of_the_bot_is_downloaded_under_its_name(page: Page, tmp_path: Path) -> None:
    await write(page, "/export")
    file = theirs(page).last.get_by_role("link", name="Download history.zip")
    async with page.expect_download() as waiting:
        await file.click()
    download = await waiting.value
    assert download.suggested_filename == "history.zip"
    await download.save_as(tmp_path / "history.zip")
    content = zipfile.ZipFile(io.BytesIO((tmp_path / "history.zip").read_bytes()))
    assert content.namelist() == ["history.json"]


async def test_a_file_with_a_page_inside_is_never_opened_as_one(page: Page) -> None:
    sheet = await choose(page, ("page.html", "text/html", b"<script>alert(1)</script>"))
    await sheet.get_by_role("button", name="Send").click()
    async with page.expect_download() as waiting:
        await mine(page).last.get_by_role("link", name="Download page.html").click()
    assert (await waiting.value).suggested_filename == "page.html"


async def test_a_sample_is_one_tap_away(page: Page) -> None:
    await page.get_by_role("button", name="Send Red ball: What colour is the ball?").click()
    await expect(mine(page).last).to_contain_text("What colour is the ball?")
    await expect(mine(page).last.locator(".photo")).to_be_visible()
    await expect(theirs(page).last).to_contain_text("red · 97 % sure")
    await page.get_by_role("button", name="Hide sample pictures").click()
    await expect(page.get_by_role("region", name="Sample pictures")).to_be_hidden()
    await page.get_by_role("button", name="Sample pictures").click()
    await expect(page.get_by_role("region", name="Sample pictures")).to_be_visible()


async def test_in_a_group_a_sample_mentions_the_bot(page: Page) -> None:
    await page.get_by_role("button", name="Friends").click()
    await page.get_by_role("button", name="Send Red ball").click()
    await expect(mine(page).last).to_contain_text("@vqa_sandbox_bot What colour is the ball?")
    await expect(theirs(page).last).to_contain_text("red · 97 % sure")


async def test_a_photo_fills_the_window_and_zooms(page: Page) -> None:
    await page.get_by_role("button", name="Send Red ball").click()
    await expect(theirs(page).last).to_contain_text("97 %")
    await page.get_by_role("button", name="Send Evening").click()
    await expect(theirs(page)).to_have_count(2)
    await mine(page).last.locator(".photo").click()
    viewer = page.get_by_role("dialog", name="Photo")
    picture = viewer.locator(".viewer-picture")
    await expect(viewer).to_contain_text("2 of 2")
    before = await picture.bounding_box()
    await page.mouse.move(640, 400)
    await page.mouse.wheel(0, -300)
    await expect(viewer.locator(".viewer-stage.zoomed")).to_have_count(1)
    after = await picture.bounding_box()
    assert before is not None and after is not None
    assert after["width"] > 1.5 * before["width"]
    await page.keyboard.press("ArrowLeft")
    await expect(viewer).to_contain_text("1 of 2")
    await expect(viewer.locator(".viewer-caption")).to_have_text("What colour is the ball?")
    await page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)


async def test_a_caption_can_be_edited(page: Page) -> None:
    await page.get_by_role("button", name="Send Red ball").click()
    await expect(theirs(page).last).to_contain_text("97 %")
    await mine(page).last.locator(".text").click(button="right")
    await page.get_by_role("menuitem", name="Edit caption").click()
    await write(page, "Where is the ball?")
    await expect(mine(page).last.locator(".text")).to_contain_text("Where is the ball?")


async def test_what_is_refused_comes_back(page: Page, watched: Watched) -> None:
    watched.expected = ("400 (Bad Request)",)
    sheet = await choose(page, ("empty.txt", "text/plain", b""))
    await sheet.get_by_role("textbox", name="Caption").fill("Look at this")
    await sheet.get_by_role("button", name="Send").click()
    await expect(page.locator(".toast.error")).to_contain_text("File must be non-empty")
    await expect(page.locator("dialog.sheet").get_by_role("textbox", name="Caption")).to_have_value("Look at this")
    await page.keyboard.press("Escape")
    await expect(mine(page)).to_have_count(0)


async def test_saving_a_picture_from_its_menu(page: Page) -> None:
    await page.get_by_role("button", name="Send Red ball").click()
    await expect(theirs(page).last).to_contain_text("97 %")
    async with page.expect_download() as waiting:
        await menu(page, mine(page).last, "Save picture")
    assert (await waiting.value).suggested_filename.endswith(".jpg")
