"""Other sites' pages neither read nor drive the sandbox, on none of its paths."""

import asyncio
from typing import Any

import aiohttp
import pytest
from sandbox_helpers import TOKEN

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

PATHS = ("/", "/js/app.js", "/client/state", "/client/messages?chat=1001", f"/bot{TOKEN}/getMe", f"/file/bot{TOKEN}/a")
EVIL = "https://evil.example"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
ELSEWHERE: dict[str, dict[str, str]] = {
    "DNS rebinding": {"Host": "evil.example:8081"},
    "a name that ends like ours": {"Host": "localhost.evil.example"},
    "a host that is none": {"Host": "[evil"},
    "fetch with CORS": {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    "an origin alone": {"Origin": EVIL},
    "a sandboxed frame": {"Origin": "null"},
    "fetch without CORS, a picture": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    "another port of this machine": {"Sec-Fetch-Site": "same-site"},
    "a frame": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_other_sites_are_kept_out_of_every_path(
    bot: Any, http: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with http.get(bot.url + path, headers=headers) as response:
        body = await response.json()
        assert response.status == 403
    if "bot" in path:
        assert (body["ok"], body["error_code"]) == (False, 403)
        assert body["description"].startswith("Forbidden: ")
    else:
        assert set(body) == {"error"}


@pytest.mark.parametrize("path", PATHS[4:])
async def test_a_browser_that_does_not_say_whose_page_asks_calls_no_bot(bot: Any, http: Any, path: str) -> None:
    async with http.get(bot.url + path, headers={"User-Agent": BROWSER}) as response:
        assert response.status == 403
    async with http.get(f"{bot.url}/client/state", headers={"User-Agent": BROWSER}) as response:
        assert response.status == 200


async def test_a_form_of_another_site_sets_no_webhook(bot: Any, http: Any) -> None:
    for headers in ({"Origin": EVIL}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        address = f"{bot.url}/bot{TOKEN}/setWebhook"
        async with http.post(address, data={"url": "http://127.0.0.1:9/"}, headers=headers) as response:
            assert response.status == 403
    assert (await bot("getWebhookInfo")).result["url"] == ""


@pytest.mark.parametrize("path", PATHS[:5])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:8081"},
        {"Host": "[::1]:8081"},
        {"Host": "bot.localhost"},
        {"Host": "127.0.0.1:8081", "Origin": "http://127.0.0.1:8081", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none", "User-Agent": BROWSER},
    ],
)
async def test_programs_and_its_own_page_are_let_in(
    bot: Any, http: aiohttp.ClientSession, path: str, headers: dict[str, str]
) -> None:
    async with http.get(bot.url + path, headers=headers) as response:
        assert response.status == 200


async def test_a_link_elsewhere_opens_the_chat_page_and_nothing_else(bot: Any, http: Any) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for path, status in {"/": 200, "/?user=1002": 200, "/client/log": 403, f"/bot{TOKEN}/getMe": 403}.items():
        async with http.get(bot.url + path, headers=link) as response:
            assert response.status == status, path


async def test_a_name_can_be_allowed(http: aiohttp.ClientSession) -> None:
    async with Sandbox(port=0, allowed_hosts=["Telegram-Sandbox"]) as sandbox:
        for host, status in {"telegram-sandbox:8081": 200, "another:8081": 403}.items():
            async with http.get(f"{sandbox.url}/bot{TOKEN}/getMe", headers={"Host": host}) as response:
                assert response.status == status, host


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook",
        "https://127.0.0.1.example.com/hook",
        "https://127.0.0.1@example.com/hook",
        "https://10.0.0.1/hook",
        "https://0.0.0.0/hook",
        "https://evil.localhost/hook",
    ],
)
async def test_updates_stay_on_this_machine(bot: Any, http: Any, url: str) -> None:
    reply = await bot("setWebhook", url=url)
    assert reply.error[0] == 400
    assert "--remote-webhooks" in reply.error[1]
    assert (await bot("getWebhookInfo")).result["url"] == ""
    async with Sandbox(port=0, remote_webhooks=True) as sandbox:
        address = f"{sandbox.url}/bot{TOKEN}"
        async with http.post(f"{address}/setWebhook", json={"url": url}) as response:
            assert (await response.json())["ok"]


@pytest.mark.parametrize("remote", [False, True])
async def test_a_webhooks_name_that_means_another_machine_by_then_is_not_called(http: Any, remote: bool) -> None:
    """0.0.0.0 reaches this machine, but is no loopback address: what a name comes to is judged when it is called."""
    called = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Sandbox(port=0, token=TOKEN, remote_webhooks=remote) as sandbox, Person(sandbox.url) as you:
        async with http.post(
            f"{sandbox.url}/bot{TOKEN}/setWebhook", json={"url": f"http://127.0.0.1:{port}/"}
        ) as reply:
            assert (await reply.json())["ok"]
        webhook = sandbox.world.bots[4242].webhook
        assert webhook is not None
        webhook.url = f"http://0.0.0.0:{port}/"
        await you.say("hello?")
        async with asyncio.timeout(30):
            while not webhook.last_error_message:  # noqa: ASYNC110 - a wait for another server
                await asyncio.sleep(0.02)
    assert called.is_set() == remote


async def test_a_webhook_that_points_elsewhere_is_not_followed(bot: Any, you: Any) -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        await bot("setWebhook", url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook")
        await you.say("hello?")
        async with asyncio.timeout(30):
            while "last_error_message" not in (info := (await bot("getWebhookInfo")).result):  # noqa: ASYNC110 - a wait for another server
                await asyncio.sleep(0.02)
        await bot("deleteWebhook")
    assert info["last_error_message"] == "Wrong response from the webhook: 307 Temporary Redirect"
    assert {line.split()[1] for line in asked} == {b"/hook"}
