"""Limits: of a person over all chats, said once to many messages at once, and looked at before anything is fetched."""

from __future__ import annotations

import itertools
import re

from e2e_helpers import BLUE, GROUP, RED, YOU, StartBot, Untaught, picture, says, sure

from bot.answering.refusals import Refusals
from bot.asking.limits import PRIVATE_SECONDS
from bot.sandbox.accounts import Chat
from bot.sandbox.person import Message, Person
from bot.sandbox.server import Sandbox
from bot.texts import questions as texts
from model.serving.broker.null import NullBroker


def refused(message: Message) -> bool:
    return "a minute from one person" in message.get("text", "")


async def answered(person: Person, text: str, chat: int | None = None) -> None:
    """Ask, and wait for the answer."""
    await person.say(text, chat=chat)
    await person.wait_for(sure, chat=chat)


async def test_of_many_messages_at_once_one_is_told_with_the_seconds_to_wait(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(questions_per_minute=2)
    assert bot.services is not None
    bot.services.refusals = Refusals(lambda: 0.0)  # all within a moment
    await you.send_picture(picture(), "One?")
    await you.wait_for(sure)
    await answered(you, "Two?")
    for text in ("Three?", "Four?", "Five?"):
        await you.say(text)
    said = await you.wait_for(refused, since=0)
    seconds = re.fullmatch(re.escape(texts.too_fast(2, 77)).replace("77", r"(\d+)"), said["text"])
    assert seconds is not None and 1 <= int(seconds[1]) <= 60
    await you.say("/privacy")  # what came before it is handled then
    await you.wait_for(lambda m: "What I keep" in m.get("text", ""))
    assert sum(refused(m) for m in await you.messages()) == 1
    assert [q.text async for q in bot.services.store.questions.export(YOU)] == ["One?", "Two?"]


async def test_whatever_is_asked_after_a_refusal_was_read_is_refused_in_words(start_bot: StartBot, you: Person) -> None:
    """A question, a picture with its question, an edit of what was refused, and commands: none is met with silence."""
    bot = await start_bot(questions_per_minute=1)
    assert bot.services is not None
    clock = itertools.count(step=PRIVATE_SECONDS + 1)
    bot.services.refusals = Refusals(lambda: next(clock))
    await you.send_picture(picture(), "One?")
    await you.wait_for(sure)
    second = await you.say("Two?")
    await you.wait_for(refused)
    await you.send_picture(picture("blue"), "Three?")
    await you.wait_for(refused)
    await you.edit(second, "Two, then?")
    await you.wait_for(refused)
    await you.say("/ask Four?")
    await you.wait_for(refused)
    await you.say("/compare")
    await you.wait_for(refused)


async def test_the_limit_is_said_again_when_it_binds_anew(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(questions_per_minute=1)
    assert bot.services is not None
    await you.send_picture(picture(), "One?")
    await you.wait_for(sure)
    await you.say("Two?")
    await you.wait_for(refused)
    await bot.services.store.db.execute("UPDATE questions SET created_at = created_at - 61")
    await answered(you, "Three?")
    await you.say("Four?")
    await you.wait_for(refused)
    assert sum(refused(m) for m in await you.messages()) == 2


async def test_a_question_that_the_model_was_not_taught_is_no_question_of_the_minute(
    start_bot: StartBot, you: Person
) -> None:
    await start_bot(Untaught(), questions_per_minute=2)
    await you.send_picture(picture(), "Why is the girl sad?")
    await you.wait_for(says("I have not learnt"))
    for _ in range(2):
        await you.say("What is her name?")
        await you.wait_for(says("I have not learnt"))
        await you.say("Is there a dog?")
        await you.wait_for(says("not sure"))
    await you.say("What is her name?")
    await you.wait_for(refused)


async def test_of_an_album_only_what_is_put_to_the_model_is_a_question_of_the_minute(
    start_bot: StartBot, you: Person
) -> None:
    await start_bot(Untaught(), questions_per_minute=3)
    await you.send_album([RED, BLUE], "what is her name? is there a dog?")
    await you.wait_for(says("4. "))
    await you.send_album([RED, BLUE], "is there a dog in the third picture?")
    await you.wait_for(says("2 pictures."))
    await you.say("Is there a dog in the second picture?")
    await you.wait_for(says("not sure"))
    await you.say("Is there a cat?")
    await you.wait_for(refused)


async def test_of_an_album_of_which_one_picture_is_named_only_that_is_a_question_of_the_minute(
    start_bot: StartBot, you: Person
) -> None:
    await start_bot(questions_per_minute=2)
    await you.send_album([RED, BLUE, RED], "What colour is the ball in the second picture?")
    await you.wait_for(sure)
    await you.say("Is there a dog in the first picture?")
    await you.wait_for(sure)
    await you.say("Is there a cat?")
    await you.wait_for(refused)


async def test_a_persons_limit_is_over_all_chats_and_nobody_elses(
    start_bot: StartBot, sandbox: Sandbox, you: Person, ada: Person
) -> None:
    bot = await start_bot(questions_per_minute=2)
    assert bot.services is not None
    name = bot.services.bot.username
    other = Chat(-200, "supergroup", "Others", members={YOU: "member", bot.services.bot.id: "member"})
    sandbox.world.groups[other.id] = other
    await you.send_picture(picture(), f"@{name} one?", chat=GROUP)
    await you.wait_for(sure, chat=GROUP)
    await you.send_picture(picture(), f"@{name} two?", chat=-200)
    await you.wait_for(sure, chat=-200)
    await you.send_picture(picture(), "three?")
    await you.wait_for(refused)
    await answered(ada, f"@{name} and mine?", chat=GROUP)
    await answered(ada, f"@{name} and my second?", chat=GROUP)


async def test_one_persons_waiting_questions_leave_room_for_others(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot(NullBroker(delay=3600, capacity=1), max_waiting_per_person=2, max_waiting_per_chat=3)
    assert bot.services is not None
    name = bot.services.bot.username
    for text in ("one?", "two?"):
        await you.send_picture(picture(), f"@{name} {text}", chat=GROUP)
    await you.say(f"@{name} three?", chat=GROUP)
    await you.wait_for(lambda m: m.get("text") == texts.too_many_of_yours(2), chat=GROUP)
    await ada.say(f"@{name} mine?", chat=GROUP)
    await ada.wait_for(lambda m: "reply_markup" in m, chat=GROUP)
    await ada.say(f"@{name} my second?", chat=GROUP)
    await ada.wait_for(lambda m: m.get("text") == texts.too_many_waiting(), chat=GROUP)


async def test_what_is_refused_is_not_fetched(start_bot: StartBot, sandbox: Sandbox, you: Person) -> None:
    bot = await start_bot(questions_per_minute=1)
    assert bot.services is not None
    await you.send_picture(picture(), "One?")
    await you.wait_for(sure)
    second = await you.send_picture(picture("blue"), "Two?")
    await you.wait_for(refused)
    assert sum(entry["method"] == "getFile" for entry in sandbox.world.recorder.log) == 1
    assert await bot.services.store.photos.of_message(YOU, second["message_id"]) is None
