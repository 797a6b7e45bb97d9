"""Draws the pictures of the README anew: the real demo with today's model, in Chromium. `make pictures` runs it."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from bot.demo.samples import SampleScene, sample_scenes

FOLDER = Path(__file__).parent
PATIENCE = 120_000  # ms for an answer on a busy machine
SURE = re.compile("% sure|probably")
SCENE, FOLLOW_UP = "street", 1  # what is tapped, and which of its questions is asked after it


async def draw() -> None:
    """Start the demo, ask in its chat page, and write `phone.png` and `desktop.png`."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "demo", "--port", "0", stdout=PIPE, stderr=STDOUT
    )
    try:
        url = await ready(demo)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            scene = next(scene for scene in sample_scenes() if scene.name == SCENE)
            page = await opened(browser, url, 390, 844, scale=2)
            await ask(page, scene)
            await shot(page, "phone.png")
            await shot(await opened(browser, url, 1280, 800, dark=True), "desktop.png")
            await browser.close()
    finally:
        demo.terminate()
        await demo.communicate()


async def ready(demo: asyncio.subprocess.Process) -> str:
    """Wait for the end of the demo's own conversation; gives the page's address."""
    assert demo.stdout is not None
    said: list[str] = []
    async for line in demo.stdout:
        said.append(line.decode())
        if "Now you:" in said[-1]:
            return said[-1].split()[2]
    sys.exit(f"The demo ended:\n{''.join(said)}")


async def opened(browser: Browser, url: str, width: int, height: int, *, scale: int = 1, dark: bool = False) -> Page:
    """The chat page on a phone or in a window, in CSS pixels."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        has_touch=width < 500,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        bypass_csp=True,  # to wait for a function is to evaluate it in the page
    )
    page = await context.new_page()
    await page.goto(url)
    await expect(page.locator(".row.in").last).to_contain_text(SURE)
    return page


async def ask(page: Page, scene: SampleScene) -> None:
    """Tap a sample and ask once more; only right answers are shown."""
    await page.get_by_role("button", name=f"Send {scene.name}").click()
    await answered(page, scene.questions[0])
    await page.get_by_role("textbox", name="Message").fill(scene.questions[FOLLOW_UP][0])
    await page.keyboard.press("Enter")
    await answered(page, scene.questions[FOLLOW_UP])


async def answered(page: Page, exchange: tuple[str, str]) -> None:
    """Wait for the answer to a question, which must be the true one."""
    question, truth = exchange
    await expect(page.locator(".row.out").last).to_contain_text(question)
    answer = page.locator(".row.in").last
    await expect(answer).to_contain_text(SURE, timeout=PATIENCE)
    await expect(answer).to_contain_text(truth, ignore_case=True)


async def shot(page: Page, name: str) -> None:
    """Write what the page shows now, at its end, with all its pictures."""
    await page.wait_for_load_state("load")
    await page.wait_for_function("[...document.images].every((image) => image.complete)")
    await page.locator(".scroller").evaluate("(node) => node.scrollTo(0, node.scrollHeight)")
    await page.screenshot(path=FOLDER / name, animations="disabled")


if __name__ == "__main__":
    asyncio.run(draw())
