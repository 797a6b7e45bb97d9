"""getUpdates: offsets, long polls, conflicts, and which updates arrive."""

import asyncio
from typing import Any

import pytest
from sandbox_helpers import polled

from bot.sandbox.server import Sandbox


async def test_updates_stay_until_they_are_confirmed(bot: Any, you: Any) -> None:
    await you.say("one")
    await you.say("two")
    first = await bot.updates()
    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert await bot.updates() == first
    assert await bot.updates(offset=first[1]["update_id"]) == first[1:]
    assert await bot.updates() == first[1:]
    assert await bot.updates(offset=first[1]["update_id"] + 1) == []


async def test_a_negative_offset_counts_from_the_end(bot: Any, you: Any) -> None:
    for text in ("one", "two", "three"):
        await you.say(text)
    assert [update["message"]["text"] for update in await bot.updates(offset=-1)] == ["three"]
    assert [update["message"]["text"] for update in await bot.updates()] == ["three"]


async def test_limit_takes_the_oldest(bot: Any, you: Any) -> None:
    await you.say("one")
    await you.say("two")
    reply = await bot("getUpdates", limit=1)
    assert [update["message"]["text"] for update in reply.result] == ["one"]


async def test_a_long_poll_ends_when_something_happens(sandbox: Sandbox, bot: Any, you: Any) -> None:
    poll = asyncio.create_task(bot.updates(seconds=50))
    await polled(sandbox)
    assert not poll.done()
    await you.say("wake up")
    assert (await poll)[0]["message"]["text"] == "wake up"


async def test_two_pollers_conflict_and_the_newer_one_wins(sandbox: Sandbox, bot: Any, you: Any) -> None:
    older = asyncio.create_task(bot("getUpdates", timeout=50))
    await polled(sandbox)
    newer = asyncio.create_task(bot("getUpdates", timeout=50))
    reply = await older
    assert reply.error == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    await you.say("for the newer one")
    assert (await newer).result[0]["message"]["text"] == "for the newer one"


async def test_a_poller_that_hung_up_is_no_conflict(sandbox: Sandbox, bot: Any, you: Any) -> None:
    abandoned = asyncio.create_task(bot("getUpdates", timeout=50))
    await polled(sandbox)
    abandoned.cancel()
    await asyncio.gather(abandoned, return_exceptions=True)
    await polled(sandbox, times=0)
    await you.say("still here")
    assert (await bot.updates())[0]["message"]["text"] == "still here"


async def test_kinds_are_chosen_for_later_updates_and_remembered(bot: Any, you: Any) -> None:
    await you.say("before")
    await bot("getUpdates", allowed_updates=["edited_message"])
    message = await you.say("not wanted")
    await you.edit(message, "edited")
    kinds = [sorted(set(update) - {"update_id"}) for update in await bot.updates()]
    assert kinds == [["message"], ["edited_message"]]
    assert (await bot("getWebhookInfo")).result["allowed_updates"] == ["edited_message"]
    await bot("getUpdates", allowed_updates=[])
    await you.say("wanted again")
    assert (await bot.updates())[-1]["message"]["text"] == "wanted again"


async def test_reactions_arrive_only_when_they_are_named(bot: Any, you: Any) -> None:
    sent = (await bot("sendMessage", chat_id=1001, text="Like it?")).result
    await you.react(sent, "👍")
    assert await bot.updates() == []
    await bot("getUpdates", allowed_updates=["message", "message_reaction"])
    await you.react(sent, "🔥")
    (update,) = await bot.updates()
    assert update["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "🔥"}]


async def test_an_edit_comes_as_an_edited_message(bot: Any, you: Any) -> None:
    message = await you.say("What is ths?")
    await you.edit(message, "What is this?")
    update = (await bot.updates())[-1]
    assert update["edited_message"]["text"] == "What is this?"
    assert update["edited_message"]["message_id"] == message["message_id"]
    assert "edit_date" in update["edited_message"]


async def test_a_reply_shows_the_message_but_not_what_that_replied_to(bot: Any, you: Any) -> None:
    first = await you.say("first")
    second = await you.say("second", reply_to=first)
    await you.say("third", reply_to=second)
    answered = (await bot.updates())[-1]["message"]["reply_to_message"]
    assert answered["text"] == "second"
    assert "reply_to_message" not in answered


async def test_blocking_and_coming_back(bot: Any, you: Any, http: Any) -> None:
    await http.post(f"{bot.url}/client/block", json={"user": 1001, "blocked": True})
    (update,) = await bot.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    reply = await bot("sendMessage", chat_id=1001, text="Hello?")
    assert reply.error == (403, "Forbidden: bot was blocked by the user")
    await you.say("Sorry")
    kinds = [set(update) - {"update_id"} for update in await bot.updates()]
    assert kinds == [{"my_chat_member"}, {"my_chat_member"}, {"message"}]
    assert (await bot("sendMessage", chat_id=1001, text="Welcome back")).ok


@pytest.mark.parametrize("pending", [True, False])
async def test_deleting_the_webhook_may_drop_what_waits(bot: Any, you: Any, pending: bool) -> None:
    await you.say("waiting")
    await bot("deleteWebhook", drop_pending_updates=pending)
    assert len(await bot.updates()) == (0 if pending else 1)
