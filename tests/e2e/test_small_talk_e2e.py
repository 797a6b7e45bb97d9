"""Words that ask nothing: a short sentence or none, and never an answer."""

from __future__ import annotations

from e2e_helpers import GROUP, YOU, StartBot, asked, picture, quiet, says, sure

from bot.conversation.phrases import lexicon
from bot.conversation.small_talk import SmallTalk
from bot.conversation.talk_score import weights
from bot.sandbox.person import Person
from bot.texts import questions as texts
from bot.texts.small_talk import reply


async def test_small_talk_gets_a_sentence_and_counts_to_no_limit(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(questions_per_minute=1)
    for text, kind in (("hi", SmallTalk.GREETING), ("👍", SmallTalk.EMOJI), ("Anna", SmallTalk.NAME)):
        await you.say(text)
        await you.wait_for(says(reply(kind, with_picture=False)))
    sent = await you.send_picture(picture(), "Hi!")
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    for text, kind in (("thaaanks 😊", SmallTalk.THANKS), ("haha", SmallTalk.LAUGHTER), ("ok.", SmallTalk.AGREEMENT)):
        await you.say(text)
        await you.wait_for(says(reply(kind, with_picture=True)))
    assert await asked(bot) == []
    await you.say("colour?")
    await you.wait_for(sure)
    await you.say("grazie mille!")
    await you.wait_for(says(reply(SmallTalk.THANKS, with_picture=True)))
    assert await asked(bot) == [("colour?", sent["message_id"])]


async def test_in_groups_what_is_said_in_passing_gets_no_reply(start_bot: StartBot, you: Person, ada: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "@vqa_sandbox_bot what?", chat=GROUP)
    answer = await ada.wait_for(sure, chat=GROUP)
    await ada.say("thanks!", reply_to=answer, chat=GROUP)
    await ada.say("@vqa_sandbox_bot 👍", chat=GROUP)
    await you.say("hello @vqa_sandbox_bot", chat=GROUP)
    await you.wait_for(says(reply(SmallTalk.GREETING, with_picture=True)), chat=GROUP)
    await you.say("@vqa_sandbox_bot asdfgh jkl", chat=GROUP)  # made like no question, but perhaps meant as one
    await you.wait_for(says(reply(SmallTalk.REMARK, with_picture=True)), chat=GROUP)
    await quiet(bot, GROUP, questions=1)
    said = [m for m in await you.messages(GROUP) if m["from"]["is_bot"]]
    assert len(said) == 3 and len(await asked(bot, GROUP)) == 1


async def test_an_edit_that_asks_nothing_changes_nothing(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "What?")
    await you.wait_for(sure)
    question = await you.say("And now?")
    await you.wait_for(sure)
    await you.edit(question, "thanks")
    await quiet(bot, questions=2)
    assert [text for text, _ in await asked(bot, YOU)] == ["What?", "And now?"]


async def test_nobody_waits_for_the_lists_to_be_read(start_bot: StartBot) -> None:
    lexicon.cache_clear()
    weights.cache_clear()
    await start_bot()
    assert lexicon.cache_info().currsize == weights.cache_info().currsize == 1


async def test_who_calls_for_somebody_asks_about_the_picture_that_is_there(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.say("is anyone there?")
    await you.wait_for(says(reply(SmallTalk.ASKING, with_picture=False)))
    await you.send_picture(picture(), "Hi!")
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.say("is anyone there?")
    assert "Are there any people?" in (await you.wait_for(sure))["text"]
    await you.say("hello, anyone there?")
    await you.wait_for(says(reply(SmallTalk.ASKING, with_picture=True)))
    assert len(await asked(bot)) == 1


async def test_what_is_asked_of_the_bot_is_done_or_its_command_named(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    for text, said in (
        ("delete my stuff", "/delete – Forget everything of this chat"),
        ("what did I ask?", "History – 1 question"),
        ("how do I change settings", "Settings of this chat"),
        ("do you store my pictures?", "What I keep"),
        ("speak german", texts.LANGUAGES),
    ):
        await you.say(text)
        await you.wait_for(says(said))
    await you.say("@vqa_sandbox_bot what did I ask?", chat=GROUP)
    await you.wait_for(says("There is nothing yet"), chat=GROUP)
    assert len(await asked(bot)) == 1, "nothing is deleted, nothing asked of the model"
