"""Tokens, method names, and the ways in which parameters travel."""

import json
from typing import Any

import aiohttp
import pytest

from bot.sandbox.server import Sandbox


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("not-a-token", (404, "Not Found")),
        ("", (404, "Not Found")),
        ("0000000000:INVALID_TOKEN", (401, "Unauthorized: invalid token specified")),
        ("4242:another_secret", (401, "Unauthorized")),
    ],
)
async def test_a_wrong_token_is_refused(bot: Any, token: str, error: tuple[int, str]) -> None:
    reply = await bot.with_token(token)("getMe")
    assert reply.error == error
    assert reply.status == error[0]


async def test_only_the_given_token_is_accepted(http: aiohttp.ClientSession) -> None:
    async with Sandbox(port=0, token="7:the_only_one") as sandbox:
        async with http.get(f"{sandbox.url}/bot7:the_only_one/getMe") as response:
            assert (await response.json())["result"]["id"] == 7
        async with http.get(f"{sandbox.url}/bot8:some_other/getMe") as response:
            assert response.status == 401


async def test_bots_live_side_by_side(bot: Any, you: Any) -> None:
    second = bot.with_token("99:another_bot")
    me = (await second("getMe")).result
    assert me["id"] == 99
    assert me["username"] != (await bot("getMe")).result["username"]
    await you.say("Hello, newest")
    assert [update["message"]["text"] for update in await second.updates()] == ["Hello, newest"]
    assert await bot.updates() == []


async def test_method_names_have_no_case(bot: Any) -> None:
    assert (await bot("GETME")).result == (await bot("getMe")).result


async def test_an_unknown_method_is_not_found(http: aiohttp.ClientSession) -> None:
    async with (
        Sandbox(port=0) as sandbox,
        http.post(f"{sandbox.url}/bot4242:for_tests/sendTelepathy") as response,
    ):
        assert response.status == 404
        assert await response.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


KEYBOARD = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}


@pytest.mark.parametrize(
    "request_parts",
    [
        {"json": {"chat_id": 1001, "text": "Hi", "reply_markup": KEYBOARD}},
        {"json": {"chat_id": "1001", "text": "Hi", "reply_markup": json.dumps(KEYBOARD)}},
        {"params": {"chat_id": "1001", "text": "Hi", "reply_markup": json.dumps(KEYBOARD)}},
        {"data": {"chat_id": "1001", "text": "Hi", "reply_markup": json.dumps(KEYBOARD)}},
        {"params": {"chat_id": "1001"}, "data": {"text": "Hi", "reply_markup": json.dumps(KEYBOARD)}},
    ],
    ids=["json", "json in json", "query", "form", "query and form"],
)
async def test_every_encoding_means_the_same(bot: Any, you: Any, request_parts: dict[str, Any]) -> None:
    reply = await bot.send("sendMessage", **request_parts)
    assert reply.result["text"] == "Hi"
    assert reply.result["reply_markup"] == KEYBOARD


async def test_multipart_carries_text_and_files(bot: Any, you: Any) -> None:
    form = aiohttp.FormData()
    form.add_field("chat_id", "1001")
    form.add_field("document", b"abc", filename="notes.txt", content_type="text/plain")
    form.add_field("caption", "Read this")
    document = (await bot.send("sendDocument", data=form)).result["document"]
    assert (document["file_name"], document["file_size"], document["mime_type"]) == ("notes.txt", 3, "text/plain")


async def test_attached_files_are_found_by_name(bot: Any, you: Any) -> None:
    media = [{"type": "document", "media": "attach://one"}, {"type": "document", "media": "attach://two"}]
    form = aiohttp.FormData()
    form.add_field("chat_id", "1001")
    form.add_field("media", json.dumps(media))
    form.add_field("one", b"1", filename="one.txt")
    form.add_field("two", b"22", filename="two.txt")
    sent = (await bot.send("sendMediaGroup", data=form)).result
    assert [message["document"]["file_name"] for message in sent] == ["one.txt", "two.txt"]
    assert len({message["media_group_id"] for message in sent}) == 1


async def test_an_attachment_that_is_missing_is_refused(bot: Any, you: Any) -> None:
    reply = await bot("sendMediaGroup", chat_id=1001, media=[{"type": "photo", "media": "attach://nothing"}])
    assert reply.error[0] == 400


@pytest.mark.parametrize("body", [b"{", b"[1, 2]", b'"text"'])
async def test_a_body_that_is_no_object_is_refused(bot: Any, body: bytes) -> None:
    reply = await bot.send("sendMessage", data=body, headers={"Content-Type": "application/json"})
    assert reply.status == 400


async def test_ignored_parameters_show_in_the_log(bot: Any, you: Any, http: aiohttp.ClientSession) -> None:
    await bot("sendMessage", chat_id=1001, text="Hi", parse_moed="HTML")
    async with http.get(f"{bot.url}/client/log", params={"method": "sendMessage"}) as response:
        (call,) = (await response.json())["calls"]
    assert call["ignored"] == ["parse_moed"]
    assert call["params"] == {"chat_id": 1001, "text": "Hi"}


async def test_a_logged_out_bot_may_do_nothing(bot: Any) -> None:
    assert (await bot("logOut")).result is True
    assert (await bot("getMe")).error == (400, "Logged out")
