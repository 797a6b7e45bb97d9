"""Groups: members and admins, privacy mode, being removed, becoming a supergroup."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sandbox_helpers import GROUP, TOKEN, picture

from bot.sandbox.person import Person

BOT_ID = int(TOKEN.partition(":")[0])


@pytest.fixture
async def ada(bot: Any) -> AsyncIterator[Person]:
    async with Person(bot.url, 1002, GROUP) as person:
        yield person


async def control(http: Any, bot: Any, path: str, **fields: Any) -> Any:
    async with http.post(f"{bot.url}/client/{path}", json=fields) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def texts(bot: Any) -> list[str]:
    messages = [update["message"] for update in await bot.updates() if "message" in update]
    return [message.get("text") or message.get("caption") or "" for message in messages]


async def test_privacy_mode_hides_what_is_not_for_the_bot(bot: Any, ada: Person) -> None:
    name = (await bot("getMe")).result["username"]
    sent = (await bot("sendMessage", chat_id=GROUP, text="I am here")).result
    await ada.say("just chatting")
    await ada.say("/help")
    await ada.say("/help@some_other_bot")
    await ada.say(f"/help@{name}")
    await ada.say(f"what is this, @{name}?")
    await ada.say("hi @you")
    await ada.say("answering you", reply_to=sent["message_id"])
    await ada.send_picture(picture(), "holiday")
    await ada.send_picture(picture(), f"@{name} what is this?")
    assert await texts(bot) == [
        "/help",
        f"/help@{name}",
        f"what is this, @{name}?",
        "answering you",
        f"@{name} what is this?",
    ]


@pytest.mark.parametrize("way", ["privacy off", "admin"])
async def test_some_bots_read_everything(bot: Any, ada: Person, http: Any, way: str) -> None:
    if way == "admin":
        await control(http, bot, "member", user=1001, chat=GROUP, member=BOT_ID, status="administrator")
    else:
        await control(http, bot, "bot", privacy=False)
        assert (await bot("getMe")).result["can_read_all_group_messages"] is True
    await ada.say("just chatting")
    assert await texts(bot) == ["just chatting"]


async def test_people_see_each_other(bot: Any, you: Person, ada: Person) -> None:
    await ada.say("Hello, you")
    assert (await you.wait_for(lambda message: "Hello" in message.get("text", ""), chat=GROUP))["from"]["id"] == 1002
    unread = {chat["id"]: chat["unread"] for chat in (await ada.state())["chats"]}
    assert unread[GROUP] == 0


async def test_admins_are_told_apart(bot: Any) -> None:
    admins = (await bot("getChatAdministrators", chat_id=GROUP)).result
    assert [(admin["user"]["id"], admin["status"]) for admin in admins] == [(1001, "creator")]
    assert (await bot("getChatMember", chat_id=GROUP, user_id=1002)).result["status"] == "member"
    assert (await bot("getChatMember", chat_id=GROUP, user_id=BOT_ID)).result["status"] == "member"
    assert (await bot("getChatMemberCount", chat_id=GROUP)).result == 3
    assert (await bot("getChat", chat_id=GROUP)).result["title"] == "Friends"


async def test_promotion_and_removal_are_told(bot: Any, ada: Person, http: Any) -> None:
    await control(http, bot, "member", user=1001, chat=GROUP, member=BOT_ID, status="administrator")
    assert (await bot("getChatMember", chat_id=GROUP, user_id=BOT_ID)).result["can_delete_messages"] is True
    await control(http, bot, "member", user=1001, chat=GROUP, member=BOT_ID, status="kicked")
    changes = [update["my_chat_member"] for update in await bot.updates() if "my_chat_member" in update]
    assert [change["new_chat_member"]["status"] for change in changes] == ["administrator", "kicked"]
    reply = await bot("sendMessage", chat_id=GROUP, text="Why?")
    assert reply.error == (403, "Forbidden: bot was kicked from the supergroup chat")


async def test_a_bot_can_leave(bot: Any) -> None:
    assert (await bot("leaveChat", chat_id=GROUP)).result is True
    reply = await bot("sendMessage", chat_id=GROUP, text="I forgot something")
    assert reply.error == (403, "Forbidden: bot is not a member of the supergroup chat")


async def test_only_admins_delete_what_others_wrote(bot: Any, ada: Person, http: Any) -> None:
    said = await ada.say("/spam")
    where = {"chat_id": GROUP, "message_id": said["message_id"]}
    assert (await bot("deleteMessage", **where)).error == (400, "Bad Request: message can't be deleted for everyone")
    await control(http, bot, "member", user=1001, chat=GROUP, member=BOT_ID, status="administrator")
    assert (await bot("deleteMessage", **where)).result is True


async def test_replies_in_a_supergroup_have_a_thread_that_cannot_be_written_to(bot: Any, ada: Person) -> None:
    first = await ada.say("/one")
    await ada.say("/two", reply_to=first)
    message = (await bot.updates())[-1]["message"]
    assert message["message_thread_id"] == first["message_id"]
    assert "is_topic_message" not in message
    thread = message["message_thread_id"]
    reply = await bot("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread)
    assert reply.error == (400, "Bad Request: message thread not found")


async def test_a_group_becomes_a_supergroup(bot: Any, http: Any) -> None:
    await control(http, bot, "chats", id=-77, title="Old", type="group", members={"1001": "creator"})
    async with Person(bot.url, 1001, -77) as you:
        await you.say("/start")
        new = await control(http, bot, "migrate", user=1001, chat=-77)
    old_service, new_service = (update["message"] for update in (await bot.updates())[-2:])
    assert old_service["migrate_to_chat_id"] == new["id"] == new_service["chat"]["id"]
    assert new_service["migrate_from_chat_id"] == -77
    reply = await bot("sendMessage", chat_id=-77, text="x")
    assert reply.error == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert reply.body["parameters"] == {"migrate_to_chat_id": new["id"]}
    assert (await bot("sendMessage", chat_id=new["id"], text="x")).ok


async def test_somebody_new_moves_in(bot: Any, http: Any) -> None:
    await control(http, bot, "users", id=1003, first_name="Bo", username="bo")
    async with Person(bot.url, 1003) as bo:
        await bo.say("Hello")
    (update,) = await bot.updates()
    assert update["message"]["from"]["first_name"] == "Bo"


async def test_a_forum_keeps_its_topics_apart(bot: Any, http: Any) -> None:
    await control(http, bot, "chats", id=-1009, title="Forum", members={"1001": "creator"}, is_forum=True)
    topic = (await control(http, bot, "topic", user=1001, chat=-1009, name="Birds"))["message_thread_id"]
    async with Person(bot.url, 1001, -1009) as you:
        asked = await you.say("/ask", thread=topic)
        await you.say("/general")
    in_topic, in_general = (update["message"] for update in (await bot.updates())[-2:])
    assert (in_topic["message_thread_id"], in_topic["is_topic_message"]) == (topic, True)
    assert in_topic["chat"]["is_forum"] is True
    assert "message_thread_id" not in in_general
    sent = (await bot("sendMessage", chat_id=-1009, text="here", message_thread_id=topic)).result
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
    by_reply = await bot("sendMessage", chat_id=-1009, text="too", reply_parameters={"message_id": asked["message_id"]})
    assert by_reply.result["message_thread_id"] == topic
    reply = await bot("sendMessage", chat_id=-1009, text="General?", message_thread_id=1)
    assert reply.error == (400, "Bad Request: message thread not found")
