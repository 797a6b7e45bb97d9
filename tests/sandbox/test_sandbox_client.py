"""What the chat page relies on."""

import asyncio
import base64
import io
import json
import sys
from typing import Any

import aiohttp
import pytest
from PIL import Image
from sandbox_helpers import GROUP, picture

from bot.commands.new_scenes import scene_drawer
from bot.sandbox.connection import PersonError
from bot.sandbox.person import Person
from bot.sandbox.samples import Sample
from bot.sandbox.server import PortInUseError, Sandbox


async def test_the_state_names_people_chats_and_the_bot(bot: Any, you: Person) -> None:
    state = await you.state()
    assert [(user["id"], user["first_name"]) for user in state["users"]] == [(1001, "You"), (1002, "Ada")]
    assert [(chat["id"], chat["type"], chat["title"]) for chat in state["chats"]] == [
        (1001, "private", "VQA Bot"),
        (GROUP, "supergroup", "Friends"),
    ]
    assert state["bot"]["username"] == "vqa_sandbox_bot"
    assert state["chats"][0]["last"]["text"] == "/start"
    assert state["samples"] == []
    assert state["draws_scenes"] is False


async def test_unread_messages_are_counted_until_they_are_read(bot: Any, you: Person, http: Any) -> None:
    await bot("sendMessage", chat_id=1001, text="one")
    await bot("sendMessage", chat_id=1001, text="two")
    assert (await you.state())["chats"][0]["unread"] == 2
    await you.messages()
    assert (await you.state())["chats"][0]["unread"] == 0
    await bot("sendMessage", chat_id=1001, text="three")
    await http.post(f"{bot.url}/client/read", json={"user": 1001, "chat": 1001})
    assert (await you.state())["chats"][0]["unread"] == 0


async def test_older_messages_come_page_by_page(bot: Any, you: Person, http: Any) -> None:
    for number in range(5):
        await you.say(str(number))
    query = {"user": "1001", "chat": "1001", "limit": "2"}
    async with http.get(f"{bot.url}/client/messages", params=query) as response:
        newest = (await response.json())["messages"]
    async with http.get(
        f"{bot.url}/client/messages", params={**query, "before": str(newest[0]["message_id"])}
    ) as response:
        older = (await response.json())["messages"]
    assert [message["text"] for message in older + newest] == ["1", "2", "3", "4"]


async def read_events(http: Any, url: str, count: int, **request: Any) -> list[dict[str, Any]]:
    found = []
    async with asyncio.timeout(10), http.get(f"{url}/client/events", **request) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        async for line in response.content:
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
                if len(found) == count:
                    return found
    return found


async def test_events_resume_where_they_stopped(bot: Any, you: Person, http: Any) -> None:
    last = (await you.state())["last_event"]
    sent = (await bot("sendMessage", chat_id=1001, text="one")).result
    await bot("editMessageText", chat_id=1001, message_id=sent["message_id"], text="two")
    await bot("deleteMessage", chat_id=1001, message_id=sent["message_id"])
    query = {"user": "1001", "after": str(last)}
    events = await read_events(http, bot.url, 3, params=query)
    assert [(event["type"], event["chat_id"]) for event in events] == [
        ("message", 1001),
        ("edited", 1001),
        ("deleted", 1001),
    ]
    assert [event["n"] for event in events] == [last + 1, last + 2, last + 3]
    resumed = await read_events(
        http, bot.url, 1, params={"user": "1001"}, headers={"Last-Event-ID": str(events[1]["n"])}
    )
    assert resumed == events[2:]


async def test_events_of_other_peoples_chats_stay_away(bot: Any, you: Person, http: Any) -> None:
    await you.say("a secret")
    async with Person(bot.url, 1002, GROUP) as ada:
        await ada.say("for everybody")
    events = await read_events(http, bot.url, 1, params={"user": "1002", "after": str(0)})
    assert "secret" not in json.dumps(events)


async def test_people_edit_only_their_own(bot: Any, you: Person) -> None:
    await bot("sendMessage", chat_id=1001, text="mine")
    message = (await you.messages())[-1]
    with pytest.raises(PersonError, match="can't be edited"):
        await you.edit(message, "yours")


async def test_captions_are_edited(bot: Any, you: Person) -> None:
    sent = await you.send_picture(picture(), "What is ths?")
    await you.edit(sent, "What is this?")
    update = (await bot.updates())[-1]
    assert update["edited_message"]["caption"] == "What is this?"
    assert "text" not in update["edited_message"]


async def test_people_delete_and_react(bot: Any, you: Person) -> None:
    sent = (await bot("sendMessage", chat_id=1001, text="like me")).result
    await you.react(sent, "👍")
    assert (await you.messages())[-1]["reactions"] == {"1001": [{"type": "emoji", "emoji": "👍"}]}
    await you.delete(sent)
    assert [message["text"] for message in await you.messages()] == ["/start"]


async def test_a_press_names_the_buttons_that_are_there(bot: Any, you: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}], [{"text": "No", "callback_data": "n"}]]}
    sent = (await bot("sendMessage", chat_id=1001, text="Sure?", reply_markup=markup)).result
    with pytest.raises(PersonError, match="Yes, No"):
        await you.press(sent, "Maybe")


async def test_waiting_in_vain_names_what_came_instead(bot: Any, you: Person) -> None:
    await bot("sendMessage", chat_id=1001, text="something else")
    with pytest.raises(TimeoutError, match="something else"):
        await you.wait_for(lambda message: False, timeout=0.05)


async def test_without_a_bot_there_is_a_sentence(http: aiohttp.ClientSession) -> None:
    async with Sandbox(port=0) as sandbox, Person(sandbox.url) as you:
        with pytest.raises(PersonError, match="No bot has called yet"):
            await you.say("Hello?")


async def test_samples_are_offered(http: aiohttp.ClientSession) -> None:
    samples = [Sample("A ball", picture(), "What colour is the ball?")]
    async with Sandbox(port=0, token="7:for_samples", samples=samples) as sandbox, Person(sandbox.url) as you:
        (sample,) = (await you.state())["samples"]
        assert (sample["name"], sample["question"]) == ("A ball", "What colour is the ball?")
        async with http.get(sandbox.url + sample["url"]) as response:
            assert await response.read() == samples[0].picture


async def test_nonsense_is_answered_with_a_sentence(bot: Any, http: Any) -> None:
    for path in ("send", "edit", "press", "delete", "react", "faults", "member", "chats"):
        async with http.post(
            f"{bot.url}/client/{path}", data=b"\xff{", headers={"Content-Type": "application/json"}
        ) as r:
            assert (r.status, set(await r.json())) == (400, {"error"})


async def test_files_outside_of_the_page_are_not_served(bot: Any, http: Any) -> None:
    for path in ("/..%2fserver.py", "/%2e%2e/server.py", "/../../cli.py", "/server.py"):
        async with http.get(bot.url + path) as response:
            assert response.status == 404


async def test_a_busy_port_is_named(bot: Any, sandbox: Sandbox) -> None:
    with pytest.raises(PortInUseError, match=f"port {sandbox.port}"):
        await Sandbox(port=sandbox.port).start()


async def test_files_are_gone_after_the_end(http: aiohttp.ClientSession) -> None:
    async with Sandbox(port=0, token="7:for_files") as sandbox, Person(sandbox.url) as you:
        await you.send_picture(picture())
        (stored, *_) = sandbox.world.files.by_id.values()
        assert stored.path.is_file()
    assert not stored.path.parent.exists()


def test_old_files_make_room_for_new_ones() -> None:
    from bot.sandbox.files import Files

    files = Files(room=25)
    try:
        kept = [files.add(bytes(10), "document", f"{number}.txt", "text/plain") for number in range(3)]
        assert kept[0].file_id not in files.by_id
        assert not kept[0].path.exists()
        assert kept[2].file_id in files.by_id
    finally:
        files.close()


async def test_new_scenes_are_drawn_with_questions(http: Any) -> None:
    async with Sandbox(port=0, draw_scene=scene_drawer()) as sandbox:
        async with Person(sandbox.url, 1001) as you:
            assert (await you.state())["draws_scenes"] is True
        drawn = []
        for _ in range(2):
            async with http.post(f"{sandbox.url}/client/scene", json={}) as response:
                drawn.append(await response.json())
    pictures = [base64.b64decode(scene["picture"]) for scene in drawn]
    assert pictures[0] != pictures[1]
    for scene, data in zip(drawn, pictures, strict=True):
        assert Image.open(io.BytesIO(data)).size == (700, 400)
        assert scene["media_type"] == "image/png"
        assert len(set(scene["questions"])) == len(scene["questions"]) >= 3


async def test_where_nobody_draws_scenes_that_is_said(bot: Any, http: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with http.post(f"{bot.url}/client/scene", json={}) as response:
        assert response.status == 404
        assert await response.json() == {"error": "Nobody draws scenes here."}
    monkeypatch.setitem(sys.modules, "training.scenes", None)  # as where the training tools are not installed
    assert scene_drawer() is None
