"""What comes between the messages of an album: a restart, a typed question, an edit, or nothing more."""

from __future__ import annotations

import asyncio

from album_helpers import Seeing, answers
from e2e_helpers import BLUE, GREEN, GROUP, RED, YOU, StartBot, quiet, says, sure

from bot.app import Bot
from bot.asking.asking import ALBUM_SECONDS
from bot.sandbox.person import Person
from bot.texts import questions as texts


async def test_a_restart_amid_an_album_forgets_none_of_its_messages(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    async def handled(bot: Bot, messages: int) -> None:
        """So many messages were sent in all; the last of them is handled."""
        assert bot.services is not None
        for _ in range(600):
            if (await bot.services.store.updates.counts())["done"] >= messages:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{messages} messages are not handled")

    bot = await start_bot(Seeing())
    assert bot.services is not None
    name = bot.services.bot.username
    await ada.set_up("bot", privacy=False)
    first = await ada.send_late({"media_group_id": "1"}, RED, chat=GROUP)  # nobody means the bot yet
    await handled(bot, 1)
    await bot.stop()
    bot = await start_bot(Seeing())
    await ada.send_late(first, BLUE, f"@{name} what changed?", chat=GROUP)
    assert (await ada.wait_for(sure, chat=GROUP))["text"].startswith("Red, blue\n")
    await quiet(bot, GROUP)
    await you.send_album([RED, BLUE])
    await handled(bot, 4)
    await bot.stop()  # before it says anything
    for _ in range(2):
        bot = await start_bot(Seeing())
        await you.wait_for(says(texts.WHAT_TO_KNOW_ALBUM))
        await asyncio.sleep(1.5 * ALBUM_SECONDS)  # it would have been said again by now
        await bot.stop()
    assert len([m for m in await you.messages() if m.get("text") == texts.WHAT_TO_KNOW_ALBUM]) == 1
    assert len(await answers(ada, GROUP)) == 1


async def test_a_comparison_with_the_only_picture_of_an_album_says_what_is_missing(
    start_bot: StartBot, you: Person
) -> None:
    broker = Seeing()
    bot = await start_bot(broker)
    await you.set_up("users", id=YOU, first_name="You", language_code="de")
    first = await you.send_late({"media_group_id": "1"}, RED, "What changed?")
    refused = await you.wait_for(says("Zum Vergleichen brauche ich zwei Bilder"))
    assert not broker.asked
    await you.send_late(first, BLUE)
    answer = await you.wait_for(lambda m: m.get("text", "").startswith("Red, blue\n"), since=0)
    assert answer["message_id"] == refused["message_id"]
    await quiet(bot)


async def test_what_is_typed_while_an_album_comes_asks_about_all_of_it(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    await you.send_picture(GREEN)
    first = await you.send_late({"media_group_id": "1"}, RED)
    await you.say("What changed?")
    await you.send_late(first, BLUE)
    answer = await you.wait_for(lambda m: m.get("text", "").startswith("Red, blue\n"), since=0)
    await you.send_late(first, RED)  # seconds later than the others
    again = await you.wait_for(says("2\u00a0→\u00a03: Blue, red"), since=0)
    assert again["message_id"] == answer["message_id"]
    await quiet(bot)
    assert not [m for m in await you.messages() if m.get("text") == texts.WHAT_TO_KNOW_ALBUM]
    assert len(await answers(you)) == 1


async def test_a_caption_that_an_edit_takes_away_leaves_the_others(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    sent = await you.send_album([RED, BLUE], ["What changed?", "What colour?"])
    await you.wait_for(lambda m: m.get("text", "").startswith("Red, blue\n"), since=0)
    await you.edit(sent[0], "")
    await you.wait_for(lambda m: m.get("text", "").startswith("1. Red"), since=0)
    await quiet(bot)
    assert len(await answers(you)) == 1
