"""A real sandbox, a small bot on it, and headless Chromium in front of its page."""

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from page_bot import PageBot
from page_phones import Phones, Watched
from page_pictures import samples, scene_drawer
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.sandbox.server import Sandbox

expect.set_options(timeout=60_000)  # ms: playwright's 5 s are too few for a browser on a busy machine
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, samples=samples(), draw_scene=scene_drawer()) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def bot(sandbox: Sandbox) -> AsyncIterator[PageBot]:
    running = PageBot(sandbox.url)
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install chromium, chromium-browser or google-chrome to test the chat page")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        await running.close()


@pytest.fixture
def watched() -> Iterator[Watched]:
    """Fails the test when a page complained or asked another host for something."""
    seen = Watched()
    yield seen
    unexpected = [text for text in seen.complaints if not any(part in text for part in seen.expected)]
    assert not unexpected
    assert not seen.strangers


@pytest_asyncio.fixture(loop_scope="session")
async def phones(browser: Browser, sandbox: Sandbox, bot: PageBot, watched: Watched) -> AsyncIterator[Phones]:
    opened = Phones(browser, sandbox.url, watched)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(phones: Phones) -> Page:
    """A wide window with the chat that You have with the bot."""
    return await phones.open()
