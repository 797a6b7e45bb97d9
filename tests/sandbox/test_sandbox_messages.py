"""Editing, deleting, copying, pinning and answering."""

import asyncio
from typing import Any

import pytest

GO = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
NOT_MODIFIED = (
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message",
)


async def say(bot: Any, text: str = "hello", **more: Any) -> Any:
    return (await bot("sendMessage", chat_id=1001, text=text, **more)).result


async def test_an_edit_replaces_text_and_keyboard(bot: Any, you: Any) -> None:
    sent = await say(bot, reply_markup=GO)
    edited = await bot(
        "editMessageText", chat_id=1001, message_id=sent["message_id"], text="<b>new</b>", parse_mode="HTML"
    )
    assert edited.result["text"] == "new"
    assert edited.result["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
    assert "reply_markup" not in edited.result
    assert edited.result["edit_date"] >= sent["date"]
    assert (await you.message(sent["message_id"]))["text"] == "new"


async def test_an_edit_that_changes_nothing_is_refused(bot: Any, you: Any) -> None:
    sent = await say(bot, "hello", reply_markup=GO)
    where = {"chat_id": 1001, "message_id": sent["message_id"]}
    assert (await bot("editMessageText", **where, text="hello", reply_markup=GO)).error == NOT_MODIFIED
    assert (await bot("editMessageText", **where, text=" hello ", reply_markup=GO)).error == NOT_MODIFIED
    assert (await bot("editMessageReplyMarkup", **where, reply_markup=GO)).error == NOT_MODIFIED
    assert (await bot("editMessageText", **where, text="hello")).ok
    assert (await bot("editMessageText", **where, text="hello")).error == NOT_MODIFIED


async def test_text_and_caption_are_not_the_same(bot: Any, you: Any) -> None:
    sent = await say(bot)
    where = {"chat_id": 1001, "message_id": sent["message_id"]}
    reply = await bot("editMessageCaption", **where, caption="x")
    assert reply.error == (400, "Bad Request: there is no caption in the message to edit")


async def test_deleted_messages_are_gone(bot: Any, you: Any) -> None:
    sent = await say(bot)
    where = {"chat_id": 1001, "message_id": sent["message_id"]}
    assert (await bot("deleteMessage", **where)).result is True
    assert (await bot("deleteMessage", **where)).error == (400, "Bad Request: message to delete not found")
    assert (await bot("editMessageText", **where, text="x")).error == (400, "Bad Request: message to edit not found")
    assert await you.message(sent["message_id"]) is None


async def test_many_are_deleted_at_once_and_missing_ones_left_out(bot: Any, you: Any) -> None:
    numbers = [(await say(bot, text))["message_id"] for text in ("a", "b")]
    assert (await bot("deleteMessages", chat_id=1001, message_ids=[*numbers, 999_999])).result is True
    texts = [message["text"] for message in await you.messages()]
    assert texts == ["/start"]


async def test_copies_and_forwards(bot: Any, you: Any) -> None:
    asked = await you.say("What is *this*?")
    where = {"chat_id": 1001, "from_chat_id": 1001, "message_id": asked["message_id"]}
    copy = await bot("copyMessage", **where)
    assert set(copy.result) == {"message_id"}
    forwarded = await bot("forwardMessage", **where)
    assert forwarded.result["forward_origin"]["sender_user"]["first_name"] == "You"
    texts = [message["text"] for message in await you.messages()]
    assert texts[-3:] == ["What is *this*?"] * 3


async def test_pinning(bot: Any, you: Any) -> None:
    sent = await say(bot)
    where = {"chat_id": 1001, "message_id": sent["message_id"]}
    assert (await bot("pinChatMessage", **where)).result is True
    assert (await bot("getChat", chat_id=1001)).result["pinned_message"]["text"] == "hello"
    assert (await you.messages())[-1]["pinned_message"]["message_id"] == sent["message_id"]
    assert (await bot("unpinChatMessage", **where)).result is True
    assert "pinned_message" not in (await bot("getChat", chat_id=1001)).result


async def test_a_button_is_answered_once(bot: Any, you: Any) -> None:
    sent = await say(bot, reply_markup=GO)
    press = asyncio.create_task(you.press(sent, "Go"))
    (update,) = await bot.updates(seconds=10)
    query = update["callback_query"]
    assert query["data"] == "go"
    assert query["message"]["message_id"] == sent["message_id"]
    answer = {"callback_query_id": query["id"], "text": "Gone!", "show_alert": True}
    assert (await bot("answerCallbackQuery", **answer)).result is True
    assert await press == {"text": "Gone!", "show_alert": True}
    again = await bot("answerCallbackQuery", **answer)
    assert again.error == (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
    )


async def test_a_button_that_is_gone_cannot_be_pressed(bot: Any, you: Any, http: Any) -> None:
    sent = await say(bot, reply_markup=GO)
    await bot("editMessageReplyMarkup", chat_id=1001, message_id=sent["message_id"])
    fields = {"user": 1001, "chat": 1001, "message_id": sent["message_id"], "data": "go"}
    async with http.post(f"{bot.url}/client/press", json=fields) as response:
        assert response.status == 400


async def test_an_unanswered_button_gives_up(bot: Any, you: Any, http: Any) -> None:
    sent = await say(bot, reply_markup=GO)
    fields = {"user": 1001, "chat": 1001, "message_id": sent["message_id"], "data": "go", "wait": 0.1}
    async with http.post(f"{bot.url}/client/press", json=fields) as response:
        assert await response.json() == {"ok": True, "answer": None}


async def test_typing_and_drafts_reach_the_page(bot: Any, you: Any) -> None:
    assert (await bot("sendChatAction", chat_id=1001, action="typing")).result is True
    assert (await bot("sendMessageDraft", chat_id=1001, draft_id=7, text="Thinking")).result is True
    await say(bot, "done")
    await you.wait_for(lambda message: message.get("text") == "done")
    kinds = [(event["type"], event.get("action") or event.get("text")) for event in you.events]
    assert kinds[-3:-1] == [("action", "typing"), ("draft", "Thinking")]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ({"keyboard": [["Yes", {"text": "No"}]]}, {"keyboard": [[{"text": "Yes"}, {"text": "No"}]]}),
        ({"force_reply": True}, {"force_reply": True}),
        ({"remove_keyboard": True}, {"remove_keyboard": True}),
    ],
)
async def test_reply_keyboards_are_for_people_only(bot: Any, you: Any, markup: Any, shown: Any) -> None:
    sent = await say(bot, reply_markup=markup)
    assert "reply_markup" not in sent
    assert (await you.message(sent["message_id"]))["reply_keyboard"] == shown


async def test_commands_by_scope(bot: Any, you: Any) -> None:
    everyone = [{"command": "start", "description": "Begin"}]
    admin = [*everyone, {"command": "admin", "description": "Rule"}]
    own = {"type": "chat", "chat_id": 1001}
    assert (await bot("setMyCommands", commands=everyone)).result is True
    assert (await bot("setMyCommands", commands=admin, scope=own)).result is True
    assert (await bot("getMyCommands")).result == everyone
    assert (await bot("getMyCommands", scope=own)).result == admin
    assert (await you.state())["commands"] == admin
    assert (await bot("deleteMyCommands", scope=own)).result is True
    assert (await bot("getMyCommands", scope=own)).result == []
    assert (await you.state())["commands"] == everyone


async def test_what_a_bot_says_about_itself(bot: Any, you: Any) -> None:
    assert (await bot("setMyDescription", description="I answer")).result is True
    assert (await bot("getMyDescription")).result == {"description": "I answer"}
    assert (await bot("setMyShortDescription", short_description="Answers")).result is True
    assert (await bot("getMyShortDescription")).result == {"short_description": "Answers"}
    assert (await bot("setMyName", name="Oracle")).result is True
    assert (await bot("getMyName")).result == {"name": "Oracle"}
    assert (await bot("getMe")).result["first_name"] == "Oracle"
    assert (await bot("setChatMenuButton", chat_id=1001, menu_button={"type": "commands"})).result is True
    assert (await bot("getChatMenuButton", chat_id=1001)).result == {"type": "commands"}
    assert (await you.state())["description"] == "I answer"


async def test_a_reply_may_quote(bot: Any, you: Any) -> None:
    asked = await you.say("😀 What colour is the ball?")
    quoted = {"message_id": asked["message_id"], "quote": "the ball"}
    sent = await say(bot, "red", reply_parameters=quoted)
    assert sent["quote"] == {"text": "the ball", "position": 18, "is_manual": True}
    reply = await bot("sendMessage", chat_id=1001, text="x", reply_parameters={**quoted, "quote": "the cat"})
    assert reply.error == (400, "Bad Request: QUOTE_TEXT_INVALID")


async def test_many_are_copied_and_forwarded_together(bot: Any, you: Any) -> None:
    numbers = [(await you.say(text))["message_id"] for text in ("one", "two")]
    where = {"chat_id": 1001, "from_chat_id": 1001}
    assert len((await bot("copyMessages", **where, message_ids=[*numbers, 999_999])).result) == 2
    assert len((await bot("forwardMessages", **where, message_ids=numbers)).result) == 2
    assert [message["text"] for message in await you.messages()][-4:] == ["one", "two", "one", "two"]
    reply = await bot("copyMessages", **where, message_ids=numbers[::-1])
    assert reply.status == 400


async def test_places_contacts_and_dice(bot: Any, you: Any) -> None:
    place = (await bot("sendLocation", chat_id=1001, latitude=52.5, longitude="13.4")).result["location"]
    assert place == {"latitude": 52.5, "longitude": 13.4}
    contact = (await bot("sendContact", chat_id=1001, phone_number="1", first_name="Ada")).result["contact"]
    assert contact == {"phone_number": "1", "first_name": "Ada"}
    assert 1 <= (await bot("sendDice", chat_id=1001)).result["dice"]["value"] <= 6
    assert (await bot("sendLocation", chat_id=1001, latitude=91, longitude=0)).status == 400
