"""Albums: one caption asks once a picture, captions of their own ask for themselves, nothing else is asked of all."""

from __future__ import annotations

import asyncio

from e2e_helpers import GROUP, StartBot, asked, picture, quiet, says, sure

from bot.conversation.albums import ALBUM_SECONDS
from bot.conversation.small_talk import SmallTalk
from bot.sandbox.person import Person
from bot.texts import questions as texts
from bot.texts.small_talk import reply

RED, BLUE, GREEN = (picture(colour) for colour in ("red", "blue", "green"))


async def settled(person: Person, chat: int | None = None) -> list[int]:
    """The messages that answers reply to; nothing else of the bot's may be left."""
    found = [m for m in await person.messages(chat, 200) if m.get("from", {}).get("is_bot")]
    assert not [m["text"] for m in found if texts.LOOKING in m.get("text", "")]
    return sorted(m["reply_to_message"]["message_id"] for m in found if sure(m))


async def test_two_identical_pictures_get_an_answer_each(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_album([RED, RED, BLUE], "What colour?")
    await you.wait_for(sure)
    await quiet(bot)
    assert await settled(you) == [m["message_id"] for m in sent]
    await you.say("And the shape?")  # of all of them; the identical ones share one answer
    await quiet(bot, questions=5)
    assert [text for text, _ in await asked(bot)] == ["What colour?"] * 3 + ["And the shape?"] * 2
    await settled(you)


async def test_captions_of_their_own_ask_for_themselves(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    one, two, three = (
        m["message_id"] for m in await you.send_album([RED, BLUE, GREEN], ["First?", "Second?", "Third?"])
    )
    await you.wait_for(sure)
    await quiet(bot)
    assert sorted(await asked(bot)) == [("First?", one), ("Second?", two), ("Third?", three)]


async def test_a_caption_in_the_middle_asks_for_those_around_it(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    numbers = [m["message_id"] for m in await you.send_album([RED, BLUE, GREEN], ["", "Which colour?", ""])]
    await you.wait_for(sure)
    await quiet(bot)
    assert sorted(await asked(bot)) == [("Which colour?", number) for number in numbers]


async def test_an_edited_caption_asks_for_all_again_in_the_same_places(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_album([RED, BLUE, GREEN], ["What?", "", "My own?"])
    one, two, three = (m["message_id"] for m in sent)
    await you.wait_for(sure)
    await quiet(bot)
    before = await settled(you)
    await you.edit(sent[0], "What colour?")
    await quiet(bot, questions=5)
    assert sorted(await asked(bot)) == sorted(
        [("What?", one), ("What?", two), ("My own?", three), ("What colour?", one), ("What colour?", two)]
    )
    assert await settled(you) == before


async def test_a_caption_added_to_an_albums_picture_asks_for_that_one_only(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_album([RED, BLUE, GREEN], "Of all?")
    await you.wait_for(sure)
    await quiet(bot, questions=3)
    await you.edit(sent[1], "My own?")
    await quiet(bot, questions=4)
    await you.edit(sent[0], "Of the others?")
    await quiet(bot, questions=6)
    one, two, three = (m["message_id"] for m in sent)
    assert sorted((await asked(bot))[3:]) == [("My own?", two), ("Of the others?", one), ("Of the others?", three)]


async def test_only_a_real_question_is_asked_of_all(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    sent = await you.send_album([RED, BLUE])
    got_them = await you.wait_for(says(texts.WHAT_TO_KNOW_ALBUM))
    for text, kind in (("thanks", SmallTalk.THANKS), ("👍", SmallTalk.EMOJI)):
        await you.say(text)
        await you.wait_for(says(reply(kind, with_picture=True)))
    assert await asked(bot) == []
    one, two = (m["message_id"] for m in sent)
    await you.say("Second?", reply_to=sent[1])
    await you.wait_for(sure)
    await you.say("Still the second?")
    await you.wait_for(sure)
    assert await asked(bot) == [("Second?", two), ("Still the second?", two)]
    await you.say("Both?", reply_to=got_them)
    await you.wait_for(sure)
    await quiet(bot)
    assert (await asked(bot))[2:] == [("Both?", one), ("Both?", two)]


async def test_videos_in_an_album_get_one_refusal_and_their_caption_counts(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    names = ["a.mp4", "b.jpg", "c.mp4", "d.jpg"]
    sent = await you.send_album([b"\0" * 64, RED, b"\0" * 64, BLUE], "What colour?", names=names)
    await you.wait_for(sure)
    await quiet(bot)
    assert await asked(bot) == [("What colour?", sent[1]["message_id"]), ("What colour?", sent[3]["message_id"])]
    refusals = [m for m in await you.messages() if texts.UNSUPPORTED["video"] in m.get("text", "")]
    assert len(refusals) == 1
    await you.send_album([b"\0" * 64, RED], names=["a.mp4", "b.jpg"])
    await you.wait_for(lambda m: m.get("text") == texts.WHAT_TO_KNOW)


async def test_an_album_whose_caption_a_limit_refused_is_meant_later(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(questions_per_minute=1)
    assert bot.services is not None
    await you.send_picture(GREEN, "One?")
    await you.wait_for(sure)
    sent = await you.send_album([RED, BLUE, GREEN], ["", "Two?", ""])
    await you.wait_for(lambda m: "ask again" in m.get("text", ""))
    await asyncio.sleep(1.5 * ALBUM_SECONDS)  # it would have been asked by now what to know about them
    await bot.services.store.settings.set(questions_per_minute=100)
    await you.say("Two again?")
    await you.wait_for(sure)
    await quiet(bot, questions=4)
    assert (await asked(bot))[1:] == [("Two again?", m["message_id"]) for m in sent]
    assert not [m for m in await you.messages() if m.get("text") == texts.WHAT_TO_KNOW_ALBUM]


async def test_a_mention_on_the_second_item_means_all_of_a_groups_album(start_bot: StartBot, ada: Person) -> None:
    bot = await start_bot()
    assert bot.services is not None
    name = bot.services.bot.username
    await _let_it_read_all(ada)
    numbers = [
        m["message_id"] for m in await ada.send_album([RED, BLUE, GREEN], ["", f"@{name} what?", ""], chat=GROUP)
    ]
    await ada.wait_for(sure, chat=GROUP)
    await quiet(bot, GROUP)
    assert sorted(await asked(bot, GROUP)) == [("what?", number) for number in numbers]
    await ada.send_album([RED, BLUE], ["Look", "at this"], chat=GROUP)
    await quiet(bot, GROUP)
    assert len(await asked(bot, GROUP)) == 3, "nobody meant the bot"


async def _let_it_read_all(person: Person) -> None:
    assert person._session is not None
    async with person._session.post("/client/bot", json={"privacy": False}) as response:
        assert response.status == 200
