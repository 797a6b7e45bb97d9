"""Albums are one question in one message: about all of them or about each, whenever its pictures and captions come."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import pytest
from album_helpers import Seeing, answers, pictures_asked
from e2e_helpers import BLUE, GREEN, GROUP, RED, YOU, StartBot, quiet, says, sure

from bot.asking.asking import ALBUM_SECONDS
from bot.conversation.small_talk import SmallTalk
from bot.sandbox.person import Person
from bot.texts import questions as texts
from bot.texts.small_talk import reply
from storage.records import AskedPicture, Question


async def test_a_question_about_each_is_one_message_with_a_line_a_picture(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    sent = await you.send_album([RED, BLUE, RED], "What colour?")
    answer = await you.wait_for(sure)
    lines = [line.split(" – ")[0] for line in answer["text"].splitlines()]
    assert lines == ["1. Red", "2. Blue", "3. Red"], "identical pictures are each said"
    assert answer["reply_to_message"]["message_id"] == sent[0]["message_id"]
    await quiet(bot)
    assert await pictures_asked(bot) == [("What colour?", [m["message_id"] for m in sent], True)]
    await you.say("And the shape?")  # of all of them
    again = await you.wait_for(sure)
    assert len(again["text"].splitlines()) == 3
    await you.say("Which one is larger?", reply_to=again)
    assert (await you.wait_for(sure))["text"].startswith("Red, blue, red\n")
    await quiet(bot)
    assert len(await answers(you)) == 3


async def test_a_question_about_all_of_them_is_asked_once(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    bot = await start_bot(broker)
    sent = await you.send_album([RED, BLUE], ["", "What changed?"])
    answer = await you.wait_for(sure)
    assert answer["text"].startswith("Red, blue\n")
    await quiet(bot)
    assert await pictures_asked(bot) == [("What changed?", [m["message_id"] for m in sent], False)]
    assert broker.asked == [("What changed?", 2)], "nothing is asked before all of them are there"


async def test_an_album_is_asked_whose_moment_comes_while_others_are_chosen(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await start_bot(Seeing())
    assert bot.services is not None
    queue = bot.services.store.questions.fair_queue
    choose = queue.next

    async def slow(limit: int, exclude: Collection[int]) -> list[int]:
        chosen = await choose(limit, exclude)
        if not chosen and (held := await queue.seconds_to_next()) is not None:
            await asyncio.sleep(min(held, ALBUM_SECONDS) + 0.05)  # it is held for longer while a picture is fetched
        return chosen

    monkeypatch.setattr(queue, "next", slow)
    await you.send_album([RED, BLUE], "What changed?")
    assert (await you.wait_for(sure))["text"].startswith("Red, blue\n")
    await quiet(bot)


async def test_captions_of_their_own_ask_for_themselves(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    await you.send_album([RED, BLUE, GREEN], ["First?", "", "Third?"])
    answer = await you.wait_for(sure)
    lines = [line.split(" – ")[0] for line in answer["text"].splitlines()]
    assert lines == ["1. Red", "2. Blue", "3. Third? Green"]
    await quiet(bot)
    await you.send_album([RED, BLUE], ["This was before", "and now, what changed?"])
    assert (await you.wait_for(sure))["text"].startswith("Red, blue\n"), "a caption that compares asks of all"
    await quiet(bot)
    assert len(await answers(you)) == 2


async def test_siblings_that_come_late_join_and_their_answer_takes_the_place(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    sent = await you.send_album([RED, BLUE], "What colour?")
    await you.wait_for(sure)
    await quiet(bot)
    late = await you.send_late(sent[0], GREEN)
    await you.wait_for(lambda m: sure(m) and m["text"].count("\n") == 2, since=0)
    await quiet(bot)
    (answer,) = await answers(you)
    assert answer["text"].splitlines()[2].startswith("3. Green")
    captioned = await you.send_late(sent[0], RED, "Which one is larger?")
    await you.wait_for(lambda m: m.get("text", "").startswith("Red, blue, green, red\n"), since=0)
    await quiet(bot)
    assert len(await answers(you)) == 1, "one answer, one message"
    numbers = [m["message_id"] for m in (*sent, late, captioned)]
    assert (await pictures_asked(bot))[-1] == ("Which one is larger?", numbers, False)


async def test_slips_in_captions_are_put_right_as_in_single_questions(start_bot: StartBot, you: Person) -> None:
    broker = Seeing()
    await start_bot(broker)
    sent = await you.send_album([RED, BLUE], "Hwo many dosg are on teh rug")
    first, *lines = (await you.wait_for(sure))["text"].splitlines()
    assert first == "How many dogs are on the rug?" and len(lines) == 2, "it says what was asked"
    await you.edit(sent[0], "waht changed?")
    assert (await you.wait_for(says("What changed?"), since=0))["text"].splitlines()[1] == "Red, blue"
    await you.send_album([RED, BLUE], "how many dosg are in the second pictrue")
    assert (await you.wait_for(says("How many dogs are in the second picture?")))["text"].splitlines()[1] == "Blue"
    await you.send_album([RED, BLUE], ["what colour is the dog?", "hwo many dosg?"])
    assert "2. How many dogs? Blue" in (await you.wait_for(says("2. ")))["text"]
    assert broker.asked == [
        *[("How many dogs are on the rug?", 1)] * 2,
        ("What changed?", 2),
        ("How many dogs are in the picture?", 1),
        ("what colour is the dog?", 1),
        ("How many dogs?", 1),
    ]


async def test_an_edited_caption_asks_for_all_again_in_the_same_place(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    sent = await you.send_album([RED, BLUE], "What?")
    await you.wait_for(sure)
    await quiet(bot)
    await you.edit(sent[0], "What changed?")
    await you.wait_for(lambda m: m.get("text", "").startswith("Red, blue\n"), since=0)
    await you.edit(sent[0], "What colour?")
    await you.wait_for(lambda m: m.get("text", "").startswith("1. Red"), since=0)
    await you.edit(sent[1], "My own?")
    await you.wait_for(says("2. My own? Blue"), since=0)
    await you.edit_picture(sent[1], GREEN, "My own?")
    await you.wait_for(says("2. My own? Green"), since=0)
    await quiet(bot)
    assert len(await answers(you)) == 1
    assert [text for text, _, _ in await pictures_asked(bot)] == ["What?", "What changed?", *["What colour?"] * 3]


async def test_what_was_cancelled_is_asked_again_by_a_new_caption_alone(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await start_bot(Seeing())
    assert bot.services is not None
    monkeypatch.setattr("bot.asking.albums.ALBUM_SECONDS", 50.0)  # it waits until it is cancelled
    sent = await you.send_album([RED, BLUE], "What changed?")
    for _ in range(400):
        if await pictures_asked(bot):
            break
        await asyncio.sleep(0.05)
    assert await bot.services.dispatcher.cancel(YOU, 1)
    monkeypatch.setattr("bot.asking.albums.ALBUM_SECONDS", 0.1)
    await you.send_late(sent[0], GREEN)
    await quiet(bot)
    assert not await answers(you)
    await you.send_late(sent[0], RED, "Are they the same?")
    await you.wait_for(lambda m: m.get("text", "").startswith("1\u00a0→\u00a02: Red, blue"), since=0)
    await quiet(bot)
    assert len(await answers(you)) == 1


async def test_only_a_real_question_is_asked_of_all(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    sent = await you.send_album([RED, BLUE])
    got_them = await you.wait_for(says(texts.WHAT_TO_KNOW_ALBUM))
    for text, kind in (("thanks", SmallTalk.THANKS), ("👍", SmallTalk.EMOJI)):
        await you.say(text)
        await you.wait_for(says(reply(kind, with_picture=True)))
    assert await pictures_asked(bot) == []
    one, two = (m["message_id"] for m in sent)
    await you.say("Second?", reply_to=sent[1])
    await you.wait_for(sure)
    await you.say("Still the second?")
    await you.wait_for(sure)
    await you.say("Both?", reply_to=got_them)
    await you.wait_for(sure)
    await quiet(bot)
    assert await pictures_asked(bot) == [
        ("Second?", [two], False),
        ("Still the second?", [two], False),
        ("Both?", [one, two], False),
    ]


async def test_videos_in_an_album_get_one_refusal_and_their_caption_counts(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing())
    names = ["a.mp4", "b.jpg", "c.mp4", "d.jpg"]
    sent = await you.send_album([b"\0" * 64, RED, b"\0" * 64, BLUE], "What colour?", names=names)
    await you.wait_for(lambda m: sure(m) and "2. Blue" in m["text"], since=0)
    await quiet(bot)
    assert (await pictures_asked(bot))[-1] == ("What colour?", [sent[1]["message_id"], sent[3]["message_id"]], True)
    assert len(await answers(you)) == 1
    refusals = [m for m in await you.messages() if texts.UNSUPPORTED["video"] in m.get("text", "")]
    assert len(refusals) == 1
    await you.send_album([b"\0" * 64, RED], names=["a.mp4", "b.jpg"])
    await you.wait_for(lambda m: m.get("text") == texts.WHAT_TO_KNOW)


async def test_an_album_whose_caption_a_limit_refused_is_meant_later(start_bot: StartBot, you: Person) -> None:
    bot = await start_bot(Seeing(), questions_per_minute=1)
    assert bot.services is not None
    await you.send_picture(GREEN, "One?")
    await you.wait_for(sure)
    sent = await you.send_album([RED, BLUE, GREEN], ["", "Two?", ""])
    await you.wait_for(lambda m: "ask again" in m.get("text", ""))
    await asyncio.sleep(1.5 * ALBUM_SECONDS)  # it would have been asked by now what to know about them
    await bot.services.store.settings.set(questions_per_minute=100)
    await you.say("Two again?")
    await you.wait_for(sure)
    await quiet(bot)
    assert (await pictures_asked(bot))[1:] == [("Two again?", [m["message_id"] for m in sent], True)]
    assert not [m for m in await you.messages() if m.get("text") == texts.WHAT_TO_KNOW_ALBUM]


async def test_in_groups_a_mention_under_any_picture_means_all_of_the_album(start_bot: StartBot, ada: Person) -> None:
    bot = await start_bot(Seeing())
    assert bot.services is not None
    name = bot.services.bot.username
    await ada.set_up("bot", privacy=False)
    for number, captions in enumerate(
        (["", f"@{name} which is brighter?", ""], ["Which is brighter?", "", f"@{name}"]), 1
    ):
        sent = await ada.send_album([RED, BLUE, GREEN], captions, chat=GROUP)
        answer = await ada.wait_for(sure, chat=GROUP)
        assert answer["text"].startswith("Red, blue, green\n")
        await quiet(bot, GROUP)
        asked = await pictures_asked(bot, GROUP)
        assert len(asked) == number and len(asked[-1][1]) == 3 and asked[-1][1] == [m["message_id"] for m in sent]
    await ada.send_album([RED, BLUE], ["Look", "at this"], chat=GROUP)
    await quiet(bot, GROUP)
    assert len(await pictures_asked(bot, GROUP)) == 2, "nobody meant the bot"
    assert await pictures_asked(bot, YOU) == []


async def test_a_picture_that_comes_while_its_question_is_being_handed_on_is_asked_about(
    start_bot: StartBot, you: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chosen with two pictures, it has three when it is marked as running."""
    broker = Seeing()
    bot = await start_bot(broker)
    assert bot.services is not None
    store = bot.services.store
    late = await store.photos.save(YOU, 999, GREEN, media_type="image/png")
    choose = store.questions.next_queued

    async def chosen(*args: Any, **more: Any) -> list[Question]:
        found = await choose(*args, **more)
        for question in found:
            pictures = [*question.several, AskedPicture(sha256=late.sha256, message_id=999)]
            assert await store.question_pictures.change(
                question, pictures, question.text, each_picture=True, ready_at=None
            )
        return found

    monkeypatch.setattr(store.questions, "next_queued", chosen)
    await you.send_album([RED, BLUE], "What colour?")
    answer = await you.wait_for(sure)
    assert [line.split(" – ")[0] for line in answer["text"].splitlines()] == ["1. Red", "2. Blue", "3. Green"]


async def test_after_a_restart_a_picture_newer_than_an_album_is_still_the_one_talked_about(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot(Seeing())
    await you.send_album([RED, BLUE], "What colour?")
    await you.wait_for(lambda m: m.get("text", "").startswith("1. Red"), since=0)
    newer = await you.send_picture(GREEN, "What colour?")
    await you.wait_for(says("Green"))
    await quiet(bot)
    await bot.stop()
    bot = await start_bot(Seeing())  # the album's messages are handled again: more of it may come
    await you.say("What is it?")
    await you.wait_for(says("Green"))
    await quiet(bot)
    assert [pictures for _, pictures, _ in await pictures_asked(bot)][1:] == [[newer["message_id"]]] * 2


async def test_an_album_whose_caption_is_in_another_language_gets_one_sentence(
    start_bot: StartBot, you: Person
) -> None:
    bot = await start_bot(Seeing())
    await you.send_album([RED, BLUE, GREEN], "¿Qué hay en la segunda imagen?")
    await you.wait_for(lambda m: m.get("from", {}).get("is_bot", False))
    await asyncio.sleep(1.5 * ALBUM_SECONDS)  # it would have been asked by now what to know about them
    await quiet(bot)
    assert len([m for m in await you.messages() if m.get("from", {}).get("is_bot")]) == 1
    await you.say("What colour?")
    assert "3. Green" in (await you.wait_for(says("3. ")))["text"]
