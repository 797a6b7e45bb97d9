"""Which picture is meant, in a private chat: edits, replies, captions, pictures of other chats."""

from __future__ import annotations

import asyncio

import pytest
from e2e_helpers import GROUP, YOU, HeldBroker, StartBot, asked, picture, quiet, says, sure

from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.texts import about
from bot.texts import questions as texts
from model.text import MAX_QUESTION


async def test_a_picture_replaced_by_an_edit_is_the_new_one(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_picture(picture("red"), "What colour?")
    first = await you.wait_for(sure)
    await you.edit_picture(sent, picture("blue"), "What colour?")
    await quiet(bot, questions=2)
    await you.say("And now?")
    await you.wait_for(sure)
    assert bot.services is not None
    rows = [q async for q in bot.services.store.questions.export(you.user_id)]
    assert [q.text for q in rows] == ["What colour?", "What colour?", "And now?"]
    assert rows[0].photo_sha256 != rows[1].photo_sha256 == rows[2].photo_sha256
    assert rows[0].placeholder_id == rows[1].placeholder_id == first["message_id"], "asked again in the same place"


async def test_a_picture_replaced_without_words_is_asked_about_anew(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_picture(picture("red"))
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.edit_picture(sent, picture("blue"))
    await you.wait_for(says(texts.WHAT_TO_KNOW_REPLACED))
    assert bot.services is not None
    (before,) = await bot.services.store.photos.current(you.user_id, None, None)
    await you.edit_picture(sent, b"\0" * 64, name="a.mp4")
    await you.say("And now?")
    await you.wait_for(says(texts.NEED_PICTURE))
    assert not before.path.exists(), "a video stands there now"


async def test_a_reply_means_its_picture_and_follow_ups_stay_with_it(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    first = await you.send_picture(picture("red"))
    got_it = await you.wait_for(says(texts.WHAT_TO_KNOW))
    second = await you.send_picture(picture("blue"), "Second?")
    await you.wait_for(sure)
    await you.say("First?", reply_to=got_it)
    await you.wait_for(sure)
    await you.say("Still the first?")
    shown = await you.wait_for(sure)
    assert shown["reply_to_message"]["message_id"] == first["message_id"], "not obvious: the answer shows it"
    await you.say("Second again?", reply_to=second)
    plain = await you.wait_for(sure)
    assert plain["reply_to_message"]["text"] == "Second again?"
    await you.say("Still the second?")
    assert (await you.wait_for(sure))["reply_to_message"]["text"] == "Still the second?", "obvious"
    one, two = first["message_id"], second["message_id"]
    assert await asked(bot) == [
        ("Second?", two),
        ("First?", one),
        ("Still the first?", one),
        ("Second again?", two),
        ("Still the second?", two),
    ]


@pytest.mark.parametrize("edit", ["hello", "/help", "@vqa_sandbox_bot thanks"])
@pytest.mark.parametrize("chat", [YOU, GROUP])
async def test_an_answer_says_what_it_answers_once_its_question_is_edited_away(
    start_bot: StartBot, you: Person, ada: Person, chat: int, edit: str
) -> None:
    bot = await start_bot()
    await ada.set_up("bot", privacy=False)  # else it does not hear of edits without its name
    shown = await ada.send_picture(picture("red"), "What colour is it? Guess!", chat=GROUP)
    question = await you.say("@vqa_sandbox_bot", chat=chat, reply_to=shown, quote="What colour is it?")
    answer = await you.wait_for(sure, chat=chat)
    assert answer["text"].startswith("Red\n")
    await you.edit(question, edit)
    again = await you.wait_for(says("What colour is it?\nRed\n"), chat=chat, since=0)
    assert again["message_id"] == answer["message_id"]
    await quiet(bot, chat)
    await you.edit(question, "@vqa_sandbox_bot is it blue?")
    await you.wait_for(lambda m: sure(m) and m["text"].startswith("Red\n"), chat=chat, since=0)
    await quiet(bot, chat)
    assert [text for text, _ in await asked(bot, chat)] == ["What colour is it?", "is it blue?"]


async def test_a_question_that_is_edited_away_in_a_group_is_not_asked_any_more(
    start_bot: StartBot, you: Person
) -> None:
    held = HeldBroker()
    bot = await start_bot(held)
    await you.set_up("bot", privacy=False)
    question = await you.send_picture(picture("red"), "@vqa_sandbox_bot what colour?", chat=GROUP)
    await you.wait_for(says("Looking"), chat=GROUP)
    await you.edit(question, "what colour?")  # it is still asked
    await you.say("/help@vqa_sandbox_bot", chat=GROUP)
    await you.wait_for(says("/compare"), chat=GROUP)  # messages are handled in their order
    assert not [m for m in await you.messages(GROUP) if texts.CANCELLED in m.get("text", "")]
    await you.edit(question, "Look at this")
    await you.wait_for(says(texts.CANCELLED), chat=GROUP, since=0)
    held.free.set()
    await quiet(bot, GROUP)


async def test_an_edited_question_stays_with_its_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    first = await you.send_picture(picture("red"), "One?")
    await you.wait_for(sure)
    question = await you.say("Two?")
    await you.wait_for(sure)
    await you.send_picture(picture("blue"), "Three?")
    await you.wait_for(sure)
    await you.edit(question, "Two again?")
    await quiet(bot, questions=4)
    assert (await asked(bot))[-1] == ("Two again?", first["message_id"])


async def test_the_example_is_meant_where_nothing_else_is(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.say("/start")
    example = await you.wait_for(lambda m: "photo" in m)
    await you.say("What color is the ball?")
    answer = await you.wait_for(sure)
    assert answer["reply_to_message"]["message_id"] == example["message_id"]
    own = await you.send_picture(picture(), "Mine?")
    await you.wait_for(sure)
    await you.say("/start")
    second = await you.wait_for(lambda m: "photo" in m)
    await you.say("Still mine?")
    await you.wait_for(sure)
    await you.say("The ball?", reply_to=second)
    await you.wait_for(sure)
    number = own["message_id"]
    assert [about for _, about in await asked(bot)] == [example["message_id"], number, number, second["message_id"]]


async def test_a_picture_of_another_chat_is_quoted(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    elsewhere = await ada.send_picture(picture("green"), "Look!", chat=GROUP)
    question = await you.say("What colour?", reply_to=elsewhere)
    assert "external_reply" in question
    await you.wait_for(sure)
    await you.say("What size?")
    await you.wait_for(sure)
    number = question["message_id"]
    assert await asked(bot) == [("What colour?", number), ("What size?", number)]
    assert await asked(bot, GROUP) == []


async def test_a_caption_that_is_too_long_keeps_its_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_picture(picture(), "x" * (MAX_QUESTION + 1))
    refused = await you.wait_for(says(texts.TOO_LONG_CAPTION))
    await you.say("What?")
    await you.wait_for(sure)
    await you.say("What?", reply_to=refused)
    await you.wait_for(sure)
    assert [about for _, about in await asked(bot)] == [sent["message_id"]] * 2


async def test_commands_in_captions_are_commands(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_picture(picture(), "/settings")
    await you.wait_for(lambda m: "reply_markup" in m)
    assert await asked(bot) == []
    await you.say("What?")
    await you.wait_for(sure)
    assert await asked(bot) == [("What?", sent["message_id"])], "the picture was kept"
    await you.send_picture(picture("blue"), "/nosuch")
    await you.wait_for(says(texts.UNKNOWN_COMMAND))
    await you.send_picture(picture("yellow"), "/help@another_bot")
    await you.wait_for(says(texts.UNKNOWN_COMMAND))
    await you.send_picture(picture("green"), "/delete")
    await you.wait_for(lambda m: "reply_markup" in m)
    await asyncio.sleep(0)
    assert len(await asked(bot)) == 1


async def test_a_minus_stays(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "-5 degrees?")
    await you.wait_for(sure)
    assert [text for text, _ in await asked(bot)] == ["-5 degrees?"]


async def test_who_has_not_started_yet_is_told_how_to_ask(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    while not (shown := (await bot.services.bot.get_my_short_description()).short_description):  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # told beside everything else, and last
    assert shown == about.SHORT_DESCRIPTION
    assert (await bot.services.bot.get_my_description()).description == about.DESCRIPTION


async def test_a_picture_whose_question_a_limit_refused_is_meant_later(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(questions_per_minute=1)
    await you.send_picture(picture("red"), "One?")
    await you.wait_for(sure)
    second = await you.send_picture(picture("blue"), "Two?")
    await you.wait_for(says("ask again"))
    assert bot.services is not None
    await bot.services.store.settings.set(questions_per_minute=100)
    await you.say("Two again?")
    shown = await you.wait_for(sure)
    assert shown["reply_to_message"]["message_id"] == second["message_id"]
    assert (await asked(bot))[-1] == ("Two again?", second["message_id"])


async def test_a_picture_that_was_put_off_is_still_meant_when_its_download_fails_at_first(
    start_bot: StartBot, you: Person, sandbox: Sandbox
) -> None:
    bot = await start_bot(questions_per_minute=1)
    assert bot.services is not None
    await you.send_picture(picture("red"), "One?")
    await you.wait_for(sure)
    second = await you.send_picture(picture("blue"), "Two?")
    await you.wait_for(says("ask again"))
    await bot.services.store.settings.set(questions_per_minute=100)
    sandbox.world.faults.change({"next": [{"method": "getFile", "error_code": 502, "times": 3}]})
    await you.say("Two again?")
    await quiet(bot, questions=2)
    assert (await asked(bot))[-1] == ("Two again?", second["message_id"])


async def test_a_small_picture_of_the_history_means_its_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    first = await you.send_picture(picture("red"), "One?")
    await you.wait_for(sure)
    await you.send_picture(picture("blue"), "Two?")
    await you.wait_for(sure)
    await you.say("/history")
    history = await you.wait_for(lambda m: "reply_markup" in m)
    await you.press(history, "🖼 2")
    small = await you.wait_for(lambda m: "photo" in m)
    await you.say("This one?", reply_to=small)
    await you.wait_for(sure)
    assert (await asked(bot))[-1] == ("This one?", first["message_id"])
