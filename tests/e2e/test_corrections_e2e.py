"""Messages and replies that say what would have been right."""

from __future__ import annotations

from e2e_helpers import YOU, StartBot, asked, picture, says, sure
from feedback_helpers import opinions

from bot.sandbox.person import Person
from bot.texts import feedback as texts
from model.serving.broker.null import NullBroker


async def test_who_replies_to_nothing_corrects_the_last_answer(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.say("that's wrong")
    await you.wait_for(says(texts.HOW_TO_CORRECT))
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    await you.say("And its shape?")
    await you.wait_for(sure)
    said = await you.say("wrong, it is blue")
    await you.wait_for(says("noted: blue"))
    await you.edit(said, "no, it's navy")
    await you.wait_for(says("noted: navy"))
    assert await opinions(bot) == [(YOU, False, "navy")] and len(await asked(bot)) == 2
    assert bot.services is not None
    assert list(await bot.services.store.feedback.of_questions(YOU, [1, 2])) == [2], "of two the last"
    await you.say("that's wrong", reply_to=answer)
    await you.wait_for(says(texts.NOTED_WRONG))
    assert set(await bot.services.store.feedback.of_questions(YOU, [1, 2])) == {1, 2}


async def test_after_wrong_a_value_alone_says_what_is_right_once(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    await you.say("brown")  # nothing is awaited: it asks
    await you.wait_for(sure)
    await you.say("wrong")
    await you.wait_for(says(texts.NOTED_WRONG))
    await you.say("brown")
    await you.wait_for(says("noted: brown"))
    await you.say("green")
    await you.wait_for(sure)
    assert await opinions(bot) == [(YOU, False, "brown")] and len(await asked(bot)) == 3


async def test_a_reply_that_is_an_answer_corrects_or_confirms(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture("red"), "What colour is it?")
    first = await you.wait_for(sure)
    await you.say("And what is it?")
    second = await you.wait_for(sure)
    await you.say("black", reply_to=first)
    await you.wait_for(says("noted: black"))
    await you.say("no", reply_to=second)
    await you.wait_for(says(texts.NOTED_WRONG))
    await you.say("red", reply_to=first)
    await you.wait_for(says(texts.NOTED_RIGHT))
    assert sorted(await opinions(bot)) == [(YOU, False, None), (YOU, True, None)] and len(await asked(bot)) == 2
    await you.say("the dog", reply_to=first)
    await you.wait_for(sure)
    assert len(await asked(bot)) == 3, "no colour: it asks"


async def test_of_yes_or_no_only_that_is_kept(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(NullBroker("no", 0.87), feedback=True)
    await you.send_picture(picture("red"), "Are they sitting?")
    await you.wait_for(sure)
    for said in ("no they are standing", "no, its blue", "no it's 3", "no they are not"):
        await you.say(said)
        await you.wait_for(says(texts.HOW_TO_CORRECT))
    assert await opinions(bot) == []
    await you.say("wrong, they are standing")
    await you.wait_for(says(texts.NOTED_WRONG))
    assert await opinions(bot) == [(YOU, False, None)]
    await you.say("no, they are sitting")
    await you.wait_for(says("noted: yes"))
    assert await opinions(bot) == [(YOU, False, "yes")] and len(await asked(bot)) == 1


async def test_without_feedback_an_objection_is_no_question(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "What colour?")
    await you.wait_for(sure)
    await you.say("wrong, it is blue")
    await you.wait_for(says("I am sorry that I was no help."))
    assert len(await asked(bot)) == 1 and await opinions(bot) == []


async def test_what_is_right_says_which_of_several_lines_was_wrong(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour is the dog? How many cats are there? Where is the dog?")
    await you.wait_for(lambda m: sure(m) and "3. Where" in m["text"])
    for said in ("that's wrong", "no, it is wooden"):
        await you.say(said)
        await you.wait_for(says(texts.HOW_TO_CORRECT))
    await you.say("no its brown")
    await you.wait_for(says("noted: brown"))
    assert bot.services is not None
    store = bot.services.store.feedback
    assert [(one.position, one.answer) for one in (await store.of_questions(YOU, [1]))[1]] == [(1, "brown")]
    answer = await you.say("wrong, 2")
    await you.wait_for(says("noted: 2"))
    await you.edit(answer, "wrong, 3")
    await you.wait_for(says("noted: 3"))
    assert [(one.position, one.answer) for one in (await store.of_questions(YOU, [1]))[1]] == [(1, "brown"), (2, "3")]


async def test_what_is_right_is_kept_in_english_only(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(feedback=True)
    await you.send_picture(picture(), "What colour?")
    answer = await you.wait_for(sure)
    await you.say("falsch, er ist blau")
    await you.wait_for(says(texts.NOTED_WRONG))
    await you.say("azul")  # awaited, but no English
    await you.wait_for(says("entiendo preguntas en inglés"))
    await you.say("è rosso", reply_to=answer)
    await you.wait_for(says("solo domande in inglese"))
    await you.say("wrong, it is azul", reply_to=answer)
    await you.wait_for(says(texts.NOTED_WRONG))
    assert await opinions(bot) == [(YOU, False, None)] and len(await asked(bot)) == 1
