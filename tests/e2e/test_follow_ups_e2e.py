"""A question that leans on the one before is asked in full, and the reply shows what was asked."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from e2e_helpers import (
    FORUM,
    GROUP,
    TOKEN,
    YOU,
    HeldBroker,
    StartBot,
    asked,
    forum,
    new_topic,
    picture,
    quiet,
    says,
    sure,
)

from bot.app import Bot
from bot.sandbox.person import Person
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.texts import questions as texts


async def in_full(bot: Bot, chat: int = YOU) -> list[tuple[str, str | None]]:
    assert bot.services is not None
    return [(q.text, q.asked_as) async for q in bot.services.store.questions.export(chat)]


async def test_a_follow_up_is_completed_and_shown(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker("kite")
    broker.free.set()
    bot = await start_bot(broker)
    await you.send_picture(picture(), "What is the girl holding?")
    first = await you.wait_for(sure)
    assert "What is the girl holding" not in first["text"], "who asked in full sees it above"
    await you.say("what colour is it?")
    shown = await you.wait_for(says("What colour is the kite?"))
    assert shown["text"].splitlines()[0] == "What colour is the kite?" and shown["text"].splitlines()[1] == "Kite"
    await you.say("and the boy?", reply_to=first)
    await you.wait_for(says("What is the boy holding?"))
    other = await you.send_picture(picture("blue"), "and the dog?")
    await you.wait_for(lambda m: sure(m) and m["reply_to_message"]["message_id"] == other["message_id"])
    assert broker.asked[1:] == ["What colour is the kite?", "What is the boy holding?", "What is the dog holding?"]
    assert (await in_full(bot))[1:3] == [
        ("what colour is it?", "What colour is the kite?"),
        ("and the boy?", "What is the boy holding?"),
    ]


async def test_she_is_the_girl_whatever_animal_was_asked_about_since(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker("yes")
    broker.free.set()
    bot = await start_bot(broker)
    await you.send_picture(picture(), "Is the girl happy?")
    await you.wait_for(sure)
    for place, typed in enumerate(("Is there a dog?", "is it big?", "what is she doing?"), 2):
        await you.say(typed)
        await quiet(bot, questions=place)
    assert broker.asked[2:] == ["Is the dog big?", "What is the girl doing?"]


async def test_a_slip_is_put_right_and_shown(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker("2")
    broker.free.set()
    bot = await start_bot(broker)
    await you.send_picture(picture(), "Hwo many dosg are on teh rug")
    shown = await you.wait_for(sure)
    assert shown["text"].splitlines()[:2] == ["How many dogs are on the rug?", "2"]
    assert broker.asked[0] == "How many dogs are on the rug?"
    assert (await in_full(bot))[0] == ("Hwo many dosg are on teh rug", "How many dogs are on the rug?"), "kept as typed"


async def test_what_was_only_guessed_is_not_what_it_means(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker("kite", 0.2)
    broker.free.set()
    bot = await start_bot(broker, unsure_below=25)
    await you.send_picture(picture(), "What is the girl holding?")
    await you.wait_for(says("I do not know. My guess: kite"))
    await you.say("what colour is it?")
    await quiet(bot, questions=2)
    await you.say("where is she?")
    await quiet(bot, questions=3)
    asked_as = [whole for _, whole in await in_full(bot)]
    assert asked_as == [None, None, "Where is the girl?"], "she was named, if further above"


async def test_a_statement_that_asks_and_what_is_said_beside_it_are_put_plainly(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "so its a cat?")
    await you.wait_for(says("Is it a cat?"))
    await you.say("bro where is the ball")
    await you.wait_for(says("Where is the ball?"))
    await you.say("its red right?")
    await you.wait_for(says("Is the ball red?"))
    await you.say("where is the cat\nwhere is the dog")
    await you.wait_for(says("2. Where is the dog?"))
    await you.say("what can you do")
    await you.wait_for(says("Ask about a picture"))
    assert [asked_as for _, asked_as in await in_full(bot)] == [
        "Is it a cat?",
        "Where is the ball?",
        "Is the ball red?",
        None,
    ]


async def test_an_edited_follow_up_leans_on_what_was_before_it(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "Where is the ball?")
    await you.wait_for(sure)
    question = await you.say("and the dog?")
    await you.wait_for(says("Where is the dog?"))
    await you.say("Is there a cat?")
    await quiet(bot, questions=3)
    await you.edit(question, "what colour is it?")
    await quiet(bot, questions=4)
    assert (await in_full(bot))[-1] == ("what colour is it?", "What colour is the ball?")


async def test_in_a_group_the_question_before_is_about_the_same_picture(
    start_bot: StartBot, you: Person, ada: Person
) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "@vqa_sandbox_bot is there a dog?", chat=GROUP)
    answer = await ada.wait_for(sure, chat=GROUP)
    await ada.say("where?", reply_to=answer, chat=GROUP)
    await ada.wait_for(says("Where is the dog?"), chat=GROUP)
    assert (await in_full(bot, GROUP))[-1] == ("where?", "Where is the dog?")


async def test_after_a_restart_the_question_before_is_known(sandbox: Sandbox, you: Person, tmp_path: Path) -> None:
    settings = Settings(
        telegram_token=TOKEN,  # type: ignore[arg-type]
        telegram_base_url=sandbox.url,
        data_dir=tmp_path / "data",
        _env_file=None,
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Bot(settings, HeldBroker()))
        await you.send_picture(picture(), "Is there a dog?")
        held = await you.wait_for(says("Looking"))
        await you.say("where?")
    broker = HeldBroker("left")
    broker.free.set()
    async with Bot(settings, broker):
        await you.wait_for(says("Where is the dog?"))
        assert held is not None and sorted(broker.asked) == ["Is there a dog?", "Where is the dog?"]


async def test_a_thing_alone_asks_whether_there_is_one(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker("yes")
    broker.free.set()
    bot = await start_bot(broker)
    await you.send_picture(picture(), "dog?")
    assert (await you.wait_for(sure))["text"].splitlines()[:2] == ["Is there a dog?", "Yes"]
    await you.say("where?")
    await you.wait_for(says("Where is the dog?"))
    await you.say("price?")
    assert (await you.wait_for(sure))["text"].splitlines()[0] == "Yes", "it is asked as it was typed"
    assert (await in_full(bot))[::2] == [("dog?", "Is there a dog?"), ("price?", None)]
    assert broker.asked == ["Is there a dog?", "Where is the dog?", "price?"]


async def test_a_thing_alone_under_an_album_is_looked_for_in_each_picture(start_bot: StartBot, you: Person) -> None:
    broker = HeldBroker("yes")
    broker.free.set()
    await start_bot(broker)
    first, _ = await you.send_album([picture(), picture("blue")], "red balls?")
    answer = await you.wait_for(sure)
    assert answer["text"].splitlines()[0] == "Are there any red balls?"
    assert [line[:6] for line in answer["text"].splitlines()[1:]] == ["1. Yes", "2. Yes"]
    await you.edit(first, "owls?")
    await you.wait_for(says("Are there any owls?"))
    assert broker.asked == ["Are there any red balls?"] * 2 + ["Are there any owls?"] * 2


async def test_again_asks_what_was_asked_before(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture())
    await you.wait_for(says(texts.WHAT_TO_KNOW))
    await you.say("again")
    await you.wait_for(says(texts.NOTHING_TO_REPEAT))
    for typed, shown in (("dog?", "Is there a dog?\n"), ("What colour is it? How many dogs are there?", "2. How many")):
        await you.say(typed)
        first = (await you.wait_for(sure))["text"]
        for again in ("again", "repeat please"):
            said = await you.say(again)
            repeated = await you.wait_for(sure)
            assert repeated["text"] == first and shown in first
            assert repeated["reply_to_message"]["message_id"] == said["message_id"]
    await you.edit(said, "Repeat, please!")
    await you.say("2 clouds")
    await you.wait_for(says(texts.REFUSALS["statement"]))
    await quiet(bot, questions=6)
    assert len(await in_full(bot)) == 6


async def test_the_same_is_asked_of_the_next_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "and this one?")
    assert (await you.wait_for(sure))["text"].startswith("Red"), "before it there is nothing"
    await you.say("what color is the dog")
    await you.wait_for(sure)
    for number, typed in enumerate(("and now?", "What about this one", "again"), 2):
        sent = await you.send_picture(picture("blue", size=(320, 192 + number)))
        await you.wait_for(says(texts.WHAT_TO_KNOW), since=sent["message_id"])
        said = await you.say(typed)
        await you.wait_for(says("What color is the dog?"), since=said["message_id"])
    captioned = await you.send_picture(picture("green"), "n this?")
    await you.wait_for(says("What color is the dog?"), since=captioned["message_id"])
    assert (await asked(bot))[-1][1] == captioned["message_id"]
    assert {text.lower().strip("?") for text, _ in (await asked(bot))[1:]} == {"what color is the dog"}


async def test_under_a_new_picture_it_leans_on_what_was_asked_of_the_one_before(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot()
    first = await you.send_picture(picture(), "and the dog?")
    answer = await you.wait_for(sure)
    assert answer["text"].startswith("Red"), "nothing was asked before"
    await you.say("what color is the cat?")
    cat = await you.wait_for(sure)
    for number, (typed, whole) in enumerate(
        (("and the dog?", "What color is the dog?"), ("where?", "Where is the dog?"), ("what color is it?", "Red"))
    ):
        await you.send_picture(picture("blue", size=(320, 193 + number)))  # nobody asks about this one
        await you.wait_for(says(texts.WHAT_TO_KNOW))
        sent = await you.send_picture(picture("green", size=(320, 193 + number)), typed)
        shown = await you.wait_for(sure)
        assert shown["text"].startswith(whole) and shown["reply_to_message"]["message_id"] == sent["message_id"]
        assert (await asked(bot))[-1][1] == sent["message_id"]
    await you.send_picture(picture("blue"), "and the ball?", reply_to=cat)
    await you.wait_for(says("What color is the ball?"))
    await you.send_album([picture("red"), picture("green")], "and the boy?")
    await you.wait_for(says("What color is the boy?"))
    for number, typed in enumerate(("and this one?", "here too?")):
        await you.send_picture(picture("red", size=(320, 200 + number)), typed)
        await you.wait_for(says("What color is the boy?"))
    await you.send_album([picture("red"), picture("blue")])
    await you.wait_for(says(texts.WHAT_TO_KNOW_ALBUM))
    await you.say("and these?")
    await you.wait_for(says("What color is the boy?"))
    await you.send_album([picture("blue"), picture("red")], "and these?")
    await you.wait_for(says("What color is the boy?"))
    await you.edit(first, "and the tree?")
    await quiet(bot, questions=12)
    assert (await in_full(bot))[-1] == ("and the tree?", None), "that was before all of them"


async def test_what_was_no_question_does_not_hide_the_one_before_it(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "What is the girl holding?")
    await you.wait_for(sure)
    for typed in ("behind the girl", "no i meant the boy", "behind him", "and now the man"):
        await you.say(typed)
        await you.wait_for(sure)
    assert [whole for _, whole in await in_full(bot)][1:] == [
        *(None, "What is the boy holding?", None, "What is the man holding?"),
    ]


async def test_in_another_topic_nothing_was_asked_before(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    birds, cats = await forum(you), await new_topic(you)
    for topic, typed in ((birds, "what color is the cat?"), (cats, "and the dog?"), (birds, "and the dog?")):
        await you.send_picture(picture(), f"@vqa_sandbox_bot {typed}", chat=FORUM, thread=topic)
        await you.wait_for(sure, chat=FORUM)
    assert [whole for _, whole in await in_full(bot, FORUM)] == [None, None, "What color is the dog?"]


async def test_a_question_that_names_nothing_does_not_hide_the_one_before_it(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot()
    await you.send_picture(picture(), "Where is the ball?")
    await you.wait_for(sure)
    for text in ("what is it", "colour?"):
        await you.say(text)
        shown = await you.wait_for(sure)
    assert shown["text"].startswith("What colour is the ball?\n")
    assert (await in_full(bot))[-1] == ("colour?", "What colour is the ball?")
