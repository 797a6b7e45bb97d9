"""Voice messages on the page: recorded with the browser's make-believe microphone, sent, and played."""

from __future__ import annotations

import pytest
from page_bot import PageBot
from page_helpers import mine
from page_phones import Phones
from playwright.async_api import expect

from bot.sandbox.server import Sandbox
from model.speech.sound import read_samples
from model.speech.transcriber import RATE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_voice_message_is_recorded_sent_and_played(phones: Phones, sandbox: Sandbox, bot: PageBot) -> None:
    page = await phones.open(width=390, height=844, touch=True)
    await page.get_by_role("button", name="Record a voice message").click()
    stop = page.get_by_role("button", name="Send the recording")
    await expect(stop).to_be_visible()
    await page.wait_for_timeout(1500)  # what is recorded takes its time
    await stop.click()
    heard = mine(page).locator("audio.voice")
    await expect(heard).to_have_count(1)
    address = await heard.get_attribute("src")
    assert address is not None
    loaded = "audio => audio.readyState >= 1 || new Promise(done => audio.addEventListener('loadedmetadata', done))"
    await page.locator("audio.voice").evaluate(loaded)
    response = await page.request.get(sandbox.url + "/" + address.lstrip("/"))
    assert response.headers["content-type"].startswith("audio/")
    assert len(read_samples(await response.body())) > RATE
