"""Nonsense never breaks the server: every call is answered in Telegram's form, and never with a 5xx."""

import random
from typing import Any

import aiohttp
import pytest
from sandbox_helpers import Caller, picture

from bot.sandbox.methods import METHODS
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox

WORDS = """
chat_id from_chat_id message_id message_ids text caption parse_mode entities caption_entities reply_markup
reply_parameters link_preview_options media photo document voice sticker thumbnail commands scope language_code
offset limit timeout allowed_updates url secret_token max_connections callback_query_id show_alert user_id
file_id action draft_id reaction menu_button rights name description short_description message_thread_id latitude
longitude emoji until_date
"""
NAMES = WORDS.split()
DEEP: dict[str, Any] = {"type": "photo", "media": "x", "caption": [], "caption_entities": "x", "parse_mode": 7}
VALUES: list[Any] = [
    None,
    "",
    " ",
    "x",
    "1001",
    "-100200300",
    "@you",
    "HTML",
    "MarkdownV2",
    "<b>",
    "\ud83d\ude00" * 3,
    "{",
    "[[]]",
    "null",
    "attach://x",
    0,
    1,
    2,
    -1,
    1001,
    2**70,
    1.5,
    True,
    False,
    [],
    [None],
    [1],
    [[{}]],
    [{}],
    [DEEP],
    [DEEP, DEEP],
    {},
    DEEP,
    {"type": "chat", "chat_id": []},
    {"type": "emoji", "emoji": {}},
    {"type": "bold", "offset": 0, "length": 1},
    [{"type": "bold", "offset": True, "length": "1"}],
    [{"type": "text_mention", "offset": 0, "length": 1, "user": 3}],
    [{"type": "text_link", "offset": 0, "length": 1, "url": 3}],
    [{"command": 3, "description": None}],
    {"message_id": "1"},
    {"message_id": 1, "quote": 7, "quote_entities": {}},
    {"inline_keyboard": [[{"text": 1}]]},
    {"inline_keyboard": [[{"text": "a", "copy_text": {"text": 3}}]]},
    {"inline_keyboard": [[{"text": "a", "web_app": {"url": 3}}]]},
    {"keyboard": [[None, {"text": {}}]]},
]


@pytest.mark.parametrize("method", sorted(name for name, _ in METHODS.values()))
async def test_nonsense_is_answered(http: aiohttp.ClientSession, method: str) -> None:
    chance = random.Random(method)
    async with Sandbox(port=0) as sandbox, Person(sandbox.url) as you:
        bot = Caller(http, sandbox.url)
        await bot("getMe")
        await you.say("/start")
        await you.send_picture(picture())
        for _ in range(40):
            params = {name: chance.choice(VALUES) for name in chance.sample(NAMES, chance.randint(0, 12))}
            if chance.random() < 0.7:
                params |= {"chat_id": 1001, "from_chat_id": 1001, "message_id": chance.randint(1, 4)}
            if chance.random() < 0.7:
                params["text"] = "hello"
            params |= {"timeout": 0}
            reply = await bot(method, **params)
            assert reply.status < 500, (params, reply.body)
            if method == "logOut":
                break
        assert (await you.state())["bot"]


async def test_json_without_end_is_refused(http: aiohttp.ClientSession) -> None:
    deep = "[" * 100_000
    async with Sandbox(port=0) as sandbox, Person(sandbox.url) as you:
        bot = Caller(http, sandbox.url)
        await bot("getMe")
        await you.say("/start")
        assert (await bot("sendMessage", chat_id=1001, text="x", reply_markup=deep)).status == 400
        address = f"{sandbox.url}/bot{bot.token}/sendMessage"
        async with http.post(address, data=deep, headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400
