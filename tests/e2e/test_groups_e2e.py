"""Groups: whose picture is meant, what the bot cannot see, who writes behind a name, what becomes of old numbers."""

from __future__ import annotations

import asyncio

import pytest
from e2e_helpers import GROUP, YOU, HeldBroker, StartBot, asked, change, picture, quiet, says, sure

from bot.sandbox.person import Person
from bot.sandbox.posting import post
from bot.sandbox.server import Sandbox
from bot.texts import about, menus
from bot.texts import questions as texts

OLD = -5001
"""A basic group, which becomes a supergroup."""


@pytest.fixture
def mention() -> str:
    return "@vqa_sandbox_bot"


async def test_a_picture_that_the_bot_cannot_see_is_not_guessed(
    start_bot: StartBot, you: Person, ada: Person, mention: str
) -> None:
    bot = await start_bot()
    hidden = await ada.send_picture(picture("green"), chat=GROUP)
    await ada.say("/ask What colour?", chat=GROUP)
    await ada.wait_for(says(texts.CANNOT_SEE), chat=GROUP)
    await ada.say("/ask What colour?", reply_to=hidden, chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    await ada.say("/ask And the shape?", chat=GROUP)  # directly under the answer
    await ada.wait_for(sure, chat=GROUP)
    await you.send_picture(picture("blue"), chat=GROUP)
    await you.say(f"{mention} and this one?", chat=GROUP)
    await you.wait_for(says(texts.CANNOT_SEE_ABOVE), chat=GROUP)
    assert await asked(bot, GROUP) == [("What colour?", hidden["message_id"]), ("And the shape?", hidden["message_id"])]


async def test_what_was_seen_last_is_not_taken_for_what_stands_above(
    start_bot: StartBot, ada: Person, mention: str
) -> None:
    """A picture that was shown with a question may be the last thing seen, and another one stand between."""
    await start_bot()
    await ada.send_picture(picture("red"), f"{mention} what colour?", chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    await ada.send_picture(picture("green"), "Look", chat=GROUP)
    await ada.say("/ask What colour?", chat=GROUP)
    await ada.wait_for(says(texts.CANNOT_SEE_ABOVE), chat=GROUP)


async def test_without_any_picture_a_group_is_told_to_reply(start_bot: StartBot, you: Person, mention: str) -> None:
    await start_bot()
    await you.say(f"{mention} what colour?", chat=GROUP)
    await you.wait_for(says(texts.NEED_PICTURE_GROUP), chat=GROUP)


async def test_who_sees_all_means_the_picture_directly_above(
    start_bot: StartBot, you: Person, ada: Person, mention: str
) -> None:
    await change(you, "bot", privacy=False)
    bot = await start_bot()
    mine = await you.send_picture(picture("red"), f"{mention} mine?", chat=GROUP)
    await you.wait_for(sure, chat=GROUP)
    hers = await ada.send_picture(picture("blue"), "Look!", chat=GROUP)
    await you.say("/ask this one?", chat=GROUP)
    shown = await you.wait_for(sure, chat=GROUP)
    assert shown["reply_to_message"]["message_id"] == hers["message_id"]
    await ada.send_picture(picture("green"), chat=GROUP)
    await ada.say("Lunch?", chat=GROUP)
    await you.say("/ask and the shape?", chat=GROUP)
    again = await you.wait_for(sure, chat=GROUP)
    assert again["reply_to_message"]["message_id"] == hers["message_id"], "another was shown since: not obvious"
    await quiet(bot, GROUP)
    assert [about for _, about in await asked(bot, GROUP)] == [
        mine["message_id"],
        hers["message_id"],
        hers["message_id"],
    ]
    assert bot.services is not None
    kept = await bot.services.store.photos.current(GROUP, None, None)
    assert [photo.message_id for photo in kept] == [hers["message_id"]], "what nobody asked about is not kept"


async def test_anothers_picture_is_shown_with_the_answer(
    start_bot: StartBot, you: Person, ada: Person, mention: str
) -> None:
    await start_bot()
    hers = await ada.send_picture(picture("blue"), f"{mention} what?", chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    await you.say(f"{mention} and the shape?", chat=GROUP)
    shown = await you.wait_for(sure, chat=GROUP)
    assert shown["reply_to_message"]["message_id"] == hers["message_id"]
    await you.say(f"{mention} and the size?", chat=GROUP)
    assert (await you.wait_for(sure, chat=GROUP))["reply_to_message"]["text"].endswith("and the size?")


async def test_the_example_is_nobodys_newest(start_bot: StartBot, you: Person, ada: Person, mention: str) -> None:
    bot = await start_bot()
    hers = await ada.send_picture(picture("blue"), f"{mention} what?", chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    await you.say("/start", chat=GROUP)
    await you.wait_for(lambda m: "photo" in m, chat=GROUP)
    assert "I see only what is meant for me" in (await you.wait_for(says("Hello"), chat=GROUP))["text"]
    await ada.say(f"{mention} and the shape?", chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    assert [about for _, about in await asked(bot, GROUP)] == [hers["message_id"]] * 2


async def test_a_mention_alone_asks_what_to_know_about_the_picture(
    start_bot: StartBot, you: Person, ada: Person, mention: str
) -> None:
    bot = await start_bot()
    hers = await ada.send_picture(picture("blue"), chat=GROUP)
    await you.say(mention, reply_to=hers, chat=GROUP)
    question = await you.wait_for(says(texts.WHAT_TO_KNOW), chat=GROUP)
    await ada.send_picture(picture("red"), f"{mention} another?", chat=GROUP)
    await ada.wait_for(sure, chat=GROUP)
    await you.say("What colour?", reply_to=question, chat=GROUP)
    await you.wait_for(sure, chat=GROUP)
    assert (await asked(bot, GROUP))[-1] == ("What colour?", hers["message_id"])
    words = await ada.say("Nice weather", chat=GROUP)
    await you.say(mention, reply_to=words, chat=GROUP)
    await you.wait_for(says(texts.NO_WORDS), chat=GROUP)


async def test_who_writes_behind_a_name_is_answered(
    start_bot: StartBot, you: Person, ada: Person, mention: str
) -> None:
    bot = await start_bot()
    sent = await ada.send_picture(picture(), chat=GROUP)
    await you.say(f"{mention} as the group?", reply_to=sent, chat=GROUP, anonymous=True)
    await you.wait_for(sure, chat=GROUP)
    await ada.say(f"{mention} as a channel?", reply_to=sent, chat=GROUP, channel="Ada's channel")
    await ada.wait_for(sure, chat=GROUP)
    assert bot.services is not None
    who = [(q.user_id, q.user_name) async for q in bot.services.store.questions.export(GROUP)]
    assert who[0] == (GROUP, "Friends") and who[1][1] == "Ada's channel"


async def test_an_anonymous_admins_deletion_is_confirmed_by_any_admin(
    start_bot: StartBot, you: Person, ada: Person, mention: str
) -> None:
    bot = await start_bot()
    sent = await ada.send_picture(picture(), chat=GROUP)
    await you.say(f"{mention} what?", reply_to=sent, chat=GROUP)
    await you.wait_for(sure, chat=GROUP)
    await you.say("/delete", chat=GROUP, anonymous=True)
    menu = await you.wait_for(lambda m: "reply_markup" in m, chat=GROUP)
    assert (await ada.press(menu, menus.DELETE_YES) or {})["show_alert"], "no admin"
    assert len(await asked(bot, GROUP)) == 1
    await you.press(menu, menus.DELETE_YES)
    await quiet(bot, GROUP)
    assert await asked(bot, GROUP) == []


async def test_what_a_channel_posts_into_its_group_is_left_alone(
    start_bot: StartBot, sandbox: Sandbox, you: Person, mention: str
) -> None:
    await start_bot()
    group, poster = sandbox.world.groups[GROUP], sandbox.world.users[YOU]
    channel = {"id": -1009, "type": "channel", "title": "News"}
    entities = [{"type": "mention", "offset": 0, "length": len(mention)}]
    content = {"text": f"{mention} what?", "entities": entities, "is_automatic_forward": True}
    post(sandbox.world, group, poster, content, behind=channel)
    entities = [{"type": "bot_command", "offset": 0, "length": 8}]
    content = {"text": "/history", "entities": entities, "is_automatic_forward": True}
    post(sandbox.world, group, poster, content, behind=channel)
    await you.say(f"{mention} what?", chat=GROUP)
    await you.wait_for(says(texts.NEED_PICTURE_GROUP), chat=GROUP)  # later in the same chat: the others are handled
    assert len([m for m in await you.messages(GROUP) if m.get("from", {}).get("username") == mention[1:]]) == 1


async def test_when_added_the_bot_says_once_how_to_ask(start_bot: StartBot, you: Person, mention: str) -> None:
    bot = await start_bot()
    assert bot.services is not None
    for status in ("left", "member", "administrator"):
        await change(you, "member", chat=GROUP, member=bot.services.bot.id, status=status)
    await you.wait_for(says(about.group_welcome(mention[1:]).split("\n")[0]), chat=GROUP, since=0)
    await quiet(bot, GROUP)
    assert len([m for m in await you.messages(GROUP) if mention in m.get("text", "")]) == 1


async def test_a_group_that_becomes_a_supergroup_goes_on(
    start_bot: StartBot, you: Person, ada: Person, mention: str
) -> None:
    bot = await start_bot()
    assert bot.services is not None
    members = {you.user_id: "creator", ada.user_id: "member"}
    await change(you, "chats", id=OLD, title="Old", type="group", members=members)
    for number in range(3):  # the new group's messages will have these numbers again
        await you.send_picture(picture("red"), f"{mention} old {number}?", chat=OLD)
        await you.wait_for(sure, chat=OLD)
    new = (await change(you, "migrate", chat=OLD))["id"]
    await quiet(bot, OLD)
    await quiet(bot, new)
    await ada.say(f"{mention} which one?", chat=new)  # others talked about it, and no reply can show it any more
    await ada.wait_for(says(texts.NEED_PICTURE_GROUP), chat=new)
    await you.say(f"{mention} still the last?", chat=new)
    shown = await you.wait_for(sure, chat=new)
    assert shown["reply_to_message"]["text"].endswith("still the last?"), "the old message is in another chat"
    sent = await ada.send_picture(picture("blue"), chat=new)
    for number in range(4):
        await you.say(f"{mention} new {number}?", reply_to=sent if number == 0 else None, chat=new)
        await you.wait_for(sure, chat=new)
    about = dict(await asked(bot, new))
    assert about["old 2?"] == about["still the last?"] and (about["old 2?"] or 0) < 0
    assert {about[f"new {number}?"] for number in range(4)} == {sent["message_id"]}
    assert await asked(bot, OLD) == []
    await you.say("/history", chat=new)
    history = await you.wait_for(lambda m: "History" in m.get("text", ""), chat=new)
    links = [entity["url"] for entity in history["entities"] if entity["type"] == "text_link"]
    assert links and all(int(link.rsplit("/", 1)[1]) > 0 for link in links)


@pytest.mark.parametrize("update_comes", [True, False])
async def test_an_answer_finds_its_group_that_moved_meanwhile(
    start_bot: StartBot,
    sandbox: Sandbox,
    you: Person,
    mention: str,
    update_comes: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Told by the update, or, where none has come yet, by Telegram's refusal of the old number."""
    monkeypatch.setattr("bot.answering.delivery.SWEEP_SECONDS", 3600.0)  # nobody finds it by chance
    broker = HeldBroker()
    bot = await start_bot(broker)
    await change(you, "chats", id=OLD, title="Old", type="group", members={you.user_id: "creator"})
    await you.send_picture(picture(), f"{mention} what?", chat=OLD)
    while not broker.asked:  # noqa: ASYNC110 - a test's broker notifies nobody
        await asyncio.sleep(0.01)
    if not update_comes:
        sandbox.world.faults.change({"always": [{"method": "getUpdates", "hold": 3600}]})
        await you.say("What is this?")
        await you.wait_for(says(texts.NEED_PICTURE))  # by the poll that was under way; the next one is held
    new = (await change(you, "migrate", chat=OLD))["id"]
    while update_comes and not await asked(bot, new):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    broker.free.set()
    await you.wait_for(sure, chat=new)
