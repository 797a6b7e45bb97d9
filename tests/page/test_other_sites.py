"""A real browser on another site's page: what that page tries reaches neither the bots nor the people."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from page_bot import TOKEN, PageBot
from playwright.async_api import Browser

from bot.sandbox.server import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")
WAYS = ("get", "post", "cors", "send", "read", "image", "script", "frame", "opaque")
ATTACK = """<!doctype html><title>evil</title><body><script>
const hook = "http://127.0.0.1:9/", api = (way) => `SANDBOX/botTOKEN/setWebhook?way=${way}&url=${hook}`;
const loaded = (tag, properties) => new Promise((done) => {
  document.body.append(Object.assign(document.createElement(tag), properties, { onload: done, onerror: done }));
});
const form = (way) => `<form method=post action="${api(way)}"><input name=url value="${hook}"></form>
  <script>onload = () => setTimeout(() => document.forms[0].submit())<\\/script>`;
async function attack() {
  const body = new URLSearchParams({ url: hook });
  const tried = [
    fetch(api("get"), { mode: "no-cors" }),
    fetch(api("post"), { mode: "no-cors", method: "POST", body }),
    fetch(api("cors"), { method: "POST", body }),
    fetch("SANDBOX/client/send?way=send", { mode: "no-cors", method: "POST",
      headers: { "Content-Type": "text/plain" }, body: '{"user": 1001, "chat": 4242, "text": "from evil"}' }),
    fetch("SANDBOX/client/state?user=1001&way=read").then(async (answer) => { window.read = await answer.text(); }),
    loaded("img", { src: api("image"), referrerPolicy: "no-referrer" }),
    loaded("script", { src: api("script") }),
    loaded("iframe", { srcdoc: form("frame") }),
  ];
  await Promise.allSettled(tried);
}
</script>"""
FORM = """<form method=post action="SANDBOX/botTOKEN/setWebhook?way=opaque"><input name=url value="http://127.0.0.1:9/">
</form>"""


@pytest_asyncio.fixture(loop_scope="session")
async def evil(sandbox: Sandbox) -> AsyncIterator[str]:
    """Another site: the same machine, another port."""

    async def show(request: web.Request) -> web.Response:
        page, policy = (FORM, "sandbox allow-scripts allow-forms") if request.path == "/opaque" else (ATTACK, "")
        text = page.replace("SANDBOX", sandbox.url).replace("TOKEN", TOKEN)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/{path:.*}", show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
async def test_a_page_elsewhere_drives_nothing(
    sandbox: Sandbox, bot: PageBot, browser: Browser, evil: str, name: str
) -> None:
    context = await browser.new_context()
    try:
        page = await context.new_page()
        asked: set[str] = set()
        answered: list[int] = []
        page.on("request", lambda request: asked.update(re.findall(r"\bway=(\w+)", request.url)))
        page.on("response", lambda answer: answered.append(answer.status) if sandbox.url in answer.url else None)
        await page.goto(evil.replace("127.0.0.1", name))
        await page.evaluate("attack()")
        assert await page.evaluate("window.read") is None
        await page.frame_locator("iframe").get_by_text("another site's page may not do this").wait_for()
        await page.goto(f"{evil.replace('127.0.0.1', name)}opaque")
        assert await page.evaluate("origin") == "null"
        await page.evaluate("document.forms[0].submit()")
        await page.get_by_text("another site's page may not do this").wait_for()
    finally:
        await context.close()
    assert asked == set(WAYS)
    assert set(answered) == {403}
    assert (await bot("getWebhookInfo"))["url"] == ""
    assert not [entry for entry in sandbox.world.recorder.log if entry["method"] == "setWebhook"]
    assert not any("from evil" in str(chat.messages) for chat in sandbox.world.private.values())
