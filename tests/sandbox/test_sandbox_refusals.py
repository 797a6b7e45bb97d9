"""Mistakes get Telegram's own codes and texts. Most of these were seen on Telegram itself."""

import io
from typing import Any

import aiohttp
import pytest
from sandbox_helpers import picture

HELLO = {"chat_id": 1001, "text": "hello"}


def entity(**fields: Any) -> dict[str, Any]:
    return {**HELLO, "entities": [fields]}


def button(**fields: Any) -> dict[str, Any]:
    return {**HELLO, "reply_markup": {"inline_keyboard": [[fields]]}}


def parsed(text: str, mode: str) -> dict[str, Any]:
    return {"chat_id": 1001, "text": text, "parse_mode": mode}


RESERVED = "Character '{}' is reserved and must be escaped with the preceding '\\'"
REFUSED = [
    ("sendMessage", {"chat_id": 0}, "message text is empty"),
    ("sendMessage", {"chat_id": 1001, "text": ""}, "message text is empty"),
    ("sendMessage", {"chat_id": 1001, "text": "   "}, "text must be non-empty"),
    ("sendMessage", {"chat_id": 1001, "text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ("sendMessage", {"text": "test"}, "chat_id is empty"),
    ("sendMessage", {"chat_id": "", "text": "test"}, "chat_id is empty"),
    ("sendMessage", {"chat_id": 0, "text": "test"}, "chat not found"),
    ("sendMessage", {"chat_id": -1, "text": "test"}, "chat not found"),
    ("sendMessage", {"chat_id": "@nobody_knows_me", "text": "test"}, "chat not found"),
    ("sendMessage", {"chat_id": "not_a_chat", "text": "test"}, "chat not found"),
    ("sendMessage", {"chat_id": 1001, "text": "x" * 4097}, "message is too long"),
    ("sendMessage", {"chat_id": 1001, "text": "😀" * 2049}, "message is too long"),
    ("sendMessage", {**HELLO, "parse_mode": "INVALID"}, "unsupported parse_mode"),
    ("sendMessage", {**HELLO, "message_thread_id": 99}, "message thread not found"),
    ("sendMessage", {**HELLO, "reply_parameters": {"message_id": 999_999}}, "message to be replied not found"),
    ("sendMessage", {**HELLO, "reply_to_message_id": 999_999}, "message to be replied not found"),
    ("sendMessage", {**HELLO, "reply_parameters": {"quote": "hello"}}, 'can\'t find field "message_id"'),
    ("sendMessage", {**HELLO, "business_connection_id": "x"}, "business connection not found"),
    ("sendMessage", {**HELLO, "message_effect_id": "1"}, "EFFECT_ID_INVALID"),
    ("sendMessage", {**HELLO, "allow_paid_broadcast": True}, "FLOODSKIP_NOT_ALLOWED"),
    (
        "sendMessage",
        {**HELLO, "link_preview_options": {"is_disabled": "yes"}},
        'field "is_disabled" must be of type Boolean',
    ),
    # Keyboards
    ("sendMessage", button(text="b", callback_data="x" * 65), "BUTTON_DATA_INVALID"),
    ("sendMessage", button(text="b", callback_data="ü" * 33), "BUTTON_DATA_INVALID"),
    (
        "sendMessage",
        button(text="b", callback_data=""),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    ("sendMessage", button(callback_data="x"), "can't parse inline keyboard button: Can't find field \"text\""),
    ("sendMessage", button(text="b", url="nowhere"), "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
    (
        "sendMessage",
        button(text="b", url="ftp://example.com"),
        "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ),
    (
        "sendMessage",
        button(text="b", web_app={"url": "bad"}),
        "inline keyboard button Web App URL 'bad' is invalid: Only HTTPS links are allowed",
    ),
    ("sendMessage", button(text="b", pay=True), "BUTTON_TYPE_INVALID"),
    ("sendMessage", button(text="b", copy_text={"text": ""}), "BUTTON_COPY_TEXT_INVALID"),
    (
        "sendMessage",
        {**HELLO, "reply_markup": {"inline_keyboard": "x"}},
        'field "inline_keyboard" must be of type Array',
    ),
    ("sendMessage", {**HELLO, "reply_markup": {"keyboard": "x"}}, 'field "keyboard" must be of type Array'),
    (
        "sendMessage",
        {**HELLO, "reply_markup": {"force_reply": "yes"}},
        'field "force_reply" must be of type Boolean',
    ),
    ("sendMessage", {**HELLO, "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
    # Entities that a bot computed
    (
        "sendMessage",
        entity(type="bold", offset=100, length=1),
        "entity begins after the end of the text at UTF-16 offset 100",
    ),
    (
        "sendMessage",
        entity(type="bold", offset=0, length=100),
        "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
    ),
    ("sendMessage", entity(type="bold", offset=-1, length=1), "receive an entity with incorrect offset -1"),
    ("sendMessage", entity(type="odd", offset=0, length=1), "can't parse MessageEntity: Unsupported type specified"),
    (
        "sendMessage",
        entity(type="text_link", offset=0, length=1),
        "can't parse MessageEntity: Can't find field \"url\"",
    ),
    (
        "sendMessage",
        entity(type="text_link", offset=0, length=1, url="not-a-url"),
        "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    (
        "sendMessage",
        entity(type="text_mention", offset=0, length=1, user={"id": 5, "is_bot": False, "first_name": "X"}),
        "user not found",
    ),
    # Marked text
    ("sendMessage", parsed("*unclosed", "Markdown"), "Can't find end of the entity starting at byte offset 0"),
    ("sendMessage", parsed("*unclosed", "MarkdownV2"), "Can't find end of Bold entity at byte offset 0"),
    ("sendMessage", parsed("*bold _italic\\_*", "MarkdownV2"), "Can't find end of Bold entity at byte offset 15"),
    ("sendMessage", parsed("hello.", "MarkdownV2"), RESERVED.format(".")),
    ("sendMessage", parsed("a-b", "MarkdownV2"), RESERVED.format("-")),
    ("sendMessage", parsed("test()", "MarkdownV2"), RESERVED.format("(")),
    ("sendMessage", parsed("a>b", "MarkdownV2"), RESERVED.format(">")),
    ("sendMessage", parsed("a|b", "MarkdownV2"), RESERVED.format("|")),
    ("sendMessage", parsed("<b>unclosed", "HTML"), 'Can\'t find end tag corresponding to start tag "b"'),
    ("sendMessage", parsed("<script>x</script>", "HTML"), 'Unsupported start tag "script" at byte offset 0'),
    ("sendMessage", parsed("ü <3", "HTML"), "Unclosed start tag at byte offset 3"),
    ("sendMessage", parsed("a </b>", "HTML"), "Unexpected end tag at byte offset 2"),
    (
        "sendMessage",
        parsed("<b><i>test</b></i>", "HTML"),
        'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
    ),
    (
        "sendMessage",
        parsed("<span>x</span>", "HTML"),
        'Tag "span" must have class "tg-spoiler" at byte offset 0',
    ),
    # Other methods
    ("editMessageText", {"chat_id": 1001, "message_id": 999, "text": "x"}, "message to edit not found"),
    ("editMessageText", {"chat_id": 0, "message_id": 1, "text": "x"}, "chat not found"),
    ("editMessageText", {"chat_id": 1001, "text": "x"}, "message identifier is not specified"),
    ("editMessageText", {"chat_id": 1001, "message_id": 1, "text": "x"}, "message can't be edited"),
    ("deleteMessage", {"chat_id": 1001, "message_id": 999}, "message to delete not found"),
    ("copyMessage", {"chat_id": 1001, "message_id": 1}, 'parameter "from_chat_id" is required'),
    ("copyMessage", {"chat_id": 1001, "from_chat_id": 1001, "message_id": 999}, "message to copy not found"),
    ("forwardMessage", {"chat_id": 1001, "from_chat_id": 1001, "message_id": 999}, "message to forward not found"),
    ("pinChatMessage", {"chat_id": 1001}, "message to pin not found"),
    ("unpinChatMessage", {"chat_id": 1001}, "message to unpin not found"),
    ("setMessageReaction", {"chat_id": 1001, "reaction": []}, "message to react not found"),
    (
        "setMessageReaction",
        {"chat_id": 1001, "message_id": 1, "reaction": [{"type": "emoji", "emoji": "🧀"}]},
        "REACTION_INVALID",
    ),
    ("sendChatAction", {"chat_id": 1001, "action": "dance"}, "wrong parameter action in request"),
    ("sendChatAction", {"action": "typing"}, "chat_id is empty"),
    ("sendMessageDraft", {"chat_id": 1001}, "RANDOM_ID_INVALID"),
    ("sendPhoto", {"chat_id": 1001}, "there is no photo in the request"),
    ("sendDocument", {"chat_id": 1001}, "there is no document in the request"),
    ("sendVoice", {"chat_id": 1001}, "there is no voice in the request"),
    ("sendMediaGroup", {"chat_id": 1001}, 'parameter "media" is required'),
    ("getFile", {}, "file_id not specified"),
    ("getFile", {"file_id": "invalid"}, "invalid file_id"),
    ("getChat", {"chat_id": 5}, "chat not found"),
    ("getChatMember", {"chat_id": 1001}, "invalid user_id specified"),
    ("getChatMember", {"chat_id": 1001, "user_id": 999_999}, "member not found"),
    ("getChatAdministrators", {"chat_id": 1001}, "there are no administrators in the private chat"),
    (
        "answerCallbackQuery",
        {"callback_query_id": "invalid"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    ("setMyCommands", {"commands": [{"command": "bad command", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "", "description": "x"}]}, "command must be non-empty"),
    (
        "setMyCommands",
        {"commands": [{"command": "start", "description": ""}]},
        "command description must be non-empty",
    ),
    (
        "setMyCommands",
        {"commands": [], "scope": {"type": "chat"}},
        "can't parse BotCommandScope: Can't find field \"chat_id\"",
    ),
    (
        "setMyCommands",
        {"commands": [], "scope": {"type": "odd"}},
        "can't parse BotCommandScope: Unsupported type specified",
    ),
    ("setWebhook", {"url": "http://example.com/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    (
        "setWebhook",
        {"url": "https://example.com:8444/hook"},
        "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    ),
    (
        "setWebhook",
        {"url": "https://example.com/hook", "secret_token": "with space"},
        "secret token contains unallowed characters",
    ),
]


def name(case: Any) -> str:
    return case if isinstance(case, str) and len(case) < 60 else ""


@pytest.mark.parametrize(("method", "params", "complaint"), REFUSED, ids=name)
async def test_a_mistake_is_named(bot: Any, you: Any, method: str, params: dict[str, Any], complaint: str) -> None:
    reply = await bot(method, **params)
    if "parse_mode" in params and complaint[:5] != "unsup" and complaint[:4] != "text":
        complaint = f"can't parse entities: {complaint}"
    assert reply.error == (400, f"Bad Request: {complaint}")
    assert reply.status == 400


async def test_a_reply_to_nothing_can_be_allowed(bot: Any, you: Any) -> None:
    reply = await bot(
        "sendMessage", **HELLO, reply_parameters={"message_id": 999_999, "allow_sending_without_reply": True}
    )
    assert "reply_to_message" not in reply.result


async def test_limits_themselves_are_allowed(bot: Any, you: Any) -> None:
    assert (await bot("sendMessage", chat_id=1001, text="😀" * 2048)).ok
    assert (await bot("sendMessage", **parsed("<b>" + "x" * 4096 + "</b>", "HTML"))).ok
    assert (await bot("sendMessage", **button(text="b", callback_data="x" * 64))).ok


async def test_a_bot_cannot_write_first(bot: Any) -> None:
    reply = await bot("sendMessage", chat_id=1002, text="Hello, stranger")
    assert reply.error == (403, "Forbidden: bot can't initiate conversation with a user")
    scope = {"type": "chat", "chat_id": 1002}
    for method, params in (("getChat", {"chat_id": 1002}), ("setMyCommands", {"commands": [], "scope": scope})):
        assert (await bot(method, **params)).error == (400, "Bad Request: chat not found")


async def upload(bot: Any, kind: str, data: bytes, **fields: str) -> Any:
    form = aiohttp.FormData()
    form.add_field("chat_id", "1001")
    form.add_field(kind, io.BytesIO(data), filename="file.bin")
    for field, value in fields.items():
        form.add_field(field, value)
    return await bot.send(f"send{kind.capitalize()}", data=form)


async def test_a_caption_may_have_1024_characters(bot: Any, you: Any) -> None:
    assert (await upload(bot, "photo", picture(), caption="x" * 1024)).ok
    reply = await upload(bot, "photo", picture(), caption="x" * 1025)
    assert reply.error == (400, "Bad Request: message caption is too long")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (picture()[:200], "IMAGE_PROCESS_FAILED"),
        (picture(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (b"", "file must be non-empty"),
        (
            b"\0" * (10 * 1024 * 1024 + 1),
            "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        ),
    ],
    ids=["no picture", "truncated", "too large", "too long", "empty", "too heavy"],
)
async def test_what_cannot_be_a_photo(bot: Any, you: Any, data: bytes, complaint: str) -> None:
    assert (await upload(bot, "photo", data)).error == (400, f"Bad Request: {complaint}")


async def test_more_than_50_mb_cannot_be_sent_and_more_than_20_mb_not_fetched(bot: Any, you: Any) -> None:
    megabyte = 1024 * 1024
    refused = await upload(bot, "document", bytes(50 * megabyte + 1))
    assert refused.error == (413, "Request Entity Too Large")
    sent = await upload(bot, "document", bytes(20 * megabyte + 1))
    reply = await bot("getFile", file_id=sent.result["document"]["file_id"])
    assert reply.error == (400, "Bad Request: file is too big")
